"""A newcomer's walk through the documentation: what a page shows is done, in its order, and what it promises comes.

The services are our fakes, at the addresses that settings name. Commands that cannot be run are in `not_run`, each with
its reason; blocks that nobody types are in `blocks`.
"""

import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.docs import rocket
from tests.docs.blocks import (
    CHAT,
    CHECKED,
    JSON,
    OUTPUT,
    PAGES,
    ROOT,
    SHELL,
    TAKEN_AS_IT_IS,
    Block,
    blocks,
    is_what_was_shown,
)
from tests.docs.chatting import FACTOR, FAILURES, Chatting, OnDiscord, OnSlack
from tests.docs.newcomer import Newcomer
from tests.docs.not_run import look_at
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_town import Town
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository, World
from tests.fakes.openai import FakeOpenAI
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.forked.starting import serving
from tests.store.conftest import postgresql  # noqa: F401 - a fixture
from tests.store.postgresql import Server

pytestmark = pytest.mark.long

REPOSITORIES = ("acme/rocket", "astral-sh/ruff", "sgl-project/sglang", "vllm-project/vllm")
DATABASE = "postgresql://digestbot:secret@db.example/digestbot"
"""The database of the pages."""
RESTORED = "postgresql://digestbot:secret@db.example/restored"

CHATS = {"README.md": "Slack", "README.zh-CN.md": "Slack", "docs/slack.md": "Slack", "docs/discord.md": "Discord"}
"""Where what a page shows of a chat is typed; on other pages tests/test_docs.py asks the grammar alone."""

WALKED = [page for page in PAGES if any(block.language == SHELL for block in blocks(page))]


def named(page: Path) -> str:
    """Return how a page is called in a report."""
    return str(page.relative_to(ROOT))


@pytest.fixture(scope="session")
def quickly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield the socket of a digestbot that is loaded."""
    with serving(tmp_path_factory.mktemp("quick") / "socket", factor=FACTOR) as address:
        yield address


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the repositories that pages name in ~/src."""
    folder = tmp_path_factory.mktemp("src")
    for name in ("rocket", "capsule", "ruff", "babel"):
        rocket.build(folder / name, datetime.now(UTC))
    return folder


@pytest.fixture
async def newcomer(
    tmp_path: Path, quickly: Path, sources: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Newcomer]:
    """Yield somebody to whom all services are fakes, and who has no account yet."""
    (tmp_path / "src").symlink_to(sources)
    port = free_port()
    world = World([Repository(name, sources / "rocket", stars=5000) for name in REPOSITORIES])
    async with AsyncExitStack() as stack:
        hub = await stack.enter_async_context(FakeGitHub(world))
        slack = await stack.enter_async_context(FakeSlack(scale=FACTOR))
        town = Town(lambda: datetime.now(UTC).timestamp())
        discord = await stack.enter_async_context(FakeDiscord(town.world, speed=FACTOR))
        model = await stack.enter_async_context(FakeOpenAI())
        addresses = {
            "GITHUB_API_URL": hub.url,
            "SLACK_API_URL": slack.api,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "DIGESTBOT_GITHUB_SECONDS_BETWEEN_REQUESTS": "0",
            "DIGESTBOT_HEALTH_PORT": str(port),
        }
        replaced = {
            "https://github.com/": f"{hub.url}/",
            "http://127.0.0.1:11434/v1": model.url,
            "OPENAI_API_KEY=…": f"OPENAI_API_KEY=sk-of-ada OPENAI_BASE_URL={model.url}",
            "127.0.0.1:9464": f"127.0.0.1:{port}",
            "DISCORD_TOKEN=…": f"DISCORD_TOKEN={discord.world.application.token}",
            "xoxb-…": BOT_TOKEN,
            "xapp-…": APP_TOKEN,
            "SLACK_SIGNING_SECRET=…": f"SLACK_SIGNING_SECRET={SIGNING_SECRET}",
            "slack:T024BE7LH/C061EG9T2": "slack:T0ROCKET/C0GENERAL",
            "k3xab2cd": "\"$(digestbot list | grep -o -m1 '^`[^`]*' | tr -d '`')\"",
        }
        programs: list[Path] = []
        if page_of(request).read_text("utf-8").find(DATABASE) >= 0:
            server: Server = request.getfixturevalue("postgresql")
            replaced |= {DATABASE: f"'{database(server)}'", RESTORED: f"'{server.url('restored')}'"}
            programs = [server.programs / name for name in ("createdb", "pg_dump", "pg_restore")]
        newcomer = Newcomer(tmp_path, quickly, addresses, replaced)
        for program in programs:
            newcomer.given(program)
        newcomer.chats = {"Slack": OnSlack(slack), "Discord": OnDiscord(discord, town)}
        yield newcomer
        await newcomer.stop()
        newcomer.leave()


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def page_of(request: pytest.FixtureRequest) -> Path:
    """Return the page that a test walks through."""
    page: Path = request.node.callspec.params["page"]
    return page


def database(server: Server) -> str:
    """Return the address of a new database."""
    server.execute("CREATE DATABASE digestbot")
    return server.url("digestbot")


@pytest.mark.parametrize("page", WALKED, ids=named)
async def test_walk(page: Path, newcomer: Newcomer) -> None:
    """Every command of a page works as it is written, and prints what the page says."""
    printed = ""
    for block in blocks(page):
        if block.language == SHELL:
            outcome = await newcomer.do(block)
            printed = outcome.out
            assert outcome.code == 0, f"{block}\n{block.text}\n{outcome.out[-2000:]}\n{outcome.err[-4000:]}"
        elif block.language == CHAT and named(page) in CHATS:
            printed = await chatted(newcomer.chats[CHATS[named(page)]], block)
        elif block.language == OUTPUT:
            assert is_what_was_shown(printed, block.text), f"{block}\n{printed}"
    await newcomer.stop()
    look_at(newcomer.not_run)


async def chatted(ada: Chatting, block: Block) -> str:
    """Type the lines of a block, and return what the bot said last."""
    for line in block.text.splitlines():
        before = ada.seen()
        await ada.type(line)
        for text in ada.seen():
            assert text in before or not any(words in text for words in FAILURES), f"{block}\n{line}\n{text}"
    return ada.seen()[-1]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_block_has_a_rule(page: Path) -> None:
    """Each block is run or loaded, or there is a reason why it is not; what is shown as an output has a command."""
    before: Block | None = None
    for block in blocks(page):
        assert block.language in CHECKED or block.language in TAKEN_AS_IT_IS, (
            f"{block} is {block.language or 'not named'!r}: say sh, chat, output, toml, json or text after its fence, "
            f"or why it is taken as it is in tests/docs/blocks.py"
        )
        assert block.language != OUTPUT or (before and before.language == SHELL), f"{block} follows no command"
        before = block


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_json_is_json(page: Path) -> None:
    """Every block of JSON can be read."""
    for block in blocks(page):
        if block.language == JSON:
            json.loads(block.text)
