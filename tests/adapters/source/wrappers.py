"""A stand-in for the git on the path: it writes down how it was called, and then is git, with more or less help."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from adapters.source.git import GitSettings, GitSource

GIT = shutil.which("git") or "git"


@dataclass(frozen=True, slots=True)
class WrappedGit:
    """A program that logs its arguments and its environment; `instead` runs in place of git, in a shell."""

    folder: Path
    instead: str = f'exec {GIT} "$@"'

    @property
    def executable(self) -> Path:
        """The program, written anew each time."""
        self.folder.mkdir(exist_ok=True)
        program = self.folder / "git-wrapper"
        program.write_text(
            f'#!/bin/sh\necho "$@" >> {self.folder}/arguments\nenv >> {self.folder}/environment\n{self.instead}\n'
        )
        program.chmod(0o755)
        return program

    @property
    def calls(self) -> list[str]:
        """The arguments of every call so far."""
        log = self.folder / "arguments"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def environment(self) -> str:
        """Everything that was ever in the environment."""
        return (self.folder / "environment").read_text()

    def fetches(self) -> list[str]:
        """Return the calls that asked a server for objects, and forget all calls."""
        calls = self.calls
        (self.folder / "arguments").unlink(missing_ok=True)
        return [call for call in calls if call.startswith("fetch ") or " fetch " in call]

    def source(self, data_dir: Path, **settings: object) -> GitSource:
        """Return a source that runs this program."""
        return GitSource(
            GitSettings.model_validate({"executable": str(self.executable), **settings}), data_dir=data_dir
        )
