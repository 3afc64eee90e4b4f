"""What a change itself says: the files, lines, numbers and links that a text about it may name. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property

from bot.digest.analyst.sheets import Sheet
from bot.digest.diffs import HIGH_TOKENS

_NUMBER = re.compile(r"\d+(?:[.,_]\d+)*")
_GROUPED = re.compile(r"(?<=\d)[,_](?=\d{3}(?!\d))")
_SPLIT = re.compile(r"[.,_]")
_PLACE = re.compile(r"^(?P<path>.*?)(?::(?P<line>\d{1,7})(?:[-–:]\d+)?|#L\d+)?$")
_AROUND = " \t`'\"“”()[]（）"
_RATIO = re.compile(
    r"\b(?:twice|thrice|doubl(?:e[sd]?|ing)|tripl(?:e[sd]?|ing)|halv(?:e[sd]?|ing)|half|\w+fold|percent|"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|twenty|hundred|thousand|several) times|orders? of magnitude)\b"
    r"|\d\s*(?:x|×|%|times|倍)|翻倍|翻番|减半|一半|[一二两三四五六七八九十百千万几数]+倍|百分之|数量级",
    re.IGNORECASE,
)
_URL = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.|\b(?:mailto|javascript|data):(?=\S))[^\s<>()（）\"'`，。；！？、]*"
    r"|(?<![\w@./`-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|ai|app|xyz|cn|ru|me|co|info|biz|ly|gg|link|site|top|example|test|invalid)\b(?:/[^\s<>()\"'`，。；]*)?",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"(?<![\w/.-])(?:[\w.+-]+/)+[\w+-]+\.[a-z]\w{0,7}(?::\d+)?(?!\w)"
    r"|(?<![\w/.-])[\w+-]+\.(?:py|pyi|js|jsx|ts|tsx|go|rs|cc?|cpp|cu|cuh|hp?p?|java|kt|rb|php|cs|swift|sh|md|rst|toml|ya?ml|json|proto|sql|css|html|lock|txt|ini|cfg)(?::\d+)?(?!\w)",
    re.IGNORECASE,
)


class Evidence:
    """What may be said of one change."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        files = sheet.commit.files
        self._paths = {file.path: file.path for file in files}
        self._previous = {file.previous_path: file.path for file in files if file.previous_path}
        self._lines = sheet.change.diff.lines

    def path(self, claim: str) -> tuple[str, int | None] | None:
        """Return the file of the change that is meant, and the line if one is named; None if there is no such file.

        A file may be called by its path, its previous path, or the end of one that no other file shares.
        """
        found = _PLACE.match(claim.partition(" (")[0].strip(_AROUND))
        if not found or not found["path"].strip(_AROUND):
            return None
        name = found["path"].strip(_AROUND).removeprefix("./")
        path = self._path(name) or (self._path(name[2:]) if name[:2] in ("a/", "b/") else None)
        return None if path is None else (path, int(found["line"]) if found["line"] else None)

    def line(self, path: str, line: int | None) -> int | None:
        """Return the line if the diff shows it, else None."""
        shown = line is not None and any(line in lines for lines in self._lines.get(path, ()))
        return line if shown else None

    def unsupported(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where a text names what the change does not have: begin, end, and the reason."""
        plain = "".join(_digit(character) for character in text)
        spans: list[tuple[int, int]] = []
        for found in _URL.finditer(plain):
            spans.append(found.span())
            if not self._has_link(found[0]):
                yield *found.span(), "link"
        for found in _FILE.finditer(plain):
            if not _within(found.span(), spans):
                spans.append(found.span())
                if not self._names_file(found[0]):
                    yield *found.span(), "file"
        for found in _NUMBER.finditer(plain):
            if not _within(found.span(), spans) and not self._has_number(found[0]):
                yield *found.span(), "number"
        for found in _RATIO.finditer(plain):
            if not self._compares:
                yield *found.span(), "number"

    def _path(self, name: str) -> str | None:
        if name in self._paths:
            return name
        if name in self._previous:
            return self._previous[name]
        for names in (self._paths, self._previous):
            ends = {names[path] for path in names if path.endswith(f"/{name}")}
            if ends:
                return ends.pop() if len(ends) == 1 else None
        return None

    def _names_file(self, claim: str) -> bool:
        """Tell whether a name is that of one of the files (with a line that the diff shows), or is in the texts."""
        place = self.path(claim)
        if place is not None:
            return place[1] is None or self.line(*place) is not None
        name = claim.partition(":")[0].casefold()
        return ":" not in claim and (
            name in self._text or any(path.casefold().endswith(f"/{name}") for path in self._paths)
        )

    def _has_link(self, link: str) -> bool:
        return (
            not (self._sheet.suspicious or self._sheet.suspicious_diff)
            and link.rstrip(".,;:!?").casefold() in self._text
        )

    def _has_number(self, claim: str) -> bool:
        number = _normal(claim)
        return number in self._numbers or number in self._shown

    @cached_property
    def _text(self) -> str:
        return f"{self._sheet.texts}\n{self._sheet.excerpt(HIGH_TOKENS).text}".casefold()

    @cached_property
    def _compares(self) -> bool:
        return _RATIO.search(self._text) is not None

    @cached_property
    def _numbers(self) -> frozenset[str]:
        commit = self._sheet.commit
        counts = [len(commit.files), commit.additions, commit.deletions, len(commit.brought)]
        for file in commit.files:
            counts += [file.additions or 0, file.deletions or 0]
        requests = [commit.pull_request.number] if commit.pull_request else []
        return frozenset(map(str, [*counts, *requests])) | self._sheet.change.diff.numbers

    @cached_property
    def _shown(self) -> frozenset[str]:
        """The numbers of the texts, and their beginnings: 0.3.21 supports 0.3, too."""
        numbers: set[str] = set()
        plain = "".join(_digit(character) for character in self._text)
        for found in _NUMBER.findall(plain):
            parts = _SPLIT.split(found)
            numbers.add(_normal(found))
            numbers.update(parts)
            numbers.update(".".join(parts[:count]) for count in range(1, len(parts)))
        return frozenset(numbers)


def _normal(number: str) -> str:
    return _GROUPED.sub("", number)


def _digit(character: str) -> str:
    """Return a digit of any script as 0 to 9; anything else is returned as it is."""
    if character.isascii():
        return character
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)


def _within(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(begin <= span[0] and span[1] <= end for begin, end in spans)
