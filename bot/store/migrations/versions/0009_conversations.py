"""Questions and their answers, and what people think of answers and of tiers."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "exchanges",
        sa.Column("conversation", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary),
    )
    op.create_index("ix_exchanges_kept_at", "exchanges", ["kept_at"])
    op.create_index("ix_exchanges_person", "exchanges", ["person", "asked_at"])
    op.create_table(
        "ratings",
        sa.Column("conversation", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("useful", sa.Boolean, nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_ratings_kept_at", "ratings", ["kept_at"])
    op.create_table(
        "tier_opinions",
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("sha", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("leaning", sa.Text, nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_tier_opinions_kept_at", "tier_opinions", ["kept_at"])
