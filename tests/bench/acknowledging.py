"""`python -m tests.bench.acknowledging`: how long those who type a command wait until it is acknowledged.

200 at once on Slack, by each way in; and a hundred on each of Slack and Discord while the bot posts digests on both.
The figure is that within which 99 of 100 are acknowledged. Both platforms show an error after three seconds.
"""

import asyncio
from collections.abc import Sequence

from adapters.chat.slack.settings import SlackSettings
from tests.adapters.chat.side_by_side import COMMANDS, opened
from tests.adapters.chat.slack.talking import Echo, talking, typed_at_once
from tests.bench.rows import Bound, Row, parser, report
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET

LIMIT = 0.5
PATIENCE = 3.0
"""Seconds that Slack and Discord wait."""

_AT_ONCE = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    options = parser("tests.bench.acknowledging", __doc__).parse_args(arguments)
    return report(asyncio.run(_rows()), as_json=options.json)


async def _rows() -> list[Row]:
    rows = [_row(f"{_AT_ONCE} at once on Slack, by {mode}", await _on_slack(mode)) for mode in ("socket", "http")]
    async with opened() as both:
        for name, seconds in zip(("Slack", "Discord"), await both.busy(), strict=True):
            rows.append(_row(f"{COMMANDS} on {name} while both post", seconds))
    return rows


def _row(when: str, seconds: float) -> Row:
    return Row(f"acknowledged, {when}", seconds, "what the chat waits", PATIENCE, LIMIT, "s", Bound.OURS_AT_MOST)


async def _on_slack(mode: str) -> float:
    async with FakeSlack(scale=100) as slack:
        given = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "signing_secret": SIGNING_SECRET}
        settings = SlackSettings.model_validate(given | {"api_url": slack.api, "mode": mode})
        async with talking(slack, settings, Echo()):
            deliveries = await typed_at_once(slack, _AT_ONCE)
    return sorted(delivery.attempts[0].seconds for delivery in deliveries)[_AT_ONCE * 99 // 100 - 1]


if __name__ == "__main__":
    raise SystemExit(main())
