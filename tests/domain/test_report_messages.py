"""A report as it is said: what is listed, what is drawn, and how long names may be."""

from dataclasses import asdict
from datetime import UTC, datetime

from bot.domain.breakdowns import breakdown
from bot.domain.messages import Language
from bot.domain.metrics.proportions import Share
from bot.domain.periods import parse_period, previous, trends
from bot.domain.report_messages import (
    MOST_LISTED,
    SegmentsPicture,
    TrendPicture,
    breakdown_report,
    headline,
    metric_report,
    overview_report,
)
from bot.domain.report_requests import Dimension, ReportRequest
from bot.domain.reports import (
    Funnel,
    Metric,
    PeriodCounts,
    SurveyCounts,
    metric_line,
    metric_trend,
    overview,
)
from bot.domain.response_outcomes import Followed, outcome_lines
from bot.domain.segments import key_of
from bot.domain.taps import ShowSegment

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PERIOD = parse_period("30d", now=NOW, timezone="Asia/Ho_Chi_Minh")


def test_eight_segments_are_listed_with_how_many_there_are() -> None:
    counts = {f"{'x' * 50}{number}": PeriodCounts(nps=SurveyCounts({10: 9})) for number in range(MOST_LISTED + 3)}
    overall = metric_line(Metric.NPS, PeriodCounts(nps=SurveyCounts({10: 9 * len(counts)})))
    segments = breakdown(counts, overall)
    request = ReportRequest(Metric.NPS, "90d", Dimension.PLAN)
    report = breakdown_report(segments, overall, request=request, currency="VND", period=PERIOD, language=Language.VI)
    listed = report.message.facts["segments"]
    assert isinstance(listed, list)
    assert (len(listed), report.message.facts["total"]) == (MOST_LISTED, MOST_LISTED + 3)
    buttons = [button for row in report.message.keyboard for button in row]
    assert [button.facts["number"] for button in buttons] == list(range(1, MOST_LISTED + 1))
    assert buttons[0].tap == ShowSegment("nps 90d by plan", key_of(segments[0].segment))
    assert report.picture == SegmentsPicture(metric=Metric.NPS, segments=segments, overall=overall.estimate)


def test_behind_a_metric_that_nobody_answered_there_is_nobody_to_list() -> None:
    counts = {"gold": PeriodCounts(churn=Share(1, 10))}
    overall = metric_line(Metric.CHURN, counts["gold"])
    request = ReportRequest(Metric.CHURN, "90d", Dimension.PLAN)
    lines = breakdown(counts, overall)
    report = breakdown_report(lines, overall, request=request, currency="VND", period=PERIOD, language=Language.VI)
    assert report.message.keyboard == ()


def test_the_headline_is_the_first_value_and_not_a_hidden_one() -> None:
    counts = PeriodCounts(nps=SurveyCounts({9: 4}), csat=SurveyCounts({5: 5}))
    assert headline(overview(counts, PeriodCounts())) is Metric.CSAT


def test_without_any_value_the_headline_is_nps() -> None:
    assert headline(overview(PeriodCounts(), PeriodCounts())) is Metric.NPS


COUNTS = PeriodCounts(nps=SurveyCounts({10: 30, 3: 10}, sent=50, answered=40), active=90)
FUNNEL = Funnel(sent=60, answered=40, closed=50)


def picture(counts: PeriodCounts = COUNTS) -> TrendPicture:
    points = metric_trend(Metric.NPS, dict.fromkeys(trends(PERIOD, now=NOW)[0], counts))
    return TrendPicture(metric=Metric.NPS, trend=points, scores=counts.nps.scores, funnel=FUNNEL)


def test_an_overview_says_every_metric_and_how_many_surveys_have_not_closed() -> None:
    said = overview(COUNTS, PeriodCounts(active=80))
    report = overview_report(said, FUNNEL, picture(), period=PERIOD, before=previous(PERIOD), language=Language.VI)
    lines = report.message.facts["lines"]
    assert isinstance(lines, list)
    assert [line["metric"] for line in lines] == list(Metric)
    facts = report.message.facts
    assert (facts["unclosed"], facts["active"], facts["active_before"]) == (10, 90, 80)
    assert report.words.facts["metric"] is Metric.NPS


def test_one_metric_stands_beside_how_many_answered() -> None:
    line, responses = metric_line(Metric.NPS, COUNTS), metric_line(Metric.RESPONSE_RATE, COUNTS)
    report = metric_report(
        line, responses, picture(), period=PERIOD, before=previous(PERIOD), never_bought=3, language=Language.EN
    )
    assert report.message.facts["line"] == asdict(line)
    assert report.message.facts["responses"] == asdict(responses)
    assert report.message.facts["unclosed"] == 10


def test_what_the_silent_have_done_stands_in_the_report_and_in_its_file() -> None:
    outcomes = outcome_lines(Followed(40, 9, 0), Followed(60, 3, 0))
    line = metric_line(Metric.NPS, COUNTS)
    one = metric_report(
        line,
        line,
        picture(),
        outcomes=outcomes,
        never_bought=0,
        period=PERIOD,
        before=previous(PERIOD),
        language=Language.EN,
    )
    every = overview_report(
        overview(COUNTS, COUNTS),
        FUNNEL,
        picture(),
        outcomes=outcomes,
        period=PERIOD,
        before=previous(PERIOD),
        language=Language.EN,
    )
    assert one.message.facts["outcomes"] == [asdict(outcome) for outcome in outcomes]
    for report in (one, every):
        assert [figure.key for figure in report.figures] == ["silent_lost", "answered_lost"]
        assert report.methods == ("methods_outcomes",)
