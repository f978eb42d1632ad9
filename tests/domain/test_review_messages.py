"""A review is said and drawn from what was kept of it, which has been through JSON."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain import review_messages, reviews
from bot.domain.calendar_units import Unit
from bot.domain.health import Colour
from bot.domain.health_reports import HealthReportPicture, HealthSpread, Mover, spread_facts
from bot.domain.messages import Language
from bot.domain.periods import Label, Period
from bot.domain.report_messages import TrendPicture
from bot.domain.reports import Metric, PeriodCounts, SurveyCounts, metric_trend
from bot.domain.taps import ShowHealth

WEEK = Period(date(2026, 11, 16), date(2026, 11, 23), "Asia/Ho_Chi_Minh", Label.PAST, Unit.WEEK)


def said(**facts: Any) -> Any:
    kept = json.loads(json.dumps({"template": "reviews/week", "period": reviews.period_facts(WEEK), **facts}))
    return review_messages.review(kept, outbox_id=1, language=Language.EN)


def test_its_days_are_days_again_and_who_became_red_has_a_button() -> None:
    message = said(reds={"named": [{"health_of": 7, "name": "An"}]})
    assert (message.template, message.facts["period"]["first_day"]) == ("reviews/week", date(2026, 11, 16))
    ((button,),) = message.keyboard
    assert (button.tap, button.facts) == (ShowHealth(7), {"customer": "An"})
    assert said().keyboard == ()


def test_the_trend_of_the_nps_is_drawn_as_it_was() -> None:
    counts = [SurveyCounts({10: 4, 3: place}) for place in range(12)]
    parts = dict(zip(reviews.weeks_until(WEEK), (PeriodCounts(nps=one) for one in counts), strict=True))
    trend = metric_trend(Metric.NPS, parts)
    report = review_messages.drawn(said(**reviews.picture_facts(trend, parts[trend[-1].part])))
    assert isinstance(report.picture, TrendPicture)
    assert (tuple(report.picture.trend), report.picture.scores) == (trend, {10: 4, 3: 11})
    assert (report.words.facts["unit"], report.words.facts["line"]["n"]) == (Unit.WEEK, 15)  # type: ignore[index]


def test_the_health_of_customers_is_drawn_as_it_was() -> None:
    spread = HealthSpread(
        shifts={(Colour.GREEN, Colour.RED): 6}, scores={40: 6}, movers=[Mover(name="An", before=80, after=40)]
    )
    report = review_messages.drawn(said(picture="health", **spread_facts(spread, WEEK)))
    assert report.picture == HealthReportPicture(now=spread.now, before=spread.before, movers=spread.movers)
    assert (report.words.template, report.period.first_day) == ("reports/health", WEEK.first_day)
    past = review_messages.drawn(said(picture="health", **spread_facts(replace(spread, movers=None), WEEK)))
    assert past.picture == HealthReportPicture(now=spread.now, before=spread.before, movers=None)
