"""When a thread last showed a digest whole, and of what that told."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("outbox_threads", sa.Column("shown_at", sa.BigInteger))
    op.add_column("outbox_threads", sa.Column("after", sa.Text))
