"""What is remembered of changes after their digest."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table, and index what is looked up and what is dropped by age."""
    op.create_table(
        "past_changes",
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("sha", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer),
        sa.Column("committed_at", sa.BigInteger, nullable=False),
        sa.Column("fix", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_past_changes_kept_at", "past_changes", ["kept_at"])
    op.create_index("ix_past_changes_number", "past_changes", ["repository", "number"])
