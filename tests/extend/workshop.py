"""Where somebody follows docs/extend.md: writes the files of a section down, and does its commands in their folders."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.docs.blocks import CONSOLE, FILE, ROOT, Block, blocks, is_what_was_shown

PAGE = ROOT / "docs" / "extend.md"
_PATIENCE = 120.0
"""Seconds that a command may take on a busy machine."""

# What is installed comes from no registry: all that the examples need is here.
_PROGRAMS = {
    "pip": "-m pip {} --quiet --no-index --no-deps --no-build-isolation --upgrade --target '{site}'",
    "pytest": "-m pytest -p no:cacheprovider",
    "digestbot": "-W error -m bot",
}


@dataclass(frozen=True)
class Section:
    """A part of the page, under a heading of the second level."""

    title: str
    first: int
    last: int

    @property
    def blocks(self) -> Iterator[Block]:
        """The code blocks of the section, in order."""
        return (block for block in blocks(PAGE) if self.first <= block.line <= self.last)


def sections() -> Mapping[str, Section]:
    """Return the parts of the page by their titles."""
    lines = PAGE.read_text("utf-8").splitlines()
    starts = [number for number, line in enumerate(lines, 1) if line.startswith("## ")]
    ends = [*(start - 1 for start in starts[1:]), len(lines)]
    found = (Section(lines[start - 1][3:], start, end) for start, end in zip(starts, ends, strict=True))
    return {section.title: section for section in found}


class Workshop:
    """A machine on which digestbot is installed, and nothing else. `replaced` stands in for what the page names."""

    def __init__(self, folder: Path, replaced: Mapping[str, str]) -> None:
        self.folder = folder
        self._replaced = replaced
        self._begun: list[subprocess.Popen[bytes]] = []
        programs, site = folder / "bin", folder / "site"
        programs.mkdir()
        for name, arguments in _PROGRAMS.items():
            said = arguments.format("install", site=site) if name == "pip" else arguments
            rest = '"${@:2}"' if name == "pip" else '"$@"'
            (programs / name).write_text(f"#!/bin/bash\nexec '{sys.executable}' {said} {rest}\n")
            (programs / name).chmod(0o755)
        self._environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "DIGESTBOT_DATA_DIR": str(folder / "data"),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(site)]),
            "DIGESTBOT_HEALTH_PORT": "0",
            "GITHUB_API_URL": "http://127.0.0.1:1",
            "PIP_NO_INPUT": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def follow(self, section: Section, *, until: Callable[[Block], bool] = lambda _: False) -> None:
        """Write the files of a section down, and do its commands, all of it in order."""
        for block in section.blocks:
            if block.language == FILE:
                path = self.folder / block.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(self._meant(block.text), "utf-8")
            elif block.language == CONSOLE:
                self._do(block)
            if until(block):
                return

    def wait(self, path: str, *words: str) -> str:
        """Wait until a file holds words, and return it."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            text = (self.folder / path).read_text("utf-8") if (self.folder / path).exists() else ""
            if all(word in text for word in words):
                return text
            time.sleep(0.2)
        log = self.folder / "log"
        raise AssertionError(f"{words} are not in {path}\n{text[-4000:]}\n{log.read_text() if log.exists() else ''}")

    def leave(self) -> None:
        """End what was begun."""
        for process in self._begun:
            process.terminate()
            process.wait(_PATIENCE)

    def _do(self, block: Block) -> None:
        folder = self.folder / block.path
        folder.mkdir(parents=True, exist_ok=True)
        for command, shown in _commands(self._meant(block.text)):
            if command.endswith("&"):
                with (self.folder / "log").open("wb") as log:
                    self._begun.append(
                        subprocess.Popen(
                            ["bash", "-c", f"exec {command.rstrip('& ')}"],
                            cwd=folder,
                            env=self._environment,
                            stdout=log,
                            stderr=log,
                        )
                    )
                continue
            run = subprocess.run(
                ["bash", "-c", command],
                cwd=folder,
                env=self._environment,
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=_PATIENCE,
                check=False,
            )
            assert run.returncode == 0, f"{block}: {command}\n{run.stdout[-6000:]}\n{run.stderr[-4000:]}"
            assert not shown or is_what_was_shown(run.stdout, shown), f"{block}: {command}\n{run.stdout}"

    def _meant(self, text: str) -> str:
        for what, stand_in in self._replaced.items():
            text = text.replace(what, stand_in)
        return text


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield the commands of a block, each with what it prints as far as that is shown."""
    for entry in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = entry.partition("\n")
        yield command, shown
