"""What was counted of each day, and what has changed since."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from storage.columns import Id
from storage.tables.base import (
    BY_KEY,
    Table,
    instant,
    row_id,
)


class RollupRow(Table, table=True):
    """What was counted of a series on a business day, by dimension and segment; the dimension '' is everybody.

    Reasons are counted by their themes instead (`storage.reason_counts`), and money by its currency
    (`storage.takings`). `n0` to `n10` are its slots: of scores the scores themselves, of surveys the steps of
    `storage.rollup_counts`.
    """

    __tablename__ = "rollup"
    __table_args__ = (BY_KEY,)

    series: str = Field(primary_key=True)
    dimension: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    segment: str = Field(primary_key=True)
    n0: int = Field(default=0, sa_type=Id)
    n1: int = Field(default=0, sa_type=Id)
    n2: int = Field(default=0, sa_type=Id)
    n3: int = Field(default=0, sa_type=Id)
    n4: int = Field(default=0, sa_type=Id)
    n5: int = Field(default=0, sa_type=Id)
    n6: int = Field(default=0, sa_type=Id)
    n7: int = Field(default=0, sa_type=Id)
    n8: int = Field(default=0, sa_type=Id)
    n9: int = Field(default=0, sa_type=Id)
    n10: int = Field(default=0, sa_type=Id)


class RollupPairRow(Table, table=True):
    """How often what began in one unit of the calendar was followed up on a business day, by the slots of what began.

    All of it is kept by the day that it began, and by the month; by the month also in each segment of each dimension.
    """

    __tablename__ = "rollup_pair"
    __table_args__ = (Index("ix_rollup_pair_series_last_day", "series", "last_day"), BY_KEY)

    series: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    dimension: str = Field(primary_key=True)
    first_day: date = Field(primary_key=True)
    last_day: date = Field(primary_key=True)
    segment: str = Field(primary_key=True)
    n0: int = Field(default=0, sa_type=Id)
    n1: int = Field(default=0, sa_type=Id)
    n2: int = Field(default=0, sa_type=Id)
    n3: int = Field(default=0, sa_type=Id)
    n4: int = Field(default=0, sa_type=Id)
    n5: int = Field(default=0, sa_type=Id)
    n6: int = Field(default=0, sa_type=Id)
    n7: int = Field(default=0, sa_type=Id)
    n8: int = Field(default=0, sa_type=Id)
    n9: int = Field(default=0, sa_type=Id)
    n10: int = Field(default=0, sa_type=Id)


class RollupStateRow(Table, table=True):
    """How far a series is counted, in which time zone, and before which instant every change must leave a mark."""

    __tablename__ = "rollup_state"

    series: str = Field(primary_key=True)
    timezone: str
    dimensions: str
    counted_before: datetime = instant()
    marked_before: datetime = instant()
    marked_at: datetime = instant()


class RollupMarkRow(Table, table=True):
    """What happened at an instant is not as it was counted.

    Or what happened until another instant will not be so, once the time has come: the first open survey closes then.
    """

    __tablename__ = "rollup_mark"
    __table_args__ = (Index("ix_rollup_mark_series_at", "series", "at"),)

    id: int | None = row_id()
    series: str
    at: datetime = instant()
    until: datetime | None = instant(default=None)
    since: datetime | None = instant(default=None)


class RollupChangeRow(Table, table=True):
    """One slot of what was counted of an instant has become more or less since, of one segmentation."""

    __tablename__ = "rollup_change"
    __table_args__ = (Index("ix_rollup_change_series_at", "series", "at"),)

    id: int | None = row_id()
    series: str
    at: datetime = instant()
    segmentation_id: int | None = Field(default=None, sa_type=Id)
    slot: int
    change: int
