"""Where customers stand among the others: what each bought is counted once a business day, and then all are ranked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import storage.standings
from bot.domain import standings
from bot.domain.local_time import local_date
from bot.domain.metrics.rfm import Bought
from bot.domain.planning import CHUNK
from bot.domain.rules import Rules
from bot.domain.standings import Borders
from storage.database import Tx
from storage.standings import Counted, Ranked


def plan_standings(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Count, then draw the borders, then rank: a chunk of customers at a time, each of them once a business day."""
    day = local_date(now, rules.timezone)
    found = storage.standings.load_round(tx, day)
    if found.counted_to is not None:
        return _count(tx, day, after=found.counted_to, now=now, rules=rules)
    if found.ranked_to is None:
        return 0
    borders = Borders.read(found.cuts) if found.cuts else None
    return _rank(tx, day, found.ranked_to, found.sums, borders=borders, rules=rules)


def _count(tx: Tx, day: date, *, after: int, now: datetime, rules: Rules) -> int:
    ids = storage.standings.list_buyers(tx, after=after, limit=CHUNK)
    if not ids:
        _draw_borders(tx, day, rules)
        return 1
    years, last = storage.standings.load_years(tx, ids, now=now), storage.standings.load_last_purchases(tx, ids)
    counted: dict[str, list[Counted]] = defaultdict(list)
    for one in ids:
        currency, sales, minor = years.get(one, [(rules.currency, 0, 0)])[0]
        last_on = local_date(last[one], rules.timezone)
        counted[currency].append(Counted(customer_id=one, last_on=last_on, sales=sales, value_minor=minor))
    storage.standings.save_counts(tx, day, counted)
    storage.standings.save_round(tx, day, counted_to=ids[-1])
    return len(ids)


def _draw_borders(tx: Tx, day: date, rules: Rules) -> None:
    """All are counted: where the segments part today."""
    n = storage.standings.count(tx, currency=rules.currency)
    compared = [_bought(one, day) for one in storage.standings.list_compared(tx, currency=rules.currency)]
    borders = standings.draw_borders(compared, n, rules.money, rules.currency)
    storage.standings.unrank_others(tx, currency=rules.currency)
    cuts = borders.plain if borders is not None else None
    storage.standings.save_round(tx, day, counted_to=None, cuts=cuts)


def _rank(
    tx: Tx, day: date, after: int, sums: Mapping[str, Sequence[float]], *, borders: Borders | None, rules: Rules
) -> int:
    counted = storage.standings.list_counted(tx, currency=rules.currency, after=after, limit=CHUNK)
    ranked = _ranked(counted, day, borders)
    if ranked:
        storage.standings.save_ranks(tx, ranked)
    storage.standings.save_ranking(
        tx,
        day,
        ranked_to=counted[-1].customer_id if counted else None,
        currency=rules.currency,
        sums=standings.add_to(sums, [(one.rfm, who.value_minor) for one, who in zip(ranked, counted, strict=True)]),
    )
    return max(1, len(counted))


def _ranked(counted: Sequence[Counted], day: date, borders: Borders | None) -> list[Ranked]:
    if borders is None:
        return [Ranked(customer_id=one.customer_id, value_band=None, rfm="") for one in counted]
    places = {one.customer_id: standings.place(_bought(one, day), borders) for one in counted}
    return [Ranked(customer_id=whom, value_band=band, rfm=name) for whom, (band, name) in places.items()]


def _bought(one: Counted, day: date) -> Bought:
    return Bought(recency=(day - one.last_on).days, frequency=one.sales, monetary=one.value_minor)
