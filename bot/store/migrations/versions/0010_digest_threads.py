"""Which build a thread shows."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "digest_threads",
        sa.Column("thread", sa.Text, sa.ForeignKey("outbox_threads.thread", ondelete="CASCADE"), primary_key=True),
        sa.Column("build", sa.Text, nullable=False),
    )
