"""Money: what a period took, what became of the revenue of those who were there, average deals and what help costs."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime

import storage.contracts
import storage.costs
import storage.money
import storage.revenue_at_risk
import storage.takings
from bot.domain.contracts import Term, monthly_moves
from bot.domain.figures import Figure
from bot.domain.measured import Measured
from bot.domain.messages import Language
from bot.domain.metrics.estimates import NOT_COMPARABLE, Change, Estimate, comparable, difference_of, judge, shown
from bot.domain.metrics.lifetime_value import Horizon, LifetimeValue, lifetime_value
from bot.domain.metrics.resampling import Sample, median_ranks, ratio
from bot.domain.metrics.revenue_churn import UNKNOWN, retention, samples
from bot.domain.metrics.spending import Spending, Spent
from bot.domain.metrics.totals import total
from bot.domain.money_reports import (
    AmountsPicture,
    PageFacts,
    RowsPicture,
    Spans,
    TimedPoint,
    compared,
    hidden,
    money_figure,
    money_report,
    number_figure,
    retention_figures,
    revenue_figure,
    share_figure,
    spans,
)
from bot.domain.periods import Period, is_whole, trends
from bot.domain.report_messages import Report
from bot.domain.report_requests import Page, ReportRequest
from bot.domain.rules import MoneyRules, Rules
from storage.database import Tx
from storage.money import Ledger


def money(tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language) -> Report:
    """The tab: one line of each figure of money, and what the period took over time."""
    ledger, pair = storage.money.open_ledger(tx, rules.currency), _spans(tx, period, now=now)
    parts = _parts(period, now=now)
    spending = storage.money.load_spending(tx, ledger, (*pair.both, *parts))
    takings, before, *taken = storage.money.count_takings(tx, ledger, spending, (*pair.both, *parts))
    lives = storage.money.load_lives(tx, ledger, pair.now)
    gross, net, *_ = _retention(pair, spending, _terms(tx, ledger, pair))
    helped = storage.costs.load_spending(tx, ledger, (pair.now,)).within(pair.now)
    at_risk = storage.revenue_at_risk.load(tx, ledger.currency)
    figures = [
        compared(revenue_figure(takings, before, ledger.currency), pair),
        money_figure("average_deal", ratio(spending.within(pair.now).deals()), ledger.currency),
        gross,
        net,
        *_life_figures(
            lifetime_value(spending.lives(lives, pair.now), pair.months, _horizon(rules.money)), ledger.currency
        )[:1],
        _cost_per_customer(helped, len(lives.ids), ledger.currency),
        money_figure("at_risk", total(at_risk), ledger.currency, n=at_risk.customers),
    ]
    facts = _facts(Page.MONEY, period, pair, ledger, language)
    points = [_point(part, total(each)) for part, each in zip(parts, taken, strict=True)]
    return money_report(facts, figures, AmountsPicture(ledger.currency, points), {"other_currencies": takings.others})


def revenue(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """What the period took, and what became of the revenue of those who were customers before it."""
    ledger, pair = storage.money.open_ledger(tx, rules.currency), _spans(tx, period, now=now)
    spending = storage.money.load_spending(tx, ledger, pair.both)
    takings, before = storage.money.count_takings(tx, ledger, spending, pair.both)
    terms = _terms(tx, ledger, pair)
    shares, by_contracts = _retention(pair, spending, terms), terms is not None
    left_out = {
        "other_currencies": takings.others,
        "by_contracts": by_contracts,
        "endless": storage.contracts.count_endless(tx, ledger.currency, pair.now.first_day) if by_contracts else 0,
        "sales": takings.sales,
        "cancelled": takings.cancelled,
        "cancelled_minor": takings.cancelled_minor,
    }
    facts = _facts(Page.REVENUE, period, pair, ledger, language)
    figures = [compared(revenue_figure(takings, before, ledger.currency), pair), *shares]
    return money_report(facts, figures, RowsPicture(shares), left_out)


def deals(tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language) -> Report:
    """What a sale brings on average, cancellations netted, and over time."""
    ledger, pair = storage.money.open_ledger(tx, rules.currency), _spans(tx, period, now=now)
    parts = trends(pair.now, now=now)[0]
    spending = storage.money.load_spending(tx, ledger, (*pair.both, *parts))
    (takings,) = storage.money.count_takings(tx, ledger, spending, (pair.now,))
    here, earlier = (spending.within(each) for each in pair.both)
    mean, before = ratio(here.deals()), ratio(earlier.deals())
    change = _change(mean, before)
    figures = [
        compared(money_figure("average_deal", mean, ledger.currency, change=change), pair),
        hidden(
            money_figure("median_deal", _median_deal(tx, ledger, pair, int(here.sales.sum())), ledger.currency),
            here.customers,
        ),
        number_figure("sales_per_customer", ratio(here.visits())),
    ]
    points = _ratios(lambda part: spending.within(part).deals(), parts)
    left_out = {
        "other_currencies": takings.others,
        "sales": takings.sales,
        "cancelled": takings.cancelled,
        "cancelled_minor": takings.cancelled_minor,
    }
    facts = _facts(Page.DEALS, period, pair, ledger, language)
    return money_report(facts, figures, AmountsPicture(ledger.currency, points), left_out)


def costs(tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language) -> Report:
    """What help costs: for each customer, for each ticket that was solved, and of the revenue."""
    ledger, pair = storage.money.open_ledger(tx, rules.currency), spans(period, now=now)
    lives = storage.money.load_lives(tx, ledger, pair.now)
    solved, parts = storage.costs.count_solved(tx, ledger, pair.now), trends(pair.now, now=now)[0]
    helped = storage.costs.load_spending(tx, ledger, (pair.now, *parts))
    points = _ratios(lambda part: helped.within(part).deals(), parts)
    figures = _cost_figures(tx, ledger, pair, helped.within(pair.now), customers=len(lives.ids))
    left_out = {"priced": solved.priced, "unpriced": solved.unpriced}
    facts = _facts(Page.COSTS, period, pair, ledger, language)
    return money_report(facts, figures, AmountsPicture(ledger.currency, points), left_out)


def revenue_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """What customers brought in, and of those who were there before it the share that they still do."""
    ledger, pair = storage.money.open_ledger(tx, rules.currency), _spans(tx, period, now=now)
    spending = storage.money.load_spending(tx, ledger, pair.both)
    here = spending.within(pair.now)
    terms = _terms(tx, ledger, pair)

    def figures(customers: Collection[int]) -> list[Figure]:
        brought = here.of(customers)
        _, net, *_ = _retention(pair, spending, terms, of=customers)
        return [
            money_figure("revenue", total(brought.taken(ledger.every)), ledger.currency, n=brought.customers),
            net,
        ]

    whom = {*here.owners.tolist(), *(term.customer_id for term in terms or ())}
    return Measured(whom, figures, ledger.every)


def deals_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """What a sale brings on average, and how many there are a customer."""
    ledger, pair = storage.money.open_ledger(tx, rules.currency), spans(period, now=now)
    here = storage.money.load_spending(tx, ledger, (pair.now,)).within(pair.now)

    def figures(customers: Collection[int]) -> list[Figure]:
        bought = here.of(customers)
        return [
            money_figure("average_deal", ratio(bought.deals()), ledger.currency),
            number_figure("sales_per_customer", ratio(bought.visits())),
        ]

    return Measured(here.owners[here.there].tolist(), figures, ledger.every)


def costs_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """What help costs, for each customer of the period's start and for each ticket that was solved."""
    ledger, pair = storage.money.open_ledger(tx, rules.currency), spans(period, now=now)
    lives = storage.money.load_lives(tx, ledger, pair.now)
    helped = storage.costs.load_spending(tx, ledger, (pair.now,)).within(pair.now)

    def figures(customers: Collection[int]) -> list[Figure]:
        theirs = helped.of(customers)
        solved = ratio(theirs.deals()) if theirs.sales.sum() else None
        return [
            _cost_per_customer(theirs, len(lives.of(customers).ids), ledger.currency),
            money_figure("cost_per_case", solved, ledger.currency, note="" if solved else "no_costs"),
        ]

    return Measured({*lives.ids, *helped.owners.tolist()}, figures, ledger.every)


def _facts(page: Page, period: Period, pair: Spans, ledger: Ledger, language: Language) -> PageFacts:
    return PageFacts(
        page=page, period=period, spans=pair, currency=ledger.currency, language=language, every=ledger.every
    )


def _spans(tx: Tx, period: Period, *, now: datetime) -> Spans:
    return spans(period, now=now, began_at=storage.takings.first_at(tx))


def _parts(period: Period, *, now: datetime) -> Sequence[Period]:
    """Whole parts that are over, if there are any: one that is cut short would look like a dip."""
    parts = trends(period, now=now)[0]
    return tuple(part for part in parts if is_whole(part) and part.end <= now) or parts


def _ratios(load: Callable[[Period], Sample], parts: Sequence[Period]) -> list[TimedPoint]:
    """A ratio for each part, with an interval from sums alone: resampling each of a dozen parts takes too long."""
    return [_point(part, ratio(Sample(load(part).sums))) for part in parts]


def _point(part: Period, estimate: Estimate | None) -> TimedPoint:
    return TimedPoint(part, estimate.n if estimate is not None else 0, shown(estimate))


def _terms(tx: Tx, ledger: Ledger, pair: Spans) -> Sequence[Term] | None:
    """The contracts that run on the first or the last day of the period; None where the business has none at all."""
    if not storage.contracts.any_contract(tx, ledger.currency):
        return None
    return storage.contracts.list_terms(tx, ledger, _ends(pair))


def _ends(pair: Spans) -> tuple[date, date]:
    return pair.now.first_day, pair.now.last_day


def _retention(
    pair: Spans, spending: Spending, terms: Sequence[Term] | None, *, of: Collection[int] | None = None
) -> list[Figure]:
    """By contracts where the business has any, from the first day of the period to its last; otherwise by purchases.

    What was bought is held against what was bought before, so it is said only where the two may be compared.
    """
    if terms is not None:
        own = [term for term in terms if of is None or term.customer_id in of]
        return retention_figures(retention(samples(monthly_moves(own, *_ends(pair)))))
    if pair.why_not:
        return retention_figures(UNKNOWN, pair.why_not)
    return retention_figures(retention(spending.moves(pair.before, pair.now, of=of)))


def _horizon(rules: MoneyRules) -> Horizon:
    return Horizon(months=rules.horizon_months, margin=rules.margin, discount=rules.discount)


def _life_figures(found: LifetimeValue | None, currency: str) -> list[Figure]:
    return [money_figure("clv", found.value if found is not None else None, currency)]


def _cost_figures(tx: Tx, ledger: Ledger, pair: Spans, helped: Spent, *, customers: int) -> list[Figure]:
    """Costs for each customer, for each ticket on average and in the middle, and of the revenue."""
    each, cases = _cost_per_customer(helped, customers, ledger.currency), helped.deals()
    if not cases.sums.n:
        missing = [
            money_figure(key, None, ledger.currency, note="no_costs") for key in ("cost_per_case", "median_cost")
        ]
        return [each, *missing, share_figure("cost_of_revenue", None, note="no_costs")]
    n = int(cases.sums.bottom)
    middle, low, high = median_ranks(n)
    prices = storage.costs.list_costs(tx, ledger, pair.now, low, high)
    bought = storage.money.load_spending(tx, ledger, (pair.now,)).within(pair.now)
    return [
        each,
        money_figure("cost_per_case", ratio(cases), ledger.currency),
        hidden(
            money_figure("median_cost", Estimate(prices[middle - low], prices[0], prices[-1], n), ledger.currency),
            cases.sums.n,
        ),
        share_figure("cost_of_revenue", ratio(helped.beside(bought))),
    ]


def _cost_per_customer(helped: Spent, customers: int, currency: str) -> Figure:
    found = helped.of_all(customers)
    if not found.sums.top:
        return money_figure("cost_per_customer", None, currency, note="no_costs")
    return money_figure("cost_per_customer", ratio(found), currency)


def _change(now: Estimate | None, before: Estimate | None) -> Change:
    """Whether a mean is another than before, by the intervals of both."""
    if now is None or before is None or not comparable(now.n, before.n):
        return NOT_COMPARABLE
    return judge(difference_of(now, before))


def _median_deal(tx: Tx, ledger: Ledger, pair: Spans, n: int) -> Estimate | None:
    """The middle of so many sales to those who are looked at."""
    if not n:
        return None
    middle, low, high = median_ranks(n)
    sales = storage.money.list_sales(tx, ledger, pair.now, low, high)
    return Estimate(sales[middle - low], sales[0], sales[-1], n)
