"""A metric by segment: the order, and what may be called different from the rest."""

import pytest

from bot.domain.breakdowns import breakdown
from bot.domain.metrics.estimates import Verdict
from bot.domain.metrics.proportions import Share
from bot.domain.reports import Metric, PeriodCounts, SurveyCounts, metric_line


def nps(*scores: tuple[int, int]) -> PeriodCounts:
    return PeriodCounts(nps=SurveyCounts(dict(scores)))


def churn(part: int, whole: int) -> PeriodCounts:
    return PeriodCounts(churn=Share(part, whole))


def unlike(segments: dict[str, PeriodCounts], whole: PeriodCounts, metric: Metric = Metric.NPS) -> dict[str, Verdict]:
    return {each.segment: each.unlike for each in breakdown(segments, metric_line(metric, whole))}


def test_segments_that_are_alike_stand_in_the_order_of_the_alphabet() -> None:
    few = {
        name: PeriodCounts(csat=SurveyCounts({5: 1}))
        for name in ("Huế", "Đà Lạt", "Hải Phòng", "Hà Nội", "Buôn Ma Thuột")
    }
    found = breakdown(few, metric_line(Metric.CSAT, PeriodCounts(csat=SurveyCounts({5: 5}))))
    assert [each.segment for each in found] == ["Buôn Ma Thuột", "Đà Lạt", "Hà Nội", "Hải Phòng", "Huế"]


def test_the_highest_comes_first_and_the_hidden_last() -> None:
    segments = {"basic": nps((10, 5), (0, 5)), "tiny": nps((10, 4)), "pro": nps((10, 8), (0, 2)), "empty": nps()}
    overall = metric_line(Metric.NPS, nps((10, 17), (0, 7)))
    lines = breakdown(segments, overall, so_far=True)
    assert [each.segment for each in lines] == ["pro", "basic", "empty", "tiny"]
    assert [each.line.estimate is None for each in lines] == [False, False, True, True]
    assert all(each.line.so_far for each in lines)


def test_what_lies_far_from_the_rest_is_called_different_and_what_is_small_is_not_compared() -> None:
    segments = {"gold": nps((10, 60), (0, 5)), "basic": nps((10, 10), (0, 60)), "small": nps((10, 29))}
    found = unlike(segments, nps((10, 99), (0, 65)))
    assert found == {"gold": Verdict.UP, "basic": Verdict.DOWN, "small": Verdict.NOT_COMPARABLE}


def test_a_segment_without_thirty_others_has_no_rest() -> None:
    segments = {"all": nps((10, 60), (0, 5)), "few": nps((0, 29))}
    assert unlike(segments, nps((10, 60), (0, 34)))["all"] is Verdict.NOT_COMPARABLE


def test_what_would_stand_alone_does_not_stand_among_many() -> None:
    """Benjamini and Hochberg: with two compared, p = .08 stands at 10 % only when both do; with twenty it does not."""
    odd, usual = churn(12, 100), churn(6, 100)
    few = {"odd": odd, "other": churn(30, 500)}
    assert unlike(few, churn(42, 600), Metric.CHURN) == {"odd": Verdict.UP, "other": Verdict.DOWN}
    many = {"odd": odd, **{str(number): usual for number in range(19)}}
    assert set(unlike(many, churn(126, 2000), Metric.CHURN).values()) == {Verdict.NO_CHANGE}


def test_an_answer_that_came_between_two_counts_is_no_error() -> None:
    segments = {"gold": churn(3, 40), "basic": churn(0, 31)}
    assert set(unlike(segments, churn(2, 71), Metric.CHURN)) == {"gold", "basic"}


@pytest.mark.parametrize("metric", [Metric.CES, Metric.CSAT, Metric.RESPONSE_RATE, Metric.CHURN])
def test_every_share_is_compared(metric: Metric) -> None:
    def counts(good: int, bad: int) -> PeriodCounts:
        surveys = SurveyCounts({5: good, 1: bad}, sent=good + bad, answered=good)
        return PeriodCounts(ces=surveys, csat=surveys, churn=Share(good, good + bad))

    found = unlike({"high": counts(50, 10), "low": counts(10, 50)}, counts(60, 60), metric)
    assert found == {"high": Verdict.UP, "low": Verdict.DOWN}
