"""The pictures of the pages of money: what is drawn comes from the report, and every word in it from the templates."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from bot.charts import BreakdownPicture, PicturePoint, breakdown_picture
from bot.charts.money import (
    Amounts,
    AmountsChart,
    CohortsChart,
    HeldOutChart,
    PairsChart,
    WaitChart,
    amounts_chart,
    cohorts_chart,
    held_out_chart,
    pairs_chart,
    wait_chart,
)
from bot.charts.pictures import Decimals, Numbers, SharesApart
from bot.domain.calendar_units import Unit
from bot.domain.figures import Figure as ReportFigure, FigureUnit
from bot.domain.metrics.estimates import Estimate
from bot.domain.money_reports import (
    AmountsPicture,
    CohortsPicture,
    HeldOutPicture,
    RowsPicture,
    SegmentsOfValuePicture,
    WaitPicture,
    figure_facts,
)
from bot.domain.segment_figures import SUMS, SegmentFiguresPicture
from handlers.picturing import Say, picture_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _amounts(picture: AmountsPicture, say: Say, locale: str) -> "Figure":
    points = [PicturePoint(say("step", part=asdict(each.part)), each.n, each.estimate) for each in picture.points]
    unit = picture.points[0].part.unit if picture.points else Unit.MONTH
    words = replace(picture_words(say), trend=say("trend", unit=unit))
    return amounts_chart(AmountsChart(words, locale, picture.currency, points))


def _rows(picture: RowsPicture, say: Say, locale: str) -> "Figure":
    rows = [PicturePoint(_name(each, say), each.n, each.visible) for each in picture.rows]
    highest = max([1.0, *(each.estimate.high for each in rows if each.estimate is not None)])
    numbers = Numbers(locale, points=False, ends=(0.0, highest))
    return breakdown_picture(
        BreakdownPicture(words=picture_words(say), locale=locale, points=False, segments=rows, numbers=numbers)
    )


def _by_segment(picture: SegmentFiguresPicture, say: Say, locale: str) -> "Figure":
    """The first figure of each segment; an end of an interval that is not known is drawn as far as the axis goes."""
    drawn = [(row, row.figures[0].visible) for row in picture.rows]
    shown = [one for _, one in drawn if one is not None]
    reach = 1.1 * max([0.0, *(end for one in shown for end in (one.value, one.high) if isfinite(end))])
    ends = (1.1 * min([0.0, *(one.low for one in shown)]), reach or 1.0)
    rows = [
        PicturePoint(say("segment", segment=asdict(row.name)), row.figures[0].n, one and _within(one, ends))
        for row, one in drawn
    ]
    return breakdown_picture(
        BreakdownPicture(
            words=replace(picture_words(say), overall=say("overall")),
            locale=locale,
            points=False,
            segments=rows,
            overall=None if picture.overall.key in SUMS else picture.overall.visible,
            numbers=_numbers(picture.overall, locale, ends),
        )
    )


def _within(one: Estimate, ends: tuple[float, float]) -> Estimate:
    return replace(one, high=min(one.high, ends[1]))


def _numbers(figure: ReportFigure, locale: str, ends: tuple[float, float]) -> Numbers:
    if figure.unit is FigureUnit.MONEY:
        return Amounts(locale, points=False, ends=ends, currency=figure.currency)
    kind = {FigureUnit.SHARE: Numbers, FigureUnit.APART: SharesApart}.get(figure.unit, Decimals)
    return kind(locale, points=False, ends=ends)


def _cohorts(picture: CohortsPicture, say: Say, locale: str) -> "Figure":
    return cohorts_chart(
        CohortsChart(
            words=picture_words(say),
            locale=locale,
            labels=[say("step", part=asdict(month)) for month in picture.months],
            rows=picture.rows,
            months_label=say("months_after"),
            so_far=say("month_so_far"),
        )
    )


def _held_out(picture: HeldOutPicture, say: Say, locale: str) -> "Figure":
    return held_out_chart(
        HeldOutChart(
            words=replace(picture_words(say), trend=say("trend")),
            locale=locale,
            groups=picture.groups,
            labels=[say("bought_again", times=group.repeats) for group in picture.groups],
            actual=say("actual"),
            predicted=say("predicted"),
        )
    )


def _segments(picture: SegmentsOfValuePicture, say: Say, locale: str) -> "Figure":
    return pairs_chart(
        PairsChart(
            words=picture_words(say),
            locale=locale,
            labels=[say("row", figure=figure_facts(people)) for people, _ in picture.rows.values()],
            sizes=[people.n for people, _ in picture.rows.values()],
            pairs=[(_value(people), _value(money)) for people, money in picture.rows.values()],
            names=(say("of_customers"), say("of_money")),
        )
    )


def _wait(picture: WaitPicture, say: Say, locale: str) -> "Figure":
    return wait_chart(
        WaitChart(
            words=picture_words(say),
            locale=locale,
            steps=picture.steps,
            n=picture.n,
            days=picture.days,
            marks=picture.marks,
            days_label=say("days"),
        )
    )


def _name(figure: ReportFigure, say: Say) -> str:
    return say("row", figure=figure_facts(figure))


def _value(figure: ReportFigure) -> float | None:
    return figure.visible.value if figure.visible is not None else None


MONEY_PAINTERS: Mapping[type, Callable[[Any, Say, str], "Figure"]] = {
    AmountsPicture: _amounts,
    RowsPicture: _rows,
    CohortsPicture: _cohorts,
    HeldOutPicture: _held_out,
    SegmentsOfValuePicture: _segments,
    WaitPicture: _wait,
    SegmentFiguresPicture: _by_segment,
}
