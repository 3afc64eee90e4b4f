"""Decides the type of a change: from what it touches, the marks of its author, and the words of its subject.

The order is the point. What a change touches cannot be mistaken, so that a change of nothing but tests is a test
whatever its subject says; then come the author's own marks, and the words only where there is no mark.
"""

from bot.digest.rules.files import Shape
from bot.digest.rules.message import Message
from bot.digest.rules.paths import Role
from bot.digest.rules.vocabulary import SUBJECTS
from bot.digest.rules.words import Words
from bot.model import ChangeType

_BY_MARK = {
    "feature": ChangeType.FEATURE,
    "fix": ChangeType.FIX,
    "performance": ChangeType.PERFORMANCE,
    "security": ChangeType.SECURITY,
    "refactor": ChangeType.REFACTOR,
    "documentation": ChangeType.DOCUMENTATION,
    "test": ChangeType.TEST,
    "ci": ChangeType.CI,
    "build": ChangeType.BUILD,
    "dependencies": ChangeType.DEPENDENCIES,
    "revert": ChangeType.REVERT,
    "release": ChangeType.RELEASE,
}
_BY_VERB = {
    "fix": ChangeType.FIX,
    "guard": ChangeType.FIX,
    "add": ChangeType.FEATURE,
    "allow": ChangeType.FEATURE,
    "improve": ChangeType.FEATURE,
    "refactor": ChangeType.REFACTOR,
    "note": ChangeType.DOCUMENTATION,
    "try": ChangeType.TEST,
    "revert": ChangeType.REVERT,
}
_BY_FILES: tuple[tuple[tuple[Role, ...], ChangeType], ...] = (
    ((Role.TEST, Role.BENCHMARK), ChangeType.TEST),
    ((Role.DOCUMENTATION, Role.ASSET, Role.CHANGELOG), ChangeType.DOCUMENTATION),
    ((Role.CI,), ChangeType.CI),
    ((Role.CI, Role.TOOLING), ChangeType.CI),
    ((Role.TEST, Role.CI, Role.TOOLING), ChangeType.TEST),
    ((Role.BUILD, Role.CI), ChangeType.BUILD),
    ((Role.BUILD, Role.CI, Role.MANIFEST, Role.LOCK, Role.TOOLING), ChangeType.BUILD),
)
_BY_LOOK = (
    ("test", ChangeType.TEST, 0.5),
    ("documentation", ChangeType.DOCUMENTATION, 1.0),
    ("upkeep", ChangeType.REFACTOR, 1.0),
    ("ci", ChangeType.CI, 0.2),
    ("build", ChangeType.BUILD, 0.5),
)
"""What a subject looks like, the type that says, and the largest share of source with which it is believed."""
_BY_MAIN_ROLE = {
    Role.TEST: ChangeType.TEST,
    Role.DOCUMENTATION: ChangeType.DOCUMENTATION,
    Role.CI: ChangeType.CI,
    Role.BUILD: ChangeType.BUILD,
    Role.LOCK: ChangeType.DEPENDENCIES,
}
"""The type that most of the files suggest, where none of them is source."""
_FEW_LINES = 60
_MOSTLY = 0.5
_UPKEEP = frozenset({Role.MANIFEST, Role.LOCK, Role.GENERATED, Role.CI, Role.CHANGELOG, Role.TOOLING, Role.BUILD})


def type_of(message: Message, words: Words, shape: Shape, *, bot: bool) -> ChangeType:
    """Return the type of a change."""
    if SUBJECTS["revert"].match(words.text) or message.types[:1] == ("revert",):
        return ChangeType.REVERT
    if _is_release(message, words, shape):
        return ChangeType.RELEASE
    if _is_dependency(message, words, shape, bot=bot):
        return ChangeType.DEPENDENCIES
    touched = _by_files(message, words, shape)
    if touched is not None:
        return touched
    if words.mention("security") and Role.SOURCE in shape.roles:
        return ChangeType.SECURITY
    marked = _by_marks(message, words)
    if marked is not None:
        return marked
    return _by_words(words, shape)


def _is_release(message: Message, words: Words, shape: Shape) -> bool:
    upkeep = not shape.roles or shape.lines <= _FEW_LINES or shape.share(*_UPKEEP) > _MOSTLY
    if message.types[:1] == ("release",) and "fix" not in message.types:
        return upkeep
    if shape.only(Role.CHANGELOG):
        return True
    return upkeep and SUBJECTS["release"].match(words.text) is not None


def _is_dependency(message: Message, words: Words, shape: Shape, *, bot: bool) -> bool:
    if "dependencies" in message.types and shape.share(Role.SOURCE) < 0.5:
        return True
    looks = SUBJECTS["dependencies"].match(words.text)
    if looks and (bot or shape.lines <= _FEW_LINES or shape.share(*_UPKEEP) > _MOSTLY):
        return True
    return shape.only(Role.LOCK) or (shape.only(Role.LOCK, Role.MANIFEST) and bool(shape.roles[Role.LOCK]))


def _by_files(message: Message, words: Words, shape: Shape) -> ChangeType | None:
    """Return the type that the touched files leave no doubt about."""
    for roles, kind in _BY_FILES:
        if shape.only(*roles):
            marked = {_BY_MARK.get(mark) for mark in message.types}
            if kind is ChangeType.BUILD and (ChangeType.CI in marked or SUBJECTS["ci"].match(words.text)):
                return ChangeType.CI
            return kind
    return None


def _by_marks(message: Message, words: Words) -> ChangeType | None:
    """Return the type that the author's own marks say, or None where they say nothing that binds."""
    for mark in message.types:
        kind = _BY_MARK.get(mark)
        if kind is ChangeType.FEATURE and words.verb == "fix":
            return ChangeType.FIX
        if kind is ChangeType.FEATURE and words.mention("fast") and words.verb in ("improve", "guard"):
            return ChangeType.PERFORMANCE
        if kind is ChangeType.FIX and SUBJECTS["documentation"].match(words.text):
            continue
        if kind is not None:
            return kind
    return None


def _by_words(words: Words, shape: Shape) -> ChangeType:
    """Return the type that the words of the subject suggest."""
    source = shape.share(Role.SOURCE)
    for look, kind, most in _BY_LOOK:
        tested = source and Role.TEST in shape.roles and kind is ChangeType.DOCUMENTATION
        if source <= most and not tested and SUBJECTS[look].match(words.text):
            return kind
    if words.verb == "fix":
        return ChangeType.FIX
    if words.mention("fast") and words.verb in ("improve", "guard", "change", "refactor", "remove", ""):
        return ChangeType.PERFORMANCE
    if words.verb in ("try", "note") and source > 0.5:
        return ChangeType.OTHER
    return _by_verb(words, shape)


def _by_verb(words: Words, shape: Shape) -> ChangeType:
    kind = _BY_VERB.get(words.verb)
    if kind is not None and kind is not ChangeType.DOCUMENTATION and kind is not ChangeType.TEST:
        return kind
    if words.mention("severe") or (words.verb in ("", "change") and words.mention("broken")):
        return ChangeType.FIX
    if SUBJECTS["refactor"].match(words.text):
        return ChangeType.REFACTOR
    if not shape.roles or Role.SOURCE in shape.roles:
        return ChangeType.OTHER
    main = shape.roles.most_common(1)[0][0]
    return _BY_MAIN_ROLE.get(main, kind or ChangeType.OTHER)
