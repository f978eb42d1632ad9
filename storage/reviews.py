"""Counting for reviews: what came and went in a period, what is open, and what falls due after it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from bot.domain.local_time import local_date
from bot.domain.periods import Period
from bot.domain.reports import EVERYBODY, NOBODY, Metric, PeriodCounts, SurveyCounts, TrendPoint, metric_trend, surveyed
from bot.domain.reviews import Ahead, CaseTally
from bot.domain.touchpoints import SURVEYS, Kind
from storage import reports
from storage.case_reports import ENDED_BY_NOBODY
from storage.database import Tx
from storage.tables import contract, customer, milestone, success_plan, support_case


def count(tx: Tx, periods: Sequence[Period], *, now: datetime) -> dict[Period, PeriodCounts]:
    """Everything that the surveys' metrics and churn are made of, in each period."""
    kinds = sorted(SURVEYS)
    scores = {kind: reports.count_scores(tx, kind, periods) for kind in kinds}
    funnels = reports.count_funnels(tx, kinds, periods, now=now)
    churn = reports.count_churn(tx, periods)
    return {
        each: replace(
            surveyed(
                {kind: given.get((each, EVERYBODY), {}) for kind, given in scores.items()},
                funnels.get((each, EVERYBODY), {}),
            ),
            churn=churn.get((each, EVERYBODY), NOBODY),
        )
        for each in periods
    }


def nps_trend(tx: Tx, parts: Sequence[Period]) -> tuple[TrendPoint, ...]:
    """The NPS in each part of a trend."""
    found = reports.count_scores(tx, Kind.NPS, parts)
    counts = {each: PeriodCounts(nps=SurveyCounts(found.get((each, EVERYBODY), {}))) for each in parts}
    return metric_trend(Metric.NPS, counts)


def tally_cases(tx: Tx, period: Period, *, now: datetime) -> CaseTally:
    """Cases opened and resolved in a period, and those that are open now."""
    is_open = support_case.c.resolved_at.is_(None)

    def number(*where: ColumnElement[bool]) -> int:
        return _number(tx, select(func.count()).select_from(support_case).where(~ENDED_BY_NOBODY, *where))

    return CaseTally(
        opened=number(support_case.c.opened_at >= period.start, support_case.c.opened_at < period.end),
        resolved=number(support_case.c.resolved_at >= period.start, support_case.c.resolved_at < period.end),
        open=number(is_open),
        late=number(is_open, support_case.c.solve_due_at <= now),
    )


def count_ahead(tx: Tx, *, now: datetime, timezone: str, within: timedelta) -> Ahead:
    """Milestones of active plans that fall due in a time from now, and contracts that end in it."""
    today = local_date(now, timezone)
    milestones = (
        select(func.count())
        .select_from(milestone)
        .join(success_plan, milestone.c.plan_id == success_plan.c.id)
        .where(success_plan.c.status == "active", milestone.c.done_at.is_(None))
        .where(milestone.c.due_at >= now, milestone.c.due_at < now + within)
    )
    contracts = (
        select(func.count())
        .select_from(contract)
        .join(customer, customer.c.id == contract.c.customer_id)
        .where(customer.c.lost_at.is_(None), customer.c.forgotten_at.is_(None))
        .where(contract.c.ends_on >= today, contract.c.ends_on < today + within)
    )
    return Ahead(milestones=_number(tx, milestones), contracts=_number(tx, contracts))


def any_customer(tx: Tx) -> bool:
    """Whether there is anybody to tell of."""
    return tx.execute(select(customer.c.id).where(customer.c.forgotten_at.is_(None)).limit(1)).first() is not None


def _number(tx: Tx, statement: Select[Any]) -> int:
    return int(tx.execute(statement).scalar_one())
