"""The way of customers: into which month they came, when they bought for the first time and whether they still do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, select

from bot.domain.local_time import day_start, local_date
from bot.domain.metrics.cohorts import Cell
from bot.domain.periods import Period
from storage import takings
from storage.database import Tx
from storage.draws import ALL, CustomerDraw, Draw, draw
from storage.money import Ledger
from storage.tables import customer, interaction, milestone, purchase, success_plan


@dataclass(frozen=True)
class Journey:
    """When a customer joined, was first heard of and bought first."""

    customer_id: int
    joined_at: datetime
    heard_at: datetime | None
    bought_at: datetime | None


@dataclass(frozen=True)
class Bought:
    """A purchase, or a cancellation by its negative amount."""

    customer_id: int
    at: datetime
    minor: int


@dataclass(frozen=True)
class Milestone:
    """A milestone of a customer that is due in a period: whose turn it is, when it is due and when it was reached."""

    customer_id: int
    owner: str
    due_at: datetime
    done_at: datetime | None


def count_cohorts(tx: Tx, drawn: CustomerDraw, months: Sequence[Period]) -> tuple[list[int], dict[Cell, int], int]:
    """How many customers bought for the first time in each of these months, and how many of them in each later one.

    The last number is of those who seem to, but were customers before the first purchase that is known of anybody: when
    they bought first is not known, so that they are in none of the others.
    """
    cells_of = _visits(tx, drawn, months)
    grouped = (cells_of.c.came, cells_of.c.active, cells_of.c.known)
    statement = select(*grouped, func.count().label("n")).where(*_within(cells_of, months))
    sizes, cells, older = [0] * len(months), dict[Cell, int](), 0
    for row in tx.execute(statement.group_by(*grouped)):
        if not row.known:
            older += row.n * (row.active == row.came)
        elif row.active == row.came:
            sizes[row.came] = row.n
        else:
            cells[row.came, row.active - row.came] = row.n
    return sizes, cells, older


def list_visits(tx: Tx, drawn: CustomerDraw, months: Sequence[Period]) -> dict[int, set[int]]:
    """The places of those months in which each customer bought who bought for the first time in one of them."""
    cells_of = _visits(tx, drawn, months)
    found: dict[int, set[int]] = {}
    theirs = select(cells_of.c.customer_id, cells_of.c.active).where(cells_of.c.known, *_within(cells_of, months))
    for row in tx.execute(theirs):
        found.setdefault(row.customer_id, set()).add(row.active)
    return found


def _visits(tx: Tx, drawn: CustomerDraw, months: Sequence[Period]) -> Subquery:
    """A row for each customer and month in which they bought, with the month of the first purchase, if it is known.

    It is of who joined on the day of the first purchase of all or later: of some only the day is known that they did.
    """
    first_at, timezone = takings.first_at(tx) or months[0].start, months[0].timezone
    books_begin = day_start(local_date(first_at, timezone), timezone)
    month = _month(purchase.c.purchased_at, months).label("active")
    bought = (purchase.c.amount_minor > 0, *drawn.whom(purchase.c.customer_id))
    visits = select(purchase.c.customer_id, month).where(*bought).distinct().subquery()
    first = func.min(visits.c.active).over(partition_by=visits.c.customer_id).label("came")
    known = (customer.c.joined_at >= books_begin).label("known")
    cells_of = select(visits.c.customer_id, visits.c.active, first, known)
    return cells_of.join(customer, customer.c.id == visits.c.customer_id).subquery()


def _within(cells_of: Subquery, months: Sequence[Period]) -> list[ColumnElement[bool]]:
    return [cells_of.c.came >= 0, cells_of.c.active < len(months)]


def _month(at: ColumnElement[Any], months: Sequence[Period]) -> ColumnElement[Any]:
    """The place of the month that an instant lies in: before the first -1, and after the last how many there are."""
    inside = case(*((at < month.end, place) for place, month in enumerate(months)), else_=len(months))
    return case((at < months[0].start, -1), else_=inside)


def list_journeys(tx: Tx, drawn: CustomerDraw, period: Period) -> list[Journey]:
    """The ways of those who joined in the period."""
    heard = select(func.min(interaction.c.happened_at)).where(interaction.c.customer_id == customer.c.id)
    bought = select(func.min(purchase.c.purchased_at)).where(
        purchase.c.customer_id == customer.c.id, purchase.c.amount_minor > 0
    )
    columns = (
        customer.c.id,
        customer.c.joined_at,
        heard.scalar_subquery().label("heard"),
        bought.scalar_subquery().label("bought"),
    )
    joined = (customer.c.joined_at >= period.start, customer.c.joined_at < period.end)
    statement = select(*columns).where(*joined, *drawn.whom(customer.c.id))
    return [Journey(*row) for row in tx.execute(statement)]


def list_purchases(tx: Tx, ledger: Ledger) -> list[Bought]:
    """What the customers who are looked at ever bought, in the order of customers and of time."""
    columns = (purchase.c.customer_id, purchase.c.purchased_at, purchase.c.amount_minor)
    statement = select(*columns).where(*ledger.of(purchase.c.customer_id, purchase.c.currency))
    ordered = statement.order_by(purchase.c.customer_id, purchase.c.purchased_at)
    return [Bought(*row) for row in tx.execute(ordered)]


def draw_milestones(tx: Tx, *, most: int) -> Draw:
    """Which milestones are looked at one by one, where there are many."""
    return draw(tx, most=most, of=milestone.c.id)


def list_milestones(tx: Tx, period: Period, of: Draw = ALL) -> list[Milestone]:
    """Milestones due in the period, of plans that were not cancelled."""
    columns = (success_plan.c.customer_id, milestone.c.owner, milestone.c.due_at, milestone.c.done_at)
    due = (milestone.c.due_at >= period.start, milestone.c.due_at < period.end)
    statement = select(*columns).join(success_plan, success_plan.c.id == milestone.c.plan_id)
    own = (*due, success_plan.c.status != "cancelled", *of.which(milestone.c.id))
    return [Milestone(*row) for row in tx.execute(statement.where(*own))]
