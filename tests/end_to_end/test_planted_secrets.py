"""A secret in every setting that holds one, a day of everything that can happen, and no secret in what was written.

Every setting that is a secret is found by the settings classes themselves: one that is added tomorrow is planted, too.
"""

import asyncio
import base64
import json
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

import aiohttp
import psycopg
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from adapters.chat.discord.settings import DiscordSettings
from adapters.chat.slack.settings import SlackSettings
from adapters.model.openai.settings import ModelSettings
from adapters.source.git import GitSettings
from adapters.source.github import GitHubSettings
from adapters.traces import TracesSettings
from bot.app import sections
from bot.contracts.repositories import BuiltRepository
from bot.settings import Settings
from tests.end_to_end.conftest import DAY, begin_afresh, of_hub, of_model
from tests.end_to_end.venues import start, until
from tests.fakes import discord_answers, github_answers, slack_faults
from tests.fakes.collector import FakeCollector
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_town import Town
from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Token
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_answers import Refuses
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, World
from tests.store.postgresql import USER, NotAvailable, Server, running_server

CLASSES: Mapping[str, type[BaseSettings]] = {
    "": Settings,
    "slack": SlackSettings,
    "discord": DiscordSettings,
    "model": ModelSettings,
    "git": GitSettings,
    "github": GitHubSettings,
    "traces": TracesSettings,
}
_OTHER_DAY = "2026-01-14"
_ECHOES = 2


def secret_variables() -> list[str]:
    """Return the variables of all settings that hold a secret."""
    found = []
    for section in CLASSES.values():
        prefix = section.model_config.get("env_prefix", "")
        for name, field in section.model_fields.items():
            if SecretStr in (field.annotation, *get_args(field.annotation)):
                found.append(field.alias or f"{prefix}{name}".upper())
    return found


def test_no_section_is_left_out() -> None:
    """The classes above are those of all sections."""
    assert set(CLASSES) - {""} == sections() - {"logs", "health"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Yield a PostgreSQL."""
    try:
        with running_server() as server:
            yield server
    except NotAvailable as error:
        pytest.skip(str(error))


def _planted(server: Server) -> dict[str, str]:
    """Return a secret of its own for every variable that holds one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
    # Of no form that anybody would know for a token, but where a service insists on one.
    given = {name: f"planted{secrets.token_hex(12)}" for name in secret_variables()}
    given |= {"GITHUB_APP_PRIVATE_KEY": pem, "DATABASE_URL": server.url("planted", given["DATABASE_URL"])}
    given["DIGESTBOT_TRACES_HEADERS"] = f"x-key={given['DIGESTBOT_TRACES_HEADERS']}"
    return given


def _hidden(given: Mapping[str, str], password: str) -> dict[str, set[bytes]]:
    """Return what must be seen nowhere: each secret in the forms in which it could be written."""
    forms: dict[str, set[bytes]] = {}
    for name, value in {**given, "the password of an address": password}.items():
        if name == "GITHUB_APP_PRIVATE_KEY":
            forms[name] = {line.encode() for line in value.splitlines() if not line.startswith("-")}
            continue
        bare = value.split(":")[2].partition("@")[0] if name == "DATABASE_URL" else value.removeprefix("x-key=")
        header = base64.b64encode(f"x-access-token:{bare}".encode())
        encoded = base64.b64encode(bare.encode()).rstrip(b"=")
        forms[name] = {bare.encode(), quote(bare, safe="").encode(), encoded, header, bare[::-1].encode()}
    return forms


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    """Yield a running collector of traces."""
    with FakeCollector() as collector:
        yield collector


@pytest.fixture
async def town() -> Town:
    """Return a server on which time passes as it does."""
    return Town(lambda: datetime.now(UTC).timestamp())


@pytest.fixture
async def services(town: Town) -> AsyncIterator[tuple[FakeSlack, FakeDiscord]]:
    """Yield a running Slack and a running Discord."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(FakeSlack(World.with_people(), scale=20))
        yield slack, await stack.enter_async_context(FakeDiscord(town.world))


@pytest.mark.long
async def test_no_secret_is_written_anywhere(
    services: tuple[FakeSlack, FakeDiscord],
    town: Town,
    hub: FakeGitHub,
    model: FakeOpenAI,
    collector: FakeCollector,
    server: Server,
    built: BuiltRepository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A day at the level of debugging, with errors that echo the keys, leaves none of them in anything that is written.

    That is: what is printed and logged, what is posted, what a model is asked, what traces tell, what the databases and
    the data directory hold, and what went over the wire but for the header that a credential is for.
    """
    slack, discord = services
    server.execute("CREATE DATABASE planted")
    given, password = _planted(server), f"planted{secrets.token_hex(12)}"
    database = given["DATABASE_URL"].split(":")[2].partition("@")[0]
    server.execute(f"ALTER USER {USER} PASSWORD '{database}'")
    slack.world.tokens[given["SLACK_BOT_TOKEN"]] = slack.world.tokens.pop(BOT_TOKEN)
    slack.world.tokens[given["SLACK_APP_TOKEN"]] = slack.world.tokens.pop(APP_TOKEN)
    slack.world.signing_secret = given["SLACK_SIGNING_SECRET"]
    town.world.application.token = given["DISCORD_TOKEN"]
    hub.world.tokens = {given["GITHUB_TOKEN"]: Token("ada")}
    (tmp_path / "digestbot.toml").write_text(
        f'[aliases]\nhidden = "https://ada:{password}@127.0.0.1:9/x.git"\n[github]\nattempts = 1\n'
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    everything = {
        **of_hub(hub),
        **of_model(model),
        **given,
        "DIGESTBOT_DEBUG": "1",
        "DIGESTBOT_LOGS_LEVEL": "debug",
        "DIGESTBOT_LOGS_LIBRARIES": "debug",
        "DIGESTBOT_MODEL_ATTEMPTS": "1",
        "GITHUB_APP_ID": "7",
        "SLACK_API_URL": slack.api,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "DIGESTBOT_HEALTH_PORT": str(port),
        "DIGESTBOT_TRACES_ENDPOINT": collector.url,
        "OPENAI_LOG": "debug",
    }
    begin_afresh(monkeypatch, tmp_path, **everything)

    printed: dict[str, bytes] = {}
    run = await start("run")
    reading = asyncio.create_task(run.communicate())
    try:
        await until(lambda: bool(slack.sockets.connections) and discord.gateway.connected and bool(town.world.commands))
        await _everything(slack, discord, town, model, hub, built, given)
        for words in (
            ("digest", "acme/rocket", _OTHER_DAY, "--explain"),
            ("doctor",),
            ("status",),
            ("status", "--json"),
            ("list",),
            ("digest", "hidden", DAY),
            ("ask", "acme/rocket", DAY, "What was raised?"),
            ("health",),
            ("backup", str(tmp_path / "data" / "backup.zip")),
        ):
            process = await start(*words)
            out, err = await process.communicate()
            printed[" ".join(words)] = out + err
        async with aiohttp.ClientSession() as session:
            for path in ("healthz", "readyz", "metrics"):
                async with session.get(f"http://127.0.0.1:{port}/{path}") as answer:
                    printed[path] = await answer.read()
        assert model.left < _ECHOES
        assert hub.faults.left < _ECHOES
    finally:
        run.terminate()
        out, err = await reading
        printed["run"] = out + err

    with psycopg.connect(server.url("planted", database)) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        rows = [str(connection.execute(f"SELECT t::text FROM {table} t".encode()).fetchall()) for (table,) in tables]  # noqa: S608 - the database names its own tables

    seen: dict[str, list[bytes]] = {
        **{f"printed by {name}": [said] for name, said in printed.items()},
        "posts on Slack": [_json(channel.messages, channel.ephemeral) for channel in slack.world.channels.values()],
        "posts on Discord": [_json(channel.visible) for channel in town.world.channels.values()],
        "calls to Slack": [_json(call.method, _but_token(call.arguments)) for call in slack.log],
        "requests to Discord": [_json(each.path, each.body) for each in discord.log],
        "frames to Discord": [_json(frame.payload) for frame in discord.frames if frame.payload.get("op") != 2],
        "prompts": [_json(call.path, call.body, _but_authorization(call.headers)) for call in model.history],
        "traces": [request.body for request in collector.requests],
        "addresses of GitHub": [exchange.path.encode() for exchange in hub.log],
        "database": [row.encode() for row in rows],
        "files": [path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()],
    }
    assert [where for where, texts in seen.items() if not any(texts)] == []
    hidden = _hidden(given, password)
    found = {
        (where, name)
        for where, texts in seen.items()
        for text in texts
        for name, forms in hidden.items()
        if any(form in text for form in forms)
    }
    assert found == set()


async def _everything(
    slack: FakeSlack,
    discord: FakeDiscord,
    town: Town,
    model: FakeOpenAI,
    hub: FakeGitHub,
    built: BuiltRepository,
    given: Mapping[str, str],
) -> None:
    """Let people ask for digests and answers, while services fail and repeat what they were told."""
    general = slack.world.channels["C0GENERAL"]
    await slack.people.command("/digest", f"acme/rocket {DAY}")
    discord.command(town.ada, town.general, f"/digest repository:acme/rocket period:{DAY}")
    await until(lambda: any(message.files for message in general.messages.values()))
    await until(lambda: bool(list(town.world.threads(parent_id=town.general.id))))
    (root, *_) = [message for message in general.timeline() if message.user == "U0DIGEST"]
    model.script(f"Limits were raised [{built.sha(300)[:7]}].", on="What was raised")
    await slack.people.say("@digestbot What was raised?", thread=root.ts)
    await until(lambda: any("Limits were raised" in reply.text for reply in general.replies(root.ts)))

    echo = "Incorrect API key provided: {}."
    model.script(*[Refuses(401, echo.format(given["OPENAI_API_KEY"]))] * _ECHOES)
    hub.faults.add(*[github_answers.error(500, echo.format(given["GITHUB_TOKEN"]))] * _ECHOES)
    slack.faults.add(
        *[slack_faults.error(f"bad_{given['SLACK_BOT_TOKEN']}")] * _ECHOES, on="chat.update|chat.postMessage"
    )
    said = {"message": echo.format(given["DISCORD_TOKEN"]), "code": 0}
    discord.faults.add(*[discord_answers.Answer(400, said)] * _ECHOES)
    answered = len(general.ephemeral)
    for text in (f"acme/rocket {_OTHER_DAY}", "hidden today", "subscribe acme/rocket daily at 09:00"):
        await slack.people.command("/digest", text)
    discord.command(town.bob, town.general, "/digest repository:hidden period:today")
    await until(lambda: len(general.ephemeral) >= answered + 5)
    discord.command(town.bob, town.general, f"/digest repository:acme/rocket period:{_OTHER_DAY}")
    await until(lambda: discord.faults.left < _ECHOES and slack.faults.left < _ECHOES)


def _json(*values: object) -> bytes:
    return json.dumps(values, default=repr, ensure_ascii=False).encode("utf-8", "replace")


def _but_token(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in arguments.items() if name != "token"}


def _but_authorization(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in headers.items() if name.lower() != "authorization"}
