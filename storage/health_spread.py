"""The health of everybody in a period: from what was counted day by day, or live while no day has been yet."""

from datetime import datetime

import storage.health_days
import storage.health_lists
from bot.domain.health_reports import MOVERS, ColourStep, HealthSpread, Mover, movers_of, steps_of
from bot.domain.periods import ONE_DAY, Period, trends
from storage.database import Tx


def load(tx: Tx, period: Period, *, now: datetime) -> HealthSpread:
    """The health of everybody on the last complete day up to the end of a period, and its course in the period.

    Who moved most is listed as of now, so for the newest day and the one before it only.
    """
    day, newest = (storage.health_days.last_complete(tx, until=end) for end in (period.last_day, None))
    if day is None:
        return _load_uncounted(tx)
    return HealthSpread(
        shifts=storage.health_days.count_shifts(tx, day),
        scores=storage.health_days.count_scores(tx, day),
        movers=_load_movers(tx) if newest is not None and newest - day <= ONE_DAY else None,
        day=day,
        steps=_load_steps(tx, period, now=now),
    )


def _load_uncounted(tx: Tx) -> HealthSpread:
    first_day = storage.health_days.first_complete(tx)
    if first_day is not None:
        return HealthSpread(shifts={}, scores={}, movers=None, first_day=first_day)
    shifts, scores = storage.health_lists.count_shifts(tx), storage.health_lists.count_scores(tx)
    return HealthSpread(shifts=shifts, scores=scores, movers=_load_movers(tx))


def _load_movers(tx: Tx) -> list[Mover]:
    falls, rises = (
        storage.health_lists.list_movers(tx, csm_id=None, falls=falls, limit=MOVERS) for falls in (True, False)
    )
    return movers_of(falls, rises)


def _load_steps(tx: Tx, period: Period, *, now: datetime) -> list[ColourStep]:
    days = storage.health_days.list_complete(tx, since=period.first_day, until=period.last_day)
    last = steps_of(trends(period, now=now)[0], days)
    counts = storage.health_days.count_colours(tx, list(last.values()))
    return [ColourStep(part, counts[day]) for part, day in last.items()]
