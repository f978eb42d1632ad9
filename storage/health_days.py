"""How many customers had which health on each business day, counted in the transactions that score them.

A day is open from its first score on, and complete once nobody is left to be scored on it. Days of the past that a new
business scores afterwards are counted too, unless anybody was scored as of today before all of that is done. Left out
is the day on which counting began, some of whose scores were not counted.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, func, literal_column, select, update

from bot.domain.health import Colour
from storage.database import Tx, insert_for
from storage.tables import health, health_count, health_day, revenue_at_risk

NO_COLOUR = ""
NO_SCORE = -1


class DayState(StrEnum):
    """How far the counting of a day is."""

    OPEN = "open"
    PAST = "past"
    COMPLETE = "complete"
    LEFT_OUT = "left_out"


_KEY = (health_count.c.day, health_count.c.colour, health_count.c.colour_before, health_count.c.score)
# Literals, since PostgreSQL would take two parameters of one value for two groups.
_AS_COUNTED = (
    health.c.colour,
    func.coalesce(health.c.colour_before, literal_column(f"'{NO_COLOUR}'")).label("colour_before"),
    func.coalesce(health.c.score, literal_column(str(NO_SCORE))).label("score"),
)
Tally = Counter[tuple[str, str, int]]


def open_day(tx: Tx, day: date, *, is_past: bool) -> bool:
    """Whether scores of this day are counted; the first one of today opens it.

    Until the transaction is over nobody else counts this day, so that two who score one customer count them once.
    """
    if not is_past:
        _begin(tx, day)
    state = tx.execute(select(health_day.c.state).where(health_day.c.day == day).with_for_update()).scalar()
    return state == DayState.PAST if is_past else state in {DayState.OPEN, DayState.COMPLETE}


def _begin(tx: Tx, day: date) -> None:
    opened = insert_for(tx)(health_day).values(day=day, state=DayState.OPEN).on_conflict_do_nothing()
    if tx.execute(opened.returning(health_day.c.day)).first() is not None:
        _drop_past(tx)  # whoever is scored today has no past any more, which can never be whole then


def _drop_past(tx: Tx) -> None:
    past = select(health_day.c.day).where(health_day.c.state == DayState.PAST)
    for counted in (health_count, revenue_at_risk):
        tx.execute(delete(counted).where(counted.c.day.in_(past)))
    tx.execute(delete(health_day).where(health_day.c.state == DayState.PAST))


def open_past(tx: Tx, days: Sequence[date]) -> None:
    """Count these days of the past, where no day was ever begun; a second run goes on with those of the first."""
    if tx.execute(select(health_day.c.day).limit(1)).first() is None:
        tx.execute(health_day.insert(), [{"day": day, "state": DayState.PAST} for day in days])


def complete_past(tx: Tx, days: Sequence[date]) -> None:
    """Nobody is left to be scored for the past. Where a run was begun on another day, neither's days are whole."""
    is_past = health_day.c.state == DayState.PAST
    if set(tx.execute(select(health_day.c.day).where(is_past)).scalars()) == set(days):
        _change_state(tx, DayState.COMPLETE, is_past)
    else:
        _drop_past(tx)


def reopen(tx: Tx, day: date) -> None:
    """Customers have come since everybody was scored."""
    _change_state(tx, DayState.OPEN, health_day.c.day == day, health_day.c.state == DayState.COMPLETE)


def _change_state(tx: Tx, state: DayState, *where: ColumnElement[bool]) -> None:
    tx.execute(update(health_day).where(*where).values(state=state))


def complete(tx: Tx, day: date) -> None:
    """Nobody is left to be scored on this day; where there was nobody at all, that is what is counted."""
    statement = insert_for(tx)(health_day).values(day=day, state=DayState.COMPLETE)
    is_open = health_day.c.state == DayState.OPEN
    tx.execute(
        statement.on_conflict_do_update(index_elements=["day"], set_={"state": DayState.COMPLETE}, where=is_open)
    )


def tally(tx: Tx, customer_ids: Sequence[int], day: date) -> Tally:
    """How many of these customers, of those who were scored on this day, have which colour, earlier one and score."""
    scored = (health.c.customer_id.in_(customer_ids), health.c.day == day)
    rows = tx.execute(select(*_AS_COUNTED, func.count().label("n")).where(*scored).group_by(*_AS_COUNTED))
    return Counter({(row.colour, row.colour_before, row.score): row.n for row in rows})


def count(tx: Tx, day: date, *, before: Tally, after: Tally) -> None:
    """Count some customers of a day anew, as they are after they were scored instead of as they were before."""
    changes = {key: after[key] - before[key] for key in before | after if after[key] != before[key]}
    rows: list[dict[str, Any]] = [
        {"day": day, "colour": colour, "colour_before": earlier, "score": score, "n": n}
        for (colour, earlier, score), n in sorted(changes.items())
    ]
    if rows:
        statement = insert_for(tx)(health_count)
        added = {"n": health_count.c.n + statement.excluded.n}
        tx.execute(statement.on_conflict_do_update(index_elements=list(_KEY), set_=added), rows)


def last_complete(tx: Tx, *, until: date | None = None) -> date | None:
    """The last day on which everybody was scored; with `until` the last one up to that day."""
    return _edge(tx, func.max(health_day.c.day), () if until is None else (health_day.c.day <= until,))


def first_complete(tx: Tx) -> date | None:
    """The first day on which everybody was scored."""
    return _edge(tx, func.min(health_day.c.day), ())


def _edge(tx: Tx, which: ColumnElement[date], where: Sequence[ColumnElement[bool]]) -> date | None:
    found: date | None = tx.execute(select(which).where(health_day.c.state == DayState.COMPLETE, *where)).scalar()
    return found


def list_complete(tx: Tx, *, since: date, until: date) -> list[date]:
    """The days of a time on which everybody was scored, the earliest first."""
    days = (health_day.c.state == DayState.COMPLETE, health_day.c.day >= since, health_day.c.day <= until)
    return list(tx.execute(select(health_day.c.day).where(*days).order_by(health_day.c.day)).scalars())


def count_shifts(tx: Tx, day: date) -> dict[tuple[Colour | None, Colour], int]:
    """How many customers went from which colour 30 days before, if they had one, to which on this day."""
    columns = (health_count.c.colour_before, health_count.c.colour)
    statement = select(*columns, func.sum(health_count.c.n).label("n")).where(health_count.c.day == day)
    rows = tx.execute(statement.group_by(*columns))
    return {(Colour(row.colour_before) if row.colour_before else None, Colour(row.colour)): row.n for row in rows}


def count_scores(tx: Tx, day: date) -> dict[int, int]:
    """How many customers had which score on this day."""
    statement = select(health_count.c.score, func.sum(health_count.c.n).label("n")).where(
        health_count.c.day == day, health_count.c.score != NO_SCORE
    )
    return {row.score: row.n for row in tx.execute(statement.group_by(health_count.c.score)) if row.n}


def count_colours(tx: Tx, days: Sequence[date]) -> Mapping[date, Mapping[Colour, int]]:
    """How many customers had which colour on each of these days."""
    found: dict[date, dict[Colour, int]] = {day: dict.fromkeys(Colour, 0) for day in days}
    columns = (health_count.c.day, health_count.c.colour)
    statement = select(*columns, func.sum(health_count.c.n).label("n")).where(health_count.c.day.in_(days))
    for row in tx.execute(statement.group_by(*columns)):
        found[row.day][Colour(row.colour)] = row.n
    return found
