"""Rules for JSON that complain as Slack does: a sentence and a JSON pointer for each violation."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

Rule = Callable[[object, str], Iterator[str]]
"""Yields what is wrong with a value at a pointer."""


def at(pointer: str, complaint: str) -> str:
    """Return a complaint as Slack words it."""
    return f"{complaint} [json-pointer:{pointer}]"


def text(most: int | None = None, least: int = 0) -> Rule:
    """Demand a string of so many characters."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield at(pointer, "must be a string")
        elif most is not None and len(value) > most:
            yield at(pointer, f"must be less than {most + 1} characters")
        elif len(value) < least:
            yield at(pointer, f"must be more than {least - 1} characters")

    return check


def boolean(value: object, pointer: str) -> Iterator[str]:
    """Demand true or false."""
    if not isinstance(value, bool):
        yield at(pointer, "must be a boolean")


def number(value: object, pointer: str) -> Iterator[str]:
    """Demand a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield at(pointer, "must be a number")


def anything(_value: object, _pointer: str) -> Iterator[str]:
    """Demand nothing."""
    yield from ()


def one_of(*words: object) -> Rule:
    """Demand one of some values."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if value not in words:
            yield at(pointer, f"must be one of {', '.join(map(str, words))}")

    return check


def items(of: Rule, most: int | None = None, least: int = 0) -> Rule:
    """Demand a list of so many values."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            yield at(pointer, "must be an array")
            return
        if most is not None and len(value) > most:
            yield at(pointer, f"no more than {most} items allowed")
        if len(value) < least:
            yield at(pointer, f"no less than {least} items allowed")
        for index, item in enumerate(value):
            yield from of(item, f"{pointer}/{index}")

    return check


def fields(known: Mapping[str, Rule], required: Collection[str] = ()) -> Rule:
    """Demand an object with these fields and no others."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield at(pointer, "must be an object")
            return
        for name in required:
            if name not in value:
                yield at(pointer, f"missing required field: {name}")
        for name, inner in value.items():
            rule = known.get(str(name))
            if rule is None:
                yield at(pointer, f"invalid additional property: {name}")
            else:
                yield from rule(inner, f"{pointer}/{name}")

    return check


def typed(kinds: Mapping[str, Rule]) -> Rule:
    """Demand an object whose `type` says which rule it follows."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield at(pointer, "must be an object")
            return
        rule = kinds.get(str(value.get("type")))
        if rule is None:
            yield at(f"{pointer}/type", f"unsupported type: {value.get('type')}")
        else:
            yield from rule(value, pointer)

    return check
