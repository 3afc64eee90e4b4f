"""Which globs of paths people may give. They are those of a .gitignore."""

import re

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore.base import GitIgnorePatternError

from bot.errors import RequestError
from bot.talk.wording import quoted

_LONGEST = 200
# Each star multiplies the time that a long path takes: some within a segment, few across segments.
_TOO_MANY_STARS = re.compile(r"(?:\*[^*/]+){4}|(?:\*\*.*){3}")


def check_glob(text: str) -> str:
    """Return a glob that can be matched in good time. Raises RequestError."""
    if len(text) > _LONGEST or _TOO_MANY_STARS.search(text):
        raise RequestError(
            f"{quoted(text)} is too long a pattern, or has too many stars.", remedy='Write "docs/", "*.md" or "src/**".'
        )
    try:
        known = any(pattern.include is not None for pattern in GitIgnoreSpec.from_lines([text]).patterns)
    except GitIgnorePatternError:
        known = False
    if not known:
        raise RequestError(f"{quoted(text)} is not a pattern of paths.", remedy='Write "docs/", "*.md" or "src/**".')
    return text
