"""Names the part of a project that a change is about: as its author does, or else by where most of it happens."""

import re
from collections import Counter
from functools import lru_cache

from bot.digest.rules.files import Shape
from bot.digest.rules.message import Message
from bot.digest.rules.paths import CONTAINERS, GENERIC, Role, role_of
from bot.model import FileChange

_MOST_NAMED = 32
_SHARE = 0.6
_PLAIN = re.compile(r"[^\W\d_]")


def area_of(message: Message, shape: Shape, files: tuple[FileChange, ...]) -> str | None:
    """Return the area in lower case: a scope, tag or module of the subject, else the dominant folder, else None."""
    for named in message.areas:
        area = named.strip("`'\"*/ ").lower()
        if _PLAIN.search(area) and len(area) <= _MOST_NAMED and area.count(" ") <= 2:
            return area
    return _dominant(shape.source or tuple(file for file in files if role_of(file.path) is not Role.CHANGELOG))


def _dominant(files: tuple[FileChange, ...]) -> str | None:
    """Return the folder in which at least three in five of the files lie."""
    if not files:
        return None
    for depth in (2, 1):
        folder, count = Counter(folder_of(file.path, depth) for file in files).most_common(1)[0]
        if folder and count >= _SHARE * len(files):
            return folder
    return None


@lru_cache(maxsize=16_384)
def folder_of(path: str, depth: int) -> str | None:
    """Return the folder that names a file's part, or None where all of its folders are generic."""
    if role_of(path) is Role.CI:
        return "ci"
    folders = path.lower().split("/")[:-1]
    told: list[str] = []
    for at, folder in enumerate(folders):
        if folder in CONTAINERS and at + 1 < len(folders):
            return folders[at + 1]
        if folder not in GENERIC:
            told.append(folder)
        elif told:
            break
    return told[min(depth, len(told)) - 1] if told else None
