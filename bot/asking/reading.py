"""Finds the answer in whatever a language model wrote: JSON in a fence, after a thought, with prose around it."""

import json
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

_Result = TypeVar("_Result")
_THOUGHT = re.compile(r"\s*<think>.*?</think>", re.DOTALL)
_LONGEST = 1_000_000
_MOST_STARTS = 16
"""How often the search begins anew, so that no text of brackets takes long."""
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]]', re.DOTALL)
_OPENING = re.compile(r"[{\[]")


def find(text: str, material: str, read: Callable[[object], _Result]) -> _Result:
    """Return the last JSON value of a text that `read` takes, except one that is quoted from the material.

    `read` raises ValueError (as pydantic does) for what is not the answer. Raises ValueError, with what was wrong with
    the last value, if there is none.
    """
    problem = ValueError("there is no JSON object in it")
    for part in _without_thoughts(text[:_LONGEST]):
        for found in reversed([*_values(part)]):
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
    after = text.rpartition("</think>")[2]
    if after != text:
        yield after
    rest = _THOUGHT.sub("", text, count=1)
    if not rest.lstrip().startswith("<think>"):
        yield rest


def _values(text: str) -> Iterator[str]:
    """Yield the outermost objects and arrays."""
    at = 0
    for _ in range(_MOST_STARTS):
        start = _OPENING.search(text, at)
        if start is None:
            return
        end = _closing(text, start.start())
        if end is None:
            at = start.end()
        else:
            yield text[start.start() : end]
            at = end


def _closing(text: str, start: int) -> int | None:
    depth = 0
    for found in _BRACKETS.finditer(text, start):
        if found[0] in ("{", "["):
            depth += 1
        elif found[0] in ("}", "]"):
            depth -= 1
            if not depth:
                return found.end()
    return None
