"""What customers are worth: cohorts, lifetime value as it was and as it is predicted, and segments by what they buy."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import storage.draws
import storage.journeys
import storage.money
import storage.standings
from bot.domain.figures import Figure
from bot.domain.local_time import local_date
from bot.domain.measured import Measured
from bot.domain.messages import Language
from bot.domain.metrics.cohorts import Cohort, cohorts, known_after, together
from bot.domain.metrics.forecasts import Prediction, TooLittleError
from bot.domain.metrics.lifetime_value import Horizon, LifetimeValue, lifetime_value
from bot.domain.metrics.proportions import proportion, share_among
from bot.domain.metrics.resampling import median, ratio
from bot.domain.metrics.rfm import BEST, WORST, Method, Segment, method
from bot.domain.money_reports import (
    CohortsPicture,
    HeldOutPicture,
    PageFacts,
    SegmentsOfValuePicture,
    Spans,
    days_figure,
    figure_facts,
    money_figure,
    money_report,
    number_figure,
    segment_figures,
    share_figure,
    spans,
)
from bot.domain.periods import Period, last_months
from bot.domain.report_messages import Report, period_facts
from bot.domain.report_requests import Page, ReportRequest
from bot.domain.rules import MoneyRules, Rules
from storage.database import Tx
from storage.money import Ledger

MONTHS = 12
TOLD_AFTER, TOLD_OF_SEGMENTS = (1, 3, 6), (3, 6)
"""Of these months after the first the text says which share is active, of all and of each segment."""

MOST_FITTED = 5_000
"""So many customers say enough of all: each so-manieth by number is looked at."""

AHEAD = 90
"""Days that are predicted."""


def cohort_retention(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """Of the customers who bought first in each of the last twelve months, who bought again in each month since."""
    ledger, months = (
        storage.money.open_ledger(tx, rules.currency),
        last_months(MONTHS, now=now, timezone=rules.timezone),
    )
    sizes, active, older = storage.journeys.count_cohorts(tx, ledger, months)
    rows = cohorts(sizes, active, last_is_over=not months[-1].so_far(now))
    figures = [_active_after(rows, after) for after in TOLD_AFTER]
    facts = _facts(Page.RETENTION, period, spans(period, now=now), ledger, language)
    left_out = {"came": sum(sizes), "older": older, "first_day": months[0].first_day}
    return money_report(facts, figures, CohortsPicture(months, rows), left_out)


def _active_after(rows: Sequence[Cohort], after: int) -> Figure:
    return share_figure(f"active_after_{after}", proportion(together(rows, after)))


def retention_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """Which share bought again so many months after the first, of those who came in the last twelve months."""
    drawn, months = storage.draws.draw_customers(tx), last_months(MONTHS, now=now, timezone=rules.timezone)
    visits = storage.journeys.list_visits(tx, drawn, months)
    over = MONTHS - int(months[-1].so_far(now))
    after = {f"active_after_{each}": known_after(visits, each, over=over) for each in TOLD_OF_SEGMENTS}

    def figures(customers: Collection[int]) -> list[Figure]:
        return [share_figure(key, proportion(share_among(customers, *sets))) for key, sets in after.items()]

    return Measured(visits.keys(), figures, drawn.every, {"first_day": months[0].first_day})


def clv(tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language) -> Report:
    """What a customer is worth by averages, and, where enough is known, by what they are expected to buy."""
    ledger, pair = storage.money.open_ledger(tx, rules.currency), spans(period, now=now)
    spending = storage.money.load_spending(tx, ledger, (pair.now,))
    lives = spending.lives(storage.money.load_lives(tx, ledger, pair.now), pair.now)
    found = lifetime_value(lives, pair.months, _horizon(rules.money))
    deals = spending.within(pair.now).deals()
    predicted, why_not = _predict(tx, rules, now=now)
    figures = [
        *_life_figures(found, ledger.currency),
        money_figure("average_deal", ratio(deals), ledger.currency),
        *_predicted_figures(predicted, why_not, ledger.currency),
    ]
    facts = _facts(Page.CLV, period, pair, ledger, language)
    left_out = {
        "months": found.months if found is not None else None,
        "assumed": found is not None and found.assumed,
        "horizon": rules.money.horizon_months,
        "ahead": AHEAD,
        "predicted": predicted is not None,
        "drop_out": predicted is not None and predicted.shows_drop_out,
        "actual": predicted.actual if predicted is not None else 0.0,
        "expected": predicted.predicted if predicted is not None else 0.0,
        "reckoned": period_facts(pair.now),
        "too_little": _reason(why_not) if why_not else None,
    }
    return money_report(facts, figures, HeldOutPicture(predicted.held_out if predicted is not None else ()), left_out)


def clv_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """What customers of the period's start are worth by averages."""
    ledger, pair = storage.money.open_ledger(tx, rules.currency), spans(period, now=now)
    spending = storage.money.load_spending(tx, ledger, (pair.now,))
    lives, horizon = storage.money.load_lives(tx, ledger, pair.now), _horizon(rules.money)

    def figures(customers: Collection[int]) -> list[Figure]:
        theirs = spending.lives(lives.of(customers), pair.now)
        return _life_figures(lifetime_value(theirs, pair.months, horizon), ledger.currency)[:1]

    return Measured(lives.ids, figures, ledger.every)


def _reason(found: TooLittleError) -> dict[str, object]:
    return {"refusal": found.refusal, "n": found.n, "needed": found.needed, "held_out": found.held_out}


def _horizon(rules: MoneyRules) -> Horizon:
    return Horizon(months=rules.horizon_months, margin=rules.margin, discount=rules.discount)


def _life_figures(found: LifetimeValue | None, currency: str) -> list[Figure]:
    """The revenue of a life, and beside it the margin and today's worth of that, where the rules say how."""
    if found is None:
        return [money_figure("clv", None, currency)]
    beside = {"clv_margin": found.margin, "clv_discounted": found.discounted}
    more = [money_figure(key, estimate, currency) for key, estimate in beside.items() if estimate is not None]
    return [money_figure("clv", found.value, currency), *more]


def _predict(tx: Tx, rules: Rules, *, now: datetime) -> tuple[Prediction | None, TooLittleError | None]:
    """What customers will buy in the next 90 days, or why there is no telling."""
    from bot.domain.metrics import predictions  # noqa: PLC0415  scipy: half a second that a bot at rest does not need

    ledger = storage.money.open_ledger(tx, rules.currency, most=MOST_FITTED)
    today = local_date(now, rules.timezone)
    bought = storage.journeys.list_purchases(tx, ledger)
    days = [(one.customer_id, local_date(one.at, rules.timezone).toordinal(), one.minor) for one in bought]
    try:
        return predictions.predict(predictions.purchases_of(days), today=today.toordinal(), days=AHEAD), None
    except TooLittleError as error:
        return None, error


def _predicted_figures(found: Prediction | None, why_not: TooLittleError | None, currency: str) -> list[Figure]:
    """What is said of the time to come, of a customer each."""
    if found is None:
        return [number_figure("expected_purchases", None, n=why_not.n if why_not else 0, note="too_little")]
    still_there = [share_figure("still_there", found.alive)] if found.shows_drop_out else []
    return [
        number_figure("expected_purchases", found.purchases),
        money_figure("expected_value", found.value, currency, n=found.n, note="" if found.value else "no_mean"),
        share_figure("buys_within", found.buying),
        *still_there,
    ]


def rfm(tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language) -> Report:
    """How many customers each segment has and which share of a year's money; as of the last day that was ranked."""
    counted = storage.standings.load_segments(tx, currency=rules.currency)
    ranked = {name.value: counted[name] for name in Segment if name in counted}
    rows = segment_figures(ranked)
    ledger = storage.money.open_ledger(tx, rules.currency)
    n = sum(one.customers for one in counted.values())
    how, day = method(n), storage.standings.load_day(tx)
    raw = _raw_figures(tx, rules.currency, day) if how is Method.RAW and day is not None else []
    facts = _facts(Page.RFM, period, spans(period, now=now), ledger, language)
    left_out = {
        "day": day,
        "n": n,
        "method": how,
        "segments": [{"people": figure_facts(people), "money": figure_facts(money)} for people, money in rows.values()],
        "raw": [figure_facts(one) for one in raw],
    }
    figures = [*(people for people, _ in rows.values()), *(money for _, money in rows.values()), *raw]
    return money_report(facts, figures, SegmentsOfValuePicture(rows), left_out)


def rfm_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """Which share of customers is in the best segments and which in the worst; as of the last day that was ranked."""
    ledger = storage.money.open_ledger(tx, rules.currency)
    ranked = storage.standings.list_ranked(tx, ledger)
    whole, note = frozenset(ranked), "" if ranked else "unranked"
    within = {
        key: frozenset(customer_id for customer_id, name in ranked.items() if name in names)
        for key, names in (("rfm_best", BEST), ("rfm_worst", WORST))
    }

    def figures(customers: Collection[int]) -> list[Figure]:
        shares = {key: share_among(customers, whole, those) for key, those in within.items()}
        return [share_figure(key, proportion(share), note=note) for key, share in shares.items()]

    return Measured(whole, figures, ledger.every, {"day": storage.standings.load_day(tx)})


def _raw_figures(tx: Tx, currency: str, day: date) -> list[Figure]:
    """Of too few to be ranked, the three numbers that ranks are made of, in the middle of them."""
    bought = storage.standings.list_compared(tx, currency=currency)
    return [
        days_figure("recency", median((day - one.last_on).days for one in bought)),
        number_figure("frequency", median(one.sales for one in bought)),
        money_figure("monetary", median(one.value_minor for one in bought), currency),
    ]


def _facts(page: Page, period: Period, pair: Spans, ledger: Ledger, language: Language) -> PageFacts:
    return PageFacts(
        page=page, period=period, spans=pair, currency=ledger.currency, language=language, every=ledger.every
    )
