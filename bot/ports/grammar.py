"""What a verb is, from which adapters make their options and help."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """What follows a verb. What it is called in a language, and what it is, is for `bot.present.labels` to say."""

    name: str
    required: bool
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """A thing that can be asked for: its name, what else it is called, and what it takes.

    The first of the other names is its Chinese one. What it does is for `bot.present.labels` to say.
    """

    name: str
    also: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()

    @property
    def usage(self) -> str:
        """The verb and its parameters on one line, as manuals write them: `digest REPOSITORY… [PERIOD]`."""
        return " ".join((self.name, *(_usage(parameter) for parameter in self.parameters)))


def _usage(parameter: Parameter) -> str:
    name = parameter.name.upper() + "…" * parameter.repeated
    return name if parameter.required else f"[{name}]"
