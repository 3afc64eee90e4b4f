"""What a request may say: the limits of messages, embeds, components and threads, with Discord's errors by path."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.discord_answers import Refusal, bad_length, invalid_form, not_a_choice, refuse, required, too_long
from tests.fakes.discord_components import check_components
from tests.fakes.discord_types import CHANNEL, MESSAGE, checked
from tests.fakes.discord_world import COMPONENTS_V2, EPHEMERAL, JSON, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, Value

CONTENT = 2000
EMBEDS = 10
EMBEDS_TOGETHER = 6000
FIELDS = 25
NONCE = 25
THREAD_NAME = 100
ARCHIVE_AFTER = (60, 1440, 4320, 10080)
FILES = 10
SETTABLE_FLAGS = COMPONENTS_V2 | EPHEMERAL | SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS
_EMBED_TEXTS = {"title": 256, "description": 4096}
_PARTS = {"author": ("name", 256), "footer": ("text", 2048)}
_WHITE = 0xFFFFFF
_MENTION_TYPES = ("everyone", "roles", "users")


class Form:
    """What is wrong with a form so far. `done` raises if that is anything."""

    def __init__(self) -> None:
        """Start without an error."""
        self.errors: dict[str, tuple[str, str]] = {}

    def wrong(self, path: str, problem: tuple[str, str]) -> None:
        """Keep an error; the first at a path counts."""
        self.errors.setdefault(path, problem)

    def text(self, path: str, value: Value, most: int, least: int = 0) -> str:
        """Return a text without the space around it, checked; nothing for null."""
        if value is None and least == 0:
            return ""
        if not isinstance(value, str):
            self.wrong(path, required() if value is None else ("STRING_TYPE_CONVERT", "Could not interpret as string."))
            return ""
        trimmed = value.strip()
        if least and not trimmed:
            self.wrong(path, required())
        elif not least <= len(trimmed) <= most:
            self.wrong(path, bad_length(least, most) if least else too_long(most))
        return trimmed

    def url(self, path: str, value: Value, schemes: Sequence[str] = ("http", "https")) -> None:
        """Check an address."""
        scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", value) if isinstance(value, str) else None
        if scheme and scheme[1].lower() not in schemes:
            listed = ", ".join(map(repr, schemes))
            self.wrong(path, ("URL_TYPE_INVALID_SCHEME", f"Scheme {scheme[1]!r} must be one of ({listed})."))
        elif not scheme or not re.match(r"[A-Za-z-]+://[^\s/]+(/\S*)?$", value) or len(value) > 2048:
            self.wrong(path, ("URL_TYPE_INVALID_URL", "Not a well formed URL."))

    def items(self, path: str, value: Value, most: int) -> list[Value]:
        """Return a list, checked; an empty one for null."""
        if value is not None and not isinstance(value, list):
            self.wrong(path, ("BASE_TYPE_BAD_TYPE", "Only iterables may be used in a ListType"))
            return []
        found: list[Value] = value or []
        if len(found) > most:
            self.wrong(path, too_long(most))
        return found

    def choice(self, path: str, value: Value, choices: Sequence[object]) -> None:
        """Check that a value is a known one."""
        if value not in choices:
            self.wrong(path, not_a_choice(choices))

    def done(self) -> None:
        """Raise Refusal if anything is wrong."""
        if self.errors:
            raise Refusal(invalid_form(self.errors))


@dataclass(slots=True)
class Draft:
    """A message as a request describes it, checked. What the request does not name is in none of the `given`."""

    given: frozenset[str]
    content: str = ""
    embeds: list[JSON] = field(default_factory=list)
    components: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    flags: int = 0
    nonce: str | int | None = None
    enforce_nonce: bool = False
    reference: JSON | None = None
    allowed_mentions: JSON | None = None


def read_message(body: JSON, path: str = "", *, flags: int = 0) -> Draft:
    """Return the message that a request describes, with the flags that it has already. Raises Refusal."""
    checked(body, MESSAGE, path.removesuffix("."))
    form = Form()
    flags |= (body.get("flags") or 0) & SETTABLE_FLAGS
    draft = Draft(
        frozenset(body),
        form.text(f"{path}content", body.get("content"), CONTENT),
        _embeds(form, f"{path}embeds", body),
        check_components(form, f"{path}components", body.get("components"), v2=bool(flags & COMPONENTS_V2)),
        form.items(f"{path}attachments", body.get("attachments"), FILES),
        flags,
        _nonce(form, body.get("nonce")),
        bool(body.get("enforce_nonce")),
        body.get("message_reference"),
        _allowed_mentions(form, body.get("allowed_mentions")),
    )
    if flags & COMPONENTS_V2:
        for name in ("content", "embeds"):
            if body.get(name):
                problem = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                form.wrong(path + name, ("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", problem))
    form.done()
    return draft


def refuse_empty(content: str, *others: object) -> None:
    """Raise Refusal for a message without anything to read."""
    if not content and not any(others):
        raise refuse(50006)


def _nonce(form: Form, nonce: Value) -> str | int | None:
    if isinstance(nonce, str) and len(nonce) > NONCE:
        form.wrong("nonce", ("NONCE_TYPE_TOO_LONG", f"Nonce must be {NONCE} or fewer in length."))
    elif nonce is not None and not isinstance(nonce, str | int):
        form.wrong("nonce", ("NONCE_TYPE_INVALID", "Nonce must be a string or an integer."))
    else:
        return nonce
    return None


def _allowed_mentions(form: Form, allowed: Value) -> JSON | None:
    if not isinstance(allowed, dict):
        return None
    parse = form.items("allowed_mentions.parse", allowed.get("parse"), 3)
    for place, kind in enumerate(parse):
        form.choice(f"allowed_mentions.parse.{place}", kind, _MENTION_TYPES)
    for kind in ("users", "roles"):
        if form.items(f"allowed_mentions.{kind}", allowed.get(kind), 100) and kind in parse:
            problem = f"parse:[{kind!r}] and {kind}: [ids...] are mutually exclusive."
            form.wrong("allowed_mentions", ("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", problem))
    return allowed


def _embeds(form: Form, path: str, body: JSON) -> list[JSON]:
    embeds = [
        _embed(form, f"{path}.{place}", embed)
        for place, embed in enumerate(form.items(path, body.get("embeds"), EMBEDS))
    ]
    if sum(map(size, embeds)) > EMBEDS_TOGETHER:
        form.wrong(path, ("MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBEDS_TOGETHER}"))
    return embeds


def size(embed: JSON) -> int:
    """Return how many characters of an embed count."""
    texts = [embed.get(name, "") for name in _EMBED_TEXTS]
    texts += [embed.get(part, {}).get(name, "") for part, (name, _) in _PARTS.items()]
    texts += [text for field in embed.get("fields", ()) for text in (field["name"], field["value"])]
    return sum(map(len, texts))


def _embed(form: Form, path: str, given: JSON) -> JSON:
    embed: JSON = {"type": "rich"}
    for name, most in _EMBED_TEXTS.items():
        if text := form.text(f"{path}.{name}", given.get(name), most):
            embed[name] = text
    for part, (name, most) in _PARTS.items():
        if given.get(part):
            kept = {key: value for key, value in given[part].items() if key in ("url", "icon_url")}
            embed[part] = {name: form.text(f"{path}.{part}.{name}", given[part].get(name), most, 1)} | kept
    for part in ("image", "thumbnail"):
        if given.get(part):
            form.url(f"{path}.{part}.url", given[part].get("url"), ("http", "https", "attachment"))
            embed[part] = {"url": given[part].get("url")}
    if given.get("url"):
        form.url(f"{path}.url", given["url"])
        embed["url"] = given["url"]
    embed |= _colour_and_time(form, path, given)
    fields = form.items(f"{path}.fields", given.get("fields"), FIELDS)
    if fields:
        embed["fields"] = [_field(form, f"{path}.fields.{place}", each) for place, each in enumerate(fields)]
    if len(embed) == 1:
        form.wrong(f"{path}.description", required())
    return embed


def _colour_and_time(form: Form, path: str, given: JSON) -> JSON:
    if not 0 <= (given.get("color") or 0) <= _WHITE:
        form.wrong(f"{path}.color", ("NUMBER_TYPE_MAX", f"int value should be less than or equal to {_WHITE}."))
    try:
        datetime.fromisoformat(given.get("timestamp") or "2026-01-01")
    except ValueError:
        form.wrong(f"{path}.timestamp", ("DATE_TIME_TYPE_PARSE", f"Could not parse {given['timestamp']}."))
    return {name: given[name] for name in ("color", "timestamp") if given.get(name) is not None}


def _field(form: Form, path: str, given: JSON) -> JSON:
    return {
        "name": form.text(f"{path}.name", given.get("name"), 256, 1),
        "value": form.text(f"{path}.value", given.get("value"), 1024, 1),
        "inline": bool(given.get("inline")),
    }


def read_thread(body: JSON) -> tuple[str, int]:
    """Return the name of a new thread, and after how many minutes it is archived. Raises Refusal."""
    checked(body, CHANNEL)
    form = Form()
    name = form.text("name", body.get("name"), THREAD_NAME, 1)
    after = body.get("auto_archive_duration") or 1440
    form.choice("auto_archive_duration", after, ARCHIVE_AFTER)
    form.done()
    return name, after
