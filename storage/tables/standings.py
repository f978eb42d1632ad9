"""How customers stand: their health day by day, and where what they spent puts them."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Computed, Index, Integer, text
from sqlmodel import Field

from storage.columns import Id
from storage.tables.base import Table


class HealthRow(Table, table=True):
    """A customer's health as it is now, beside the score of 30 days ago; `since` is the first day of its colour.

    By how much the score `moved` in that time the database reckons itself. Who `is_lost` stays as they stood then; that
    they are is said here too, so that lists of those who are not need only look into an index.
    """

    __tablename__ = "health"
    __table_args__ = (
        CheckConstraint("colour in ('red', 'yellow', 'green', 'grey')", name="colour"),
        CheckConstraint("score between 0 and 100", name="score"),
        Index("ix_health_risk", "colour", "currency", "value_minor"),
        Index(
            "ix_health_moved",
            "moved",
            "customer_id",
            sqlite_where=text("is_lost = 0"),
            postgresql_where=text("not is_lost"),
        ),
        Index(
            "ix_health_red",
            "colour",
            "currency",
            "value_minor",
            "since",
            "is_lost",
            sqlite_where=text("colour = 'red' and is_lost = 0"),
            postgresql_where=text("colour = 'red' and not is_lost"),
        ),
        Index(
            "ix_health_lost",
            "day",
            "colour",
            "currency",
            "value_minor",
            "is_lost",
            sqlite_where=text("is_lost = 1"),
            postgresql_where=text("is_lost"),
        ),
        Index(
            "ix_health_alert",
            "alert",
            sqlite_where=text("alert is not null"),
            postgresql_where=text("alert is not null"),
        ),
    )

    customer_id: int = Field(
        foreign_key="customer.id", primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False}
    )
    day: date
    score: int | None = None
    colour: str
    since: date
    scorecard: str
    version: str
    override: str | None = None
    nps: int | None = None
    parts: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    score_before: int | None = None
    colour_before: str | None = None
    moved: int | None = Field(
        default=None, sa_column=Column(Integer, Computed("score - score_before", persisted=True), nullable=True)
    )
    is_lost: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    value_minor: int = Field(default=0, sa_type=Id)
    currency: str = Field(default="", max_length=3)
    alert: str | None = None
    alerted_on: date | None = None


class HealthSnapshotRow(Table, table=True):
    """A customer's health from a day on, until the next one; a day that changed nothing has none."""

    __tablename__ = "health_snapshot"
    __table_args__ = (
        CheckConstraint("colour in ('red', 'yellow', 'green', 'grey')", name="colour"),
        CheckConstraint("score between 0 and 100", name="score"),
    )

    customer_id: int = Field(
        foreign_key="customer.id", primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False}
    )
    day: date = Field(primary_key=True)
    score: int | None = None
    colour: str
    scorecard: str
    version: str
    override: str | None = None
    nps: int | None = None
    parts: list[Any] = Field(sa_column=Column(JSON, nullable=False))


class HealthDayRow(Table, table=True):
    """A business day whose scores are counted, and how far that is: see `storage.health_days`."""

    __tablename__ = "health_day"
    __table_args__ = (CheckConstraint("state in ('open', 'past', 'complete', 'left_out')", name="state"),)

    day: date = Field(primary_key=True)
    state: str


class HealthCountRow(Table, table=True):
    """How many customers had this score and colour on a business day, and that colour 30 days before.

    '' is no colour, -1 no score.
    """

    __tablename__ = "health_count"

    day: date = Field(primary_key=True)
    colour: str = Field(primary_key=True)
    colour_before: str = Field(primary_key=True)
    score: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int


class RevenueAtRiskRow(Table, table=True):
    """What customers spent in a year who were red on a business day: see `storage.revenue_at_risk`."""

    __tablename__ = "revenue_at_risk"

    day: date = Field(primary_key=True)
    currency: str = Field(primary_key=True, max_length=3)
    customers: int = Field(sa_type=Id)
    minor: int = Field(sa_type=Id)
    squares: float


class StandingRow(Table, table=True):
    """What a customer who ever bought spent in a year, and where that puts them among the others, as of a day.

    `value_band` is their quarter by value, 4 the best, and `rfm` their segment; neither is known of who pays in another
    currency than the business's, nor where there are too few customers to compare.
    """

    __tablename__ = "standing"
    __table_args__ = (
        CheckConstraint("value_band between 1 and 4", name="value_band"),
        Index("ix_standing_rfm", "rfm"),
    )

    customer_id: int = Field(
        foreign_key="customer.id", primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False}
    )
    day: date
    last_on: date
    sales: int
    value_minor: int = Field(sa_type=Id)
    currency: str = Field(max_length=3)
    value_band: int | None = None
    rfm: str = ""


class StandingRoundRow(Table, table=True):
    """How far the standings of a day have come: up to which customer they are counted, and then ranked by `cuts`.

    `sums` add up by currency and segment those who are ranked: how many, minor units and the squares of these.
    """

    __tablename__ = "standing_round"

    day: date = Field(primary_key=True)
    counted_to: int | None = Field(default=0, sa_type=Id)
    ranked_to: int | None = Field(default=0, sa_type=Id)
    cuts: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    sums: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
