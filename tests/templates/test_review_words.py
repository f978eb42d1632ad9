"""Reviews in words: under a picture's limit even where everything is long, and every figure with its interval."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from math import inf
from typing import Any

import pytest
from telegram.constants import MessageLimit

from bot.domain import review_messages, reviews
from bot.domain.calendar_units import Unit
from bot.domain.figures import Figure, FigureUnit
from bot.domain.messages import Language
from bot.domain.metrics.estimates import NOT_COMPARABLE, Change, Difference, Estimate, Verdict
from bot.domain.metrics.proportions import Share
from bot.domain.periods import Label, Period
from bot.domain.reports import Metric, PeriodCounts, SurveyCounts, metric_line
from bot.domain.rules import Rules
from bot.playground.formatting import parse_html
from bot.render import Renderer
from storage.columns import to_json

WEEK = Period(date(2026, 11, 16), date(2026, 11, 23), "Asia/Ho_Chi_Minh", Label.PAST, Unit.WEEK)
SPANS = {"period": reviews.period_facts(WEEK), "before": reviews.period_facts(reviews.usual_weeks(WEEK))}
RED = {
    "name": "Công ty TNHH Thương mại và Dịch vụ Bình Minh",
    "health_of": 2**40,
    "score": 42,
    "override": "severe_complaint",
    "moves": [{"part": "survey", "points": 20}, {"part": "use", "points": -34}],
    "reasons": [{"part": "support", "score": 0}],
    "nps_before": None,
    "nps_after": None,
}


def counts(n: int, good: int) -> PeriodCounts:
    scores = {10: good, 3: n - good}
    return PeriodCounts(
        nps=SurveyCounts(scores, sent=3 * n, answered=n),
        ces=SurveyCounts({7: good, 2: n - good}),
        csat=SurveyCounts({5: good, 2: n - good}),
        churn=Share(good, n),
    )


def week(now: PeriodCounts, before: PeriodCounts, **changes: Any) -> dict[str, Any]:
    facts = {
        "template": "reviews/week",
        "lines": reviews.compared(dict.fromkeys(reviews.WEEKLY), now, before),
        "churn": asdict(metric_line(Metric.CHURN, now, so_far=True)),
        "month": 9,
        "cases": {"opened": 12_345, "resolved": 12_345, "open": 1_234, "late": 1_234},
        "reds": {"total": 12_345, "new": 1_234, "named": [RED] * reviews.NAMED},
        "ahead": {"milestones": 12_345, "contracts": 12_345},
    }
    return {**SPANS, **facts, **changes}


def render(facts: dict[str, Any], language: Language) -> str:
    kept = json.loads(to_json(facts))
    said = review_messages.review(kept, outbox_id=1, language=language)
    return parse_html(Renderer(Rules()).render(said).text).text


LONG = week(counts(123_456, 61_000), counts(423_456, 221_000))
MONTH = {
    **SPANS,
    "template": "reviews/month",
    "lines": reviews.compared(dict.fromkeys(Metric), counts(123_456, 61_000), counts(423_456, 221_000)),
    "cases": LONG["cases"],
}
BEGAN_AT = datetime(2026, 10, 22, 18, tzinfo=UTC)  # the 23rd in Vietnam
LATE = {
    **LONG,
    "lines": reviews.compared(dict.fromkeys(reviews.WEEKLY, BEGAN_AT), counts(99_999, 9), counts(99_999, 9)),
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("facts", [LONG, MONTH, LATE])
def test_a_review_fits_under_a_picture(language: Language, facts: dict[str, Any]) -> None:
    said = render(facts, language)
    assert len(said.encode("utf-16-le")) // 2 <= MessageLimit.CAPTION_LENGTH
    assert "\n\n\n" not in said


@pytest.mark.parametrize(
    ("language", "few"), [(Language.VI, "– quá ít câu trả lời"), (Language.EN, "– too few answers")]
)
def test_a_week_with_few_answers_says_so_beside_what_is_usual(language: Language, few: str) -> None:
    said = render(week(counts(6, 4), counts(400, 300)), language)
    assert said.count(few) == len(reviews.WEEKLY)
    assert said.count("n = 400") == len(reviews.WEEKLY)


@pytest.mark.parametrize(
    ("language", "since"),
    [(Language.VI, "mới có câu trả lời từ 23/10"), (Language.EN, "there are answers only since 23")],
)
def test_what_is_held_against_a_time_that_lacks_answers_says_since_when_there_are_some(
    language: Language, since: str
) -> None:
    assert render(LATE, language).count(since) == len(reviews.WEEKLY)


@pytest.mark.parametrize(("language", "hidden"), [(Language.VI, "dưới 5"), (Language.EN, "hidden under 5")])
def test_under_five_nothing_but_n_is_said_and_nothing_of_who_is_not_there(language: Language, hidden: str) -> None:
    nobody = {"reds": {"total": 0, "new": 0, "named": []}, "ahead": {"milestones": 1, "contracts": 0}}
    said = render(week(counts(4, 2), PeriodCounts(), **nobody), language)
    assert said.count(hidden) == len(reviews.WEEKLY) + 1
    assert "•" not in said


@pytest.mark.parametrize(
    ("language", "weakest", "others"),
    [
        (Language.VI, "• An: 32 – yếu nhất: mua hàng 12/100", "… và 2 khách nữa: /risks"),
        (Language.EN, "• An: 32 – weakest: purchases 12/100", "… and 2 more: /risks"),
    ],
)
def test_a_week_counts_the_newly_red_it_does_not_name_and_says_why_of_who_was_not_scored_a_month_ago(
    language: Language, weakest: str, others: str
) -> None:
    new = {**RED, "name": "An", "score": 32, "override": None, "moves": [], "reasons": [{"part": "usage", "score": 12}]}
    few, fell = counts(4, 3), {**RED, "name": "An", "score": 32, "override": None}
    lines = render(week(few, few, reds={"total": 3, "new": 3, "named": [new]}), language).splitlines()
    assert lines[lines.index(weakest) + 1] == others
    said = render(week(few, few, reds={"total": 3, "new": 1, "named": [fell]}), language)
    assert "−34" in said
    assert not any(word in said for word in ("+20", "…"))


@pytest.mark.parametrize("language", Language)
def test_every_figure_of_a_page_has_its_unit_its_interval_and_its_n(language: Language) -> None:
    def figure(unit: FigureUnit, estimate: Estimate | None, n: int = 30, change: Change = NOT_COMPARABLE) -> Figure:
        return Figure(key="cases_closed", unit=unit, n=n, estimate=estimate, currency="VND", change=change)

    half = Estimate(0.5, 0.25, inf, 30)
    moved = [Change(verdict, Difference(0.1, 0.1, 0.1)) for verdict in (Verdict.UP, Verdict.DOWN)]
    figures = [
        *(figure(unit, half) for unit in (FigureUnit.SHARE, FigureUnit.MONEY, FigureUnit.DAYS, FigureUnit.NUMBER)),
        *(figure(FigureUnit.SHARE, half, change=change) for change in moved),
        *(figure(FigureUnit.SHARE, None, n) for n in (0, 3, 30)),
    ]
    told = reviews.figures_facts(figures)
    lines = render({**SPANS, "template": "reviews/figures", "page": "cases", "figures": told}, language).splitlines()
    assert len(set(lines[2:-2])) == len(figures)
    assert sum("n = 30" in line for line in lines) == len(figures) - 2
