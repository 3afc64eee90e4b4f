"""Places as people write them in settings and at a terminal."""

import re

from bot.errors import RequestError
from bot.model import Place
from bot.talk.wording import quoted

_PLACE = re.compile(r"(?P<platform>[a-z]{1,20}):(?:(?P<workspace>[\w.-]{1,64})/(?P<channel>[\w.-]{1,64}))?", re.ASCII)


def parse_place(text: str) -> Place:
    """Return the channel of `slack:T1/C1`, `discord:G1/C1` or `console:`. Raises RequestError."""
    found = _PLACE.fullmatch(text.strip())
    if not found:
        raise RequestError(
            f"{quoted(text)} is not a place.",
            remedy='Write the platform, the workspace and the channel, as in "slack:T024BE7LH/C061EG9T2".',
        )
    return Place(found["platform"], found["workspace"] or "", found["channel"] or "")
