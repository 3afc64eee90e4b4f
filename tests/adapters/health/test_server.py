"""Where a process says how it is, asked over HTTP."""

import json
import logging
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession

from adapters.health import HealthSettings
from adapters.health.server import listening, served
from bot.ports import Checkup


@dataclass
class Patient:
    """As well as a test wants it to be."""

    lives: bool = True
    works: bool = True

    async def alive(self) -> Checkup:
        """Return whether it lives."""
        return Checkup(self.lives, {"store": "answers" if self.lives else "no answer"})

    async def ready(self) -> Checkup:
        """Return whether it works."""
        return Checkup(self.works, {"engine": "begun" if self.works else "beginning"})


async def metrics() -> bytes:
    """Return a count."""
    return b"digestbot_digests 3\n"


async def _asked(port: int, path: str) -> tuple[int, object]:
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
        text = await response.text()
        return response.status, json.loads(text) if response.content_type == "application/json" else text


async def test_well() -> None:
    """A process that is well says so with 200, and with the state of each part."""
    async with listening("127.0.0.1", 0, Patient(), metrics) as port:
        assert await _asked(port, "/healthz") == (200, {"status": "ok", "checks": {"store": "answers"}})
        assert await _asked(port, "/readyz") == (200, {"status": "ok", "checks": {"engine": "begun"}})


async def test_unwell() -> None:
    """One that lives and is not ready says that with 503 to who asks whether it is ready, and only to them."""
    async with listening("127.0.0.1", 0, Patient(works=False), metrics) as port:
        assert (await _asked(port, "/healthz"))[0] == 200
        assert await _asked(port, "/readyz") == (503, {"status": "failing", "checks": {"engine": "beginning"}})


async def test_counts() -> None:
    """What was counted is there as text, in the version of the format that Prometheus reads."""
    async with (
        listening("127.0.0.1", 0, Patient(), metrics) as port,
        ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as response,
    ):
        assert (response.status, await response.text()) == (200, "digestbot_digests 3\n")
        assert response.headers["Content-Type"].startswith("text/plain; version=")


async def test_nothing_else_is_there() -> None:
    """No other page is there, and nothing can be sent."""
    async with listening("127.0.0.1", 0, Patient(), metrics) as port, ClientSession() as session:
        assert (await _asked(port, "/"))[0] == 404
        async with session.post(f"http://127.0.0.1:{port}/healthz", data=b"x") as response:
            assert response.status == 405


async def test_a_port_that_is_taken(caplog: pytest.LogCaptureFixture) -> None:
    """Where its port is taken the bot goes on without, and says which setting to change."""
    async with listening("127.0.0.1", 0, Patient(), metrics) as port:
        with caplog.at_level(logging.WARNING):
            async with served(HealthSettings(port=port), Patient(lives=False), metrics):
                assert (await _asked(port, "/healthz"))[0] == 200
    assert f"port {port} of 127.0.0.1" in caplog.text
    assert "DIGESTBOT_HEALTH_PORT" in caplog.text


@pytest.mark.parametrize("settings", [{"port": 0}, {"host": ""}])
async def test_switched_off(settings: dict[str, int | str], caplog: pytest.LogCaptureFixture) -> None:
    """Without a host or a port nothing listens, and nothing is said of it."""
    async with served(HealthSettings.model_validate(settings), Patient(), metrics):
        pass
    assert caplog.text == ""


@pytest.mark.parametrize("host", ["256.1.1.1", "a" * 64, "nowhere.invalid"])
async def test_a_host_that_is_none(host: str, caplog: pytest.LogCaptureFixture) -> None:
    """A host that this machine does not have is said, and does not stop the bot."""
    async with served(HealthSettings(host=host), Patient(), metrics):
        pass
    assert "[health]" in caplog.text
