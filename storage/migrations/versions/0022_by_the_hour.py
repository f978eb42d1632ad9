"""Today is counted hour by hour; what was followed up is kept by the month that it began in, too, and by segment.

Which answers superseded which is counted anew: by segment it is not known.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

from bot.domain.local_time import day_start
from storage.columns import Id, UtcDateTime

revision = "0022_by_the_hour"
down_revision = "0021_money_speed"
branch_labels = None
depends_on = None

SLOTS = tuple(f"n{slot}" for slot in range(11))
STATE = sa.table(
    "rollup_state",
    sa.column("series", sa.String),
    sa.column("timezone", sa.String),
    sa.column("counted_until", sa.Date),
    sa.column("counted_before", UtcDateTime),
)


def upgrade() -> None:
    op.add_column("rollup_state", sa.Column("counted_before", UtcDateTime, nullable=True))
    told = sa.select(STATE.c.series, STATE.c.timezone, STATE.c.counted_until)
    for series, timezone, until in op.get_bind().execute(told).all():
        counted = sa.update(STATE).where(STATE.c.series == series).values(counted_before=day_start(until, timezone))
        op.get_bind().execute(counted)
    _replace("counted_until", by="counted_before", kind=UtcDateTime)
    _pair_by("unit", "dimension", "first_day", "last_day", "segment")
    kept, slots = ", ".join(SLOTS), ", ".join(f"sum({slot})" for slot in SLOTS)
    month = "date(first_day, 'start of month')" if _is_sqlite() else "date_trunc('month', first_day)::date"
    members = "FROM pair_before WHERE series = 'members'"
    for unit, first_day, counts, grouped in (("day", "first_day", kept, ""), ("month", month, slots, "GROUP BY 4, 5")):
        pairs = f"SELECT 'members', '{unit}', '', {first_day}, last_day, '', {counts} {members} {grouped}"
        op.execute(f"INSERT INTO rollup_pair {pairs}")
    op.execute("DELETE FROM rollup_state WHERE series = 'repeats'")
    op.drop_table("pair_before")


def downgrade() -> None:
    """Everything is counted anew."""
    for table in ("rollup", "rollup_pair", "rollup_state"):
        op.execute(f"DELETE FROM {table}")  # noqa: S608  our own names
    op.add_column("rollup_state", sa.Column("counted_until", sa.Date, nullable=True))
    _replace("counted_before", by="counted_until", kind=sa.Date)
    _pair_by("first_day", "last_day")
    op.drop_table("pair_before")


def _pair_by(*keys: str) -> None:
    """What is kept of pairs waits in a table of its own, while theirs is made anew with other keys."""
    op.drop_index("ix_rollup_pair_series_last_day", "rollup_pair")
    op.rename_table("rollup_pair", "pair_before")
    if not _is_sqlite():
        op.execute("ALTER TABLE pair_before RENAME CONSTRAINT pk_rollup_pair TO pk_pair_before")
    op.create_table(
        "rollup_pair",
        sa.Column("series", sa.String, nullable=False),
        *(sa.Column(key, sa.Date if key.endswith("day") else sa.String, nullable=False) for key in keys),
        *(sa.Column(slot, Id, nullable=False) for slot in SLOTS),
        sa.PrimaryKeyConstraint("series", *keys, name="pk_rollup_pair"),
    )
    op.create_index("ix_rollup_pair_series_last_day", "rollup_pair", ["series", "last_day"])


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _replace(former: str, *, by: str, kind: type[TypeEngine[Any]]) -> None:
    with op.batch_alter_table("rollup_state") as table:
        table.alter_column(by, existing_type=kind, nullable=False)
        table.drop_column(former)
