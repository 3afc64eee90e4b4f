"""Verdicts and texts of language models, and what they took."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables, and index what is dropped by age."""
    for name, keys in (
        ("verdicts", ("day", "sha")),
        ("depth_texts", ("repository", "sha", "depth", "prompt", "model", "language")),
    ):
        op.create_table(
            name,
            *(sa.Column(key, sa.Text, primary_key=True) for key in keys),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column("kept_at", sa.BigInteger, nullable=False),
            sa.Column("data", sa.LargeBinary, nullable=False),
        )
        op.create_index(f"ix_{name}_kept_at", name, ["kept_at"])
    counts = ("calls", "input_tokens", "cached_tokens", "output_tokens")
    op.create_table(
        "spending",
        sa.Column("day", sa.Text, primary_key=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in counts),
        sa.Column("cost", sa.Double, nullable=False),
        sa.Column("unpriced", sa.BigInteger, nullable=False),
    )
