"""What of a patch is worth showing first."""

import re

from bot.digest.rules.patches import read_names
from bot.digest.rules.paths import Role, is_public, role_of
from bot.model import FileKind

_ORDER = (
    {Role.SOURCE},
    {Role.MANIFEST, Role.BUILD, Role.CI, Role.TOOLING},
    {Role.DOCUMENTATION, Role.CHANGELOG, Role.EXAMPLE},
    {Role.TEST, Role.BENCHMARK},
    {Role.ASSET, Role.GENERATED, Role.LOCK},
)
_RANKS = {role: rank for rank, roles in enumerate(_ORDER) for role in roles}
LOWEST_GRADE = 3
"""Where a hunk stands among those of its rank that says little."""
_SIGNATURE = re.compile(
    r"\n[+-][ \t]{0,40}(?:pub(?:\([a-z :]{1,40}\))? |(?:export|public|protected) |"
    r"(?:async )?def (?=[a-z])|class (?=[A-Z])|func (?:\([^)\n]{1,60}\) )?(?=[A-Z])|"
    r"(?:(?:default |const |async |unsafe ){0,3}fn|interface|trait|struct|enum|__global__|template) ?(?=[\w<]))"
    r"[^\n]{0,400}"
)
"""A line that declares something that others may use, at any depth: more than the rules count as public."""
_SCHEMA = re.compile(
    r"\n[+-][ \t]*(?:(?:CREATE|ALTER|DROP) (?:TABLE|INDEX|TYPE|VIEW)|(?:ADD|DROP|RENAME) COLUMN|rpc \w|"
    r"(?:optional |repeated |required )?\w+ \w+ = \d+;|(?:op|batch_op)\.(?:add|drop|alter|create)_)",
    re.IGNORECASE,
)
_BORING = re.compile(
    r"(?:[+-]\s*(?:(?:import|from|use|using|#include|require|package)\b.*|(?:#|//|/?\*).*|\S?)|[ @\\].*)?"
)


def rank_of(path: str, kind: FileKind) -> int:
    """Return where a file stands among others, from 0 (source) to 4 (generated, and what other repositories hold)."""
    return _RANKS[Role.GENERATED if kind is FileKind.SUBMODULE else role_of(path)]


def signatures_of(path: str, hunk: str) -> tuple[str, ...]:
    """Return the changed lines of a hunk of source that change what others use, in their order, each with its sign."""
    if role_of(path) is not Role.SOURCE:
        return ()
    text = "\n" + hunk
    found = {change.line: None for change in read_names(path, text)}
    found |= {match[0][1:]: None for match in _SIGNATURE.finditer(text)}
    return tuple(found)


def grade_of(path: str, hunk: str, signatures: tuple[str, ...]) -> int:
    """Return where a hunk stands among others of its rank, from 0 (changes what users see) up to the lowest."""
    if signatures or (_RANKS[role_of(path)] < 2 and _SCHEMA.search(hunk)):
        return 0
    if is_public(path):
        return 1
    return LOWEST_GRADE if all(map(_BORING.fullmatch, hunk.split("\n"))) else 2
