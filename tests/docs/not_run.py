"""What a newcomer types and this machine cannot do: why, and how it is looked at all the same."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ruamel.yaml import YAML

from bot.cli import parser
from tests.docs.blocks import ROOT

Words = Sequence[str]


def make(words: Words) -> None:
    """Check that a target is there."""
    subprocess.run(["make", "--dry-run", *words], cwd=ROOT, check=True, capture_output=True)


def pip(words: Words) -> None:
    """Check that what is installed from here is here, with its extras."""
    assert words[0] == "install", words
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for word in words[1:]:
        of_ours = re.fullmatch(r"(?:\.|digestbot)(?:\[(.*)])?", word)
        if of_ours and of_ours[1]:
            assert set(of_ours[1].split(",")) <= project["optional-dependencies"].keys(), word


def docker(words: Words) -> None:
    """Check that the service and the command in it exist; tests/container looks at the files."""
    services = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]
    _, verb, *options = words
    given = [word for word in options if word not in ("-T", "--rm")]
    if verb in ("exec", "run", "stop", "start"):
        assert given[0] in services
    if verb == "exec":
        assert given[1] == "digestbot"
    if verb in ("exec", "run"):
        parser().parse_args(given[2:] if verb == "exec" else given[1:])


def python(words: Words) -> None:
    """Check that the module is there."""
    assert words[0] == "-m", words
    assert find_spec(words[1]), words[1]


def nothing(_words: Words) -> None:
    """Take it as it is."""


@dataclass(frozen=True, slots=True)
class NotRun:
    """Why a program is not run, what looks at its arguments, and with which first argument it is run all the same."""

    reason: str
    look: Callable[[Words], None] = nothing
    unless: Words = ()


NOT_RUN: Mapping[str, NotRun] = {
    "make": NotRun("its targets install from a registry, or take minutes", make, unless=("demo",)),
    "pip": NotRun("it installs from a registry", pip),
    "docker": NotRun("there may be no container engine", docker),
    "journalctl": NotRun("no unit of digestbot runs on this machine"),
    "apt-get": NotRun("it changes the machine"),
    "kubectl": NotRun("there is no cluster"),
    "python": NotRun("modules of the tests take minutes, or serve until they are stopped", python),
}


def stand_in(name: str, log: Path) -> str:
    """Return a program that notes what it is asked for, in place of one that is not run."""
    rule = NOT_RUN[name]
    real = f'case "$1" in {"|".join(rule.unless)}) exec /usr/bin/{name} "$@";; esac\n' if rule.unless else ""
    note = "import json, sys; print(json.dumps(sys.argv[1:]))"
    return f"#!/bin/bash\n{real}exec {sys.executable} -IS -c '{note}' {name} \"$@\" >>{log}\n"


def look_at(log: Path) -> list[list[str]]:
    """Look at everything that was noted, and return it."""
    noted: list[list[str]] = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    for name, *words in noted:
        NOT_RUN[name].look(words)
    return noted
