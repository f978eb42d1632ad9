"""How it goes with customers: prices at renewal, the way to the first purchase, and whether tasks are done on time."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta

import storage.contracts
import storage.draws
import storage.journeys
from bot.domain.contracts import renewals
from bot.domain.figures import Figure
from bot.domain.local_time import local_date
from bot.domain.measured import Measured
from bot.domain.messages import Language
from bot.domain.metrics.estimates import NOT_COMPARABLE, Estimate, comparable, judge
from bot.domain.metrics.prices import PriceIncrease, Renewal, price_increase
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.metrics.survival import Spell, done_by, kaplan_meier, quantile
from bot.domain.money_reports import (
    PageFacts,
    RowsPicture,
    WaitPicture,
    days_figure,
    hidden,
    money_report,
    share_figure,
    spans,
)
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.report_requests import Page, ReportRequest
from bot.domain.rules import Owner, Rules
from storage.database import Tx
from storage.draws import Draw
from storage.journeys import Journey, Milestone

MOST_EXAMINED = 7_500
"""Of all contracts, or milestones, that there ever were about so many are looked at, where there are twice as many."""

GAP_DAYS = 60
"""A contract that begins so long after the end of another, or later, is no renewal of it."""

MARKS = (30, 90)
"""Days after which the text says who has bought."""

LONGEST_DAYS = 180
DAY, NO_TIME = timedelta(days=1), timedelta(0)


def prices(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """By how much prices rose where contracts were renewed, of how many, and who stayed after it.

    Who stayed is said of renewals whose time of being followed ended in the period, which began before it.
    """
    pair, follow = spans(period, now=now), rules.money.stays_for
    first, after = pair.now.first_day, pair.now.after
    of = storage.contracts.draw_contracts(tx, most=MOST_EXAMINED)
    here, earlier = (_renewals(tx, rules, first - back, after - back, of) for back in (NO_TIME, follow))
    found = price_increase(here, earlier)
    shares = _price_figures(found)
    figures = [share_figure("price_increase", found.increase), *shares]
    facts = PageFacts(page=Page.PRICES, period=period, spans=pair, currency=rules.currency, language=language)
    left_out = {"follow_days": follow // DAY, "renewed": len(here), "followed": len(earlier), "of_each": of.every}
    return money_report(facts, figures, RowsPicture(shares), left_out)


def _renewals(tx: Tx, rules: Rules, first_day: date, after: date, of: Draw) -> list[Renewal]:
    renewed = storage.contracts.list_renewals(tx, rules.currency, first_day, after, gap_days=GAP_DAYS, of=of)
    whom = [one.new.customer_id for one in renewed]
    losses = [(who, local_date(at, rules.timezone)) for who, at in storage.contracts.list_losses(tx, whom)]
    return renewals(renewed, losses, follow=rules.money.stays_for)


def _price_figures(found: PriceIncrease) -> list[Figure]:
    raised, others = found.stayed
    change = NOT_COMPARABLE
    if found.difference is not None and comparable(raised.whole, others.whole):
        change = judge(found.difference)
    return [
        share_figure("price_raised", found.raised_share),
        share_figure("stayed_raised", proportion(raised), change=change),
        share_figure("stayed_others", proportion(others)),
    ]


def journey(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """How long it takes from the first touch to the first purchase, of those who joined in the period."""
    drawn, pair = storage.draws.draw_customers(tx), spans(period, now=now)
    spells = [_spell(one, now) for one in storage.journeys.list_journeys(tx, drawn, pair.now)]
    steps = kaplan_meier(spells)
    figures = [
        days_figure("days_to_buy", quantile(steps, 0.5, n=len(spells)), n=len(spells), note=_median_note(spells)),
        *(_converted(spells, days) for days in MARKS),
    ]
    facts = PageFacts(
        page=Page.JOURNEY, period=period, spans=pair, currency=rules.currency, language=language, every=drawn.every
    )
    bought = sum(one.over for one in spells)
    left_out = {"joined": len(spells), "bought": bought}
    return money_report(facts, figures, WaitPicture(steps, len(spells), LONGEST_DAYS, MARKS), left_out)


def _spell(one: Journey, now: datetime) -> Spell:
    """Days from the first touch to the first purchase, or until now; who bought before any touch waited for nothing."""
    first = min(one.joined_at, one.heard_at) if one.heard_at is not None else one.joined_at
    until = one.bought_at if one.bought_at is not None else now
    return Spell(max(0.0, (until - first) / DAY), one.bought_at is not None)


def _median_note(spells: Sequence[Spell]) -> str:
    return "not_half" if spells and sum(one.over for one in spells) * 2 < len(spells) else ""


def _converted(spells: Sequence[Spell], days: int) -> Figure:
    """The share that has bought after so many days, of those of whom that is known."""
    known = sum(one.over or one.length >= days for one in spells)
    return share_figure(f"converted_{days}", done_by(kaplan_meier(spells), days, n=known), n=known)


def tasks(tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language) -> Report:
    """Milestones that were due in the period: reached on time, and reached at all, by whose turn it was."""
    of = storage.journeys.draw_milestones(tx, most=MOST_EXAMINED)
    found = storage.journeys.list_milestones(tx, period, of)
    due = [one for one in found if one.due_at <= now]
    figures = [
        _tasks("tasks_on_time", due, _is_on_time),
        *(_tasks(f"tasks_of_{whose}", [one for one in due if one.owner == whose], _is_on_time) for whose in Owner),
        _tasks("tasks_done", due, lambda one: one.done_at is not None),
    ]
    facts = PageFacts(
        page=Page.TASKS, period=period, spans=spans(period, now=now), currency=rules.currency, language=language
    )
    left_out = {"due": len(due), "waiting": len(found) - len(due), "of_each": of.every}
    return money_report(facts, figures, RowsPicture(figures), left_out)


def prices_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """By how much prices rose where contracts were renewed, and of how many."""
    pair, of = spans(period, now=now), storage.contracts.draw_contracts(tx, most=MOST_EXAMINED)
    renewed = _renewals(tx, rules, pair.now.first_day, pair.now.after, of)

    def figures(customers: Collection[int]) -> list[Figure]:
        found = price_increase([one for one in renewed if one.customer_id in customers], ())
        return [share_figure("price_increase", found.increase), share_figure("price_raised", found.raised_share)]

    return Measured({one.customer_id for one in renewed}, figures, of.every)


def journey_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """Which share of those who joined in the period bought soon."""
    drawn, pair = storage.draws.draw_customers(tx), spans(period, now=now)
    spells = {one.customer_id: _spell(one, now) for one in storage.journeys.list_journeys(tx, drawn, pair.now)}

    def figures(customers: Collection[int]) -> list[Figure]:
        theirs = [spells[whom] for whom in sorted(customers)]
        return [_converted(theirs, days) for days in MARKS]

    return Measured(spells.keys(), figures, drawn.every)


def tasks_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """Milestones that were due in the period: reached on time, and reached at all."""
    of = storage.journeys.draw_milestones(tx, most=MOST_EXAMINED)
    due = [one for one in storage.journeys.list_milestones(tx, period, of) if one.due_at <= now]

    def figures(customers: Collection[int]) -> list[Figure]:
        theirs = [one for one in due if one.customer_id in customers]
        return [
            _tasks("tasks_on_time", theirs, _is_on_time),
            _tasks("tasks_done", theirs, lambda one: one.done_at is not None),
        ]

    return Measured({one.customer_id for one in due}, figures, of.every)


def _is_on_time(one: Milestone) -> bool:
    return one.done_at is not None and one.done_at <= one.due_at


def _tasks(key: str, due: Sequence[Milestone], holds: Callable[[Milestone], bool]) -> Figure:
    estimate: Estimate | None = proportion(Share(sum(map(holds, due)), len(due)))
    return hidden(share_figure(key, estimate), len({one.customer_id for one in due}))
