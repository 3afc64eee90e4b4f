"""Reads answers about several changes: each item by itself, and each change once."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.digest.analyst.sheets import Sheet

_SHORTEST = 7


class _Item(BaseModel):
    sha: str


_Answer = TypeVar("_Answer", bound=BaseModel)


def by_sha(value: object, sheets: Iterable[Sheet], shape: type[_Answer]) -> dict[str, _Answer]:
    """Return what was said of changes, by sha, as far as it is valid; who is named twice or is not known is left out.

    Raises ValueError if nothing is valid.
    """
    items = _items(value)
    by_id = {sheet.id: sheet for sheet in sheets}
    said: dict[str, _Answer] = {}
    twice: set[str] = set()
    problem = ValueError("no change of the list is in it")
    for item in items:
        try:
            sheet = _named(_Item.model_validate(item).sha, by_id)
            answer = shape.model_validate(item)
        except ValidationError as error:
            problem = error
            continue
        if sheet is None:
            problem = ValueError("it names a `sha` that is not in the list")
        elif said.get(sheet.commit.sha, answer) != answer:
            twice.add(sheet.commit.sha)
        else:
            said[sheet.commit.sha] = answer
    valid = {sha: answer for sha, answer in said.items() if sha not in twice}
    if not valid:
        raise problem
    return valid


def only(value: object, sheet: Sheet, shape: type[_Answer]) -> _Answer:
    """Return what was said of the one change. Raises ValueError if it is not valid, or about another."""
    item = value[0] if isinstance(value, list) and len(value) == 1 else value
    answer = shape.model_validate(item)
    if _named(_Item.model_validate(item).sha, {sheet.id: sheet}) is None:
        raise ValueError(f"its `sha` has to be {sheet.id}")
    return answer


def _items(value: object) -> list[object]:
    if isinstance(value, dict) and isinstance(value.get("changes"), list):
        return list(value["changes"])
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and "sha" in value:
        return [value]
    raise ValueError("it has no list `changes`")


def _named(name: str, by_id: Mapping[str, Sheet]) -> Sheet | None:
    """Return the change that is meant: by the name that it was given, or more or less of its sha."""
    name = name.strip().strip("`'\"").lower()
    if name in by_id:
        return by_id[name]
    if len(name) < _SHORTEST:
        return None
    meant = [sheet for sheet in by_id.values() if sheet.commit.sha.startswith(name)]
    return meant[0] if len(meant) == 1 else None
