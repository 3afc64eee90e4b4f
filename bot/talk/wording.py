"""How a sentence of ours repeats what somebody said, and how it lists what would have worked."""

from collections.abc import Iterable

_SHOWN = 60


def quoted(text: str) -> str:
    """Return the text in quotation marks, on one line, shortened.

    Whatever precedes an @ within a word is left out, since it may be the credential of a URL; characters that do not
    print (controls, and those that turn the direction of the text) are shown as a replacement character.
    """
    line = " ".join(_without_credential(word) for word in text.split())
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
    return f'"{shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"}"'


def _without_credential(word: str) -> str:
    _, at, host = word.rpartition("@")
    return f"…@{host}" if at else word


def alternatives(choices: Iterable[str]) -> str:
    """Return the choices as `"a", "b" or "c"`."""
    *most, last = (quoted(choice) for choice in choices)
    return f"{', '.join(most)} or {last}" if most else last
