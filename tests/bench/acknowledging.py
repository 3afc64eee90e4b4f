"""`python -m tests.bench.acknowledging`: how long 200 who type a command on Slack at once wait for an acknowledgement.

Slack shows them an error after three seconds. The figure is that of the slowest but two, by each way in.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from adapters.chat.slack.settings import SlackSettings
from tests.adapters.chat.slack.talking import Echo, talking, whispers
from tests.bench.rows import Bound, Row, parser, report
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_client import eventually
from tests.fakes.slack_world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET

LIMIT = 0.5
SLACK_WAITS = 3.0

_COMMANDS = 200
_SLOWEST_BUT_TWO = 197


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return 1 if one of them is beyond its limit."""
    options = parser("tests.bench.acknowledging", __doc__).parse_args(arguments)
    return report(asyncio.run(_rows()), as_json=options.json)


async def _rows() -> list[Row]:
    return [row async for row in _each()]


async def _each() -> AsyncIterator[Row]:
    for mode in ("socket", "http"):
        async with FakeSlack(scale=1000) as slack:
            given = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "signing_secret": SIGNING_SECRET}
            settings = SlackSettings.model_validate(given | {"api_url": slack.api, "mode": mode})
            async with talking(slack, settings, Echo()):
                typed = [slack.people.command("/digest", f"number {number}") for number in range(_COMMANDS)]
                deliveries = await asyncio.gather(*typed)
                await eventually(lambda slack=slack: len(whispers(slack)) == 2 * _COMMANDS)  # type: ignore[misc]
        waited = sorted(delivery.attempts[0].seconds for delivery in deliveries)[_SLOWEST_BUT_TWO]
        what = f"acknowledged, {_COMMANDS} commands at once, by {mode}"
        yield Row(what, waited, "what Slack waits", SLACK_WAITS, LIMIT, "s", Bound.OURS_AT_MOST)


if __name__ == "__main__":
    raise SystemExit(main())
