"""The pictures of money: amounts over time, cohorts as a heat map, and what was predicted beside what came."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.charts.canvas import (
    BLUE,
    BODY,
    FAINT_INK,
    GREEN,
    GREY,
    INK,
    RULE,
    SMALL,
    SMALLEST,
    WHOLE,
    Box,
    new_figure,
    new_panel,
    say,
)
from bot.charts.pictures import Numbers, PicturePoint, PictureWords
from bot.charts.trend import draw_trend
from bot.domain.amounts import brief_amount
from bot.domain.metrics.cohorts import Cohort, CohortCell
from bot.domain.metrics.estimates import HIDDEN_UNDER
from bot.domain.metrics.forecasts import HeldOut
from bot.domain.metrics.survival import Step

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TABLE = Box(190, 150, 970, 440)
ROWS = Box(300, 150, 780, 450)
BAR = 0.38
DARK = 0.55
"""From this share on a cell is so dark that its letters are white."""


@dataclass(frozen=True)
class AmountsChart:
    """An amount over time, in minor units of a currency; `words.trend` says what it is."""

    words: PictureWords
    locale: str
    currency: str
    points: Sequence[PicturePoint]


@dataclass(frozen=True)
class CohortsChart:
    """Cohorts, each under the label of its month; `so_far` explains the mark of a month that is not over."""

    words: PictureWords
    locale: str
    labels: Sequence[str]
    rows: Sequence[Cohort]
    months_label: str
    so_far: str


@dataclass(frozen=True)
class HeldOutChart:
    """Purchases each in the time held out by purchases before it, beside what was predicted."""

    words: PictureWords
    locale: str
    groups: Sequence[HeldOut]
    labels: Sequence[str]
    actual: str
    predicted: str


@dataclass(frozen=True)
class PairsChart:
    """Two shares a row, each unless it is hidden, under one name and n."""

    words: PictureWords
    locale: str
    labels: Sequence[str]
    sizes: Sequence[int]
    pairs: Sequence[tuple[float | None, float | None]]
    names: tuple[str, str]


@dataclass(frozen=True)
class WaitChart:
    """The share that is over by so many days, out to `days`; `marks` are drawn as lines."""

    words: PictureWords
    locale: str
    steps: Sequence[Step]
    n: int
    days: int
    marks: Sequence[int]
    days_label: str


@dataclass(frozen=True)
class Amounts(Numbers):
    """How amounts of a currency are written: 1,2 triệu ₫ in Vietnamese, ₫1.2M in English."""

    currency: str = ""

    def value(self, value: float) -> str:
        return brief_amount(value, self.currency, self.locale, digits=1)

    def tick(self, value: float) -> str:
        return self.value(value)


def amounts_chart(chart: AmountsChart) -> "Figure":
    """Draws an amount over time with its interval, and n under each step."""
    figure = new_figure(chart.words)
    shown = [point.estimate for point in chart.points if point.estimate is not None]
    lowest = min([0.0, *(estimate.low for estimate in shown)])
    highest = max([1.0, *(estimate.high for estimate in shown)])
    numbers = Amounts(chart.locale, points=False, currency=chart.currency, ends=(lowest, highest * 1.1))
    draw_trend(
        figure, Box(WHOLE.left + 30, WHOLE.top, WHOLE.width - 60, WHOLE.height), chart.points, chart.words, numbers
    )
    return figure


def cohorts_chart(chart: CohortsChart) -> "Figure":
    """Draws a cell for each month of each cohort; months that have not begun are left white."""
    figure, numbers = new_figure(chart.words), Numbers(chart.locale, points=False)
    axes = new_panel(figure, TABLE, "")
    cells = [cell for row in chart.rows for cell in row.cells]
    if any(cell.estimate is not None for cell in cells):
        _draw_cells(axes, chart, numbers)
    else:
        say(axes, chart.words.too_few if any(row.size for row in chart.rows) else chart.words.no_answers)
    return figure


def _draw_cells(axes: "Axes", chart: CohortsChart, numbers: Numbers) -> None:
    """A cell is as dark as its share is of the highest one; a hidden one is grey."""
    names = [f"{label}  (n = {numbers.count(row.size)})" for label, row in zip(chart.labels, chart.rows, strict=True)]
    axes.set_yticks(range(len(names)), names, fontsize=SMALL, color=INK, parse_math=False)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xticks(range(1, len(names)), [str(after) for after in range(1, len(names))], fontsize=SMALL)
    axes.set_xlim(0.5, len(names) - 0.5)
    axes.set_xlabel(f"{chart.months_label}   {chart.so_far}", fontsize=SMALL, color=FAINT_INK, parse_math=False)
    highest = max(cell.estimate.value for row in chart.rows for cell in row.cells if cell.estimate is not None) or 1.0
    for place, row in enumerate(chart.rows):
        depths = [None if cell.estimate is None else cell.estimate.value / highest for cell in row.cells]
        axes.broken_barh(
            [(cell.after - 0.48, 0.96) for cell in row.cells],
            (place - 0.46, 0.92),
            facecolors=[(RULE, 0.4) if depth is None else (BLUE, 0.08 + 0.82 * depth) for depth in depths],
        )
        for cell, depth in zip(row.cells, depths, strict=True):
            _write_cell(axes, place, cell, numbers, "white" if depth is not None and depth > DARK else INK)


def _write_cell(axes: "Axes", place: int, cell: CohortCell, numbers: Numbers, colour: str) -> None:
    text = numbers.share(cell.estimate.value) if cell.estimate is not None else "–"
    mark = "*" if cell.so_far else ""
    axes.text(cell.after, place, text + mark, ha="center", va="center", fontsize=SMALLEST, color=colour)


def held_out_chart(chart: HeldOutChart) -> "Figure":
    """Draws two bars for each group: what its customers bought in the time held out, and what was predicted."""
    figure, numbers = new_figure(chart.words), Numbers(chart.locale, points=False)
    axes = new_panel(figure, WHOLE, chart.words.trend if chart.groups else "")
    if not chart.groups:
        say(axes, chart.words.no_answers)
        return figure
    seen = [group.actual if group.n >= HIDDEN_UNDER else 0.0 for group in chart.groups]
    guess = [group.predicted if group.n >= HIDDEN_UNDER else 0.0 for group in chart.groups]
    for side, (values, label, colour) in enumerate(((seen, chart.actual, BLUE), (guess, chart.predicted, GREY))):
        places = [place + (side - 0.5) * BAR for place in range(len(values))]
        bars = axes.bar(places, values, BAR, color=colour, label=label)
        axes.bar_label(
            bars, [numbers.decimal(value) if value else "" for value in values], padding=2, fontsize=SMALLEST
        )
    sizes = [f"{label}\nn = {numbers.count(group.n)}" for label, group in zip(chart.labels, chart.groups, strict=True)]
    axes.set_xticks(range(len(sizes)), sizes, fontsize=SMALL, parse_math=False)
    axes.set_yticks([])
    axes.set_ylim(0, 1.25 * max(*seen, *guess, 0.1))
    axes.legend(frameon=False, fontsize=BODY, loc="upper left", ncols=2)
    return figure


def pairs_chart(chart: PairsChart) -> "Figure":
    """Draws two bars a row."""
    figure, numbers = new_figure(chart.words), Numbers(chart.locale, points=False)
    axes = new_panel(figure, ROWS, "")
    if not chart.labels:
        say(axes, chart.words.no_answers)
        return figure
    names = [f"{label}  (n = {numbers.count(n)})" for label, n in zip(chart.labels, chart.sizes, strict=True)]
    axes.set_yticks(range(len(names)), names, fontsize=BODY, color=INK, parse_math=False)
    axes.set_ylim(len(names) - 0.4, -0.6)
    for side, colour in enumerate((BLUE, GREEN)):
        values = [pair[side] for pair in chart.pairs]
        places = [place + (side - 0.5) * BAR for place in range(len(values))]
        bars = axes.barh(places, [value or 0.0 for value in values], BAR, color=colour, label=chart.names[side])
        hidden = "" if side else chart.words.too_few
        texts = [hidden if value is None else numbers.share(value) for value in values]
        axes.bar_label(bars, texts, padding=4, fontsize=SMALL)
    axes.set_xticks([])
    axes.set_xlim(0, 1.2 * max((value or 0.0 for pair in chart.pairs for value in pair), default=1.0) or 1.0)
    axes.legend(frameon=False, fontsize=BODY, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return figure


def wait_chart(chart: WaitChart) -> "Figure":
    """Draws the curve with its band; under five customers a sentence says why there is none."""
    figure, numbers = new_figure(chart.words), Numbers(chart.locale, points=False)
    axes = new_panel(figure, WHOLE, "")
    if chart.n < HIDDEN_UNDER or not chart.steps:
        say(axes, chart.words.too_few if chart.n else chart.words.no_answers)
        return figure
    days = [0.0, *(step.length for step in chart.steps), max(chart.days, chart.steps[-1].length)]
    lines = [[0.0, *(getattr(step, name) for step in chart.steps)] for name in ("done", "low", "high")]
    done, low, high = ([*line, line[-1]] for line in lines)
    axes.step(days, done, where="post", color=BLUE, linewidth=2.5)
    axes.fill_between(days, low, high, step="post", color=BLUE, alpha=0.15, linewidth=0)
    for mark in chart.marks:
        axes.axvline(mark, color=FAINT_INK, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.set_xlim(0, chart.days)
    axes.set_ylim(0, 1.02)
    axes.set_xticks([0, *chart.marks, chart.days])
    axes.xaxis.set_major_formatter(lambda value, _: numbers.count(value))
    axes.yaxis.set_major_formatter(lambda value, _: numbers.tick(value))
    axes.set_xlabel(chart.days_label, fontsize=SMALL, color=FAINT_INK, parse_math=False)
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    return figure
