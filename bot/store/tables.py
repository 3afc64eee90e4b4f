"""The tables, as the newest migration leaves them; a test compares the two.

Times are whole seconds since 1970 in UTC. The columns that are looked up hold ASCII alone and everything else is bytes,
so that text of any kind survives in a database of any encoding.
"""

from sqlalchemy import BigInteger, Column, Dialect, Double, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.types import TypeDecorator


class EscapedText(TypeDecorator[str]):
    """Text from outside, escaped as in a Python literal: PostgreSQL refuses NUL, and every encoding lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 # SQLAlchemy's
        """Escape what is sent."""
        return None if value is None else value.encode("unicode_escape").decode("ascii")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 # SQLAlchemy's
        """Return what was meant."""
        return None if value is None else value.encode("ascii").decode("unicode_escape")


METADATA = MetaData()

RESOLVED_NAMES = Table(
    "resolved_names",
    METADATA,
    Column("scope", EscapedText, primary_key=True),
    Column("name", EscapedText, primary_key=True),
    Column("full_name", EscapedText, nullable=False),
    Column("kept_at", BigInteger, nullable=False, index=True),
)


def _by_commit(name: str) -> Table:
    """Return a table of what is known of commits; without `data`, nothing exists and that is known."""
    return Table(
        name,
        METADATA,
        Column("repository", EscapedText, primary_key=True),
        Column("sha", EscapedText, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("kept_at", BigInteger, nullable=False, index=True),
        Column("data", LargeBinary),
    )


PULL_REQUESTS = _by_commit("pull_requests")
CHANGES = _by_commit("changes")

# `day` is a key that the program makes, and the rest of it is the same for everybody who asks.
VERDICTS = Table(
    "verdicts",
    METADATA,
    Column("day", EscapedText, primary_key=True),
    Column("sha", EscapedText, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kept_at", BigInteger, nullable=False, index=True),
    Column("data", LargeBinary, nullable=False),
)

DEPTH_TEXTS = Table(
    "depth_texts",
    METADATA,
    Column("repository", EscapedText, primary_key=True),
    Column("sha", EscapedText, primary_key=True),
    Column("depth", EscapedText, primary_key=True),
    Column("prompt", EscapedText, primary_key=True),
    Column("model", EscapedText, primary_key=True),
    Column("language", EscapedText, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kept_at", BigInteger, nullable=False, index=True),
    Column("data", LargeBinary, nullable=False),
)

# What language models took, by day; `unpriced` counts the calls whose cost is not in `cost`, for want of a price.
SPENDING = Table(
    "spending",
    METADATA,
    Column("day", Text, primary_key=True),
    Column("calls", BigInteger, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("cached_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cost", Double, nullable=False),
    Column("unpriced", BigInteger, nullable=False),
)

UPKEEP = Table(
    "upkeep",
    METADATA,
    Column("task", Text, primary_key=True),
    Column("done_at", BigInteger, nullable=False),
)
