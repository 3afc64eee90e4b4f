"""Says why a change has its tier: facts of the change, the most telling first, each true by the data alone."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from bot.digest.rules.areas import folder_of
from bot.digest.rules.facts import Facts, breaking_label
from bot.digest.rules.kinds import reverted
from bot.digest.rules.paths import Role
from bot.model import ChangeType, FileStatus, Phrase, Tier

_MOST = 4
_MANY_FILES = 8
_MANY_LINES = 300
_FEW_LINES = 5

_HARMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (f"reason-fixes-{name}", re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for name, words in {
        "corruption": r"corrupt(?:s|ed|ion|ing)?|data loss",
        "memory-error": r"use[- ]after[- ]free|double[- ]free|out[- ]of[- ]bounds|(?:buffer|heap|stack|integer) overflows?|null[- ]pointer|nil pointer",
        "crash": r"crash(?:es|ed|ing)?|panics?|segfaults?|segmentation faults?",
        "hang": r"deadlocks?|hangs?|hanging|infinite loops?|livelocks?",
        "race": r"race conditions?|data races?",
        "leak": r"(?:memory|goroutine|descriptor|fd|resource|handle) leaks?|leaks?|leaking|leaked",
        "oom": r"oom|out[- ]of[- ]memory",
        "regression": r"regress(?:ion|ions|ed)",
    }.items()
)
_ONLY: tuple[tuple[tuple[Role, ...], str], ...] = (
    ((Role.TEST,), "reason-only-tests"),
    ((Role.BENCHMARK,), "reason-only-benchmarks"),
    ((Role.TEST, Role.BENCHMARK), "reason-only-tests"),
    ((Role.CHANGELOG,), "reason-only-changelog"),
    ((Role.DOCUMENTATION, Role.ASSET), "reason-only-documentation"),
    ((Role.EXAMPLE,), "reason-only-examples"),
    ((Role.DOCUMENTATION, Role.ASSET, Role.EXAMPLE), "reason-only-documentation"),
    ((Role.CI,), "reason-only-ci"),
    ((Role.CI, Role.TOOLING), "reason-only-ci"),
    ((Role.LOCK, Role.MANIFEST), "reason-only-manifests"),
    ((Role.BUILD, Role.MANIFEST), "reason-only-build"),
    ((Role.GENERATED, Role.LOCK), "reason-only-generated"),
)


def reasons_for(facts: Facts, tier: Tier) -> tuple[Phrase, ...]:
    """Return up to four reasons; there is always at least one."""
    sources: tuple[Callable[[Facts], Iterator[Phrase]], ...]
    if tier is Tier.LOW:
        sources = (_modest, _kind, _surface, _size)
    else:
        sources = (_loud, _surface, _kind, _size)
    found = dict.fromkeys(phrase for source in sources for phrase in source(facts))
    return tuple(found)[:_MOST] or (Phrase.of("reason-ordinary"),)


def _loud(facts: Facts) -> Iterator[Phrase]:
    """What calls for attention by itself."""
    if facts.message.breaking:
        yield Phrase.of("reason-breaking", mark=facts.message.breaking)
    elif facts.breaking:
        yield Phrase.of("reason-label", label=breaking_label(facts.labels))
    if facts.change_type is ChangeType.SECURITY:
        yield Phrase.of("reason-security")
    if facts.change_type in (ChangeType.FIX, ChangeType.SECURITY):
        for name, harm in _HARMS:
            if harm.search(facts.words.text):
                yield Phrase.of(name)
                break


def _surface(facts: Facts) -> Iterator[Phrase]:
    """What the patch adds to, or takes from, what users see."""
    surface = facts.surface
    for kind in ("endpoint", "flag", "variable"):
        if gone := surface.first(kind, removed=True):
            yield Phrase.of(f"reason-removes-{kind}", name=gone)
        if new := surface.first(kind):
            yield Phrase.of(f"reason-adds-{kind}", name=new)
    if facts.shape.total and not facts.fixes:
        if gone := surface.first("name", removed=True):
            yield Phrase.of("reason-removes-names", name=gone, count=surface.count("name", removed=True))
        if surface.deprecates:
            yield Phrase.of("reason-deprecates")
        if new := surface.first("name"):
            yield Phrase.of("reason-adds-names", name=new, count=surface.count("name"))


def _kind(facts: Facts) -> Iterator[Phrase]:
    """What kind of change it is."""
    kind = facts.change_type
    if kind is ChangeType.REVERT:
        what = reverted(facts.commit)
        yield Phrase.of("reason-reverts", what=what) if what else Phrase.of("reason-revert")
    elif kind in (ChangeType.FIX, ChangeType.SECURITY) and Role.SOURCE in facts.shape.roles:
        tested = Role.TEST in facts.shape.roles
        yield Phrase.of("reason-fix-tested" if tested else "reason-fix")
    elif kind is ChangeType.FEATURE:
        yield Phrase.of("reason-improvement" if facts.words.verb in ("improve", "change") else "reason-feature")
    elif kind is ChangeType.PERFORMANCE:
        yield Phrase.of("reason-performance")
    elif kind is ChangeType.REFACTOR and not facts.shape.moves:
        yield Phrase.of("reason-refactoring")
    elif facts.words.verb == "remove":
        yield Phrase.of("reason-removal")
    elif facts.words.verb == "deprecate":
        yield Phrase.of("reason-deprecation")
    if facts.closes and Role.SOURCE in facts.shape.roles and kind is not ChangeType.REVERT:
        yield Phrase.of("reason-closes")


def _size(facts: Facts) -> Iterator[Phrase]:
    """How far the change reaches."""
    shape = facts.shape
    if len(shape.source) >= _MANY_FILES:
        folder, count = Counter(_place(file.path) for file in shape.source).most_common(1)[0]
        if folder and count >= _MANY_FILES and count * 2 >= len(shape.source):
            yield Phrase.of("reason-files-in", count=count, where=f"{folder}/")
        else:
            yield Phrase.of("reason-files", count=len(shape.source))
    if shape.added and not shape.moves:
        yield Phrase.of("reason-new-files", count=shape.added)
    if shape.lines >= _MANY_LINES:
        yield Phrase.of("reason-lines", count=shape.lines)
    if Role.SOURCE in shape.roles and Role.DOCUMENTATION in shape.roles:
        yield Phrase.of("reason-documented")


def _modest(facts: Facts) -> Iterator[Phrase]:
    """Why a change asks for little attention."""
    kind, shape = facts.change_type, facts.shape
    if facts.commit.unread is None and not facts.commit.files:
        yield Phrase.of("reason-empty")
    if kind is ChangeType.RELEASE:
        yield Phrase.of("reason-release")
    elif kind is ChangeType.DEPENDENCIES:
        yield Phrase.of("reason-dependency-bot" if facts.bot else "reason-dependency")
    elif facts.bot:
        yield Phrase.of("reason-bot")
    if shape.moves:
        yield Phrase.of("reason-only-moves", count=len(facts.commit.files))
    elif only := next((name for roles, name in _ONLY if shape.only(*roles)), None):
        yield Phrase.of(only)
    elif shape.roles and Role.SOURCE not in shape.roles:
        yield Phrase.of("reason-no-source")
    elif facts.surface.comments_only:
        yield Phrase.of("reason-only-comments")
    if "chore" in facts.message.types:
        yield Phrase.of("reason-chore")
    if facts.message.merge:
        yield Phrase.of("reason-merge")
    if shape.source and shape.lines <= _FEW_LINES and all(file.status is FileStatus.MODIFIED for file in shape.source):
        yield Phrase.of("reason-few-lines", count=shape.lines)


def _place(path: str) -> str | None:
    return folder_of(path, 2)
