"""What people do: they write, use commands, are offered choices, press buttons."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.fakes import discord_actions as actions
from tests.fakes import discord_shapes as shapes
from tests.fakes.discord_actions import Circumstances
from tests.fakes.discord_commands import BOOLEAN, GROUP, INTEGER, NUMBER, SUBCOMMAND, available
from tests.fakes.discord_forms import read_message
from tests.fakes.discord_permissions import Permission, permissions, require, sending
from tests.fakes.discord_reading import components
from tests.fakes.discord_world import JSON, Channel, Event, Interaction, Message, MessageType, User, Value, World


class NotPossible(Exception):
    """Raised where Discord would not let a person do this: no such command, a missing option, a disabled button."""


@dataclass(slots=True)
class _Typed:
    """A command as somebody typed it: the command, the names below it, its options by name."""

    command: JSON
    path: list[JSON]
    options: list[JSON]
    values: JSON = field(default_factory=dict)

    def data(self, focused: str | None = None) -> JSON:
        """Return it as the gateway tells it."""
        values: list[JSON] = []
        for option in self.options:
            if option["name"] in self.values:
                focus = {"focused": True} if option["name"] == focused else {}
                values.append({"type": option["type"], "name": option["name"], "value": self.values[option["name"]]})
                values[-1] |= focus
        for step in reversed(self.path):
            values = [{"type": step["type"], "name": step["name"], "options": values}]
        shape = {"id": self.command["id"], "name": self.command["name"], "type": self.command["type"]}
        guild = self.command.get("guild_id")
        return shape | {"options": values} | ({"guild_id": guild} if guild else {})


def say(world: World, person: User, channel: Channel, words: str, *, reply_to: Message | None = None) -> Message:
    """Write a message. Raises Refusal where the person may not."""
    require(world, person, channel, sending(channel))
    kind = MessageType.REPLY if reply_to else MessageType.DEFAULT
    reference: JSON | None = None
    if reply_to:
        reference = {"type": 0, "channel_id": str(channel.id), "message_id": str(reply_to.id)}
        reference |= {"guild_id": str(channel.guild_id)} if channel.guild_id else {}
    return actions.post(
        world, channel, person, read_message({"content": words}), Circumstances(kind, reference=reference)
    )


def edit(world: World, message: Message, words: str) -> None:
    """Change one's message."""
    actions.edit(world, message, read_message({"content": words}))


def remove(world: World, message: Message) -> None:
    """Delete one's message."""
    actions.delete(world, message)


def command(world: World, person: User, channel: Channel, text: str) -> Interaction:
    """Use a command: "/digest repository:sglang period:today". Raises NotPossible, Refusal."""
    require(world, person, channel, Permission.USE_APPLICATION_COMMANDS)
    typed = _typed(world, person, channel, text)
    needed = int(typed.command["default_member_permissions"] or 0)
    if channel.guild_id and needed & ~permissions(world, person, channel):
        raise NotPossible(f"/{typed.command['name']} is not for {person.name}")
    for option in typed.options:
        if option.get("required") and option["name"] not in typed.values:
            raise NotPossible(f"The option {option['name']} is required")
        if option["name"] in typed.values:
            typed.values[option["name"]] = _value(option, typed.values[option["name"]])
    return _start(world, person, channel, 2, typed.data())


def suggest(world: World, person: User, channel: Channel, text: str) -> Interaction:
    """Type at a command whose last option is completed; the choices are in the interaction once it is answered."""
    typed = _typed(world, person, channel, text)
    focused = next(reversed(typed.values), None)
    if not any(option["name"] == focused and option.get("autocomplete") for option in typed.options):
        raise NotPossible(f"{focused or text} is not completed")
    return _start(world, person, channel, 4, typed.data(focused))


def press(world: World, person: User, message: Message, custom_id: str, *values: str) -> Interaction:
    """Press a button of a message, or choose values of a menu. Raises NotPossible."""
    found = [each for each in components(message.components) if each.get("custom_id") == custom_id]
    if not found or found[0].get("disabled"):
        raise NotPossible(f"{custom_id} cannot be pressed")
    data: JSON = {"custom_id": custom_id, "component_type": found[0]["type"], "id": found[0]["id"]}
    data |= {"values": list(values)} if values else {}
    return _start(world, person, world.channels[message.channel_id], 3, data, message)


def _start(
    world: World, person: User, channel: Channel, kind: int, data: JSON, message: Message | None = None
) -> Interaction:
    one = Interaction(world.snowflake(), secrets.token_urlsafe(96), kind, channel.id, person.id, data, world.now())
    one.message_id = message.id if message else None
    world.interactions[one.token] = one
    # The bot hears of it even where it does not see the channel.
    world.publish(Event("INTERACTION_CREATE", shapes.interaction(one, world), 0, channel.guild_id))
    return one


def _typed(world: World, person: User, channel: Channel, text: str) -> _Typed:
    """Return the command that a text names, in English or in the person's language, with what was typed of options."""
    words = text.removeprefix("/").split(" ")
    named = {
        name: each
        for each in available(world, channel.guild_id)
        if each["type"] == 1
        for name in _names(each, person.locale)
    }
    if words[0] not in named:
        raise NotPossible(f"No command is called {words[0]}")
    typed = _Typed(named[words[0]], [], named[words[0]].get("options", []))
    rest = words[1:]
    while any(option["type"] in (SUBCOMMAND, GROUP) for option in typed.options):
        steps = {name: each for each in typed.options for name in _names(each, person.locale)}
        if not rest or rest[0] not in steps:
            raise NotPossible(f"/{typed.command['name']} is followed by one of {', '.join(steps)}")
        typed.path.append(steps[rest[0]])
        typed.options = steps[rest[0]].get("options", [])
        rest = rest[1:]
    typed.values = _values(typed.options, " ".join(rest), person.locale)
    return typed


def _names(part: JSON, locale: str) -> Iterator[str]:
    yield part["name"]
    if translated := (part.get("name_localizations") or {}).get(locale):
        yield translated


def _values(options: list[JSON], text: str, locale: str) -> JSON:
    """Return what is typed behind each `name:`, in the order in which it is typed."""
    names = {name: option["name"] for option in options for name in _names(option, locale)}
    marks = "|".join(sorted(map(re.escape, names), key=len, reverse=True)) or "(?!)"
    parts = re.split(rf"(?:^|\s)({marks}):", text)
    if parts[0].strip():
        raise NotPossible(f"{parts[0].strip()} is no option: write {', '.join(f'{name}:…' for name in names)}")
    return {names[name]: value.strip() for name, value in zip(parts[1::2], parts[2::2], strict=True)}


def _value(option: JSON, text: str) -> Value:
    """Return a typed value in the option's own type; a choice may be typed by its name."""
    choices = {choice["name"]: choice["value"] for choice in option.get("choices", ())}
    if choices and text not in choices and text not in map(str, choices.values()):
        raise NotPossible(f"{option['name']} is one of {', '.join(choices)}")
    value = choices.get(text, text)
    try:
        convert = {INTEGER: int, NUMBER: float}.get(option["type"], str)
        value = text.lower() in ("true", "yes", "1") if option["type"] == BOOLEAN else convert(value)
    except ValueError:
        raise NotPossible(f"{text} is no number") from None
    low, high = option.get("min_value"), option.get("max_value")
    if (low is not None and value < low) or (high is not None and value > high):
        raise NotPossible(f"{text} is out of bounds")
    return value
