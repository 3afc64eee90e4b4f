"""The tables, as the newest migration leaves them; a test compares the two.

Times are whole seconds since 1970 in UTC. The columns that are looked up hold ASCII alone and everything else is bytes,
so that text of any kind survives in a database of any encoding.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
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

# A subscription: what is wished, and then how its runs went. `repositories` and `audience` are JSON.
SUBSCRIPTIONS = Table(
    "subscriptions",
    METADATA,
    Column("id", EscapedText, primary_key=True),
    Column("made_at", BigInteger, nullable=False),
    Column("platform", EscapedText, nullable=False),
    Column("workspace", EscapedText, nullable=False),
    Column("channel", EscapedText, nullable=False),
    Column("repositories", EscapedText, nullable=False),
    Column("rhythm", Text, nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("language", EscapedText, nullable=False),
    Column("audience", EscapedText, nullable=False),
    Column("quiet", Text, nullable=False),
    Column("pins", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("effective_from", BigInteger, nullable=False),
    Column("last_day", Text),
    Column("last_run", BigInteger),
    Column("last_error", EscapedText),
    Column("told", Boolean, nullable=False),
)

# How far a repository was delivered to a subscription: every change of the tip's history that is dated before `until`.
DELIVERED = Table(
    "delivered",
    METADATA,
    Column("subscription", EscapedText, primary_key=True),
    Column("repository", EscapedText, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("tip", EscapedText),
)

# A thread that is, or was, delivered; whoever has the lease may write of it. What is kept of it goes with it.
OUTBOX_THREADS = Table(
    "outbox_threads",
    METADATA,
    Column("thread", EscapedText, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("owner", EscapedText),
    Column("lasting", BigInteger, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("kept_at", BigInteger, nullable=False, index=True),
    Column("shown_at", BigInteger),
    Column("after", Text),
)


def _of_thread(*, primary_key: bool = False) -> "Column[str]":
    gone = ForeignKey(OUTBOX_THREADS.columns.thread, ondelete="CASCADE")
    return Column("thread", EscapedText, gone, primary_key=primary_key, nullable=False, index=not primary_key)


OUTBOX_PARTS = Table(
    "outbox_parts",
    METADATA,
    _of_thread(primary_key=True),
    Column("part", EscapedText, primary_key=True),
    Column("halvings", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

# `post` is JSON: the place and the message, as the platform names them.
OUTBOX_POSTS = Table(
    "outbox_posts",
    METADATA,
    Column("token", EscapedText, primary_key=True),
    _of_thread(),
    Column("part", EscapedText, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("first_attempt", BigInteger, nullable=False),
    Column("last_attempt", BigInteger, nullable=False),
    Column("post", EscapedText),
)

OUTBOX_CHANGES = Table(
    "outbox_changes",
    METADATA,
    Column("channel", EscapedText, primary_key=True),
    Column("repository", EscapedText, primary_key=True),
    Column("sha", EscapedText, primary_key=True),
    _of_thread(),
    Column("part", EscapedText, nullable=False),
)

# Which build a thread shows, so that it can be asked about.
DIGEST_THREADS = Table(
    "digest_threads",
    METADATA,
    _of_thread(primary_key=True),
    Column("build", EscapedText, nullable=False),
)

# A pin outlives its thread: it is ours to take off.
OUTBOX_PINS = Table(
    "outbox_pins",
    METADATA,
    Column("token", EscapedText, primary_key=True),
    Column("thread", EscapedText, nullable=False),
    Column("channel", EscapedText, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("post", EscapedText, nullable=False),
)

# Digests, and how far those are that have no `data` yet.
BUILDS = Table(
    "builds",
    METADATA,
    Column("key", EscapedText, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kept_at", BigInteger, nullable=False, index=True),
    Column("stage", Text),
    Column("done", Integer),
    Column("total", Integer),
    Column("data", LargeBinary),
)

# What is remembered of changes; `fix` marks those that put something right.
PAST_CHANGES = Table(
    "past_changes",
    METADATA,
    Column("repository", EscapedText, primary_key=True),
    Column("sha", EscapedText, primary_key=True),
    Column("number", Integer),
    Column("committed_at", BigInteger, nullable=False),
    Column("fix", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kept_at", BigInteger, nullable=False, index=True),
    Column("data", LargeBinary, nullable=False),
    Index("ix_past_changes_number", "repository", "number"),
)

# What changes are found by. `words` are ASCII, whatever language they are of; `id` is what SQLite's full text knows.
# The index of the words is for each database another one: the migration makes it.
CHANGE_INDEX = Table(
    "change_index",
    METADATA,
    Column("repository", EscapedText, primary_key=True),
    Column("sha", EscapedText, primary_key=True),
    Column("id", BigInteger, nullable=False),
    Column("number", Integer),
    Column("committed_at", BigInteger, nullable=False),
    Column("words", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kept_at", BigInteger, nullable=False, index=True),
    Column("data", LargeBinary, nullable=False),
    Index("ix_change_index_id", "id", unique=True),
    Index("ix_change_index_number", "repository", "number"),
    Index("ix_change_index_committed_at", "repository", "committed_at"),
)

# How people and channels read, by their keys.
PREFERENCES = Table(
    "preferences",
    METADATA,
    Column("key", EscapedText, primary_key=True),
    Column("timezone", EscapedText),
    Column("language", EscapedText),
)

# Questions and their answers, by the key of a conversation; without `data`, only that something was asked is known.
# `question` is the question's own name, where it has one.
EXCHANGES = Table(
    "exchanges",
    METADATA,
    Column("conversation", EscapedText, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("person", EscapedText, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kept_at", BigInteger, nullable=False, index=True),
    Column("data", LargeBinary),
    Column("question", EscapedText),
    Index("ix_exchanges_person", "person", "asked_at"),
)

# Who found an answer useful, and who did not.
RATINGS = Table(
    "ratings",
    METADATA,
    Column("conversation", EscapedText, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("person", EscapedText, primary_key=True),
    Column("useful", Boolean, nullable=False),
    Column("kept_at", BigInteger, nullable=False, index=True),
)

# Who finds that a tier which a channel was shown is too high, or too low.
TIER_OPINIONS = Table(
    "tier_opinions",
    METADATA,
    Column("channel", EscapedText, primary_key=True),
    Column("repository", EscapedText, primary_key=True),
    Column("sha", EscapedText, primary_key=True),
    Column("person", EscapedText, primary_key=True),
    Column("tier", Text, nullable=False),
    Column("leaning", Text, nullable=False),
    Column("headline", EscapedText, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kept_at", BigInteger, nullable=False, index=True),
)

# When everything was brought back from a backup, and since when nothing is known of what happened until then.
RESTORES = Table(
    "restores",
    METADATA,
    Column("restored_at", BigInteger, primary_key=True, autoincrement=False),
    Column("since", BigInteger, nullable=False),
)

UPKEEP = Table(
    "upkeep",
    METADATA,
    Column("task", Text, primary_key=True),
    Column("done_at", BigInteger, nullable=False),
)
