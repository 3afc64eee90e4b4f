"""Telling through which pull request a commit landed. Pure.

GitHub says it in two shapes; what is common to both is here.
"""

from bot.model import Commit


def says_title(commit: Commit, title: str) -> bool:
    """Tell whether a commit's message has the title of a pull request in it, as that of a cherry-pick does."""
    return bool(title.strip()) and title.strip().casefold() in commit.message.casefold()
