"""The endpoints of application commands, and what a command may be."""

import re
from collections.abc import Iterator, Sequence

from tests.fakes import discord_shapes as shapes
from tests.fakes.discord_answers import Answer, Refusal, error, refuse, required, too_long
from tests.fakes.discord_call import Call, Route
from tests.fakes.discord_forms import Form
from tests.fakes.discord_types import COMMAND, checked
from tests.fakes.discord_world import JSON, Value, World

LOCALES = (
    "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr",
    "he", "hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl",
    "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
)  # fmt: skip
COMMANDS = 100
OPTIONS = CHOICES = 25
TOGETHER = 8000
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, NUMBER = 1, 2, 3, 4, 5, 10
_NAME = re.compile(r"[-_'\w]{1,32}")
_KEPT = ("name", "description", "name_localizations", "description_localizations", "type")
_OF_COMMAND = ("default_member_permissions", "dm_permission", "contexts", "integration_types", "nsfw")
_OF_OPTION = ("required", "autocomplete", "min_value", "max_value", "min_length", "max_length", "channel_types")


def available(world: World, guild_id: int | None) -> list[JSON]:
    """Return the commands that people find: those of the server and the global ones."""
    places = {None, str(guild_id) if guild_id else None}
    return [command for command in world.commands.values() if command.get("guild_id") in places]


def overwrite(call: Call) -> Answer:
    """Replace all commands, everywhere or of one server; a name that was known keeps its id."""
    guild = _guild(call)
    checked(call.body, [COMMAND])
    form = Form()
    wanted = [_command(form, str(place), each) for place, each in enumerate(form.items("_", call.body, COMMANDS))]
    names = [(each["type"], each.get("name")) for each in wanted]
    for place, name in enumerate(names):
        if name in names[:place]:
            problem = "Application command names must be unique"
            form.wrong(str(place), ("APPLICATION_COMMANDS_DUPLICATE_NAME", problem))
    if "_" in form.errors:
        raise Refusal(error(30032))
    form.done()
    known = {(each["type"], each["name"]): each for each in _stored(call, guild)}
    for each in known.values():
        del call.world.commands[int(each["id"])]
    return Answer(200, [_store(call, guild, each, known.get((each["type"], each["name"]))) for each in wanted])


def add(call: Call) -> Answer:
    """Add a command, or replace the one of that name."""
    guild = _guild(call)
    form = Form()
    wanted = _command(form, "", checked(call.form, COMMAND))
    form.done()
    known = [each for each in _stored(call, guild) if (each["type"], each["name"]) == (wanted["type"], wanted["name"])]
    if not known and len(_stored(call, guild)) >= COMMANDS:
        raise refuse(30032)
    return Answer(200 if known else 201, _store(call, guild, wanted, known[0] if known else None))


def list_all(call: Call) -> Answer:
    """List the commands, everywhere or of one server."""
    return Answer(200, _stored(call, _guild(call)))


def get(call: Call) -> Answer:
    """Return one command."""
    return Answer(200, _find(call))


def change(call: Call) -> Answer:
    """Change what is named of a command."""
    known = _find(call)
    form = Form()
    wanted = _command(form, "", known | checked(call.form, COMMAND))
    form.done()
    return Answer(200, _store(call, _guild(call), wanted, known))


def remove(call: Call) -> Answer:
    """Remove a command."""
    del call.world.commands[int(_find(call)["id"])]
    return Answer(204)


def _guild(call: Call) -> str | None:
    if int(call.part["application"]) != call.world.application.id:
        raise refuse(10002)
    return str(call.guild().id) if "guild" in call.part else None


def _stored(call: Call, guild: str | None) -> list[JSON]:
    return [each for each in call.world.commands.values() if each.get("guild_id") == guild]


def _find(call: Call) -> JSON:
    guild = _guild(call)
    found = call.world.commands.get(int(call.part["command"]))
    if found is None or found.get("guild_id") != guild:
        raise refuse(10063)
    return found


def _store(call: Call, guild: str | None, command: JSON, known: JSON | None) -> JSON:
    number = known["id"] if known else str(call.world.snowflake())
    stored: JSON = {"id": number, "application_id": str(call.world.application.id)} | command
    stored |= {"version": str(call.world.snowflake())} | ({"guild_id": guild} if guild else {})
    call.world.commands[int(number)] = stored
    return stored


def _command(form: Form, path: str, given: Value) -> JSON:
    at = f"{path}." if path else ""
    kind = given.get("type") or 1
    command: JSON = {key: given[key] for key in _KEPT if given.get(key) is not None} | {"type": kind}
    chat_input = kind == 1
    _names(form, at, given, described=chat_input)
    command.setdefault("description", "")
    command["default_member_permissions"] = None
    for key in _OF_COMMAND:
        if given.get(key) is not None:
            value = given[key]
            command[key] = str(value) if key == "default_member_permissions" else value
    if given.get("options"):
        command["options"] = _options(form, f"{at}options", given["options"])
    if not form.errors and sum(_weights(command)) > TOGETHER:
        form.wrong(path or "name", ("APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({TOGETHER})"))
    return command


def _names(form: Form, at: str, given: JSON, *, described: bool = True) -> None:
    """Check a name and a description with their translations."""
    names = {"name": given.get("name")}
    descriptions = {"description": given.get("description")} if described else {}
    for field, texts in (("name", names), ("description", descriptions)):
        for locale, text in (given.get(f"{field}_localizations") or {}).items():
            path = f"{field}_localizations.{locale}"
            if locale not in LOCALES:
                form.choice(at + path, locale, LOCALES)
            texts[path] = text
    for path, name in names.items():
        text = form.text(at + path, name, 32, 1)
        if described and text and (not _NAME.fullmatch(text) or text != text.lower()):
            form.wrong(at + path, ("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"))
    for path, description in descriptions.items():
        form.text(at + path, description, 100, 1)


def _options(form: Form, path: str, given: Value) -> list[JSON]:
    options = [_option(form, f"{path}.{place}", each) for place, each in enumerate(form.items(path, given, OPTIONS))]
    names = [each.get("name") for each in options]
    if len(set(names)) < len(names):
        form.wrong(path, ("APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists"))
    needed = [bool(each.get("required")) for each in options]
    if needed != sorted(needed, reverse=True):
        problem = "Required options must be placed before non-required options"
        form.wrong(path, ("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", problem))
    return options


def _option(form: Form, path: str, given: JSON) -> JSON:
    form.choice(f"{path}.type", given.get("type"), tuple(range(1, 12)))
    _names(form, f"{path}.", given)
    option = {key: given[key] for key in (*_KEPT, *_OF_OPTION) if given.get(key) is not None}
    if given.get("options"):
        option["options"] = _options(form, f"{path}.options", given["options"])
    choices = form.items(f"{path}.choices", given.get("choices"), CHOICES)
    if choices:
        option["choices"] = check_choices(form, f"{path}.choices", choices)
        if given.get("autocomplete"):
            problem = "Choices and autocomplete are mutually exclusive"
            form.wrong(path, ("APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", problem))
    return option


def check_choices(form: Form, path: str, choices: Sequence[JSON]) -> list[JSON]:
    """Return choices, of an option or of an autocompletion, checked."""
    for place, choice in enumerate(choices):
        at = f"{path}.{place}"
        form.text(f"{at}.name", choice.get("name"), 100, 1)
        for locale, name in (choice.get("name_localizations") or {}).items():
            form.choice(f"{at}.name_localizations.{locale}", locale, LOCALES)
            form.text(f"{at}.name_localizations.{locale}", name, 100, 1)
        value = choice.get("value")
        if not isinstance(value, str | int | float) or value == "":
            form.wrong(f"{at}.value", required())
        elif isinstance(value, str) and len(value) > 100:
            form.wrong(f"{at}.value", too_long(100))
    return [{key: value for key, value in choice.items() if value is not None} for choice in choices]


def _weights(part: JSON) -> Iterator[int]:
    """Yield the lengths that count together: of each text the longest of its translations."""
    for field in ("name", "description"):
        texts = [part.get(field) or "", *(part.get(f"{field}_localizations") or {}).values()]
        yield max(map(len, texts))
    for choice in part.get("choices", ()):
        yield len(choice["name"]) + len(str(choice["value"]))
    for option in part.get("options", ()):
        yield from _weights(option)


def application(call: Call) -> Answer:
    """Return the application."""
    return Answer(200, shapes.application(call.world))


_HERE = "/applications/{application}"
ROUTES: tuple[Route, ...] = (
    *(
        route
        for commands in (f"{_HERE}/commands", f"{_HERE}/guilds/{{guild}}/commands")
        for route in (
            ("GET", commands, list_all),
            ("PUT", commands, overwrite),
            ("POST", commands, add),
            ("GET", commands + "/{command}", get),
            ("PATCH", commands + "/{command}", change),
            ("DELETE", commands + "/{command}", remove),
        )
    ),
    ("GET", "/applications/@me", application),
    ("GET", "/oauth2/applications/@me", application),
)
