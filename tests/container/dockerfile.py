"""Reads a Dockerfile: as much of the format as the one of this project uses, and nothing else without an error."""

import json
import re
import shlex
from dataclasses import dataclass, field

STEPS = frozenset({"RUN", "COPY", "WORKDIR", "ENV"})
"""What is done in order; whatever else there is says what the image is like in the end."""


@dataclass(frozen=True)
class Step:
    """One step: its name, its flags without their dashes, and what follows."""

    name: str
    flags: dict[str, str]
    rest: str


@dataclass
class Stage:
    """A stage of the build."""

    name: str
    base: str
    steps: list[Step] = field(default_factory=list)
    user: str = "root"
    workdir: str = "/"
    volume: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    healthcheck: list[str] = field(default_factory=list)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)


def read(text: str) -> list[Stage]:
    """Return the stages of a Dockerfile. Raises ValueError for what it does not know."""
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for name, rest in _instructions(text):
        if name == "ARG":
            key, _, value = rest.partition("=")
            arguments[key] = value
        elif name == "FROM":
            base, _, called = rest.partition(" AS ")
            for key, value in arguments.items():
                base = base.replace(f"${{{key}}}", value)
            stages.append(Stage(called or str(len(stages)), base))
        else:
            _add(stages[-1], name, rest)
    return stages


def _instructions(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(line.split(None, 1)[0], line.split(None, 1)[1].strip()) for line in joined.splitlines()]


def _add(stage: Stage, name: str, rest: str) -> None:
    flags = dict(re.findall(r"--([\w-]+)=(\S+)", rest)) if name in {"COPY", "HEALTHCHECK"} else {}
    rest = re.sub(r"^(--\S+\s+)*", "", rest) if flags else rest
    match name:
        case "USER":
            stage.user = rest
        case "VOLUME":
            stage.volume = rest
        case "HEALTHCHECK":
            stage.healthcheck = json.loads(rest.removeprefix("CMD "))
        case "ENTRYPOINT":
            stage.entrypoint = json.loads(rest)
        case "CMD":
            stage.command = json.loads(rest)
        case _ if name in STEPS:
            stage.steps.append(Step(name, flags, rest))
            if name == "ENV":
                stage.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
            elif name == "WORKDIR":
                stage.workdir = rest
        case _:
            raise ValueError(f"not known: {name}")
