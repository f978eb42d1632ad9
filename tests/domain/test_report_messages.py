"""A report as it is said: what is listed, what is drawn, and how long names may be."""

from datetime import UTC, datetime

from bot.domain.messages import Language
from bot.domain.periods import parse_period
from bot.domain.report_messages import MOST_LISTED, SegmentsPicture, breakdown_report, headline
from bot.domain.report_requests import Dimension
from bot.domain.reports import Metric, PeriodCounts, SurveyCounts, breakdown, metric_line, overview

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PERIOD = parse_period("30d", now=NOW, timezone="Asia/Ho_Chi_Minh")


def test_a_dozen_segments_are_listed_with_how_many_there_are() -> None:
    counts = {f"{'x' * 50}{number}": PeriodCounts(nps=SurveyCounts({10: 9})) for number in range(MOST_LISTED + 3)}
    overall = metric_line(Metric.NPS, PeriodCounts(nps=SurveyCounts({10: 9 * len(counts)})))
    segments = breakdown(Metric.NPS, counts)
    report = breakdown_report(segments, overall, by=Dimension.PLAN, period=PERIOD, language=Language.VI)
    listed = report.message.facts["segments"]
    assert isinstance(listed, list)
    assert (len(listed), report.message.facts["total"]) == (MOST_LISTED, MOST_LISTED + 3)
    assert {len(each["name"]) for each in listed} == {40}
    assert report.picture == SegmentsPicture(metric=Metric.NPS, segments=segments, overall=overall.estimate)


def test_the_headline_is_the_first_value_and_not_a_hidden_one() -> None:
    counts = PeriodCounts(nps=SurveyCounts({9: 4}), csat=SurveyCounts({5: 5}))
    assert headline(overview(counts, PeriodCounts())) is Metric.CSAT


def test_without_any_value_the_headline_is_nps() -> None:
    assert headline(overview(PeriodCounts(), PeriodCounts())) is Metric.NPS
