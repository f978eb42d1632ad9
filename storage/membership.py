"""Customers as they come and go: counted ahead for everybody, and row by row for what is not counted yet.

By segment they are counted row by row altogether: the segment is the customer's present one, so the past of it changes
with every customer who moves.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select

from bot.domain.local_time import day_start, local_date
from bot.domain.periods import Label, Period, Unit
from bot.domain.reports import EVERYBODY, Present, Slice
from bot.domain.rollups import MEMBERS, Stay, stays
from storage import rollups
from storage.database import Tx, remember
from storage.tables import customer, loss, purchase

CAME, LEFT = 0, 2
"""The slots of those who ever bought; the next one is of those who never did."""
BOUGHT, NEVER = 0, 1
LONG_AGO = date(1900, 1, 1)


@dataclass(frozen=True)
class Events:
    """Who came and left: how many in each slot, and the stays that ended, each with BOUGHT or NEVER."""

    slots: Counter[int]
    ended: list[tuple[Stay, int]]


def count_members(tx: Tx, instants: Mapping[Period, datetime]) -> dict[Slice, int] | None:
    """Customers at the start of business days; None where that must be counted row by row."""
    present = count_present(tx, set(instants.values()), next(iter(instants)).timezone)
    if present is None:
        return None
    return {(each, EVERYBODY): n for each, at in instants.items() if (n := present[at].members)}


def count_present(tx: Tx, instants: Collection[datetime], timezone: str) -> dict[datetime, Present] | None:
    """Customers at the start of business days, and who is left out of them; None where rows must be counted."""
    standing = _standing(tx, timezone, instants)
    if standing is None:
        return None
    known = _purchases_known(tx)
    return {at: _present(slots, known=known) for at, slots in standing.items()}


def count_lost(tx: Tx, periods: Sequence[Period]) -> dict[Slice, int] | None:
    """Of the customers at each period's start, those who were lost in it; None where rows must be counted."""
    counted = rollups.load(tx, MEMBERS, periods[0].timezone)
    if not all(map(counted.helps, periods)):
        return None
    days = rollups.sum_days(tx, MEMBERS, counted, periods, by=None)
    inside = rollups.sum_pairs(tx, counted, periods, series=MEMBERS)
    which = (BOUGHT,) if _purchases_known(tx) else (BOUGHT, NEVER)
    found = {
        each: sum(days.get((each, EVERYBODY), Counter())[LEFT + one] - inside[each, EVERYBODY][one] for one in which)
        for each in periods
    }
    rests = {each: counted.rest(each) for each in periods}
    for part in dict.fromkeys(part for rest in rests.values() for part in rest):
        ended = events(tx, part).ended
        for each in (period for period in periods if part in rests[period]):
            found[each] += sum(came < each.start and one in which for (came, _), one in ended)
    return {(each, EVERYBODY): n for each, n in found.items() if n}


def events(tx: Tx, part: Period) -> Events:
    """Who came and who left on the days of a period."""
    return remember(tx, (events, part), partial(_list_events, tx, part))


def _list_events(tx: Tx, part: Period) -> Events:
    slots = Counter[int]()
    came, bought = tx.execute(_CAME_TO_STAY, {"start": part.start, "end": part.end}).one()
    slots.update({CAME + BOUGHT: bought, CAME + NEVER: came - bought})
    ended: list[tuple[Stay, int]] = []
    for stay, one in _list_stays(tx, part):
        slots[CAME + one] += stay[0] in part
        if stay[1] is not None and stay[1] in part:
            slots[LEFT + one] += 1
            ended.append((stay, one))
    return Events(slots, ended)


def first_after(tx: Tx, instant: datetime) -> datetime | None:
    """When a customer came or left first, then or later."""
    found = tx.execute(_FIRST, {"start": instant}).one()
    return min((each for each in found if each is not None), default=None)


def _list_stays(tx: Tx, part: Period) -> Iterable[tuple[Stay, int]]:
    """All stays of those who were ever lost and came or left in a period."""
    found = tx.execute(_STAYS, {"start": part.start, "end": part.end})
    for (_, joined_at, last_purchase_at), rows in groupby(found, key=lambda row: row[:3]):
        one = NEVER if last_purchase_at is None else BOUGHT
        for stay in stays(joined_at, [(row.lost_at, row.recovered_at) for row in rows]):
            yield stay, one


def _standing(tx: Tx, timezone: str, instants: Collection[datetime]) -> dict[datetime, Counter[int]] | None:
    """What had come and left before each instant, by slot, where each is the start of a business day."""
    days = {at: local_date(at, timezone) for at in instants}
    if any(day_start(day, timezone) != at for at, day in days.items()):
        return None
    counted = rollups.load(tx, MEMBERS, timezone)
    edges = pairwise([LONG_AGO, *sorted(set(days.values()))])
    spans = [Period(begin, end, timezone, Label.PART, Unit.DAY) for begin, end in edges]
    if not all(map(counted.helps, spans)):
        return None
    sums = rollups.sum_days(tx, MEMBERS, counted, spans, by=None)
    total, found = Counter[int](), {}
    for span in spans:
        total = total + sums.get((span, EVERYBODY), Counter())
        for part in counted.rest(span):
            total = total + events(tx, part).slots
        found[span.after] = total
    return {at: found[day] for at, day in days.items()}


def _present(slots: Counter[int], *, known: bool) -> Present:
    bought, never = (slots[CAME + one] - slots[LEFT + one] for one in (BOUGHT, NEVER))
    return Present(bought, never) if known else Present(bought + never, 0)


def _purchases_known(tx: Tx) -> bool:
    return remember(tx, _purchases_known, lambda: tx.execute(_ANY_PURCHASE).first() is not None)


def _in_part(instant: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(instant >= bindparam("start"), instant < bindparam("end"))


def _stays() -> Select[Any]:
    lost = select(loss.c.customer_id).where(or_(_in_part(loss.c.lost_at), _in_part(loss.c.recovered_at)))
    joined = select(loss.c.customer_id).join(customer, customer.c.id == loss.c.customer_id)
    theirs = customer.c.id.in_(lost.union(joined.where(_in_part(customer.c.joined_at))))
    columns = (customer.c.id, customer.c.joined_at, customer.c.last_purchase_at, loss.c.lost_at, loss.c.recovered_at)
    statement = select(*columns).join(loss, loss.c.customer_id == customer.c.id).where(theirs)
    return statement.order_by(customer.c.id)


_ANY_PURCHASE = select(purchase.c.id).where(purchase.c.amount_minor > 0).limit(1)

# Built once: they are asked of each day that is counted.
_STAYS = _stays()
_CAME_TO_STAY = select(func.count(), func.count(customer.c.last_purchase_at)).where(
    _in_part(customer.c.joined_at), ~exists().where(loss.c.customer_id == customer.c.id)
)
_FIRST = select(
    *(
        select(func.min(instant)).where(instant >= bindparam("start")).scalar_subquery()
        for instant in (customer.c.joined_at, loss.c.lost_at, loss.c.recovered_at)
    )
)
