"""The inputs that are kept: each a JSON file that can be read, with a note that says what it was kept for.

Bytes, which JSON does not have, are written as text of the characters 0 to 255.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Kept:
    """An input of a target, and why it is kept."""

    path: Path
    note: str
    value: Any


def kept(target: str, corpus: Path = CORPUS) -> Iterator[Kept]:
    """Yield the inputs of a target."""
    for path in sorted((corpus / target).glob("*.json")):
        yield read(path)


def read(path: Path) -> Kept:
    """Return the input of a file."""
    said = json.loads(path.read_text("ascii"))
    return Kept(path, said["note"], _decoded(said["input"]))


def keep(target: str, value: object, note: str, corpus: Path = CORPUS) -> Path:
    """Write an input into a file that its content names, and return where that is."""
    written = json.dumps({"note": note, "input": _encoded(value)}, indent=2)
    path = corpus / target / f"{hashlib.sha256(written.encode()).hexdigest()[:12]}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written + "\n", "ascii")
    return path


def _encoded(value: object) -> object:
    match value:
        case bytes():
            return {"bytes as latin-1": value.decode("latin-1")}
        case list() | tuple():
            return [_encoded(each) for each in value]
        case dict():
            return {name: _encoded(each) for name, each in value.items()}
        case _:
            return value


def _decoded(value: Any) -> Any:  # noqa: ANN401 - an input is any value
    match value:
        case {"bytes as latin-1": str(text)} if len(value) == 1:
            return text.encode("latin-1")
        case list():
            return [_decoded(each) for each in value]
        case dict():
            return {name: _decoded(each) for name, each in value.items()}
        case _:
            return value
