"""The own names of questions, so that one is kept once."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column."""
    op.add_column("exchanges", sa.Column("question", sa.Text))
