"""What is counted ahead reaches to an instant, no longer to a day: today is counted hour by hour."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

from bot.domain.local_time import day_start, local_date
from storage.columns import UtcDateTime

revision = "0022_by_the_hour"
down_revision = "0021_money_speed"
branch_labels = None
depends_on = None

STATE = sa.table(
    "rollup_state",
    sa.column("series", sa.String),
    sa.column("timezone", sa.String),
    sa.column("counted_until", sa.Date),
    sa.column("counted_before", UtcDateTime),
)


def upgrade() -> None:
    op.add_column("rollup_state", sa.Column("counted_before", UtcDateTime, nullable=True))
    for series, timezone, until in _told(STATE.c.counted_until):
        _tell(series, STATE.c.counted_before, day_start(until, timezone))
    _replace("counted_until", by="counted_before", kind=UtcDateTime)


def downgrade() -> None:
    op.add_column("rollup_state", sa.Column("counted_until", sa.Date, nullable=True))
    for series, timezone, before in _told(STATE.c.counted_before):
        _tell(series, STATE.c.counted_until, local_date(before, timezone))
    # What was counted of a day that is not over would be counted again.
    for table, day in (("rollup", "day"), ("rollup_pair", "last_day")):
        until = f"SELECT counted_until FROM rollup_state s WHERE s.series = {table}.series"  # noqa: S608  our own names
        op.execute(f"DELETE FROM {table} WHERE {day} >= ({until})")  # noqa: S608  our own names
    _replace("counted_before", by="counted_until", kind=sa.Date)


def _told(column: sa.ColumnClause[Any]) -> list[tuple[str, str, Any]]:
    rows = op.get_bind().execute(sa.select(STATE.c.series, STATE.c.timezone, column)).all()
    return [(series, timezone, value) for series, timezone, value in rows]


def _tell(series: str, column: sa.ColumnClause[Any], value: datetime | date) -> None:
    op.get_bind().execute(sa.update(STATE).where(STATE.c.series == series).values({column: value}))


def _replace(former: str, *, by: str, kind: type[TypeEngine[Any]]) -> None:
    with op.batch_alter_table("rollup_state") as table:
        table.alter_column(by, existing_type=kind, nullable=False)
        table.drop_column(former)
