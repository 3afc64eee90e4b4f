"""The grammar of what can be asked for, as Discord's application commands, and what somebody chose of them as text.

The first verb is a command of its own, `/digest`; the others are beneath `/digestbot`. Each parameter is an option, in
which several words may be written. See https://discord.com/developers/docs/interactions/application-commands.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ports import Parameter, Suggesting, Verb, Words

Json = dict[str, Any]
OTHERS = "digestbot"
CHOICES = 25
_LONGEST = 100
"""Characters of a choice."""

_CHAT_INPUT, _SUBCOMMAND, _STRING = 1, 1, 3
_GUILD_INSTALL, _IN_GUILD, _IN_DIRECT = 0, 0, 1
_CHINESE = ("zh-CN", "zh-TW")
_SUGGESTED = {
    "repository": Suggesting.REPOSITORY,
    "period": Suggesting.PERIOD,
    "id": Suggesting.SUBSCRIPTION,
}


def application_commands(grammar: Sequence[Verb], words: Words) -> list[Json]:
    """Return the commands as Discord is told of them, in English and Chinese."""
    first, *others = grammar
    everywhere: Json = {"type": _CHAT_INPUT, "contexts": [_IN_GUILD, _IN_DIRECT], "integration_types": [_GUILD_INSTALL]}
    return [
        everywhere | _described(first.name, first.also[0], f"verb-{first.name}", words) | _options(first, words),
        everywhere
        | {"name": OTHERS, "description": words("en", "commands")}
        | {"description_localizations": dict.fromkeys(_CHINESE, words("zh", "commands"))}
        | {"options": [_subcommand(verb, words) for verb in others]},
    ]


def _subcommand(verb: Verb, words: Words) -> Json:
    named = _described(verb.name, verb.also[0], f"verb-{verb.name}", words)
    return {"type": _SUBCOMMAND} | named | _options(verb, words)


def _options(verb: Verb, words: Words) -> Json:
    """Return the options of a verb; Discord wants those that are required first."""
    ordered = sorted(verb.parameters, key=lambda parameter: not parameter.required)
    return {"options": [_option(parameter, words) for parameter in ordered]} if ordered else {}


def _option(parameter: Parameter, words: Words) -> Json:
    chinese = words("zh", f"parameter-name-{parameter.name}")
    return {
        "type": _STRING,
        "required": parameter.required,
        "autocomplete": parameter.name in _SUGGESTED,
        **_described(parameter.name, chinese, f"parameter-{parameter.name}", words),
    }


def _described(name: str, chinese: str, description: str, words: Words) -> Json:
    return {
        "name": name,
        "name_localizations": dict.fromkeys(_CHINESE, chinese),
        "description": words("en", description),
        "description_localizations": dict.fromkeys(_CHINESE, words("zh", description)),
    }


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chose of a command: the verb, and what was written in its options by their names."""

    verb: Verb
    values: Mapping[str, str]
    focused: str | None = None

    @property
    def text(self) -> str:
        """The same as somebody would write it: the verb and its parameters in their order."""
        given = (self.values.get(parameter.name, "") for parameter in self.verb.parameters)
        return " ".join([self.verb.name, *filter(None, given)])

    @property
    def suggesting(self) -> tuple[Suggesting, str] | None:
        """What is to be suggested, and what was typed of it so far: of several words the last, but a period whole."""
        kind = _SUGGESTED.get(self.focused or "")
        if kind is None or self.focused is None:
            return None
        typed = self.values.get(self.focused, "")
        return kind, typed if kind is Suggesting.PERIOD else typed.rpartition(" ")[2]

    def completed(self, suggestions: Iterable[str]) -> list[str]:
        """Return what may stand in the option: each suggestion behind the words that were written before it."""
        found = self.suggesting
        typed = self.values.get(self.focused or "", "")
        before = typed.removesuffix(found[1]) if found else ""
        whole = dict.fromkeys(before + suggestion for suggestion in suggestions)
        return [each for each in whole if 0 < len(each) <= _LONGEST][:CHOICES]


def chosen(grammar: Sequence[Verb], data: Mapping[str, Any]) -> Chosen | None:
    """Return what the data of an interaction says; None if no verb is meant, as by a command of an older version."""
    name, options = data.get("name"), _options_of(data)
    if name == OTHERS and options:
        name, options = options[0].get("name"), _options_of(options[0])
    verb = next((verb for verb in grammar if verb.name == name), None)
    if verb is None:
        return None
    focused = next((str(option.get("name")) for option in options if option.get("focused")), None)
    return Chosen(verb, dict(_values(options)), focused)


def _options_of(data: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    options = data.get("options")
    return [option for option in options if isinstance(option, Mapping)] if isinstance(options, list) else ()


def _values(options: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for option in options:
        yield str(option.get("name")), str(option.get("value", ""))
