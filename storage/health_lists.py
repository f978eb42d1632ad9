"""The portfolio by health: counts, those who moved, those at risk, and what staff are still to be told."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select, update

import storage.health_days
from bot.domain.health import Alert, Colour
from bot.domain.health_messages import Counted, ListedHealth
from storage.database import Tx
from storage.draws import CustomerDraw
from storage.health import RED, read_health
from storage.tables import customer, health


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An alert that staff are still to be told of; `past_score` is the score of 30 days ago."""

    one: ListedHealth
    alert: Alert
    csm_id: int | None


# SQLite has no statistics of its tables: `colour || ''` keeps it from reading everybody who is red, not a CSM's few.
_RED_OF_FEW = and_(health.c.colour.concat("") == Colour.RED, ~health.c.is_lost)


def _listed() -> Select[Any]:
    statement = select(customer.c.name, customer.c.csm_id, health)
    return statement.join(customer, customer.c.id == health.c.customer_id).where(~health.c.is_lost)


def _owned(csm_id: int | None) -> list[ColumnElement[bool]]:
    return [] if csm_id is None else [customer.c.csm_id == csm_id]


def load_colours(tx: Tx, drawn: CustomerDraw) -> dict[int, Colour]:
    """The colour of each customer who is looked at and is not lost."""
    columns = (health.c.customer_id, health.c.colour)
    rows = tx.execute(select(*columns).where(~health.c.is_lost, *drawn.whom(health.c.customer_id)))
    return {row.customer_id: Colour(row.colour) for row in rows}


def count_colours(tx: Tx, *, csm_id: int | None) -> Counted:
    """How many customers have which colour, now and 30 days ago, of one CSM.

    Or of all: then as on the last day on which everybody was scored, if there is one.
    """
    day = None if csm_id is not None else storage.health_days.last_complete(tx)
    shifts = count_shifts(tx, csm_id=csm_id) if day is None else storage.health_days.count_shifts(tx, day)
    now, before = dict.fromkeys(Colour, 0), dict.fromkeys(Colour, 0)
    for (earlier, colour), n in shifts.items():
        now[colour] += n
        if earlier is not None:
            before[earlier] += n
    return Counted(now=now, before=before, day=day)


def count_shifts(tx: Tx, *, csm_id: int | None = None) -> dict[tuple[Colour | None, Colour], int]:
    """How many customers went from which colour 30 days ago, if they had one, to which now; of one CSM, or of all."""
    columns = (health.c.colour_before, health.c.colour)
    statement = _among(select(*columns, func.count().label("n")), csm_id).where(~health.c.is_lost)
    rows = tx.execute(statement.group_by(*columns))
    return {(Colour(row.colour_before) if row.colour_before else None, Colour(row.colour)): row.n for row in rows}


def _among(counted: Select[Any], csm_id: int | None) -> Select[Any]:
    """Only of all can customers be counted without a look at whose they are."""
    if csm_id is None:
        return counted
    return counted.join(customer, customer.c.id == health.c.customer_id).where(*_owned(csm_id))


def count_scores(tx: Tx) -> dict[int, int]:
    """How many customers have which score."""
    statement = select(health.c.score, func.count().label("n")).where(~health.c.is_lost, health.c.score.is_not(None))
    rows = tx.execute(statement.group_by(health.c.score))
    return {row.score: row.n for row in rows}


def list_movers(tx: Tx, *, csm_id: int | None, falls: bool, limit: int) -> list[ListedHealth]:
    """Whose score moved most in 30 days, down or up."""
    moved = health.c.moved
    as_indexed = (moved, health.c.customer_id)
    wanted, order = (moved < 0, as_indexed) if falls else (moved > 0, tuple(one.desc() for one in as_indexed))
    statement = _listed().where(wanted, *_owned(csm_id)).order_by(*order).limit(limit)
    return [_line(row) for row in tx.execute(statement)]


def count_risks(tx: Tx, *, csm_id: int | None = None, since: date | None = None) -> int:
    """How many customers are red: of one CSM, or of all; with `since`, those who became so on that day or later."""
    counted = _among(select(func.count()).select_from(health), csm_id).where(_red(csm_id), *_newly(since))
    return int(tx.execute(counted).scalar_one())


def list_newest_risks(
    tx: Tx, *, currency: str, limit: int, csm_id: int | None = None, since: date | None = None
) -> list[ListedHealth]:
    """Red customers, who became so last first, and of one day the most valuable."""
    statement = _listed().where(_red(csm_id), *_owned(csm_id), *_newly(since))
    statement = statement.order_by(health.c.since.desc(), *_most_valuable(currency))
    return [_line(row) for row in tx.execute(statement.limit(limit))]


def _red(csm_id: int | None) -> ColumnElement[bool]:
    return RED if csm_id is None else _RED_OF_FEW


def _newly(since: date | None) -> list[ColumnElement[bool]]:
    return [health.c.since >= since] if since is not None else []


def list_risks(tx: Tx, *, csm_id: int, currency: str, offset: int, limit: int) -> list[ListedHealth]:
    """Red customers: those of this CSM first, then the most valuable; amounts in other currencies come after ours.

    One part after the other, since an index knows the order of each part and none that of all.
    """
    others, ours = customer.c.csm_id.is_distinct_from(csm_id), health.c.currency == currency
    as_indexed = tuple(one.desc() for one in (health.c.value_minor, health.c.since, health.c.customer_id))
    found: list[ListedHealth] = []
    for part, order in (
        (_listed().where(_RED_OF_FEW, customer.c.csm_id == csm_id), _most_valuable(currency)),
        (_listed().where(RED, others, ours), as_indexed),
        (_listed().where(RED, others, ~ours), as_indexed),
    ):
        rows = tx.execute(part.order_by(*order).offset(offset).limit(limit - len(found))).all()
        found += [_line(row) for row in rows]
        offset = max(0, offset - _count(tx, part)) if offset and not rows else 0
    return found


def _count(tx: Tx, part: Select[Any]) -> int:
    return int(tx.execute(select(func.count()).select_from(part.subquery())).scalar_one())


def _first(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 0), else_=1)


def _most_valuable(currency: str) -> tuple[ColumnElement[Any], ...]:
    return (_first(health.c.currency == currency), health.c.value_minor.desc(), customer.c.id)


def list_waiting(tx: Tx, *, currency: str) -> list[Waiting]:
    """Alerts that nobody was told of, the most valuable customer first."""
    statement = _listed().where(health.c.alert.is_not(None)).order_by(*_most_valuable(currency))
    return [Waiting(one=_line(row), alert=Alert(row.alert), csm_id=row.csm_id) for row in tx.execute(statement)]


def any_waiting(tx: Tx) -> bool:
    """Whether staff are still to be told of anybody."""
    return tx.execute(select(health.c.customer_id).where(health.c.alert.is_not(None)).limit(1)).first() is not None


def clear_alerts(tx: Tx) -> None:
    """Everything was told."""
    tx.execute(update(health).where(health.c.alert.is_not(None)).values(alert=None))


def _line(row: Row[Any]) -> ListedHealth:
    return ListedHealth(
        customer_id=row.customer_id,
        name=row.name,
        csm_id=row.csm_id,
        health=read_health(row),
        since=row.since,
        score_before=row.score_before,
        value=(row.currency, row.value_minor),
    )
