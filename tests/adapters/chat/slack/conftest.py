"""Slack on 127.0.0.1, and the adapter that posts there."""

from collections.abc import AsyncIterator

import pytest

from adapters.chat.slack.chat import SlackChat
from adapters.chat.slack.settings import SlackSettings
from bot.model import Place
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET

GENERAL = Place("slack", "T0ROCKET", "C0GENERAL")


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """Return a running fake whose minutes pass in 600 ms."""
    async with FakeSlack(scale=100) as slack:
        yield slack


@pytest.fixture
def settings(slack: FakeSlack) -> SlackSettings:
    """Return settings that lead to the fake."""
    given = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "signing_secret": SIGNING_SECRET, "api_url": slack.api}
    return SlackSettings.model_validate(given)


@pytest.fixture
async def chat(settings: SlackSettings) -> AsyncIterator[SlackChat]:
    """Return the adapter."""
    async with SlackChat(settings) as chat:
        yield chat
