"""What a verb is, from which adapters make their options and help."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """What follows a verb."""

    name: str
    description: str
    required: bool
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """A thing that can be asked for: its name, what else it is called, what it does and what it takes."""

    name: str
    also: tuple[str, ...]
    description: str
    parameters: tuple[Parameter, ...] = ()

    @property
    def usage(self) -> str:
        """The verb and its parameters on one line, as manuals write them: `digest REPOSITORY… [PERIOD]`."""
        return " ".join((self.name, *(_usage(parameter) for parameter in self.parameters)))


def _usage(parameter: Parameter) -> str:
    name = parameter.name.upper() + "…" * parameter.repeated
    return name if parameter.required else f"[{name}]"
