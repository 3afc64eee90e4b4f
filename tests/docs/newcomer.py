"""Somebody who has a clone of the repository, a shell and the addresses of the services, and does what a page says."""

import asyncio
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.docs.blocks import ROOT, Block
from tests.docs.chatting import Chatting
from tests.docs.not_run import NOT_RUN, stand_in
from tests.forked.starting import digestbot

LONGEST = 120
"""How many seconds a block may take on a machine that does much else."""

_SCRIPT = """\
source {state}
trap 'code=$?; {{ export -p; printf "cd %q\\n" "$PWD"; }} >{state}; exit $code' EXIT
set -o pipefail
{commands}
"""
_CHECKED = "{command}\ncode=$?; [ $code = 0 ] || exit $code"

_PROGRAM = """\
#!/bin/bash
start=({start} "$@")
[ "$1" = run ] || exec "${{start[@]}}"
# It would run until it is stopped: the shell has its prompt back once it is ready.
log=$(mktemp {logs}/XXXXXX)
{{
    "${{start[@]}}" </dev/null & echo $! >"$log.process"
    wait $!
    echo $? >"$log.ended" && mv "$log.ended" "$log.code"  # seen at once, or not at all
}} >"$log" 2>&1 &
until grep -q Running "$log" || [ -e "$log.code" ]; do sleep 0.05; done
[ ! -e "$log.code" ] || {{ cat "$log" >&2; exit "$(cat "$log.code")"; }}
"""

_SYSTEMCTL = """\
#!/bin/bash
# The unit of the page is what the walk has running.
case "$*" in
    "start digestbot") exec digestbot run;;
    "stop digestbot") ;;
    *) exit 1;;
esac
for process in {logs}/*.process; do
    log=${{process%.process}}
    [ -e "$log.code" ] || kill -TERM "$(cat "$process")"
    until [ -e "$log.code" ]; do sleep 0.05; done
done
"""
_SUDO = """\
#!/bin/bash
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a block ended, and what it printed."""

    code: int
    out: str
    err: str


class Newcomer:
    """Works in a clone in a home of its own. `replaced` is what a reader puts in the place of what a page shows."""

    def __init__(self, home: Path, socket: Path, environment: Mapping[str, str], replaced: Mapping[str, str]) -> None:
        """Move in; `socket` is where a server awaits commands."""
        self.replaced = dict(replaced)
        self.chats: dict[str, Chatting] = {}
        self.not_run = home / "not-run"
        self._home, self._state, self._logs = home, home / "state", home / "logs"
        self._logs.mkdir()
        clone = home / "digestbot"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        self._install(clone / ".venv", socket)
        given = {
            "HOME": str(home),
            "PATH": f"{clone / '.venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin",  # or `digestbot` would not be known
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            **environment,
        }
        lines = [f"export {name}='{value}'" for name, value in given.items()]
        self._state.write_text("\n".join([*lines, f"cd '{clone}'\n"]))

    def _install(self, environment: Path, socket: Path) -> None:
        """Make a virtual environment as `make` leaves it, with stand-ins."""
        programs = environment / "bin"
        programs.mkdir(parents=True)
        for name in NOT_RUN:
            self._write(programs / name, stand_in(name, self.not_run))
        start = shlex.join(digestbot(socket))
        self._write(programs / "digestbot", _PROGRAM.format(start=start, logs=self._logs))
        self._write(programs / "systemctl", _SYSTEMCTL.format(logs=self._logs))
        self._write(programs / "sudo", _SUDO)
        (programs / "activate").write_text(f"export PATH='{programs}':\"$PATH\"\n")
        for stamp in (".program", ".tools"):
            (environment / stamp).touch()

    def given(self, program: Path) -> None:
        """Find a program beside the others."""
        (self._home / "digestbot" / ".venv" / "bin" / program.name).symlink_to(program)

    def _write(self, program: Path, text: str) -> None:
        program.write_text(text)
        program.chmod(0o755)

    async def do(self, block: Block) -> Outcome:
        """Run a block; what it exports and where it goes holds for the next one."""
        text = block.text
        for shown, given in self.replaced.items():
            text = text.replace(shown, given)
        commands = "\n".join(_CHECKED.format(command=command) for command in whole_commands(text))
        process = await asyncio.create_subprocess_exec(
            *("bash", "--norc", "-c", _SCRIPT.format(state=self._state, commands=commands)),
            env={},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(LONGEST):
                out, err = await process.communicate()
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        assert process.returncode is not None
        return Outcome(process.returncode, out.decode(), err.decode())

    async def stop(self) -> list[str]:
        """End what still runs as an interrupt would, and return what it logged."""
        logs = sorted(path.with_suffix("") for path in self._logs.glob("*.process"))
        for log in logs:
            if not log.with_suffix(".code").exists():
                os.kill(int(log.with_suffix(".process").read_text()), signal.SIGTERM)
        async with asyncio.timeout(LONGEST):
            for log in logs:
                while not log.with_suffix(".code").exists():  # noqa: ASYNC110 - a process of somebody else tells nobody
                    await asyncio.sleep(0.02)
                assert log.with_suffix(".code").read_text().strip() == "0", log.read_text()
        return [log.read_text() for log in logs]

    def leave(self) -> None:
        """Clean up: clones of a whole repository need not be kept."""
        shutil.rmtree(self._home / "digestbot", ignore_errors=True)


def whole_commands(text: str) -> Iterator[str]:
    """Yield the commands of a text, some of which go on for several lines.

    A shell that stops at errors would not do: it takes `wrong && right` for no error.
    """
    command = ""
    for line in text.splitlines(keepends=True):
        command += line
        if not command.rstrip("\n").endswith("\\") and _is_whole(command):
            yield command
            command = ""
    if command:
        yield command


def _is_whole(command: str) -> bool:
    checked = subprocess.run(["bash", "-n"], input=command, text=True, capture_output=True, check=False)
    return not checked.returncode and not checked.stderr  # an unfinished here-document is a mere warning
