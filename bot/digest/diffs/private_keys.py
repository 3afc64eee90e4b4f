"""Masks private keys, which go over many lines, whole or in the parts that a patch shows."""

import re

from bot.digest.diffs.placeholder import MASK

_KEY = r"-----{0}[A-Z0-9 ]{{0,40}}PRIVATE KEY(?: BLOCK)?-----"
_BEGIN = re.compile(_KEY.format("BEGIN ") + r"|Private-Lines:[ \t]{0,4}\d{1,4}[ \t\r]*$", re.MULTILINE)
_END = re.compile(_KEY.format("END "))
_ON_ONE_LINE = re.compile(rf"({_KEY.format('BEGIN ')})((?:(?!-----)[^\n]){{16,20000}})(?=-----END )")
_DRESS = re.compile(r"\\[nrt]|[\s\"'`,;+\\]")
"""What stands around the characters of a key that is written as strings of a program."""
_MATERIAL = re.compile(r"[A-Za-z0-9/=_-]{16,}")
_RUN = re.compile(r"[A-Za-z0-9+/=]{40,}")
_HEADER = re.compile(r"(?:Proc-Type|DEK-Info|Comment|Version|Hash):.*")
_LAST = re.compile(r"[A-Za-z0-9/]{1,80}={0,2}")
"""The last line of a key may be short."""


def mask_private_keys(text: str) -> tuple[str, int]:
    """Return a text without the contents of private keys, and how many there were."""
    if "PRIVATE KEY" not in text and "Private-Lines:" not in text:
        return text, 0
    text, count = _ON_ONE_LINE.subn(lambda found: found[1] + MASK, text)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if begin := _BEGIN.search(line):
            count += _mask_after(lines, number, begin.end())
        elif end := _END.search(line):
            count += _mask_before(lines, number, end.start())
    return "\n".join(lines), count


def _mask_after(lines: list[str], number: int, column: int) -> bool:
    """Mask the key that begins in a line, as far as lines look like one, and return whether there is any."""
    any_masked = False
    rest = _RUN.sub(MASK, lines[number][column:])
    if rest != lines[number][column:]:
        any_masked = True
        lines[number] = lines[number][:column] + rest
    for at in range(number + 1, len(lines)):
        bare = _DRESS.sub("", lines[at].removeprefix("-"))
        if not bare or _HEADER.match(bare):
            continue
        material = _MATERIAL.fullmatch(bare)
        if not (material or (any_masked and _LAST.fullmatch(bare))):
            break
        lines[at] = _masked_line(lines[at])
        any_masked = True
        if not material:
            break
    return any_masked


def _mask_before(lines: list[str], number: int, column: int) -> bool:
    """Mask the key that ends in a line, of which the beginning is not shown, and return whether there is any."""
    any_masked = False
    before = _RUN.sub(MASK, lines[number][:column])
    if before != lines[number][:column]:
        any_masked = True
        lines[number] = before + lines[number][column:]
    for at in range(number - 1, -1, -1):
        bare = _DRESS.sub("", lines[at].removeprefix("-"))
        if not bare:
            continue
        if not (_MATERIAL.fullmatch(bare) or (at == number - 1 and _LAST.fullmatch(bare))):
            break
        lines[at] = _masked_line(lines[at])
        any_masked = True
    return any_masked


def _masked_line(line: str) -> str:
    """Return a line of a patch, or of any text, with nothing but its sign left."""
    return (line[0] if line[:1] in ("+", "-", " ") else "") + MASK
