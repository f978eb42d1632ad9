"""Reports of what goes with leaving: by what customers answered, and by where they belong."""

from collections.abc import Callable, Sequence
from datetime import datetime

import storage.draws
import storage.landmarks
import storage.reasons
import storage.segments
import storage.staff
import storage.themes
from bot.domain import landmarks, loyalty_messages, opportunity_messages
from bot.domain.groups_apart import apart
from bot.domain.landmarks import Present
from bot.domain.loyalty_messages import Landmark
from bot.domain.measured import Measured
from bot.domain.messages import Language
from bot.domain.metrics.estimates import HIDDEN_UNDER
from bot.domain.metrics.landmark import ANSWERED_WITHIN, Category, associate
from bot.domain.metrics.opportunities import opportunities as find_opportunities
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.rules import Rules
from bot.domain.segments import Bands, Dimension, bands_of, segments_in
from storage.database import Tx

BETWEEN = " · "
MOST_WATCHED, MOST_IN_SEGMENTS = 5_000, 7_500
"""About so many customers are looked at, where there are more than twice as many; segments need more than answers."""


def loyalty(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """NPS and churn: those who were customers so long before the period's end, by what they had answered until then."""
    present, landmark = _heard(tx, now=now, rules=rules, period=period)
    followed = landmarks.follow(present, at=landmark.at, until=landmark.until)
    return loyalty_messages.loyalty_report(
        associate(followed.watched, every=landmark.every),
        followed,
        landmark,
        period=period,
        currency=rules.currency,
        language=language,
    )


def loyalty_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """How much oftener detractors left than promoters, of those who were customers so long before the period's end."""
    present, landmark = _heard(tx, now=now, rules=rules, period=period)
    lost = landmarks.lost_by_category(present)
    detractors, promoters = (lost.get(one, []) for one in (Category.DETRACTOR, Category.PROMOTER))
    return Measured(
        {customer_id for customer_id, _ in (*detractors, *promoters)},
        apart("loyalty_apart", first=("churn_detractor", detractors), second=("churn_promoter", promoters)),
        landmark.every,
        {"at": landmark.at, "days": landmark.days},
    )


def _heard(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> tuple[list[Present], Landmark]:
    horizon, until = landmarks.horizon_of(period), min(period.end, now)
    drawn = storage.draws.draw_customers(tx, most=MOST_WATCHED)
    landmark = Landmark(at=until - horizon, until=until, days=horizon.days, every=drawn.every)
    return storage.landmarks.load_heard(tx, at=landmark.at, until=until, currency=rules.currency, drawn=drawn), landmark


def opportunities(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """Segments by plan and place, or as asked for: who were customers at the period's start, and who of them left.

    Beside each stand the themes of its detractors, of the half year before the period's end.
    """
    drawn = storage.draws.draw_customers(tx, most=MOST_IN_SEGMENTS)
    present = storage.landmarks.load(
        tx, at=period.start, until=min(period.end, now), currency=rules.currency, drawn=drawn
    )
    segment = _by_plan_and_place if request.by is None else _by(tx, present, request.by, bands_of(rules, now=now))
    segments = landmarks.segments(present, segment, every=drawn.every)
    found = find_opportunities(segments)
    listed = {one.segment.name for one in opportunity_messages.listed(found)}
    theirs = [one for one in present if segment(one) in listed]
    return opportunity_messages.opportunity_report(
        found,
        themes=_themes(tx, theirs, segment, rules=rules, period=period, language=language),
        by=request.by,
        staff=storage.staff.list_names(tx) if request.by is Dimension.CSM else {},
        hidden=sum(one.lost.whole < HIDDEN_UNDER for one in segments),
        period=period,
        currency=rules.currency,
        every=drawn.every,
        so_far=period.so_far(now),
        language=language,
    )


def _themes(
    tx: Tx,
    present: Sequence[Present],
    segment: Callable[[Present], str],
    *,
    rules: Rules,
    period: Period,
    language: Language,
) -> dict[str, list[str]]:
    whose = [one.customer_id for one in present]
    said = storage.reasons.list_detractor_themes(tx, whose, after=period.end - ANSWERED_WITHIN, until=period.end)
    shown = storage.themes.load_dictionary(tx, rules).shown
    named = ((customer_id, shown[key].name(language)) for customer_id, key in said if key in shown)
    return landmarks.themes_by_segment(present, segment, named)


def _by_plan_and_place(one: Present) -> str:
    return BETWEEN.join(filter(None, (one.plan, one.location)))


def _by(tx: Tx, present: Sequence[Present], by: Dimension, bands: Bands) -> Callable[[Present], str]:
    """The segment that a customer is in now; of tags all that they have together, since segments must not overlap."""
    known = storage.segments.of_customers(tx, [one.customer_id for one in present], bands)
    return lambda one: BETWEEN.join(segments_in(known[one.customer_id], by))
