"""docs/configure.md tells of every setting, as the settings classes do."""

from collections.abc import Iterator

from pydantic import BaseModel

from bot.app import sections
from bot.settings import Settings
from tests.docs import configure


def test_up_to_date() -> None:
    """The page is what `make docs` makes of the settings classes."""
    assert configure.PAGE.read_text("utf-8") == configure.page()


def test_every_table() -> None:
    """The page has each table that an adapter reads."""
    assert configure.SECTIONS.keys() == sections()


def test_every_setting() -> None:
    """Every setting is on the page, with what it is for."""
    page = configure.page()
    models: list[type[BaseModel]] = [Settings, *configure.SECTIONS.values()]
    for model in models:
        for name, described in _settings(model):
            assert f"`{name}`" in page or f"{name}]" in page or f'{name}."' in page
            assert described, name


def _settings(model: type[BaseModel]) -> Iterator[tuple[str, bool]]:
    """Yield the settings of a class and of the tables in it, and whether each is described."""
    for name, field in model.model_fields.items():
        table = configure.table(field.annotation)
        yield name, bool(table or field.description)
        if table:
            yield from _settings(table[0])
