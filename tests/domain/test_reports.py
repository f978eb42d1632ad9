"""What a report may say about each metric."""

from datetime import UTC, datetime

import pytest

from bot.domain.metrics.estimates import NOT_COMPARABLE, Sufficiency, Verdict
from bot.domain.metrics.nps import NpsCounts
from bot.domain.metrics.proportions import Share
from bot.domain.periods import parse_period, trends
from bot.domain.reports import (
    Funnel,
    Metric,
    PeriodCounts,
    SurveyCounts,
    line_figures,
    metric_line,
    metric_trend,
    overview,
    share_shown,
    surveyed,
)
from bot.domain.touchpoints import Kind

BEGAN_AT = datetime(2026, 5, 2, tzinfo=UTC)
MANY = PeriodCounts(
    nps=SurveyCounts({10: 60, 8: 20, 3: 20}, sent=300, answered=90),
    ces=SurveyCounts({7: 30, 2: 10}, sent=100, answered=40),
    csat=SurveyCounts({5: 56, 2: 14}, sent=100, answered=70),
    churn=Share(100, 1000),
    active=950,
)
EARLIER = PeriodCounts(
    nps=SurveyCounts({10: 40, 8: 30, 3: 30}, sent=300, answered=95),
    ces=SurveyCounts({7: 29, 2: 11}, sent=100, answered=40),
    csat=SurveyCounts({5: 48, 2: 32}, sent=100, answered=80),
    churn=Share(50, 1000),
    active=1000,
)


def _nps(scores: dict[int, int], population: int | None = None) -> PeriodCounts:
    return PeriodCounts(nps=SurveyCounts(scores, population=population))


def test_an_overview_holds_every_metric_once_and_the_active_customers() -> None:
    report = overview(MANY, EARLIER)
    assert [line.metric for line in report.lines] == list(Metric)
    assert (report.active, report.active_before) == (950, 1000)


@pytest.mark.parametrize(
    ("metric", "value", "n", "verdict"),
    [
        (Metric.NPS, 40, 100, Verdict.UP),
        (Metric.CES, 0.75, 40, Verdict.NO_CHANGE),
        (Metric.CSAT, 0.8, 70, Verdict.UP),
        (Metric.RESPONSE_RATE, 0.4, 500, Verdict.NO_CHANGE),
        (Metric.CHURN, 0.1, 1000, Verdict.UP),
    ],
)
def test_each_metric_is_printed_with_its_value_and_verdict(
    metric: Metric, value: float, n: int, verdict: Verdict
) -> None:
    line = metric_line(metric, MANY, EARLIER)
    assert line.estimate is not None
    assert line.estimate.value == pytest.approx(value)
    assert (line.metric, line.n, line.sufficiency) == (metric, n, Sufficiency.ENOUGH)
    assert line.change.verdict is verdict


def test_the_change_of_csat_is_newcombes() -> None:
    difference = metric_line(Metric.CSAT, MANY, EARLIER).change.difference
    assert difference is not None
    assert (difference.low, difference.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_the_counts_behind_a_value_are_kept() -> None:
    assert metric_line(Metric.NPS, MANY).counts == NpsCounts(60, 20, 20)
    assert metric_line(Metric.RESPONSE_RATE, MANY).counts == Share(200, 500)


def test_only_ces_and_csat_have_a_mean_beside_the_share() -> None:
    means = {line.metric: line.mean for line in overview(MANY, EARLIER).lines}
    assert {metric for metric, mean in means.items() if mean} == {Metric.CES, Metric.CSAT}
    ces, csat = means[Metric.CES], means[Metric.CSAT]
    assert ces is not None
    assert csat is not None
    assert (ces.value, csat.value) == pytest.approx((5.75, 4.4))


@pytest.mark.parametrize("metric", Metric)
def test_nothing_counted_is_no_value_and_never_zero(metric: Metric) -> None:
    line = metric_line(metric, PeriodCounts(), MANY)
    assert (line.n, line.sufficiency) == (0, Sufficiency.NONE)
    assert (line.estimate, line.counts, line.mean, line.change) == (None, None, None, NOT_COMPARABLE)


@pytest.mark.parametrize("metric", Metric)
def test_under_five_only_n_is_told(metric: Metric) -> None:
    few = PeriodCounts(
        nps=SurveyCounts({9: 4}),
        ces=SurveyCounts({7: 4}),
        csat=SurveyCounts({5: 4}, sent=4, answered=4),
        churn=Share(1, 4),
    )
    line = metric_line(metric, few, MANY)
    assert (line.n, line.sufficiency) == (4, Sufficiency.HIDDEN)
    assert (line.estimate, line.counts, line.mean, line.change) == (None, None, None, NOT_COMPARABLE)


def test_under_thirty_the_value_is_told_and_not_compared() -> None:
    line = metric_line(Metric.NPS, _nps({10: 29}), MANY)
    assert line.sufficiency is Sufficiency.FEW
    assert line.estimate is not None
    assert line.change is NOT_COMPARABLE


def test_a_period_before_of_under_thirty_allows_no_verdict() -> None:
    assert metric_line(Metric.NPS, MANY, _nps({0: 29})).change is NOT_COMPARABLE
    assert metric_line(Metric.NPS, MANY, _nps({0: 30})).change.verdict is Verdict.UP


def test_an_unfinished_period_says_so_and_is_compared_with_none() -> None:
    lines = overview(MANY, EARLIER, so_far=True).lines
    assert all(line.so_far and line.change is NOT_COMPARABLE for line in lines)
    assert not metric_line(Metric.CHURN, MANY, EARLIER).so_far


def test_a_period_before_that_the_data_lack_days_of_is_no_measure() -> None:
    lines = {one.metric: one for one in overview(MANY, EARLIER, began_at={Metric.NPS: BEGAN_AT}).lines}
    assert (lines[Metric.NPS].began_at, lines[Metric.NPS].change) == (BEGAN_AT, NOT_COMPARABLE)
    assert (lines[Metric.CSAT].began_at, lines[Metric.CSAT].change.verdict) == (None, Verdict.UP)


def test_a_small_customer_base_narrows_the_interval_of_the_nps() -> None:
    whole = metric_line(Metric.NPS, _nps({10: 30, 0: 10})).estimate
    known = metric_line(Metric.NPS, _nps({10: 30, 0: 10}, population=50)).estimate
    assert whole is not None
    assert known is not None
    assert known.value == whole.value
    assert known.high - known.low < whole.high - whole.low


def test_a_trend_keeps_every_part_and_hides_the_small_ones() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    parts = trends(parse_period("last quarter", now=now, timezone="Asia/Ho_Chi_Minh"), now=now)[0][:3]
    counts = [_nps({10: 4}), PeriodCounts(), _nps({10: 3, 0: 2})]
    points = metric_trend(Metric.NPS, dict(zip(parts, counts, strict=True)))
    assert [point.part for point in points] == list(parts)
    assert [point.n for point in points] == [4, 0, 5]
    assert [point.estimate and point.estimate.value for point in points] == [None, None, 20]
    assert share_shown(points) == pytest.approx(1 / 3)


def test_funnels_add_up_and_what_has_not_closed_is_told_apart() -> None:
    first = Funnel(sent=10, answered=4, commented=2, closed=7, closed_answered=3)
    assert first + first == Funnel(sent=20, answered=8, commented=4, closed=14, closed_answered=6)
    assert (first.unclosed, (first + first).unclosed) == (3, 6)


def test_each_kind_of_survey_is_found_by_its_kind() -> None:
    assert [MANY.survey(kind) for kind in (Kind.NPS, Kind.CES, Kind.CSAT)] == [MANY.nps, MANY.ces, MANY.csat]


def test_a_line_has_its_figures_for_a_file() -> None:
    counts = PeriodCounts(csat=SurveyCounts({5: 40, 1: 10}), churn=Share(10, 100))
    value, mean = line_figures(metric_line(Metric.CSAT, counts, counts))
    assert (value.key, value.unit, value.n, value.change.verdict) == ("csat", "share", 50, Verdict.NO_CHANGE)
    assert mean.estimate is not None
    assert (mean.key, mean.unit, mean.estimate.value) == ("csat_mean", "number", 4.2)
    assert [one.key for one in line_figures(metric_line(Metric.NPS, counts))] == ["nps"]
    *_, yearly = line_figures(metric_line(Metric.CHURN, counts, a_month=True))
    assert yearly.key == "yearly_churn"


def test_a_months_churn_stands_beside_what_it_makes_in_a_year() -> None:
    lost = PeriodCounts(churn=Share(10, 100))
    line = metric_line(Metric.CHURN, lost, a_month=True)
    assert line.estimate is not None
    assert line.yearly is not None
    ends = (line.estimate.value, line.estimate.low, line.estimate.high)
    assert (line.yearly.value, line.yearly.low, line.yearly.high) == tuple(1 - (1 - end) ** 12 for end in ends)
    assert line.yearly.value == pytest.approx(0.7176, abs=1e-4)
    assert metric_line(Metric.CHURN, lost).yearly is None
    assert metric_line(Metric.CHURN, lost, so_far=True, a_month=True).yearly is None
    assert metric_line(Metric.CHURN, PeriodCounts(), a_month=True).yearly is None
    assert metric_line(Metric.CSAT, PeriodCounts(csat=SurveyCounts({5: 9})), a_month=True).yearly is None


def test_of_surveys_sent_only_those_that_are_over_make_a_response_rate() -> None:
    funnel = Funnel(sent=9, answered=5, commented=2, closed=6, closed_answered=4)
    counts = surveyed({Kind.NPS: {9: 5}}, {Kind.NPS: funnel})
    assert counts == PeriodCounts(nps=SurveyCounts({9: 5}, sent=6, answered=4))
