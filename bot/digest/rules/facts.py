"""Gathers everything that the rules know of one change, once."""

import re
from dataclasses import dataclass
from functools import cached_property

from bot.digest.rules.authors import is_bot
from bot.digest.rules.files import Shape, shape_of
from bot.digest.rules.kinds import type_of
from bot.digest.rules.message import Message, parse
from bot.digest.rules.patches import Surface, read_surface
from bot.digest.rules.prose import prose_of
from bot.digest.rules.words import Words, read_words
from bot.model import ChangeType, Commit, Patch

_MOST = 8_000
"""Characters of a message that are searched for issues."""
_CLOSES = re.compile(
    r"\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?|bug)\b:?\s+(?:[\w.-]{1,60}/[\w.-]{1,60})?"
    r"(?:#|gh-|https?://\S{1,100}/(?:issues|bugs?|ticket)/)(\d+)",
    re.IGNORECASE,
)
_ENDPOINT = re.compile(r"(?<![\w/])`?(/\w[\w/{}.-]*)`? (?:endpoint|route)\b|\b([A-Z]\w+) RPC\b")
_BREAKING_LABEL = re.compile(r"(?<!non-)(?<!non )(?<!not )break|incompatib|semver[-: ]?major", re.IGNORECASE)


def breaking_label(labels: tuple[str, ...]) -> str:
    """Return the first label that calls a change breaking, or an empty string."""
    return next((label for label in labels if _BREAKING_LABEL.search(label)), "")


@dataclass(frozen=True)
class Facts:
    """What the rules know of one change. `prose` is the running text of its body."""

    commit: Commit
    message: Message
    words: Words
    shape: Shape
    surface: Surface
    change_type: ChangeType
    bot: bool
    prose: str

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the pull request, as far as they are known."""
        return self.commit.pull_request.labels if self.commit.pull_request else ()

    @property
    def fixes(self) -> bool:
        """Whether the change repairs something."""
        return self.change_type in (ChangeType.FIX, ChangeType.SECURITY)

    @property
    def mechanical(self) -> bool:
        """Whether a machine wrote the message, which then says how the machine works."""
        return self.bot and self.change_type in (ChangeType.DEPENDENCIES, ChangeType.RELEASE)

    @cached_property
    def breaking(self) -> bool:
        """Whether the author or a label of the pull request calls the change breaking."""
        return self.message.breaking is not None or bool(breaking_label(self.labels))

    @cached_property
    def endpoint(self) -> str:
        """The endpoint that the subject says is new, or an empty string."""
        found = _ENDPOINT.search(self.message.headline[:_MOST]) if self.words.verb == "add" else None
        return found[1] or found[2] if found else ""

    @cached_property
    def closes(self) -> str:
        """The number of the first issue that the message says it closes, or an empty string."""
        found = _CLOSES.search(self.commit.message[:_MOST])
        return found[1] if found else ""

    @cached_property
    def shrinks(self) -> float:
        """By how much the change takes more source away than it brings, from 0 to 1."""
        added = sum(file.additions or 0 for file in self.shape.source)
        deleted = sum(file.deletions or 0 for file in self.shape.source)
        return max(0.0, (deleted - added) / (deleted + added)) if deleted + added >= 10 else 0.0


def gather(commit: Commit, patch: Patch | None) -> Facts:
    """Gather what is known of a change."""
    message = parse(commit)
    words = read_words(message.headline)
    shape = shape_of(commit.files)
    bot = is_bot(commit.author)
    return Facts(
        commit=commit,
        message=message,
        words=words,
        shape=shape,
        surface=read_surface(patch),
        change_type=type_of(message, words, shape, bot=bot),
        bot=bot,
        prose=prose_of(message.body) or prose_of(commit.pull_request.body if commit.pull_request else ""),
    )
