"""The outbox: threads, their parts and posts, the changes that they tell of, and pins."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables, and index what they are looked up by."""
    op.create_table(
        "outbox_threads",
        sa.Column("thread", sa.Text, primary_key=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("lasting", sa.BigInteger, nullable=False),
        sa.Column("leased_until", sa.BigInteger, nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "outbox_parts",
        _thread(primary_key=True),
        sa.Column("part", sa.Text, primary_key=True),
        sa.Column("halvings", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "outbox_posts",
        sa.Column("token", sa.Text, primary_key=True),
        _thread(),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("first_attempt", sa.BigInteger, nullable=False),
        sa.Column("last_attempt", sa.BigInteger, nullable=False),
        sa.Column("post", sa.Text),
    )
    op.create_table(
        "outbox_changes",
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("sha", sa.Text, primary_key=True),
        _thread(),
        sa.Column("part", sa.Text, nullable=False),
    )
    op.create_table(
        "outbox_pins",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("post", sa.Text, nullable=False),
    )
    for table, column in (
        ("outbox_threads", "kept_at"),
        ("outbox_posts", "thread"),
        ("outbox_changes", "thread"),
        ("outbox_pins", "channel"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _thread(*, primary_key: bool = False) -> "sa.Column[str]":
    gone = sa.ForeignKey("outbox_threads.thread", ondelete="CASCADE")
    return sa.Column("thread", sa.Text, gone, primary_key=primary_key, nullable=False)
