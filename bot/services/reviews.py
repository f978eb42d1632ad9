"""The planner of reviews: how a week or a month went, told to managers once, as it was when it was planned."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import storage.health
import storage.health_lists
import storage.health_spread
import storage.notices
import storage.outbox
import storage.reviews
import storage.survey_history
from bot.domain import reviews
from bot.domain.delivery import at_once
from bot.domain.health import COMPARED_WITH
from bot.domain.health_messages import brief_risk
from bot.domain.health_reports import spread_facts
from bot.domain.local_time import local_date
from bot.domain.periods import Period, previous
from bot.domain.report_messages import Report
from bot.domain.report_requests import Page, ReportRequest
from bot.domain.reports import Metric, PeriodCounts, metric_line
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from storage.database import Tx

Pages = Mapping[Page, Callable[..., Report]]
"""Use cases of the report whose figures of the month are told too."""

Part = dict[str, Any]
"""One message of a review: its template, with the facts that it says and draws."""


def plan_reviews(tx: Tx, *, now: datetime, rules: Rules, pages: Pages) -> int:
    """Tell managers how last week and last month went, when the time for it has come and nobody has."""
    week, month = reviews.week_due(now, rules), reviews.month_due(now, rules)
    planned = 0
    if week is not None:
        planned += _tell(tx, f"week:{week.first_day}", lambda: [_week(tx, week, rules, now=now)], rules=rules, now=now)
    if month is not None:
        planned += _tell(
            tx, f"month:{month.first_day}", lambda: _month(tx, month, rules, pages, now=now), rules=rules, now=now
        )
    return planned


def _tell(tx: Tx, key: str, count: Callable[[], list[Part]], *, rules: Rules, now: datetime) -> int:
    """Queue the parts of a review, one after the other, to everybody who has not had it; returns how many there were.

    Nothing is counted where there is nobody to tell, or nobody to tell of.
    """
    keys = {chat_id: f"review:{key}:{chat_id}" for chat_id in storage.notices.list_reviewers(tx, rules)}
    untold = [chat_id for chat_id, own in keys.items() if not storage.outbox.is_queued(tx, f"{own}:0")]
    if not untold or not storage.reviews.any_customer(tx):
        return 0
    parts = count()
    for chat_id in untold:
        language = storage.notices.language_of(tx, chat_id, rules)
        for place, part in enumerate(parts):
            to = {"chat_id": chat_id, "language": language, "lane": f"review:{chat_id}"}
            what = {"template": part["template"], "facts": part}
            storage.outbox.add(tx, at_once(Kind.REVIEW, f"{keys[chat_id]}:{place}", now=now, **to, **what), now=now)
    return len(untold) * len(parts)


def _week(tx: Tx, week: Period, rules: Rules, *, now: datetime) -> Part:
    usual, month = reviews.usual_weeks(week), reviews.month_of(week)
    counts = storage.reviews.count(tx, (week, usual, month), now=now)
    trend = storage.reviews.nps_trend(tx, reviews.weeks_until(week))
    today = local_date(now, rules.timezone)
    return {
        "template": "reviews/week",
        "period": reviews.period_facts(week),
        "before": reviews.period_facts(usual),
        "lines": _lines(tx, reviews.WEEKLY, counts, week, usual),
        "churn": asdict(metric_line(Metric.CHURN, counts[month], so_far=month.so_far(now))),
        "month": month.first_day.month,
        "cases": asdict(storage.reviews.tally_cases(tx, week, now=now)),
        "reds": _reds(tx, week.first_day, today, rules),
        "ahead": asdict(storage.reviews.count_ahead(tx, now=now, timezone=rules.timezone, within=reviews.WEEK)),
        **reviews.picture_facts(trend, counts[week]),
    }


def _lines(
    tx: Tx, metrics: Iterable[Metric], counts: Mapping[Period, PeriodCounts], period: Period, before: Period
) -> list[dict[str, object]]:
    began_at = {metric: storage.survey_history.late_start(tx, metric, before) for metric in metrics}
    return reviews.compared(began_at, counts[period], counts[before])


def _reds(tx: Tx, since: date, today: date, rules: Rules) -> Part:
    """Who is red, how many have become so, and the most valuable of these, the last first."""
    if not rules.health.enabled:
        return {"total": 0, "new": 0, "named": []}
    named = storage.health_lists.list_newest_risks(tx, currency=rules.currency, since=since, limit=reviews.NAMED)
    before = {
        one.customer_id: storage.health.load_health_on(tx, one.customer_id, day=today - COMPARED_WITH) for one in named
    }
    return {
        "total": storage.health_lists.count_risks(tx),
        "new": storage.health_lists.count_risks(tx, since=since),
        "named": [{**brief_risk(one, before[one.customer_id]), "health_of": one.customer_id} for one in named],
    }


def _month(tx: Tx, month: Period, rules: Rules, pages: Pages, *, now: datetime) -> list[Part]:
    """The surveys' metrics and cases, then health, then the figures of every page that has any."""
    before = previous(month)
    counts = storage.reviews.count(tx, (month, before), now=now)
    trend = storage.reviews.nps_trend(tx, reviews.months_until(month))
    spans = {"period": reviews.period_facts(month), "before": reviews.period_facts(before)}
    first: Part = {
        "template": "reviews/month",
        "lines": _lines(tx, Metric, counts, month, before),
        "cases": asdict(storage.reviews.tally_cases(tx, month, now=now)),
        **reviews.picture_facts(trend, counts[month]),
    }
    parts = [first, *_health(tx, month, rules, now=now), *_pages(tx, month, rules, pages, now=now)]
    return [{**spans, **part} for part in parts]


def _health(tx: Tx, month: Period, rules: Rules, *, now: datetime) -> list[Part]:
    if not rules.health.enabled:
        return []
    spread = storage.health_spread.load(tx, month, now=now)
    if not spread.total:
        return []
    return [{"template": "reports/health", "picture": "health", **spread_facts(spread, month)}]


def _pages(tx: Tx, month: Period, rules: Rules, pages: Pages, *, now: datetime) -> Sequence[Part]:
    facts: Part = {"now": now, "rules": rules, "period": month, "language": rules.language}
    found = {page: use_case(tx, request=ReportRequest(page=page), **facts) for page, use_case in pages.items()}
    return [
        {"template": "reviews/figures", "page": page, "figures": reviews.figures_facts(report.figures)}
        for page, report in found.items()
        if any(one.n for one in report.figures)
    ]
