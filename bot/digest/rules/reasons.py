"""Says why a change has its tier: facts of the change, the most telling first, each true by the data alone."""

from collections import Counter
from collections.abc import Callable, Iterator

from bot.digest.rules.areas import folder_of
from bot.digest.rules.authors import reverted
from bot.digest.rules.facts import Facts, breaking_label
from bot.digest.rules.paths import Role
from bot.digest.rules.vocabulary import HARMS
from bot.model import ChangeType, FileStatus, Phrase, Tier

_MOST = 4
_MANY_FILES = 8
_MANY_LINES = 300
_FEW_LINES = 5

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
    first = (_origin, _restriction, _kind) if tier is Tier.LOW else (_alarm, _surface, _kind)
    sources: tuple[Callable[[Facts], Iterator[Phrase]], ...] = (*first, _surface, _definitions, _size)
    found = dict.fromkeys(phrase for source in sources for phrase in source(facts))
    return tuple(found)[:_MOST] or _plain(facts)


def _plain(facts: Facts) -> tuple[Phrase, ...]:
    """Say what can be said of a change of which nothing else can."""
    shape = facts.shape
    if shape.source and Role.TEST in shape.roles:
        return (Phrase.of("reason-tested"),)
    if shape.lines:
        return (Phrase.of("reason-lines", count=shape.lines),)
    return (Phrase.of("reason-ordinary"),)


def _alarm(facts: Facts) -> Iterator[Phrase]:
    """Yield what calls for attention by itself."""
    if facts.message.breaking:
        yield Phrase.of("reason-breaking", mark=facts.message.breaking)
    elif facts.breaking:
        yield Phrase.of("reason-label", label=breaking_label(facts.labels))
    if facts.change_type is ChangeType.SECURITY:
        yield Phrase.of("reason-security")
    if facts.change_type in (ChangeType.FIX, ChangeType.SECURITY):
        for name, harm in HARMS.items():
            if harm.search(facts.words.text):
                yield Phrase.of(f"reason-fixes-{name}")
                break


def _surface(facts: Facts) -> Iterator[Phrase]:
    """Yield what the patch adds to, or takes from, what users see."""
    surface = facts.surface
    for kind in ("endpoint", "flag"):
        if surface.whole and (gone := surface.first(kind, removed=True)):
            yield Phrase.of(f"reason-removes-{kind}", name=gone)
        if new := surface.first(kind):
            yield Phrase.of(f"reason-adds-{kind}", name=new)
    if facts.endpoint and not surface.first("endpoint"):
        yield Phrase.of("reason-adds-endpoint", name=facts.endpoint)
    if facts.fixes:
        return
    if surface.whole and (gone := surface.first("name", removed=True)):
        yield Phrase.of("reason-removes-names", name=gone, count=surface.count("name", removed=True))
    if surface.deprecates:
        yield Phrase.of("reason-deprecates")


def _definitions(facts: Facts) -> Iterator[Phrase]:
    """Yield what the patch defines anew, unless that only serves to repair something."""
    surface = facts.surface
    if facts.fixes:
        return
    variable = surface.first("variable")
    if variable and variable in facts.commit.message:
        yield Phrase.of("reason-reads-variable", name=variable)
    if new := surface.first("name"):
        yield Phrase.of("reason-adds-names", name=new, count=surface.count("name"))


def _kind(facts: Facts) -> Iterator[Phrase]:
    """Yield what kind of change it is."""
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
    elif facts.words.verb == "remove" and not facts.surface.removed:
        yield Phrase.of("reason-removal")
    elif facts.words.verb == "deprecate":
        yield Phrase.of("reason-deprecation")
    if facts.closes and Role.SOURCE in facts.shape.roles and kind is not ChangeType.REVERT:
        yield Phrase.of("reason-closes", issue=f"#{facts.closes}")


def _size(facts: Facts) -> Iterator[Phrase]:
    """Yield how far the change reaches."""
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


def _origin(facts: Facts) -> Iterator[Phrase]:
    """Yield where a change of little weight comes from."""
    kind = facts.change_type
    if facts.commit.unread is None and not facts.commit.files:
        yield Phrase.of("reason-empty")
    if kind is ChangeType.RELEASE:
        yield Phrase.of("reason-release")
    elif kind is ChangeType.DEPENDENCIES:
        yield Phrase.of("reason-dependency-bot" if facts.bot else "reason-dependency")
    elif facts.bot:
        yield Phrase.of("reason-bot")
    if facts.message.merge:
        yield Phrase.of("reason-merge")


def _restriction(facts: Facts) -> Iterator[Phrase]:
    """Yield to what a change of little weight restricts itself."""
    shape = facts.shape
    if shape.moves:
        yield Phrase.of("reason-only-moves", count=len(facts.commit.files))
    elif only := next((name for roles, name in _ONLY if shape.only(*roles)), None):
        yield Phrase.of(only)
    elif shape.roles and Role.SOURCE not in shape.roles:
        yield Phrase.of("reason-no-source")
    elif facts.surface.comments_only and facts.surface.whole:
        yield Phrase.of("reason-only-comments")
    if "chore" in facts.message.types:
        yield Phrase.of("reason-chore")
    if shape.source and shape.lines <= _FEW_LINES and all(file.status is FileStatus.MODIFIED for file in shape.source):
        yield Phrase.of("reason-few-lines", count=shape.lines)


def _place(path: str) -> str | None:
    return folder_of(path, 2)
