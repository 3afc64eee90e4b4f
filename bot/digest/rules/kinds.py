"""Decides the type of a change: from what it touches, the marks of its author, and the words of its subject.

The order is the point. What a change touches cannot be mistaken, so that a change of nothing but tests is a test
whatever its subject says; then come the author's own marks, and the words only where there is no mark.
"""

import re

from bot.digest.rules import words as w
from bot.digest.rules.files import Shape
from bot.digest.rules.message import Message
from bot.digest.rules.paths import Role
from bot.digest.rules.words import Words
from bot.model import ChangeType, Commit

_BOT = re.compile(
    r"\[bot\]|(?:^|[-_ ])(?:ro)?bot\b|bot$|dependabot|renovate|github-actions|greenkeeper|pyup|snyk|weblate|crowdin|"
    r"pre-commit-ci|mergify|automation\b|jenkins|semantic-release|web-flow",
    re.IGNORECASE,
)
_REVERT = re.compile(
    r"^(?:Revert|Back ?out|Roll ?back|Unrevert)(?:s|ed|ing)?\b:?\s+(?:\S*\s+)?(?:[\"'“`]|commit\b|[0-9a-f]{7,40}|#\d+|PR\b|changes?\b)|^Revert[ :\"]",
    re.IGNORECASE,
)
_REVERTED = re.compile(
    r"(?:reverts|reverting|this reverts)\s+(?:commit|pull request|PR|changes?)?\s*#?(\d{1,6}\b|[0-9a-f]{7,40})",
    re.IGNORECASE,
)
_QUOTED_NUMBER = re.compile(r"#(\d+)")
_TEST_SUBJECT = re.compile(
    r"^(?:fix(?:es|ed)?|repair|skip|disable|enable|re-?enable|mark|add|update|improve|remove|unskip|rename|renaming|speed ?up|stabili[sz]e|de-?flake|refactor|"
    r"clean ?up|extend|more|move|migrate|split|increase|simplify|use)\b.*\b(?:(?:unit|integration|e2e|regression|smoke|nightly|flaky)[- ])?(?:tests?|test ?cases?|test ?suites?|"
    r"testing|fixtures?|coverage|test (?:files?|data|names?|helpers?|jobs?))(?: (?:for|of|in|on|to|when|with)\b.*)?$",
    re.IGNORECASE,
)  # fmt: skip
_DOC_SUBJECT = re.compile(
    r"^(?:fix(?:es|ed)?|update|improve|add|correct|clarify|remove|document|tweak|expand|rewrite|reword|mention|link)\b.*\b(?:typos?|documentation|docs?|"
    r"read ?me(?:\.\w+)?|doc ?strings?|(?:code |doc )?comments?|spelling|grammar|wording|man ?pages?|java ?docs?|contributing(?:\.md)?)\b(?! (?:string )?(?:pars|handling|attach|node|token|strip))|"
    r"^(?:document|clarify|typo)\b",
    re.IGNORECASE,
)  # fmt: skip
_CI_SUBJECT = re.compile(
    r"\b(?:ci|github actions?|workflows?|travis|appveyor|circleci|jenkins|azure pipelines|codecov|cirrus)\b",
    re.IGNORECASE,
)
_BUILD_SUBJECT = re.compile(
    r"^(?:fix|repair|correct|unbreak)\w*\b.*\b(?:build|compilation|compile|compiling|linking)\b(?! (?:cache|flag|option))",
    re.IGNORECASE,
)
_UPKEEP_SUBJECT = re.compile(
    r"^(?:fix|resolve|address|silence|suppress|remove|apply|run|satisfy)\w*\b.*\b(?:lint(?:s|er|ing)?|clippy|eslint|prettier|formatting|whitespace|mypy|pylint|flake8|indentation|"
    r"(?:compiler |gcc |clang |msvc )?warnings|merge conflicts?|type ?hints?|coding style|typings?)\b",
    re.IGNORECASE,
)

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
    ((Role.DOCUMENTATION, Role.EXAMPLE, Role.ASSET, Role.CHANGELOG), ChangeType.DOCUMENTATION),
    ((Role.CI,), ChangeType.CI),
    ((Role.CI, Role.TOOLING), ChangeType.CI),
    ((Role.TEST, Role.CI, Role.TOOLING), ChangeType.TEST),
    ((Role.BUILD, Role.CI), ChangeType.BUILD),
    ((Role.BUILD, Role.CI, Role.MANIFEST, Role.LOCK, Role.TOOLING), ChangeType.BUILD),
)
_UPKEEP = frozenset({Role.MANIFEST, Role.LOCK, Role.GENERATED, Role.CI, Role.CHANGELOG, Role.TOOLING, Role.BUILD})


def by_bot(commit: Commit) -> bool:
    """Return whether a machine made the change."""
    author = commit.author
    return bool(_BOT.search(author.name) or _BOT.search(author.email.partition("@")[0]))


def reverted(commit: Commit) -> str:
    """Return what a revert takes back: "#17020" or a short sha, or an empty string if it does not say."""
    quoted = _QUOTED_NUMBER.search(commit.subject.partition('"')[2].rpartition('"')[0][:500])
    if quoted:
        return f"#{quoted[1]}"
    named = _REVERTED.search(commit.message[:4_000])
    if not named:
        return ""
    return f"#{named[1]}" if named[1].isdecimal() and len(named[1]) < 7 else named[1][:9]


def type_of(commit: Commit, message: Message, words: Words, shape: Shape) -> ChangeType:
    """Return the type of a change."""
    headline = message.headline
    if _REVERT.match(commit.subject[:500]) or _REVERT.match(headline[:500]) or message.types[:1] == ("revert",):
        return ChangeType.REVERT
    if _is_release(message, shape):
        return ChangeType.RELEASE
    if _is_dependency(commit, message, shape):
        return ChangeType.DEPENDENCIES
    touched = _by_files(message, shape)
    if touched is not None:
        return touched
    if words.mention(w.SECURITY) and Role.SOURCE in shape.roles:
        return ChangeType.SECURITY
    marked = _by_marks(message, words)
    if marked is not None:
        return marked
    return _by_words(message, words, shape)


def _is_release(message: Message, shape: Shape) -> bool:
    upkeep = not shape.roles or shape.lines <= 60 or shape.share(*_UPKEEP) > 0.6
    if message.types[:1] == ("release",) and "fix" not in message.types:
        return upkeep
    if shape.only(Role.CHANGELOG):
        return True
    return upkeep and w.RELEASE.search(message.headline[:200]) is not None


def _is_dependency(commit: Commit, message: Message, shape: Shape) -> bool:
    if "dependencies" in message.types and shape.share(Role.SOURCE) < 0.5:
        return True
    if w.DEPENDENCIES.search(message.headline[:300]) and (
        by_bot(commit) or shape.lines <= 60 or shape.share(*_UPKEEP) > 0.5
    ):
        return True
    return shape.only(Role.LOCK) or shape.only(Role.LOCK, Role.MANIFEST) and bool(shape.roles[Role.LOCK])


def _by_files(message: Message, shape: Shape) -> ChangeType | None:
    """Return the type that the touched files leave no doubt about."""
    for roles, kind in _BY_FILES:
        if shape.only(*roles):
            marked = {_BY_MARK.get(mark) for mark in message.types}
            if kind is ChangeType.BUILD and (ChangeType.CI in marked or _CI_SUBJECT.search(message.headline)):
                return ChangeType.CI
            return kind
    return None


def _by_marks(message: Message, words: Words) -> ChangeType | None:
    """Return the type that the author's own marks say, or None where they say nothing that binds."""
    for mark in message.types:
        kind = _BY_MARK.get(mark)
        if kind is ChangeType.FEATURE and words.verb == "fix":
            return ChangeType.FIX
        if kind is ChangeType.FEATURE and words.mention(w.FAST) and words.verb in ("improve", "guard"):
            return ChangeType.PERFORMANCE
        if kind is ChangeType.FIX and (_TEST_SUBJECT.match(message.headline) or _DOC_SUBJECT.match(message.headline)):
            continue
        if kind is not None:
            return kind
    return None


def _by_words(message: Message, words: Words, shape: Shape) -> ChangeType:
    """Return the type that the words of the subject suggest."""
    headline = message.headline[:400]
    source = shape.share(Role.SOURCE)
    for pattern, kind, most in (
        (_TEST_SUBJECT, ChangeType.TEST, 0.5),
        (_DOC_SUBJECT, ChangeType.DOCUMENTATION, 1.0),
        (_UPKEEP_SUBJECT, ChangeType.REFACTOR, 1.0),
        (_CI_SUBJECT, ChangeType.CI, 0.2),
        (_BUILD_SUBJECT, ChangeType.BUILD, 0.5),
    ):
        if source <= most and pattern.search(headline):
            return kind
    if words.verb == "fix":
        return ChangeType.FIX
    if words.mention(w.FAST) and words.verb in ("improve", "guard", "change", "refactor", "remove", ""):
        return ChangeType.PERFORMANCE
    if words.verb in ("try", "note") and source > 0.5:
        return ChangeType.OTHER
    return _by_verb(words, shape)


def _by_verb(words: Words, shape: Shape) -> ChangeType:
    kind = _BY_VERB.get(words.verb)
    if kind is ChangeType.REFACTOR or (
        kind is not ChangeType.FEATURE and words.mention(w.INTERNAL) and not words.mention(w.BROKEN)
    ):
        return ChangeType.REFACTOR
    if kind is not None:
        return kind
    if words.mention(w.SEVERE) or (words.verb in ("", "change") and words.mention(w.BROKEN) and words.verb != "remove"):
        return ChangeType.FIX
    if not shape.roles or Role.SOURCE in shape.roles:
        return ChangeType.OTHER
    main = shape.roles.most_common(1)[0][0]
    return {
        Role.TEST: ChangeType.TEST,
        Role.DOCUMENTATION: ChangeType.DOCUMENTATION,
        Role.CI: ChangeType.CI,
        Role.BUILD: ChangeType.BUILD,
        Role.LOCK: ChangeType.DEPENDENCIES,
    }.get(main, ChangeType.OTHER)
