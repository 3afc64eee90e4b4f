"""What is missed of what a plugin opened."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.chat.console import ConsoleChat
from adapters.source.git import GitArchive, GitSettings, GitSource
from bot.conformance import nonconformity
from bot.ports import ChatTraits, OpenedModel, OpenedSource, Platform

CONSOLE: Any = ConsoleChat(sys.stdout)
SOURCE: Any = GitSource(GitSettings(), data_dir=Path("data"))
ARCHIVE: Any = GitArchive(GitSettings(), data_dir=Path("data"))
MODEL: Any = SimpleNamespace(context=0, name=None, ask=None, tools=False, converse=None)


class Growing(ConsoleChat):
    """A chat that says that its posts grow, and has nothing that lets them."""

    traits = ChatTraits(growth=1.0)


@pytest.mark.parametrize(
    "opened",
    [
        Platform(CONSOLE),
        OpenedSource(),
        OpenedSource(SOURCE, ARCHIVE),
        OpenedModel(MODEL, MODEL),
    ],
)
def test_what_is_whole(opened: Platform | OpenedSource | OpenedModel) -> None:
    """What has all that its protocol asks for lacks nothing, nor does what may be left out."""
    assert nonconformity(opened, type(opened)) == ""


@pytest.mark.parametrize(
    ("opened", "of", "said"),
    [
        (None, Platform, "its `connect` has to yield a bot.ports.Platform, and yields something else (NoneType)"),
        (CONSOLE, Platform, "its `connect` has to yield a bot.ports.Platform, and yields something else (ConsoleChat)"),
        (Platform(Growing(sys.stdout)), Platform, "its chat (Growing) has no `begin` and no `grow`"),
        (OpenedSource(ARCHIVE), OpenedSource, "its reader (GitArchive) has no `collect` and no `find` and no `read`"),
        (OpenedSource(SOURCE, SOURCE), OpenedSource, "its archive (GitSource) has no `commit` and no `file`"),
        (OpenedSource(host=SOURCE), OpenedSource, "its host (GitSource) has no `locate` and no `pull_requests`"),
        (OpenedModel(CONSOLE), OpenedModel, "its writes (ConsoleChat) has no `ask` and no `context` and no `name`"),
        (OpenedModel(MODEL, CONSOLE), OpenedModel, "its answers (ConsoleChat) has no `ask`"),
    ],
)
def test_what_lacks_something(opened: object, of: type[Platform | OpenedSource | OpenedModel], said: str) -> None:
    """What is missing is named, with the part and the class that it is missing of."""
    assert nonconformity(opened, of).startswith(said)
