"""Times of day in English and Chinese -> a time, to the minute."""

import re
from datetime import time

from bot.errors import RequestError
from bot.talk.wording import quoted

_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?(?P<half>[ap]m)?", re.ASCII | re.IGNORECASE)
_CHINESE = re.compile(
    r"(?P<part>早上|上午|中午|下午|晚上)?(?P<hour>\d{1,2})[点时](?:(?P<half>半)|(?P<minute>\d{1,2})分?)?", re.ASCII
)
_AFTERNOON = frozenset({"下午", "晚上"})
_NOON = 12


def find_time(text: str) -> time | None:
    """Return the time of day that a text is (`09:00`, `9am`, `下午6点半`), or None; a number alone is none."""
    if found := _CLOCK.fullmatch(text):
        half = (found["half"] or "").lower()
        return _time(found, half) if found["minute"] or half else None
    if found := _CHINESE.fullmatch(text):
        minute = "30" if found["half"] else found["minute"]
        return _of(int(found["hour"]) + _NOON * (found["part"] in _AFTERNOON and int(found["hour"]) < _NOON), minute)
    return None


def parse_time(text: str) -> time:
    """Return the time of day that a text is; here a number alone is an hour. Raises RequestError."""
    found = find_time(text) or (_of(int(text), None) if re.fullmatch(r"\d{1,2}", text, re.ASCII) else None)
    if found is None:
        raise RequestError(f"{quoted(text)} is not a time of day.", remedy='Write it as "09:00" or "6:30pm".')
    return found


def _time(found: re.Match[str], half: str) -> time | None:
    hour = int(found["hour"])
    if half and not 1 <= hour <= _NOON:
        return None
    return _of(hour % _NOON + _NOON * (half == "pm") if half else hour, found["minute"])


def _of(hour: int, minute: str | None) -> time | None:
    try:
        return time(hour, int(minute or 0))
    except ValueError:
        return None
