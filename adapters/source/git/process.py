"""Running git: without a shell, without anybody's configuration or hooks, within limits, and leaving nothing behind."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.errors import ConfigurationError

CHUNK = 1 << 18
MOST_PRINTED = 1 << 26
"""Bytes of an answer that is read as a whole; the names of all commits of Linux are less."""
_STDERR_KEPT = 1 << 14

# What the operator's environment may say to git and to the programs that it starts: how to find them, how to reach
# servers, and who the operator is to ssh.
_PASSED_ON = (
    "PATH",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
)
_FIXED = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    # Nobody is there to answer questions, and a shared connection would outlive the command and keep its pipes open.
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ControlMaster=no",
    "LC_ALL": "C.UTF-8",
    # An empty list, not an absent one: no protocol at all, whatever a repository's own configuration says. It is what
    # keeps a partial clone from fetching behind our back.
    "GIT_ALLOW_PROTOCOL": "",
}
# Given on the side of the command line, so that they win over a repository's own configuration.
_CONFIGURATION = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    "credential.helper": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "safe.directory": "*",
}


class GitError(Exception):
    """git did not do what it was asked to. It never leaves this package."""


class GitFailed(GitError):
    """git ended with an error: its status, and what it said, cut to a few kilobytes."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"git ended with status {status}")
        self.status = status
        self.said = said


class GitStalled(GitError):
    """git did not answer within its limit, and was ended."""


class GitFlooded(GitError):
    """git printed more than `MOST_PRINTED`, and was ended."""


@dataclass(frozen=True)
class Git:
    """How git is run: the program, what is put into its environment, and the limits in seconds.

    `time_limit` bounds a command whose whole answer is awaited, `stall_limit` the silence of one that is read as a
    stream. `keep_open` are file descriptors that git inherits.
    """

    executable: str
    time_limit: float
    stall_limit: float
    environment: Mapping[str, str] = field(default_factory=dict)
    configuration: Mapping[str, str] = field(default_factory=dict)
    keep_open: tuple[int, ...] = ()

    def having(self, **environment: str) -> "Git":
        """Return the same with more in the environment."""
        return replace(self, environment={**self.environment, **environment})

    def configured(self, configuration: Mapping[str, str]) -> "Git":
        """Return the same with more configuration, which is kept off the command line."""
        return replace(self, configuration={**self.configuration, **configuration})

    async def run(self, *arguments: str, stdin: bytes = b"", folder: Path | None = None) -> bytes:
        """Return all that git prints. Raises GitFailed, GitStalled, GitFlooded."""
        printed = bytearray()
        try:
            async with asyncio.timeout(self.time_limit):
                async with self._started(arguments, stdin, folder, stall_limit=None) as stream:
                    async for chunk in stream:
                        printed += chunk
                        if len(printed) > MOST_PRINTED:
                            raise GitFlooded(arguments[0])
                    await stream.finish()
        except TimeoutError:
            raise GitStalled(arguments[0]) from None
        return bytes(printed)

    def stream(self, arguments: Sequence[str], *, stdin: bytes = b"") -> AbstractAsyncContextManager["Stream"]:
        """Start git, and give what it prints piece by piece. It is gone when the block is left."""
        return self._started(arguments, stdin, None, stall_limit=self.stall_limit)

    @asynccontextmanager
    async def _started(
        self, arguments: Sequence[str], stdin: bytes, folder: Path | None, *, stall_limit: float | None
    ) -> AsyncIterator["Stream"]:
        starting = asyncio.create_task(self._start(arguments, folder, PIPE if stdin else DEVNULL))
        try:
            process = await asyncio.shield(starting)
        except asyncio.CancelledError:
            # Interrupted half-way, asyncio ends git but nothing that git started, and may wait for that for ever.
            await asyncio.shield(_end(starting))
            raise
        except OSError as error:
            raise _not_started(error, folder) from None
        stream = Stream(process, stdin, stall_limit)
        try:
            yield stream
        finally:
            await asyncio.shield(stream.close())

    async def _start(self, arguments: Sequence[str], folder: Path | None, stdin: int) -> Process:
        return await asyncio.create_subprocess_exec(
            self.executable,
            *arguments,
            stdin=stdin,
            stdout=PIPE,
            stderr=PIPE,
            cwd=folder,
            env=self._environment(),
            limit=CHUNK,
            start_new_session=True,  # so that the programs which git starts end with it
            restore_signals=False,  # git ignores SIGXFSZ then as Python does, and says that a file is too large
            pass_fds=self.keep_open,
        )

    def _environment(self) -> dict[str, str]:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment |= {**_FIXED, **self.environment}
        configuration = {**_CONFIGURATION, **self.configuration}
        environment["GIT_CONFIG_COUNT"] = str(len(configuration))
        for number, (key, value) in enumerate(configuration.items()):
            environment[f"GIT_CONFIG_KEY_{number}"] = key
            environment[f"GIT_CONFIG_VALUE_{number}"] = value
        return environment


async def _end(starting: asyncio.Task[Process]) -> None:
    """Wait until git has started, and end it."""
    with suppress(OSError):
        await Stream(await starting, b"", None).close()


def _not_started(error: OSError, folder: Path | None) -> Exception:
    if folder and not folder.is_dir():
        return GitFailed(128, "not a git repository: the folder is gone")
    return ConfigurationError(
        f"git cannot be run: {error.strerror}.", remedy="Install git, or correct the setting `executable`."
    )


class Stream:
    """What a running git prints: iterate over the pieces, then call `finish`."""

    def __init__(self, process: Process, stdin: bytes, stall_limit: float | None) -> None:
        assert process.stdout  # noqa: S101 -- it was asked for; this tells the type checker
        assert process.stderr  # noqa: S101 -- likewise
        self._process = process
        self._stdout = process.stdout
        self._stderr = process.stderr
        self._stall_limit = stall_limit
        self._said = bytearray()
        self._tasks = [asyncio.create_task(self._listen())]
        if stdin:
            self._tasks.append(asyncio.create_task(self._feed(stdin)))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield what git prints, as it comes. Raises GitStalled when nothing does for too long."""
        while chunk := await self._read():
            yield chunk

    async def finish(self) -> None:
        """Wait for the end. Raises GitFailed if git was not content."""
        await asyncio.gather(*self._tasks)
        if status := await self._process.wait():
            raise GitFailed(status, self._said.decode("utf-8", "replace"))

    async def close(self) -> None:
        """End git, and whatever it started, if it is still there."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # The pipes must be read to their ends, or asyncio never lets go of them.
        while await self._stdout.read(CHUNK):
            pass
        while await self._stderr.read(CHUNK):
            pass
        await self._process.wait()

    async def _read(self) -> bytes:
        try:
            async with asyncio.timeout(self._stall_limit):
                return await self._stdout.read(CHUNK)
        except TimeoutError:
            raise GitStalled("reading") from None

    async def _listen(self) -> None:
        while chunk := await self._stderr.read(CHUNK):
            self._said += chunk[: _STDERR_KEPT - len(self._said)]

    async def _feed(self, stdin: bytes) -> None:
        assert self._process.stdin  # noqa: S101 -- there is one when there is something to feed
        with suppress(BrokenPipeError, ConnectionResetError):  # git may end before it has read all
            for begin in range(0, len(stdin), CHUNK):
                self._process.stdin.write(stdin[begin : begin + CHUNK])
                await self._process.stdin.drain()
        self._process.stdin.close()
