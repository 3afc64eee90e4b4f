"""Finds secrets by what they are called: `password = "…"`, `API_KEY=…`, `"token": "…"`.

A value that is called a password is taken for one unless it is plainly none: a place for one, the name of a variable, a
part of the program. What is called less clearly (`token` is a word of a language model, too) has to look random.
"""

import re
from collections.abc import Iterator

from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString
from detect_secrets.plugins.keyword import DENYLIST

from bot.digest.diffs.placeholder import MASK

NAME_MARKS = ("key", "pass", "pwd", "secret", "contrase", "credential", "auth", "token")
"""What a line holds, in lower case, in which a secret may be named."""

_WEAK = r"(?:access_?keys?|credentials?|auth|tokens?|_key)(?![a-z])"
_NAME = rf"(?:(?P<strong>{'|'.join(DENYLIST)}|passphrase)|(?P<weak>{_WEAK}))".replace("_?", "[_-]?")
_SUFFIX = r"(?P<suffix>[\w-]{0,30})"
_TO = r"[\"'`\])]{0,3}[ \t]{0,8}(?::[ \t]{0,4}[\w.\[\] |]{1,30}=|=>|:=|={1,3}|!==?|:|,|\()[ \t]{0,8}"
_QUOTED = re.compile(
    rf"{_NAME}{_SUFFIX}{_TO}[@rbfu]{{0,2}}(?P<quote>[\"'`])(?P<secret>(?:(?!(?P=quote))[^\\\n]|\\.){{3,500}})(?P=quote)",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"{_NAME}{_SUFFIX}(?P<to>[ \t]{{0,8}}[=:][ \t]{{0,8}})"
    r"(?P<secret>[^\s\"'`;,&<>(){}\[\]]{6,500})(?P<next>[^\s]?)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"[_-]?(?:names?|fields?|labels?|types?|headers?|env|vars?|files?|path|dir|ur[li]|ids?|formats?|policy|errors?|"
    r"messages?|hints?|placeholder|prompts?|len|length|counts?|size|limit|expiry|ttl|timeout|ref|prefix|suffix|regex|pattern)"
    r"(?:[_-].*)?",
    re.IGNORECASE,
)
"""How a name goes on that names something about a secret instead."""
_PLACE = re.compile(
    r"[$%]?[{<(\[].*|\$[\w.]+|%\w+%|[*x.•-]+|[./~].*|[a-z][a-z+.-]{1,20}://.*|(?:none|null|true|false|nil|undefined)\W*",
    re.IGNORECASE | re.DOTALL,
)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_PATH = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::|->|\?\.)[A-Za-z_]\w*)+")
_WORDS = re.compile(r"_*[a-z0-9]{1,12}(?:_[a-z0-9]{1,12})+_*")
_WORD = re.compile(r"[A-Za-z_][A-Za-z_-]*")
_ENTROPY = Base64HighEntropyString()
_RANDOM = 3.0
"""Bits a character; words of sixteen characters without a repetition have four."""


def is_random(value: str) -> bool:
    """Return whether a word is hardly one that somebody made up of words."""
    if not (any(map(str.isdigit, value)) and any(map(str.isalpha, value))) or " " in value:
        return False
    if _PATH.fullmatch(value) or _WORDS.fullmatch(value):
        return False
    return _ENTROPY.calculate_shannon_entropy(value) >= _RANDOM


def named_secrets(line: str) -> Iterator[tuple[int, int]]:
    """Yield where in a line there are secrets that are named as such."""
    for found in _QUOTED.finditer(line):
        if _is_secret(found, shortest=10):
            yield found.span("secret")
    for found in _BARE.finditer(line):
        if _is_bare_secret(found):
            yield found.span("secret")


def _is_secret(found: re.Match[str], shortest: int) -> bool:
    value = found["secret"]
    if MASK in value or _VARIABLE.fullmatch(value) or _PLACE.fullmatch(value) or not any(map(str.isalnum, value)):
        return False
    if found["weak"] or _ABOUT.fullmatch(found["suffix"]):
        return len(value) >= shortest and is_random(value)
    return len(value.split()) <= 6


def _is_bare_secret(found: re.Match[str]) -> bool:
    """Return whether a value without quotes is a secret, rather than a piece of a program."""
    value = found["secret"]
    if found["next"] not in ("", ";", "&", '"', "'", "`") or _PATH.fullmatch(value):
        return False
    if not _WORD.fullmatch(value):
        return _is_secret(found, shortest=16)
    # Only in a file of settings is a word a value; there, names are in capitals.
    return found["to"] == "=" and not found["next"] and (found["strong"] or "").isupper()
