"""Reports of what goes with leaving: by what customers answered, and by where they belong."""

from datetime import datetime

import storage.landmarks
from bot.domain import landmarks, loyalty_messages, opportunity_messages
from bot.domain.landmarks import Present
from bot.domain.loyalty_messages import Landmark
from bot.domain.messages import Language
from bot.domain.metrics.estimates import HIDDEN_UNDER
from bot.domain.metrics.landmark import associate
from bot.domain.metrics.opportunities import opportunities as find_opportunities
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.rules import Rules
from storage.database import Tx

BETWEEN = " · "


def loyalty(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """NPS and churn: those who were customers so long before the period's end, by what they had answered until then."""
    horizon = landmarks.horizon_of(period)
    until = min(period.end, now)
    at = until - horizon
    present = storage.landmarks.load(tx, at=at, until=until, currency=rules.currency)
    followed = landmarks.follow(present, at=at, until=until)
    return loyalty_messages.loyalty_report(
        associate(followed.watched),
        followed,
        Landmark(at=at, until=until, days=horizon.days),
        period=period,
        currency=rules.currency,
        language=language,
    )


def opportunities(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """Segments by plan and place: those who were customers at the period's start, and who of them left in it."""
    present = storage.landmarks.load(tx, at=period.start, until=min(period.end, now), currency=rules.currency)
    segments = landmarks.segments(present, _segment)
    return opportunity_messages.opportunity_report(
        find_opportunities(segments),
        hidden=sum(one.lost.whole < HIDDEN_UNDER for one in segments),
        period=period,
        currency=rules.currency,
        so_far=period.so_far(now),
        language=language,
    )


def _segment(one: Present) -> str:
    return BETWEEN.join(filter(None, (one.plan, one.location)))
