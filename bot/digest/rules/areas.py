"""Names the part of a project that a change is about: as its author does, or else by where most of it happens."""

import re
from collections import Counter
from functools import lru_cache

from bot.digest.rules.files import Shape
from bot.digest.rules.message import Message
from bot.digest.rules.paths import Role, role_of
from bot.model import FileChange

_CONTAINERS = frozenset(
    "packages crates pkg pkgs apps modules plugins components services extensions libs projects subprojects addons".split()
)
"""Folders that hold the parts of a project side by side: the next folder names the part."""
_GENERIC = frozenset(
    "src source sources lib python internal main java kotlin scala com org net io include csrc cmd app core js ts rust go cpp c "
    "test tests testing __tests__ spec docs doc documentation examples scripts tools .github util utils common base impl "
    "code public private dist build server client".split()
) - {"server", "client", "core", "common"}
"""Folders whose names say nothing of a part."""
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
    folders = path.lower().split("/")[:-1]
    told: list[str] = []
    for at, folder in enumerate(folders):
        if folder in _CONTAINERS and at + 1 < len(folders):
            return folders[at + 1]
        if folder not in _GENERIC:
            told.append(folder)
        elif told:
            break
    return told[min(depth, len(told)) - 1] if told else None
