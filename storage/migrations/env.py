"""Alembic runs this for every step; storage/migrate.py hands over the connection."""

from alembic import context
from sqlalchemy import Connection, text

from storage import rollup_marks
from storage.tables import metadata

ONE_AT_A_TIME = 7_418_529_630
"""Any number: replicas that start together wait for each other at this PostgreSQL lock."""


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite can hardly alter a table: it is copied. And it does undo DDL, as storage.database begins by itself.
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
        _run_migrations(connection)


def _run_migrations(connection: Connection) -> None:
    """Triggers are taken away before tables change, and made again after: only what migrates has to wait for them."""
    changes = context.get_context().get_current_revision() != context.get_revision_argument()
    if changes:
        rollup_marks.drop(connection)
    context.run_migrations()
    if changes:
        rollup_marks.create(connection)


run(context.config.attributes["connection"])
