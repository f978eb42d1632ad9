"""The figures of a page by segment: their order, and what may be called different from the rest."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from itertools import cycle
from math import inf
from typing import Any

import pytest
from scipy.stats import norm

from bot.domain.figures import Figure, FigureUnit
from bot.domain.messages import Language
from bot.domain.metrics.estimates import Difference, Estimate, Verdict
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.money_reports import PageFacts, spans
from bot.domain.periods import parse_period
from bot.domain.report_requests import Page
from bot.domain.segment_figures import SegmentFiguresPicture, SegmentRow, p_of, rows_of, segments_report
from bot.domain.segments import Dimension, Segmentation, SegmentName, segments_in

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
LATE = frozenset(range(0, 1000, 2))
"""Every second customer is late with everything."""


def share_of_late(customers: Collection[int], key: str = "late") -> Sequence[Figure]:
    found = proportion(Share(len(LATE.intersection(customers)), len(customers)))
    return [Figure(key=key, unit=FigureUnit.SHARE, n=len(customers), estimate=found)]


def rows(**members: Collection[int]) -> list[SegmentRow]:
    return rows_of(members, {key: SegmentName(text=key) for key in members}, share_of_late)


def test_the_highest_comes_first_and_what_is_hidden_last() -> None:
    found = rows(few=[0, 2, 4, 6], low=[1, 3, 5, 7, 8], high=[10, 12, 14, 16, 17])
    assert [row.name.text for row in found] == ["high", "low", "few"]


def test_segments_that_are_alike_stand_in_the_order_of_the_alphabet() -> None:
    names = ("Huế", "Đà Lạt", "Hà Nội", "Biên Hòa")
    found = rows_of({name: [1] for name in names}, {name: SegmentName(text=name) for name in names}, share_of_late)
    assert [row.name.text for row in found] == ["Biên Hòa", "Đà Lạt", "Hà Nội", "Huế"]


def test_what_lies_far_from_the_rest_is_called_different_and_what_is_small_is_not_compared() -> None:
    late, early = list(LATE)[:60], [one + 1 for one in list(LATE)[:60]]
    both = range(200, 280)
    found = {row.name.text: row.unlike for row in rows(late=late, early=early, both=both, small=range(300, 329))}
    assert found == {
        "late": Verdict.UP,
        "early": Verdict.DOWN,
        "both": Verdict.NO_CHANGE,
        "small": Verdict.NOT_COMPARABLE,
    }


def test_a_segment_without_thirty_others_has_no_rest() -> None:
    assert {row.unlike for row in rows(most=range(100), few=range(100, 129))} == {Verdict.NOT_COMPARABLE}
    assert rows(everybody=range(100))[0].unlike is Verdict.NOT_COMPARABLE


def test_sums_are_not_compared_nor_what_has_no_value() -> None:
    members, names = {"a": range(50), "b": range(50, 100)}, {"a": SegmentName(text="a"), "b": SegmentName(text="b")}
    sums = rows_of(members, names, lambda customers: share_of_late(customers, "revenue"))
    nothing = rows_of(members, names, lambda of: [Figure(key="late", unit=FigureUnit.SHARE, n=len(of), estimate=None)])
    # Of the rest there are enough customers, but the figure rests on few of them.
    sizes = cycle([50, 50, 10, 10])
    thin = rows_of(
        members,
        names,
        lambda _: [Figure(key="late", unit=FigureUnit.SHARE, n=next(sizes), estimate=Estimate(0.5, 0.4, 0.6, 50))],
    )
    # And of what is apart, one side may be thin where both together are not.
    one_sided = rows_of(
        members,
        names,
        lambda of: [Figure(key="late", unit=FigureUnit.SHARE, n=len(of), estimate=Estimate(0.5, 0.4, 0.6, 29))],
    )
    assert {row.unlike for row in (*sums, *nothing, *thin, *one_sided)} == {Verdict.NOT_COMPARABLE}


def test_the_first_five_are_listed_and_the_file_and_picture_have_all() -> None:
    period = parse_period("30d", now=NOW, timezone="Asia/Ho_Chi_Minh")
    facts = PageFacts(
        page=Page.TASKS,
        period=period,
        spans=spans(period, now=NOW),
        currency="VND",
        language=Language.EN,
        every=3,
    )
    found = rows(**{f"{place}" * 25: range(10 * place, 10 * place + 9) for place in range(7)})
    report = segments_report(facts, Dimension.PLAN, found, share_of_late(range(70)), {"days": 90})
    said: Mapping[str, Any] = report.message.facts
    assert (len(said["segments"]), said["total"], said["every"], said["compared"], said["days"]) == (5, 7, 3, 0, 90)
    assert said["segments"][0]["name"]["text"].endswith("…")
    assert isinstance(report.picture, SegmentFiguresPicture)
    assert (len(report.picture.rows), list(report.figures)) == (7, share_of_late(range(70)))


@pytest.mark.parametrize("value", [-0.5, 0.1, 0.3])
def test_an_interval_stands_for_the_p_value_of_its_normal_test(value: float) -> None:
    error = 0.15
    reach = norm.ppf(0.975) * error
    assert p_of(Difference(value, value - reach, value + reach)) == pytest.approx(2 * norm.sf(abs(value) / error))


def test_the_side_that_looks_at_zero_counts_and_an_end_that_is_not_known_says_nothing() -> None:
    near, far = Difference(1.0, 0.5, 9.0), Difference(-1.0, -9.0, -0.5)
    assert p_of(near) == p_of(far) < 0.001
    assert p_of(Difference(-1.0, -2.0, inf)) == 1.0
    assert (p_of(Difference(0.0, 0.0, 0.0)), p_of(Difference(1.0, 1.0, 1.0))) == (1.0, 0.0)


def test_a_customer_is_in_the_segment_of_each_dimension_and_in_as_many_as_there_are_tags() -> None:
    one = Segmentation(plan="gold", csm_id="7", tags=("a", "b"))
    assert {by: segments_in(one, by) for by in (Dimension.PLAN, Dimension.CSM, Dimension.TAG, Dimension.AGE)} == {
        Dimension.PLAN: ("gold",),
        Dimension.CSM: ("7",),
        Dimension.TAG: ("a", "b"),
        Dimension.AGE: ("",),
    }
    assert segments_in(Segmentation(), Dimension.TAG) == ("",)
