"""What alembic runs to apply the steps: on the connection, and in the transaction, that `upgrade` brings."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
)
context.run_migrations()
