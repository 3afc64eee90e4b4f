"""What changes are found by."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# The tokenizer has nothing to do but to part words at spaces; where in a text a word stands nobody asks.
_SQLITE = (
    """
    CREATE VIRTUAL TABLE change_words USING fts5
    (words, content='', columnsize=0, detail='none', tokenize="ascii tokenchars '_'")
    """,
    """
    CREATE TRIGGER change_index_kept AFTER INSERT ON change_index BEGIN
      INSERT INTO change_words (rowid, words) VALUES (new.id, new.words);
    END
    """,
    """
    CREATE TRIGGER change_index_dropped AFTER DELETE ON change_index BEGIN
      INSERT INTO change_words (change_words, rowid, words) VALUES ('delete', old.id, old.words);
    END
    """,
    """
    CREATE TRIGGER change_index_replaced AFTER UPDATE OF id, words ON change_index BEGIN
      INSERT INTO change_words (change_words, rowid, words) VALUES ('delete', old.id, old.words);
      INSERT INTO change_words (rowid, words) VALUES (new.id, new.words);
    END
    """,
)
_POSTGRESQL = (
    "CREATE INDEX ix_change_index_words ON change_index USING gin (array_to_tsvector(string_to_array(words, ' ')))",
)


def upgrade() -> None:
    """Make the table, and what each database searches text with."""
    op.create_table(
        "change_index",
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("sha", sa.Text, primary_key=True),
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column("committed_at", sa.BigInteger, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_change_index_id", "change_index", ["id"], unique=True)
    op.create_index("ix_change_index_kept_at", "change_index", ["kept_at"])
    op.create_index("ix_change_index_number", "change_index", ["repository", "number"])
    op.create_index("ix_change_index_committed_at", "change_index", ["repository", "committed_at"])
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)
