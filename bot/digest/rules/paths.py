"""What a path is for, judged by its name alone, with the conventions of many languages (`conventions.toml`)."""

import re
import tomllib
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files


class Role(StrEnum):
    """What a file is for."""

    SOURCE = "source"
    TEST = "test"
    DOCUMENTATION = "documentation"
    CI = "ci"
    BUILD = "build"
    MANIFEST = "manifest"
    LOCK = "lock"
    EXAMPLE = "example"
    BENCHMARK = "benchmark"
    GENERATED = "generated"
    TOOLING = "tooling"
    ASSET = "asset"
    CHANGELOG = "changelog"


_DATA = tomllib.loads(files("bot.digest.rules").joinpath("conventions.toml").read_text(encoding="utf-8"))
_ROOTS = [(Role(role), re.compile(rf"(?:{'|'.join(shapes)})")) for role, shapes in _DATA["roots"].items()]
_FOLDERS = [(Role(role), re.compile(rf"(?:.*/)?(?:{'|'.join(shapes)})/")) for role, shapes in _DATA["folders"].items()]
_NAMES = [(Role(role), re.compile(rf"(?:{'|'.join(shapes)})\Z")) for role, shapes in _DATA["names"].items()]
_PUBLIC = re.compile(rf"(?:{'|'.join(_DATA['public']['paths'])})\Z")

CONTAINERS = frozenset(_DATA["parts"]["containers"])
"""Names of folders that hold the parts of a project side by side."""
GENERIC = frozenset(_DATA["parts"]["generic"])
"""Names of folders that say nothing of a part."""

_STRONG = frozenset({Role.CI, Role.GENERATED, Role.BENCHMARK, Role.TEST, Role.CHANGELOG})
"""Roles of folders that no name of a file within overrules."""
_TEXT = re.compile(r"\.(?:md|rst|txt|adoc|markdown|json|xml|ya?ml|html|[0-9]+)$|^[^.]*$")
_CHANGELOG_NAME = re.compile(
    r"(?:change_?log|changes|news|history|release[-_]?notes?|whats[-_]?new|unreleased|upgrading)(?:[-_.].*)?"
    r"(?<!\.yaml)(?<!\.yml)(?<!\.json)\Z"
)
_TEST_DATA = re.compile(r"(?:.*/)?[a-z]+test/.*\.(?:md|txt|json|ya?ml|out|xml)\Z")
_TEST_CLASS = re.compile(r"[a-z0-9](?:Tests?|Spec|TestCase|IT)\.(?:java|kt|scala|cs|swift|php|groovy|m|cpp|cc)\Z")


@lru_cache(maxsize=16_384)
def role_of(path: str) -> Role:
    """Return what a file is for; whatever no convention claims is source."""
    low = path.lower()
    folder, _, name = low.rpartition("/")
    by_folder = _role_of_folder(folder) if folder else None
    if by_folder is Role.CHANGELOG and not _TEXT.search(name):
        by_folder = None
    if by_folder in _STRONG:
        return by_folder
    if _TEST_CLASS.search(path) or ("test/" in low and _TEST_DATA.match(low)):
        return Role.TEST
    return _role_of_name(name) or by_folder or Role.SOURCE


@lru_cache(maxsize=4_096)
def _role_of_folder(folder: str) -> Role | None:
    path = f"{folder}/"
    root = next((role for role, shape in _ROOTS if shape.match(path)), None)
    if root is Role.CI:
        return root
    inner = next((role for role, shape in _FOLDERS if shape.match(path)), None)
    return inner if inner in _STRONG else root or inner


@lru_cache(maxsize=4_096)
def _role_of_name(name: str) -> Role | None:
    if _CHANGELOG_NAME.match(name) and _TEXT.search(name):
        return Role.CHANGELOG
    return next((role for role, shape in _NAMES if shape.match(name)), None)


@lru_cache(maxsize=16_384)
def is_public(path: str) -> bool:
    """Return whether a file of source is by its name one that users build against: a header, a schema, a command."""
    return _PUBLIC.match(path.lower()) is not None
