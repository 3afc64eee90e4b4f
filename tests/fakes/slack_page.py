"""A channel as a page that looks like a chat."""

from tests.fakes.slack_answers import Answer
from tests.fakes.slack_world import World


def page(world: World, channel: str) -> Answer:
    """Return the page of a channel."""
    return Answer(200, f"{channel} {world.team}")
