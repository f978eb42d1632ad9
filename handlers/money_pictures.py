"""The pictures of the pages of money: what is drawn comes from the report, and every word in it from the templates."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bot.charts import BreakdownPicture, PicturePoint, breakdown_picture
from bot.charts.money import (
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
from bot.domain.calendar_units import Unit
from bot.domain.figures import Figure as ReportFigure
from bot.domain.money_reports import (
    AmountsPicture,
    CohortsPicture,
    HeldOutPicture,
    RowsPicture,
    SegmentsOfValuePicture,
    WaitPicture,
    figure_facts,
)
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
    highest = max((each.estimate.high for each in rows if each.estimate is not None), default=1.0)
    return breakdown_picture(
        BreakdownPicture(words=picture_words(say), locale=locale, points=False, segments=rows, highest=highest)
    )


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
}
