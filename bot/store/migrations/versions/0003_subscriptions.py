"""Subscriptions, and how far each repository was delivered to them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    wish = ("platform", "workspace", "channel", "repositories", "rhythm", "at", "timezone", "language", "audience")
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in (*wish, "quiet", "pins", "origin")),
        sa.Column("weekday", sa.Integer, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("effective_from", sa.BigInteger, nullable=False),
        sa.Column("last_day", sa.Text),
        sa.Column("last_run", sa.BigInteger),
        sa.Column("last_error", sa.Text),
        sa.Column("told", sa.Boolean, nullable=False),
    )
    op.create_table(
        "delivered",
        sa.Column("subscription", sa.Text, primary_key=True),
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("tip", sa.Text),
    )
