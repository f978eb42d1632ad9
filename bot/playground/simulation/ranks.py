"""Where customers stood among the others when they were asked, as the planner would have counted it that morning."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain.local_time import day_start, local_date
from bot.domain.metrics.rfm import Bought
from bot.domain.rules import Rules
from bot.domain.segments import Bands, Belonging, Segmentation, bands_of, segmentation_of
from bot.domain.standings import draw_borders, place
from storage.history import History, PurchaseRecord, SurveyRunRecord

YEAR = timedelta(days=365)


def rank(history: History, *, rules: Rules) -> None:
    """Put the surveys of a history, and their answers, into the segments by value and by buying of their day."""
    by_day = defaultdict[date, list[SurveyRunRecord]](list)
    for run in history.runs:
        by_day[local_date(run.planned_at, rules.timezone)].append(run)
    for day, runs in by_day.items():
        morning = day_start(day, rules.timezone)
        stood, bands = standings(history.purchases, rules=rules, now=morning), bands_of(rules, now=morning)
        for run in runs:
            run.segmentation = _ranked(run.segmentation, stood.get(run.customer_id), bands)
    theirs = {run.id: run.segmentation for run in history.runs}
    for answer in history.answers:
        answer.segmentation = theirs[answer.run_id]


def standings(purchases: Sequence[PurchaseRecord], *, rules: Rules, now: datetime) -> dict[int, Belonging]:
    """Of each customer who had bought by `now`: what they bought in a year, their quarter by it, and their segment."""
    bought = _bought([one for one in purchases if one.purchased_at < now], rules, now=now)
    borders = draw_borders(list(bought.values()), len(bought), rules.money, rules.currency)
    if borders is None:
        return {}
    places = {customer_id: place(one, borders) for customer_id, one in bought.items()}
    return {
        customer_id: Belonging(
            value_minor=bought[customer_id].monetary, currency=rules.currency, value_band=band, rfm=segment
        )
        for customer_id, (band, segment) in places.items()
    }


def _bought(past: Sequence[PurchaseRecord], rules: Rules, *, now: datetime) -> Mapping[int, Bought]:
    of_each = defaultdict[int, list[PurchaseRecord]](list)
    for one in past:
        of_each[one.customer_id].append(one)
    today = local_date(now, rules.timezone)
    found = {}
    for customer_id, theirs in of_each.items():
        sold = [one.purchased_at for one in theirs if one.amount_minor > 0]
        year = [one for one in theirs if one.purchased_at > now - YEAR]
        if sold:
            found[customer_id] = Bought(
                recency=(today - local_date(max(sold), rules.timezone)).days,
                frequency=sum(one.amount_minor > 0 for one in year),
                monetary=sum(one.amount_minor for one in year),
            )
    return found


def _ranked(then: Segmentation, stood: Belonging | None, bands: Bands) -> Segmentation:
    if stood is None:
        return then
    ranked = segmentation_of(stood, bands)
    return replace(then, value=ranked.value, rfm=ranked.rfm)
