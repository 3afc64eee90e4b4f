"""What a commit says in words: bytes to text, trailers, co-authors, and the number of the pull request. Pure."""

import codecs
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from bot.model import Person, PullRequest

# These call themselves text encodings but are no character sets; some take quadratic time.
_NOT_CHARACTER_SETS = frozenset(
    {"idna", "mbcs", "oem", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"}
)
_DIGITS = 13
"""More digits than a moment of the calendar has."""
_LAST_SECOND = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())

_SQUASHED = re.compile(r"\(#(\d{1,18})\)$")
_MERGED = re.compile(r"Merge pull request #(\d{1,18}) from ")
_MERGED_ON_GITLAB = re.compile(r"^See merge request (?:[\w./-]+)?!(\d{1,18})$", re.MULTILINE)
_PERSON = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>")


def decode(raw: bytes, encoding: str = "") -> str:
    """Return the text of what git says of a commit with that `encoding` header.

    git has turned it into UTF-8 where it could. Where it could not, since it does not know the encoding or the commit
    lies about it, the bytes are as they are stored. What nothing can read gets a U+FFFD in it.
    """
    for name in ("utf-8", encoding):
        try:
            if name and codecs.lookup(name).name not in _NOT_CHARACTER_SETS:
                return raw.decode(name)
        except (LookupError, ValueError):
            continue
    return raw.decode("utf-8", "replace")


def decode_path(raw: bytes) -> str:
    """Return a path; bytes that are not UTF-8 become backslash escapes, so that two paths never look the same."""
    return raw.decode("utf-8", "backslashreplace")


def moment(seconds: bytes) -> datetime:
    """Return the time of a commit's header; what no calendar can hold becomes the nearest end of one."""
    if not seconds.isdigit():
        return datetime.fromtimestamp(0, UTC)
    # Of more than some thousand digits Python makes no number.
    return datetime.fromtimestamp(min(int(seconds[:_DIGITS]), _LAST_SECOND), UTC)


def plain_lines(message: str) -> str:
    """Return a commit's message with plain line ends."""
    return message.replace("\r\n", "\n").strip("\n")


def trailers_of(text: str) -> tuple[tuple[str, str], ...]:
    """Return the trailers that git found, given one a line as `Key: value`."""
    lines = (line.partition(":") for line in text.split("\n") if ":" in line)
    return tuple((key.strip(), value.strip()) for key, _, value in lines)


def co_authors(trailers: Iterable[tuple[str, str]], author: Person) -> tuple[Person, ...]:
    """Return everybody in a `Co-authored-by` trailer but the author, once each: people are told apart by address."""
    people: dict[str, Person] = {}
    for key, value in trailers:
        if key.lower() != "co-authored-by" or not (match := _PERSON.match(value)):
            continue
        person = Person(match["name"].strip() or match["email"], match["email"].strip())
        people.setdefault(person.email.lower(), person)
    people.pop(author.email.lower(), None)
    return tuple(people.values())


def pull_request(message: str) -> PullRequest | None:
    """Return the pull request that a change landed through, as GitHub and GitLab write it; a mere mention is none."""
    subject = message.strip().partition("\n")[0].rstrip()
    match = _MERGED.match(subject) or _SQUASHED.search(subject) or _MERGED_ON_GITLAB.search(message)
    return PullRequest(int(match[1])) if match else None
