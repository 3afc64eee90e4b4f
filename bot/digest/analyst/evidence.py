"""What a change itself says: the files, lines, numbers and links that a text about it may name. Pure."""

import re
from collections.abc import Iterator
from functools import cached_property

from bot.digest.analyst.claims import Claim, ClaimKind, claims, compares, normal, numbers_in
from bot.digest.analyst.sheets import Sheet
from bot.digest.diffs import HIGH_TOKENS

_PLACE = re.compile(r"^(?P<path>.*?)(?::(?P<line>\d{1,7})(?:[-–:]\d+)?|#L\d+)?$")
_AROUND = " \t`'\"“”()[]（）"


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
        for claim in claims(text):
            if not self._supports(claim):
                yield claim.begin, claim.end, "number" if claim.kind is ClaimKind.RATIO else claim.kind.value

    def _supports(self, claim: Claim) -> bool:
        match claim.kind:
            case ClaimKind.LINK:
                return self._has_link(claim.text)
            case ClaimKind.FILE:
                return self._names_file(claim.text)
            case ClaimKind.NUMBER:
                return self._has_number(claim.text)
            case ClaimKind.RATIO:
                return self._compares

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
        number = normal(claim)
        return number in self._numbers or number in self._shown

    @cached_property
    def _text(self) -> str:
        return f"{self._sheet.texts}\n{self._sheet.excerpt(HIGH_TOKENS).text}".casefold()

    @cached_property
    def _compares(self) -> bool:
        return compares(self._text)

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
        return numbers_in(self._text)
