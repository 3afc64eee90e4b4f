"""git's own smart HTTP protocol for the fake GitHub: `git http-backend`, run as CGI, streaming both ways.

Read only. Partial clones, any depth and any commit by its sha are allowed, as on GitHub.
"""

import asyncio
import os
import re
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aiohttp import StreamReader

from tests.fakes.github_answers import Answer, Refusal
from tests.fakes.github_limits import Clock, identify
from tests.fakes.github_world import Repository, World

ROUTE = re.compile(r"/(?P<repo>[^/]+/[^/]+?)(?:\.git)?(?P<rest>/(?:info/refs|git-upload-pack|git-receive-pack))")
_CHUNK = 1 << 16
_CONFIGURATION = {
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "http.receivepack": "false",
    "safe.directory": "*",
}


def find(world: World, full_name: str, authorization: str | None, clock: Clock) -> Repository | Answer:
    """Return the repository that may be read, or the answer that says why not.

    Without credentials GitHub asks for them where it knows no public repository, so that nobody can tell a missing
    repository from a private one.
    """
    try:
        caller = identify(authorization, world, clock)
    except Refusal:
        return _plain(401, "Invalid username or token. Password authentication is not supported for Git operations.")
    repo = world.named(full_name)
    moved = repo is None
    repo = repo or world.formerly_named(full_name)
    if repo is None or not world.visible(repo, caller.token):
        return _plain(404, "Repository not found.") if caller.token else _plain(401, "Repository not found.")
    if repo.blocked:
        return _plain(451, "Repository unavailable.")
    return Answer(301, None, {"location": f"/{repo.full_name}.git"}) if moved else repo


def _plain(status: int, message: str) -> Answer:
    challenge = {"www-authenticate": 'Basic realm="GitHub"'} if status == 401 else {}
    return Answer(status, message.encode(), {"content-type": "text/plain; charset=utf-8", **challenge})


@dataclass(frozen=True, slots=True)
class Request:
    """A request for git, as CGI describes it; the header values are empty where there is no such header."""

    method: str
    rest: str
    query: str
    content_type: str
    content_length: str
    content_encoding: str
    protocol: str


@dataclass(slots=True)
class Response:
    """The answer of git: its status, its headers, and its body as it comes."""

    status: int
    headers: dict[str, str]
    body: AsyncIterator[bytes]
    received: int = 0


@asynccontextmanager
async def serve(repo: Repository, request: Request, body: StreamReader) -> AsyncIterator[Response]:
    """Run git on a repository; it ends, with whatever it started, when the context does."""
    git = await asyncio.create_subprocess_exec(
        "git",
        "http-backend",
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=_environment(repo.git_dir, request),
        start_new_session=True,
    )
    assert git.stdin
    assert git.stdout
    response = Response(200, {}, _chunks(git.stdout))
    feeding = asyncio.create_task(_feed(git.stdin, body, response))
    try:
        response.status, response.headers = await _read_head(git.stdout)
        yield response
    finally:
        feeding.cancel()
        with suppress(asyncio.CancelledError):
            await feeding
        await _end(git)


def _environment(git_dir: Path, request: Request) -> dict[str, str]:
    config = {"GIT_CONFIG_COUNT": str(len(_CONFIGURATION))}
    for at, (key, value) in enumerate(_CONFIGURATION.items()):
        config |= {f"GIT_CONFIG_KEY_{at}": key, f"GIT_CONFIG_VALUE_{at}": value}
    cgi = {
        "GIT_PROJECT_ROOT": str(git_dir),
        "PATH_INFO": request.rest,
        "GIT_HTTP_EXPORT_ALL": "1",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.query,
        "CONTENT_TYPE": request.content_type,
        "CONTENT_LENGTH": request.content_length,
        "HTTP_CONTENT_ENCODING": request.content_encoding,
        "GIT_PROTOCOL": request.protocol,
        "REMOTE_ADDR": "127.0.0.1",
    }
    own = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    return own | config | {name: value for name, value in cgi.items() if value}


async def _feed(stdin: asyncio.StreamWriter, body: StreamReader, response: Response) -> None:
    with suppress(ConnectionError):  # git has read what it needs
        async for chunk in body.iter_chunked(_CHUNK):
            response.received += len(chunk)
            stdin.write(chunk)
            await stdin.drain()
        stdin.close()
        await stdin.wait_closed()


async def _read_head(stdout: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    headers: dict[str, str] = {}
    while line := (await stdout.readline()).strip():
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    status = headers.pop("status", "200" if headers else "500")
    return int(status.split()[0]), headers


async def _chunks(stdout: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while chunk := await stdout.read(_CHUNK):
        yield chunk


async def _end(git: Process) -> None:
    """End git, however often whoever waits for it is interrupted: that takes but a moment."""
    if git.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(git.pid, signal.SIGKILL)
    ending = asyncio.create_task(_ended(git))
    while not ending.done():
        with suppress(asyncio.CancelledError):
            await asyncio.shield(ending)


async def _ended(git: Process) -> None:
    # A client may have gone in the middle of an answer: asyncio waits until somebody has read the rest.
    while git.stdout and await git.stdout.read(_CHUNK):
        pass
    await git.wait()
