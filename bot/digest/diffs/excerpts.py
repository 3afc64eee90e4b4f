"""Chooses what of a change is shown within a budget of tokens: whole hunks, those first that say most.

What every line costs is counted by itself, which is never less than what the lines cost together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.tokens import estimate

_SIGNATURES = 0.7
"""The share of a budget that may go to the signatures of hunks before any hunk is shown."""
_NOTE = 0.15
"""The share of a budget that is kept for the note of what is left out; of a large one, no more than `_LONGEST_NOTE`."""
_LONGEST_NOTE = 120


@dataclass(frozen=True, slots=True)
class Piece:
    """A hunk of a file. `position` is where it stands in the patch.

    `text` is None where it was too much to be kept. `signatures` are those of its changed lines that change what users
    see. `shortened` is whether the text is not all of the hunk.
    """

    path: str
    position: int
    text: str | None
    signatures: tuple[str, ...] = ()
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Material:
    """What an excerpt is made of.

    The pieces are ranked, best first. `headers` are the lines that the hunks of files stand beneath, by path, in the
    order in which files are shown; `remarks` are the lines of files without hunks. `complete` is whether nothing is
    missing that could have been shown.
    """

    pieces: tuple[Piece, ...]
    headers: Mapping[str, str]
    remarks: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown of a change, and about how many tokens that are.

    `whole` is whether nothing of the change is left out; `left_out` counts the hunks that are.
    """

    text: str
    tokens: int
    whole: bool
    left_out: int


def excerpt(material: Material, budget: int) -> Excerpt:
    """Return as much of the material as has no more tokens than the budget."""
    everything = _Choice(material, pieces=[piece for piece in material.pieces if piece.text], remarks=material.remarks)
    if len(everything.pieces) == len(material.pieces):
        text = everything.text()
        if (tokens := estimate(text)) <= budget:
            shortened = any(piece.shortened for piece in material.pieces)
            return Excerpt(text, tokens, whole=material.complete and not shortened, left_out=0)
    choice = _choose(material, budget)
    text = choice.text(note=choice.note(min(budget - estimate(choice.text()), _LONGEST_NOTE)))
    left_out = len(material.pieces) - len(choice.pieces)
    return Excerpt(text, estimate(text), whole=False, left_out=left_out)


@dataclass
class _Choice:
    """What is chosen so far."""

    material: Material
    pieces: list[Piece] = field(default_factory=list)
    signatures: dict[int, tuple[str, ...]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def text(self, note: str = "") -> str:
        """Return what is chosen, in the order of the files and of the patch."""
        shown: dict[str, list[Piece]] = {}
        for piece in self.material.pieces:
            shown.setdefault(piece.path, [])
        for piece in sorted(self.pieces, key=lambda piece: piece.position):
            shown[piece.path].append(piece)
        listed = self._listed()
        lines: list[str] = []
        for path, header in self.material.headers.items():
            if shown.get(path) or path in listed:
                lines.append(header)
                lines += [piece.text or "" for piece in shown.get(path, ())]
                lines += listed.get(path, ())
        lines += self.remarks
        lines += [note] if note else []
        return "\n".join(lines)

    def _listed(self) -> dict[str, list[str]]:
        """Return the signatures that stand in for hunks, by path, each list beneath a line that says so."""
        listed: dict[str, list[str]] = {}
        for piece in sorted(self.material.pieces, key=lambda piece: piece.position):
            if found := self.signatures.get(piece.position):
                listed.setdefault(piece.path, [_LISTED]).extend(found)
        return listed

    def note(self, budget: int) -> str:
        """Return what is left out, by name as far as the budget goes."""
        chosen = {piece.position for piece in self.pieces}
        missing: dict[str, int] = {}
        for piece in self.material.pieces:
            if piece.position not in chosen:
                missing[piece.path] = missing.get(piece.path, 0) + 1
        remarks = len(self.material.remarks) - len(self.remarks)
        texts = [f"{_number(sum(missing.values()), 'hunk')} of {_number(len(missing), 'file')}"] if missing else []
        texts += [f"{_number(remarks, 'file')} without hunks"] if remarks else []
        if not texts:
            return ""
        note = f"[Left out: {' and '.join(texts)}"
        if estimate(note + "]\n") > budget:
            return ""
        names = [f"{_name(self.material.headers[path])} ({count})" for path, count in missing.items()]
        return _with_names(note, names, budget)


_LISTED = "[not shown, changed there:]"


def _with_names(note: str, names: list[str], budget: int) -> str:
    """Return a note with as many names as the budget allows."""
    room = budget - estimate(f"\n{note}: , …]") - 1
    taken: list[str] = []
    for name in names:
        room -= estimate(f"{name}, ")
        if room < 0:
            break
        taken.append(name)
    if not taken:
        return f"{note}]"
    return f"{note}: {', '.join(taken)}{'' if len(taken) == len(names) else ', …'}]"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _name(header: str) -> str:
    return header.removeprefix("=== ").rpartition(" (")[0]


def _cost(lines: Iterable[str]) -> int:
    return sum(estimate(f"{line}\n") for line in lines)


def _choose(material: Material, budget: int) -> _Choice:
    """Choose signatures of every hunk for a part of the budget, then hunks, which bring theirs along, then the rest."""
    choice = _Choice(material)
    room = budget - min(int(budget * _NOTE), _LONGEST_NOTE)
    room -= _list_signatures(choice, set(), room, int(room * _SIGNATURES))
    opened = {piece.path for piece in material.pieces if piece.position in choice.signatures}
    heads = {path: _cost((header,)) for path, header in material.headers.items()}
    for piece in material.pieces:
        if piece.text is None:
            continue
        cost = estimate(f"{piece.text}\n") - _cost(choice.signatures.get(piece.position, ()))
        cost += 0 if piece.path in opened else heads[piece.path]
        if cost <= room:
            room -= cost
            opened.add(piece.path)
            choice.pieces.append(piece)
            choice.signatures.pop(piece.position, None)
    room -= _list_signatures(choice, opened, room, room)
    remarks = []
    for remark in material.remarks:
        if (cost := _cost((remark,))) <= room:
            room -= cost
            remarks.append(remark)
    choice.remarks = tuple(remarks)
    return choice


def _list_signatures(choice: _Choice, opened: set[str], room: int, most: int) -> int:
    """List the signatures of hunks that are not chosen, as many as fit, and return what they cost."""
    chosen = {piece.position for piece in choice.pieces}
    headed = {piece.path for piece in choice.material.pieces if piece.position in choice.signatures}
    spent = 0
    for piece in choice.material.pieces:
        if not piece.signatures or piece.position in chosen or piece.position in choice.signatures:
            continue
        fixed = 0 if piece.path in headed else _cost((_LISTED,))
        fixed += 0 if piece.path in headed or piece.path in opened else _cost((choice.material.headers[piece.path],))
        fitting: list[str] = []
        for line in piece.signatures:
            cost = _cost((line,)) + (0 if fitting else fixed)
            if spent + cost > min(most, room):
                break
            spent += cost
            fitting.append(line)
        if fitting:
            headed.add(piece.path)
            choice.signatures[piece.position] = tuple(fitting)
    return spent
