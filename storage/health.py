"""Customers' health as it is and as it was; `health_facts` has what it is made of."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, literal_column, select, update

from bot.domain.health import Alert, Colour, Contribution, Health, Override
from bot.domain.health_standing import Past, Standing
from bot.domain.health_trend import HealthPoint
from bot.domain.measures import Measure
from storage.database import Tx, insert_for
from storage.tables import cancellation, customer, health, health_snapshot

# SQLite takes an index of some rows only where the query says which in so many words.
RED = and_(health.c.colour == literal_column(f"'{Colour.RED}'"), ~health.c.is_lost)
"""Who is red, and not lost."""
ACTIVE = and_(customer.c.lost_at.is_(None), customer.c.forgotten_at.is_(None))
DIGITS = 3  # of what is kept of a measure


def list_unscored(tx: Tx, *, day: date, limit: int) -> list[int]:
    """Customers without a score of this day."""
    for waits in (customer.c.health_on < day, customer.c.health_on.is_(None)):
        statement = select(customer.c.id).where(waits, ACTIVE).order_by(customer.c.health_on, customer.c.id)
        if found := list(tx.execute(statement.limit(limit)).scalars()):
            return found
    return []


def mark_scored(tx: Tx, customer_ids: Sequence[int], *, day: date) -> None:
    """These need no more scoring on this day, whether or not anything is known of them."""
    tx.execute(update(customer).where(customer.c.id.in_(customer_ids)).values(health_on=day))


def list_ids(tx: Tx, *, after: int, limit: int, never_scored: bool) -> list[int]:
    """Customers in the order of their ids, each chunk after the last."""
    statement = select(customer.c.id).where(customer.c.id > after, customer.c.forgotten_at.is_(None))
    if never_scored:
        statement = statement.where(~select(health.c.customer_id).where(health.c.customer_id == customer.c.id).exists())
    return list(tx.execute(statement.order_by(customer.c.id).limit(limit)).scalars())


def load_standings(tx: Tx, customer_ids: Sequence[int]) -> dict[int, Standing]:
    """How customers stand, of those who were ever scored."""
    found = tx.execute(select(health).where(health.c.customer_id.in_(customer_ids)))
    return {row.customer_id: _standing(row) for row in found}


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        customer_id=row.customer_id,
        day=row.day,
        health=read_health(row),
        version=row.version,
        since=row.since,
        value=(row.currency, row.value_minor),
        alert=Alert(row.alert) if row.alert else None,
        alerted_on=row.alerted_on,
    )


def read_health(row: Row[Any]) -> Health:
    """The health in a row of either table."""
    return Health(
        score=row.score,
        colour=Colour(row.colour),
        contributions=tuple(Contribution(Measure(name), *numbers) for name, *numbers in row.parts),
        override=Override(row.override) if row.override else None,
        scorecard=row.scorecard,
        nps=row.nps,
    )


def load_pasts(tx: Tx, customer_ids: Sequence[int], *, month_ago: date, lately: date) -> dict[int, Past]:
    """What history says of customers: as they stood a month ago, and the highest score since they stood `lately`."""
    highest = select(health_snapshot.c.customer_id, func.max(health_snapshot.c.score).label("highest")).where(
        health_snapshot.c.customer_id.in_(customer_ids), health_snapshot.c.day >= _standing_on(lately)
    )
    found = {
        row.customer_id: Past(highest=row.highest)
        for row in tx.execute(highest.group_by(health_snapshot.c.customer_id))
    }
    then = select(health_snapshot).where(
        health_snapshot.c.customer_id.in_(customer_ids), health_snapshot.c.day == _last_day(month_ago)
    )
    for row in tx.execute(then):
        found[row.customer_id] = Past(
            score=row.score, colour=Colour(row.colour), highest=found[row.customer_id].highest
        )
    return found


def load_peak(tx: Tx, customer_id: int, *, since: date) -> Health | None:
    """A customer's health when its score was highest since a day, and of several such days on the last."""
    scored = (health_snapshot.c.customer_id == customer_id, health_snapshot.c.score.is_not(None))
    statement = select(health_snapshot).where(*scored, health_snapshot.c.day >= _standing_on(since))
    row = tx.execute(statement.order_by(health_snapshot.c.score.desc(), health_snapshot.c.day.desc()).limit(1)).first()
    return read_health(row) if row else None


_earlier = health_snapshot.alias("earlier")


def _last_day(day: date) -> ColumnElement[date]:
    """The day from which on a customer stood as on that day."""
    latest = select(func.max(_earlier.c.day)).where(
        _earlier.c.customer_id == health_snapshot.c.customer_id, _earlier.c.day <= day
    )
    return latest.scalar_subquery()


def _standing_on(day: date) -> ColumnElement[date]:
    return func.coalesce(_last_day(day), day)


def save(tx: Tx, standings: Sequence[Standing], pasts: Mapping[int, Past], *, news: Sequence[Standing]) -> None:
    """Keep how customers stand, and in the history those who are news."""
    if standings:
        rows = [_current(one, pasts.get(one.customer_id, Past())) for one in standings]
        _upsert(tx, health, rows, ["customer_id"])
    if news:
        _upsert(tx, health_snapshot, [_assessed(one) for one in news], ["customer_id", "day"])


def mark_lost(tx: Tx, customer_ids: Sequence[int]) -> None:
    """Say of whom of these was scored for a time after which they were lost that they are."""
    lost = select(customer.c.id).where(customer.c.id.in_(customer_ids), customer.c.lost_at.is_not(None))
    tx.execute(update(health).where(health.c.customer_id.in_(lost)).values(is_lost=True))


def _upsert(tx: Tx, table: Any, rows: list[dict[str, Any]], key: list[str]) -> None:  # noqa: ANN401  a table
    statement = insert_for(tx)(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    tx.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)


def _assessed(one: Standing) -> dict[str, Any]:
    found = one.health
    return {
        "customer_id": one.customer_id,
        "day": one.day,
        "score": found.score,
        "colour": found.colour,
        "scorecard": found.scorecard,
        "version": one.version,
        "override": found.override,
        "nps": found.nps,
        "parts": [
            [each.measure, round(each.value, DIGITS), round(each.score, DIGITS), each.weight]
            for each in found.contributions
        ],
    }


def _current(one: Standing, past: Past) -> dict[str, Any]:
    currency, minor = one.value
    return {
        **_assessed(one),
        "since": one.since,
        "score_before": past.score,
        "colour_before": past.colour,
        "currency": currency,
        "value_minor": minor,
        "alert": one.alert,
        "alerted_on": one.alerted_on,
    }


def list_history(tx: Tx, customer_id: int, *, since: date) -> list[HealthPoint]:
    """A customer's scores since a day, the one that stood on that day included, the earliest first."""
    statement = select(health_snapshot.c.day, health_snapshot.c.score).where(
        health_snapshot.c.customer_id == customer_id, health_snapshot.c.day >= _standing_on(since)
    )
    return [HealthPoint(row.day, row.score) for row in tx.execute(statement.order_by(health_snapshot.c.day))]


def load_health_on(tx: Tx, customer_id: int, *, day: date) -> Health | None:
    """A customer's health as it was on a day."""
    statement = select(health_snapshot).where(
        health_snapshot.c.customer_id == customer_id, health_snapshot.c.day <= day
    )
    row = tx.execute(statement.order_by(health_snapshot.c.day.desc()).limit(1)).first()
    return read_health(row) if row else None


def cancellation_since(tx: Tx, customer_id: int) -> datetime | None:
    """When the customer asked to cancel, if that stands."""
    found: datetime | None = tx.execute(select(cancellation.c.asked_at).where(*_stands(customer_id))).scalar()
    return found


def note_cancellation(tx: Tx, customer_id: int, *, staff_id: int, now: datetime) -> None:
    """Keep that the customer asked to cancel; a second time changes nothing."""
    noted = insert_for(tx)(cancellation).values(customer_id=customer_id, asked_at=now, noted_by=staff_id)
    tx.execute(noted.on_conflict_do_nothing())


def withdraw_cancellation(tx: Tx, customer_id: int, *, now: datetime) -> None:
    """The customer stays after all."""
    tx.execute(update(cancellation).where(*_stands(customer_id)).values(withdrawn_at=now))


def _stands(customer_id: int) -> list[ColumnElement[bool]]:
    return [cancellation.c.customer_id == customer_id, cancellation.c.withdrawn_at.is_(None)]
