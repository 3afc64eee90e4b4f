"""Zones, and where a day of one begins."""

import difflib
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import UnknownTimezone
from bot.talk.wording import alternatives, quoted

_NEAREST = 3


def find_zone(name: str) -> ZoneInfo:
    """Return the IANA zone of a name such as "Asia/Shanghai". Raises UnknownTimezone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such key; a key that is no path within the database; a folder of it
        pass
    names = {known.lower(): known for known in available_timezones()}
    near = [names[match] for match in difflib.get_close_matches(name.lower(), names, _NEAREST)]
    raise UnknownTimezone(
        f"There is no time zone named {quoted(name)}.",
        remedy=f"Write an IANA name such as {alternatives(near or ['Europe/Berlin', 'Asia/Shanghai', 'UTC'])}.",
    )


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which a day after 1970-01-01 begins in a zone.

    Where clocks were put forward at midnight, PEP 495 reads the missing 00:00 with the offset from before, which is the
    moment of the change: the day's first. (That would be late if a change began before midnight and ended after it,
    which no zone has done since 1970.) Where 00:00 came twice, it is the first. A day that a zone skipped begins when
    the next one does.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)
