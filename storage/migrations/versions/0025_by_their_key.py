"""What is counted ahead lies in the order of its key on SQLite: the days of a period are one run, not a page each.

What customers who are red have spent is added up from their index alone: SQLite looked for each whether they are lost.
PostgreSQL is told that few rows have a series, a unit and a dimension together: it sent for workers to read thousands.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

from storage.columns import Id

revision = "0025_by_their_key"
down_revision = "0024_money"
branch_labels = None
depends_on = None

KEYS = {
    "rollup": ("series", "dimension", "day", "segment"),
    "rollup_pair": ("series", "unit", "dimension", "first_day", "last_day", "segment"),
}
SLOTS = tuple(f"n{slot}" for slot in range(11))


TOGETHER = {"rollup": "series, dimension", "rollup_pair": "series, unit, dimension"}
RED = ["colour", "currency", "value_minor", "since"]


def upgrade() -> None:
    _lay_out(with_rowid=False)
    _index_red([*RED, "is_lost"])
    if _is_postgresql():
        for table, keys in TOGETHER.items():
            op.execute(f"CREATE STATISTICS st_{table} (mcv) ON {keys} FROM {table}")
            op.execute(f"ANALYZE {table}")


def downgrade() -> None:
    if _is_postgresql():
        for table in TOGETHER:
            op.execute(f"DROP STATISTICS st_{table}")
    _index_red(RED)
    _lay_out(with_rowid=True)


def _index_red(columns: list[str]) -> None:
    sqlite, postgresql = sa.text("colour = 'red' and is_lost = 0"), sa.text("colour = 'red' and not is_lost")
    op.drop_index("ix_health_red", "health")
    op.create_index("ix_health_red", "health", columns, sqlite_where=sqlite, postgresql_where=postgresql)


def _lay_out(*, with_rowid: bool) -> None:
    if _is_postgresql():
        return
    op.drop_index("ix_rollup_pair_series_last_day", "rollup_pair")
    for table, keys in KEYS.items():
        op.rename_table(table, f"{table}_before")
        op.create_table(
            table,
            *(sa.Column(key, _kind(key), nullable=False) for key in keys),
            *(sa.Column(slot, Id, nullable=False) for slot in SLOTS),
            sa.PrimaryKeyConstraint(*keys, name=f"pk_{table}"),
            sqlite_with_rowid=with_rowid,
        )
        columns = ", ".join((*keys, *SLOTS))
        kept = f"SELECT {columns} FROM {table}_before ORDER BY {', '.join(keys)}"  # noqa: S608  our own names
        op.execute(f"INSERT INTO {table} ({columns}) {kept}")
        op.drop_table(f"{table}_before")
    op.create_index("ix_rollup_pair_series_last_day", "rollup_pair", ["series", "last_day"])


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _kind(key: str) -> type[TypeEngine[Any]]:
    return sa.Date if key.endswith("day") else sa.String
