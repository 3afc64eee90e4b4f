"""What of a patch is worth showing first."""

import re

from bot.digest.rules.patches import NameChange, read_names
from bot.digest.rules.paths import Role, is_public, role_of

_ORDER = (
    {Role.SOURCE},
    {Role.MANIFEST, Role.BUILD, Role.CI, Role.TOOLING},
    {Role.DOCUMENTATION, Role.CHANGELOG, Role.EXAMPLE},
    {Role.TEST, Role.BENCHMARK},
    {Role.ASSET, Role.GENERATED, Role.LOCK},
)
_RANKS = {role: rank for rank, roles in enumerate(_ORDER) for role in roles}
_SCHEMA = re.compile(
    r"\n[+-][ \t]*(?:(?:CREATE|ALTER|DROP) (?:TABLE|INDEX|TYPE|VIEW)|(?:ADD|DROP|RENAME) COLUMN|rpc \w|"
    r"(?:optional |repeated |required )?\w+ \w+ = \d+;|(?:op|batch_op)\.(?:add|drop|alter|create)_)",
    re.IGNORECASE,
)
_BORING = re.compile(
    r"(?:[+-]\s*(?:(?:import|from|use|using|#include|require|package)\b.*|(?:#|//|/?\*).*|\S?)|[ @\\].*)?"
)


def rank_of(path: str) -> int:
    """Return where a file stands among others, from 0 (source) to 4 (generated)."""
    return _RANKS[role_of(path)]


def surface_of(path: str, hunk: str) -> tuple[NameChange, ...]:
    """Return what of the surface a hunk adds and removes; only source has one."""
    if role_of(path) is not Role.SOURCE:
        return ()
    found = {(change.sign, change.line.strip()): change for change in read_names(path, "\n" + hunk)}
    return tuple(found.values())


def grade_of(path: str, hunk: str, surface: tuple[NameChange, ...]) -> int:
    """Return where a hunk stands among others of its rank, from 0 (changes what users see) to 3 (says little)."""
    if surface or (_RANKS[role_of(path)] < 2 and _SCHEMA.search(hunk)):
        return 0
    if is_public(path):
        return 1
    return 3 if all(map(_BORING.fullmatch, hunk.split("\n"))) else 2
