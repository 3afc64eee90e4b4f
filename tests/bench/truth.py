"""Joins a repository's history with its changelog: which tier its maintainers gave to each change.

High are the changes listed as breaking, security, features or highlights; medium the others that are listed; low those
of the same releases that are listed nowhere, or only among documentation and internals.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bot.model import Commit, Patch, Tier
from tests.bench.changelogs import Release, normal, parse_changelog, tier_of_fragment
from tests.bench.history import git

_CHANGELOG = re.compile(
    r"^(?:[^/]+/)?(?:change_?log|changes|news|history|release[-_]?notes)[^/]*(?:\.(?:md|rst|txt|markdown))?$|"
    r"^(?:docs?/(?:[^/]+/)*)?(?:change_?logs?|release[-_]?notes|whats_?new|changes)/[^/]+\.(?:md|rst|txt)$|"
    r"^docs?/(?:[^/]+/)*(?:change_?log|changes|history|release[-_]?notes)[^/]*\.(?:md|rst|txt)$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[(\[](?:PR )?(?:GH-|gh-|[#!])(\d+)[)\]]|^(?:Merge pull request #|gh-|Fixed #|#)(\d+)")
_ISSUE = re.compile(
    r"\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?)\b:?\s+(?:[\w.-]+/[\w.-]+)?(?:#|\S*/issues/)(\d+)", re.IGNORECASE
)
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """A change and the tier that its project's changelog gives it."""

    change: Commit
    tier: Tier
    release: str


def label(repository: Path, changes: list[Commit], patches: Mapping[str, Patch]) -> list[Labelled]:
    """Return the changes of the releases whose changelog can be matched to them, newest first."""
    releases = [release for text in _changelogs(repository) for release in parse_changelog(text)]
    fragments = {change.sha: tier_of_fragment(change, patches.get(change.sha)) for change in changes}
    by_fragment = sum(tier is not None for tier in fragments.values()) > len(changes) / 20
    listed = _Listed(releases)
    labelled = []
    for version, members in _by_release(repository, changes, releases):
        tiers = [fragments[change.sha] if by_fragment else listed.tier(change) for change in members]
        if len(members) >= _FEWEST and sum(tier is not None for tier in tiers) >= max(2, len(members) / 50):
            labelled += [Labelled(c, tier or Tier.LOW, version) for c, tier in zip(members, tiers, strict=True)]
    return labelled


def _changelogs(repository: Path) -> Iterator[str]:
    for path in git(repository, "ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0"):
        if _CHANGELOG.match(path.removeprefix(".github/")):
            yield git(repository, "show", f"HEAD:{path}")


class _Listed:
    """What all releases together list: a change that was ported back is listed where it first came out."""

    def __init__(self, releases: Iterable[Release]) -> None:
        self._numbers: dict[int, Tier] = {}
        self._shas: dict[str, Tier] = {}
        self._texts: dict[str, Tier] = {}
        for release in releases:
            self._numbers |= release.numbers
            self._shas |= release.shas
            self._texts |= release.texts

    def tier(self, change: Commit) -> Tier | None:
        message = change.message.strip()
        subject = message.partition("\n")[0]
        own = [int(a or b) for a, b in _NUMBER.findall(subject)]
        for number in own:
            if number in self._numbers:
                return self._numbers[number]
        if change.sha[:7] in self._shas:
            return self._shas[change.sha[:7]]
        for number in map(int, _ISSUE.findall(message)):
            if not own and number in self._numbers:
                return self._numbers[number]
        return self._texts.get(normal(subject))


def _by_release(
    repository: Path, changes: list[Commit], releases: Iterable[Release]
) -> Iterator[tuple[str, list[Commit]]]:
    """Yield each release's changes: those between its tag's place on the main line and the one before."""
    versions = {release.version for release in releases}
    place = {change.sha: at for at, change in enumerate(changes)}
    marks: dict[int, str] = {}
    for line in git(
        repository, "for-each-ref", "--format=%(refname:strip=2) %(*objectname) %(objectname)", "refs/tags"
    ).split("\n"):
        tag, _, objects = line.partition(" ")
        version = re.search(r"(?:^|[^\d.])v?(\d+[._]\d+(?:[._]\d+)*(?:[-._]?(?:a|b|rc|alpha|beta)[-.]?\d*)?)$", tag)
        if version and version[1].replace("_", ".") in versions:
            sha = objects.split()[0]
            at = place.get(sha)
            if at is None:
                at = place.get(git(repository, "merge-base", sha, changes[0].sha).strip())
            if at is not None:
                marks.setdefault(at, version[1])
    ordered = sorted(marks)
    for newest, oldest in pairwise(ordered):
        yield marks[newest], changes[newest:oldest]
