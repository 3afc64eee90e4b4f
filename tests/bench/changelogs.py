"""Reads what maintainers call notable: the sections of a changelog, and the news fragments that a change brings.

The formats are told apart by their shape, never by a project's name: headings of any depth with a version in them begin
a release, other headings (and lines of bold text) a section, and whatever is listed beneath is an entry.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from bot.model import Commit, Patch, Tier

_VERSION = re.compile(
    r"(?<![\w.])v?(\d+\.\d+(?:\.\d+)*(?:[-.]?(?:a|b|rc|alpha|beta|dev|pre|preview)[-.]?\d*)?)(?![\w])", re.IGNORECASE
)
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_UNDERLINE = re.compile(r"^([=\-~^*+#`\"'])\1{2,}\s*$")
_BOLD = re.compile(r"^(?:\*\*|__)([^*_]+)(?:\*\*|__):?\s*$")
_NUMBER = re.compile(
    r"(?:(?<![\w&/])(?:GH-|gh-|bpo-)|(?<![\w&])[#!]|/(?:pull|issues|merge_requests)/)(\d{1,6})\b|"
    r":(?:pr|issue|gh|ghpull|ghissue):`(\d+)`"
)
_SHA = re.compile(r"(?<![\w/])[0-9a-f]{7,40}(?![\w])|/commit/([0-9a-f]{7,40})")

_HIGH = re.compile(
    r"break|incompatib|remov|securit|vulnerab|cve|feature|highlight|(?:^|\W)new(?![a-z])|major|added|stabiliz|"
    r"💥|🛑|🚀|✨|:boom:|:rocket:",
    re.IGNORECASE,
)
_LOW = re.compile(
    r"document|\bdocs?\b|internal|\btest(?:s|ing)?\b|\bci\b|infrastruct|chore|mainten|depend|build|packaging|refactor|house|misc|"
    r"trivial|contributor|committer|thank|acknowledg|credits|tooling|developer|dev[- ]only|under the hood|known issue|"
    r"full changelog|"
    r"📝|🏠|:memo:|:house:",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"(?:^|/)(?:\.chloggen|\.changesets?|changelog(?:\.d)?|news(?:\.d|fragments)?|changes(?:\.d)?|upcoming_changes)/[^/]+"
)
_FRAGMENT_KIND = re.compile(
    r"^\+\s*(?:change_)?(?:type|kind)\s*:\s*['\"]?(\w+)|^\+\s*['\"][^'\"]+['\"]:\s*(major|minor|patch)\s*$",
    re.MULTILINE,
)
_Key = TypeVar("_Key")
_RANK = {Tier.LOW: 0, Tier.MEDIUM: 1, Tier.HIGH: 2}


@dataclass
class Release:
    """A release as its changelog tells it: what each number, commit and line of text is listed as."""

    version: str
    numbers: dict[int, Tier] = field(default_factory=dict)
    shas: dict[str, Tier] = field(default_factory=dict)
    texts: dict[str, Tier] = field(default_factory=dict)


def tier_of_section(section: str) -> Tier:
    """Return the tier of what a section lists; a section whose name says nothing lists medium changes."""
    if _LOW.search(section):
        return Tier.LOW
    return Tier.HIGH if _HIGH.search(section) else Tier.MEDIUM


def parse_changelog(text: str) -> list[Release]:
    """Return the releases of a changelog in its order."""
    releases: list[Release] = []
    tier = Tier.MEDIUM
    for kind, line in _lines(text):
        version = _VERSION.search(line) if kind == "heading" else None
        if version and not _NUMBER.search(line.replace(version[0], "")[:1]):
            releases.append(Release(version[1]))
            tier = Tier.MEDIUM
        elif kind == "heading":
            tier = tier_of_section(line)
        elif releases:
            _enter(releases[-1], line, tier)
    return releases


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield headings and other lines, each with what it is."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else ""
        heading = _HEADING.match(line) or _BOLD.match(line.strip())
        if heading:
            yield "heading", heading[heading.re.groups]
        elif line.strip() and not line.startswith(" ") and _UNDERLINE.match(below):
            yield "heading", line.strip()
        elif line.strip() and not _UNDERLINE.match(line):
            yield "line", line


def _enter(release: Release, line: str, tier: Tier) -> None:
    if re.search(r"^\s*[-*+]?\s*[\[(]?BREAKING|\bSECURITY\b", line):
        tier = Tier.HIGH
    for found in _NUMBER.finditer(line):
        _raise(release.numbers, int(found[1] or found[2]), tier)
    for found in _SHA.finditer(line):
        _raise(release.shas, (found[1] or found[0])[:7], tier)
    key = normal(line)
    if len(key) > 20:
        _raise(release.texts, key, tier)


def _raise(listed: dict[_Key, Tier], key: _Key, tier: Tier) -> None:
    if key not in listed or _RANK[tier] > _RANK[listed[key]]:
        listed[key] = tier


def normal(line: str) -> str:
    """Return the bare words of a line, so that an entry can be found by a subject that it copies."""
    line = re.sub(r"\(?\[?[#!]\d+\]?(?:\([^)]*\))?\)?|\[([^\]]*)\]\([^)]*\)", r"\1", line)
    line = re.sub(r"\b(?:by|thanks)\b.*?@.*$", "", line)
    return " ".join(re.findall(r"[a-z0-9_]+", line.lower()))


def tier_of_fragment(change: Commit, patch: Patch | None) -> Tier | None:
    """Return the tier that a change's own news fragment says, or None if it brings none."""
    texts = {file.path: file.text for file in patch.files} if patch else {}
    best: Tier | None = None
    for file in change.files:
        if not _FRAGMENT.search(file.path) or file.status.value != "added" or "readme" in file.path.lower():
            continue
        said = _FRAGMENT_KIND.search(texts.get(file.path, ""))
        word = next((group for group in said.groups() if group), "") if said else ""
        word = word or ".".join(file.path.rpartition("/")[2].split(".")[1:])
        tier = {"major": Tier.HIGH, "minor": Tier.HIGH, "patch": Tier.MEDIUM}.get(word) or tier_of_section(word)
        best = tier if best is None or _RANK[tier] > _RANK[best] else best
    return best
