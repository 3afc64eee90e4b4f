"""Resolved names, pull requests, changes, and when the last upkeep was."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "resolved_names",
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
    )
    for name in ("pull_requests", "changes"):
        op.create_table(
            name,
            sa.Column("repository", sa.Text, primary_key=True),
            sa.Column("sha", sa.Text, primary_key=True),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column("kept_at", sa.BigInteger, nullable=False),
            sa.Column("data", sa.LargeBinary),
        )
    for name in ("resolved_names", "pull_requests", "changes"):
        op.create_index(f"ix_{name}_kept_at", name, ["kept_at"])
    op.create_table(
        "upkeep",
        sa.Column("task", sa.Text, primary_key=True),
        sa.Column("done_at", sa.BigInteger, nullable=False),
    )
