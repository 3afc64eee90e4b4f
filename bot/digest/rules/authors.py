"""Tells machines from people, and what a revert takes back."""

import re

from bot.model import Commit, Person

_BOT = re.compile(
    r"\[bot\]|(?:^|[-_. ])(?:ro)?bot$|^(?:dependabot|renovate|github-actions|greenkeeper|pyup|snyk|weblate|crowdin|"
    r"pre-commit-ci|mergify|semantic-release|copybara|gitlab-ci)\b|bot@users\.noreply",
    re.IGNORECASE,
)
_QUOTED_NUMBER = re.compile(r"#(\d+)")
_REVERTED = re.compile(
    r"\brevert(?:s|ing)?\s+(?:commit |pull request |PR |changes? |[\w.-]{1,60}/[\w.-]{1,60}(?=#))?#?"
    r"(\d{1,6}\b|[0-9a-f]{7,40}\b)",
    re.IGNORECASE,
)


def is_bot(person: Person) -> bool:
    """Return whether a machine goes by this name; a surname that ends in "bot" is no machine."""
    return bool(
        _BOT.search(person.name) or _BOT.search(person.login or "") or _BOT.search(person.email.partition("@")[0])
    )


def reverted(commit: Commit) -> str:
    """Return what a revert takes back: "#17020" or a short sha, or an empty string if it does not say."""
    quoted = _QUOTED_NUMBER.search(commit.subject.partition('"')[2].rpartition('"')[0][:500])
    if quoted:
        return f"#{quoted[1]}"
    named = _REVERTED.search(commit.message[:4_000])
    if not named:
        return ""
    return f"#{named[1]}" if named[1].isdecimal() and len(named[1]) < 7 else named[1][:9]
