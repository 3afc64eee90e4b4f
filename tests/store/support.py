"""What the tests of the store share: where it is, a clock that stands still, changes to keep, any noun at all."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import UnionType
from typing import Any, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from bot.model import Commit, FileChange, FileKind, FileStatus, LinkedIssue, Person, Phrase, PullRequest
from bot.store import Retention, Store, open_store
from bot.store.engine import PATIENCE, open_postgresql, open_sqlite

REPOSITORY = "code.example/acme/rocket"
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
NASTY = "NUL \x00, halves \ud800 \udc80 \ud83d\ude00, \\x00 \\ud800, 汉字, \U0001f680, \x1b[31m, \r\n\t'\"%s"
RETENTION = Retention()
_Noun = TypeVar("_Noun")


class StoppedClock:
    """Shows the time that a test sets."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.moment += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Location:
    """Where a store is; opening it twice opens the same one."""

    data_dir: Path
    url: str | None
    clock: StoppedClock

    def open(
        self, *, retention: Retention = RETENTION, patience: timedelta = PATIENCE
    ) -> AbstractAsyncContextManager[Store]:
        """Open it."""
        return open_store(self.data_dir, self.url, clock=self.clock, retention=retention, patience=patience)

    async def execute(self, statement: str) -> list[Any]:
        """Run a statement of the test's own, behind the store's back, and return its rows."""
        database = open_postgresql(self.url) if self.url else await open_sqlite(self.data_dir)
        async with database.writing() as connection:
            result = await connection.exec_driver_sql(statement)
            rows = list(result) if result.returns_rows else []
        await database.close()
        return rows


class NewDatabase(Protocol):
    """Makes a store in PostgreSQL; `options` are those of CREATE DATABASE."""

    def __call__(self, options: str = "") -> Location:
        """Make one."""
        ...


def sha(number: int) -> str:
    """Return the name of the n-th commit."""
    return f"{number:040x}"


def change(number: int) -> Commit:
    """Return the n-th change."""
    return Commit(
        sha=sha(number),
        parents=(sha(number + 1),),
        author=Person("Ada", "ada@acme.example"),
        co_authors=(),
        authored_at=NOON,
        committed_at=NOON,
        message=f"Change {number}\n\nWith a body.",
        files=(FileChange(f"engine/{number}.py", FileStatus.MODIFIED, FileKind.REGULAR, 3, 1),),
    )


FULL = PullRequest(
    number=7,
    title="Order requests by deadline",
    body="Closes #3.",
    labels=("breaking-change",),
    author="ada",
    reviewers=("grace", "linus"),
    linked_issues=(LinkedIssue("acme/rocket", 3, "Slow"),),
    milestone="1.0",
)
UNREAD = Phrase.of("unread-objects-missing", count=1)

# Drawn from all characters alike, the troublesome ones would hardly ever come up.
_TEXT = st.text(st.characters() | st.sampled_from(NASTY), max_size=20)
_TIME = st.datetimes(timezones=st.just(UTC))
_NUMBER = st.floats(allow_nan=False)  # which no figure of ours can be, and which is not even equal to itself


def any_noun(kind: type[_Noun]) -> st.SearchStrategy[_Noun]:
    """Return a strategy for a dataclass with every field filled, also those that have defaults."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: _any(hint) for name, hint in hints.items()})


def _any(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 # a type of any form
    arguments = get_args(kind)
    if is_dataclass(kind):
        return any_noun(kind)  # type: ignore[arg-type] # it is a class, not an instance
    if get_origin(kind) in (Union, UnionType):
        return st.one_of(*map(_any, arguments))
    if get_origin(kind) is tuple and arguments[-1] is ...:
        return st.lists(_any(arguments[0]), max_size=2).map(tuple)
    if get_origin(kind) is tuple:
        return st.tuples(*map(_any, arguments))
    known = {str: _TEXT, datetime: _TIME, float: _NUMBER}
    return known[kind] if kind in known else st.from_type(kind)
