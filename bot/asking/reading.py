"""Finds the answer in whatever a language model wrote: JSON in a fence, after a thought, with prose around it."""

import json
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

_Result = TypeVar("_Result")
_THOUGHT, _THOUGHT_END = "<think>", "</think>"
_LONGEST = 1_000_000
_MOST = 16
"""So many values are tried, the last ones."""
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+(?P<closed>"?)|[{}\[\]]', re.DOTALL)
_BRACKETS_ALONE = re.compile(r"[{}\[\]]")
_OPENING = re.compile(r"[{\[]")


def find(text: str, material: str, read: Callable[[object], _Result]) -> _Result:
    """Return the last JSON value of a text that `read` takes, except one that is quoted from the material.

    `read` raises ValueError (as pydantic does) for what is not the answer. Raises ValueError, with what was wrong with
    the last value, if there is none.
    """
    problem = ValueError("there is no JSON object in it")
    for part in _without_thoughts(text[:_LONGEST]):
        for found in reversed(_values(part)):
            if found in material:
                continue
            try:
                return read(json.loads(found))
            except ValueError as error:
                problem = error
            except RecursionError:
                problem = ValueError("it is nested too deeply")
    raise problem


def _without_thoughts(text: str) -> Iterator[str]:
    """Yield what may be the answer proper, the likeliest first: a text may also speak of thoughts."""
    after = text.rpartition(_THOUGHT_END)[2]
    if after != text:
        yield after
    before, _, thought = text.partition(_THOUGHT)
    _, ended, after = thought.partition(_THOUGHT_END)
    rest = before + after if ended else text
    if not rest.lstrip().startswith(_THOUGHT):
        yield rest


def _values(text: str) -> list[str]:
    """Return the last few outermost objects and arrays, in one pass."""
    opened: list[int] = []
    spans: list[tuple[int, int]] = []
    at, brackets = 0, _BRACKETS
    # Quotation marks mean something within brackets only: prose has them, too.
    while found := (brackets if opened else _OPENING).search(text, at):
        at = found.end()
        if found[0][0] == '"':
            if not found["closed"]:
                # Nothing closes a later one either, so none is looked for again: each time would be to the end.
                at, brackets = found.start() + 1, _BRACKETS_ALONE
        elif found[0] in ("{", "["):
            opened.append(found.start())
        else:
            begin = opened.pop()
            while spans and spans[-1][0] > begin:
                spans.pop()
            spans.append((begin, at))
    return [text[begin:end] for begin, end in spans[-_MOST:]]
