"""What the model analyst is given, and what it finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.asking import NO_LIMIT, Limit
from bot.digest.diffs import Diff
from bot.model import Analysis, Audience, Commit, Phrase, Repository, Usage, Window


@dataclass(frozen=True, slots=True)
class Change:
    """A landed change, what the rules say of it, and what of its diff may be shown."""

    commit: Commit
    rules: Analysis
    diff: Diff


@dataclass(frozen=True, slots=True)
class Day:
    """The changes of a repository and window, to be analysed for an audience in a language (an IETF tag).

    `examples` are what the audience thought of the tiers of earlier changes, each in a line.
    """

    repository: Repository
    window: Window
    language: str
    audience: Audience
    changes: Sequence[Change]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found out. `analyses` has every change, by sha.

    `fallback` says by sha why a change is the rules' or lacks its depth; a later analysis of the same day tries those
    again. `dropped` counts claims that a change does not support, `masked` secrets that were kept from the model, and
    `usage` is what was taken now. `notes` are for the receipt.
    """

    analyses: Mapping[str, Analysis]
    fallback: Mapping[str, Phrase]
    dropped: int
    masked: int
    usage: Usage
    notes: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class AnalystSettings:
    """What the model may take: for one digest, and on one day (UTC) for all digests together."""

    digest_limit: Limit = NO_LIMIT
    day_limit: Limit = NO_LIMIT
