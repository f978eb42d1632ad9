"""What a report's file holds, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.metrics.estimates import Estimate


@dataclass(frozen=True, kw_only=True)
class FigureRow:
    """One figure: of which metric, of what part of it, over which days.

    Without an estimate `note` says why. Values are points from -100 to 100 if `points`, otherwise shares from 0 to 1.
    """

    metric: str
    part: str
    segment: str
    first_day: date
    last_day: date
    n: int
    estimate: Estimate | None
    points: bool
    note: str

    @property
    def scale(self) -> tuple[float, float]:
        return (-100, 100) if self.points else (0, 1)


@dataclass(frozen=True)
class CountSheet:
    """Counts under a heading each: how many gave which score, how far the surveys came."""

    name: str
    headings: tuple[str, str]
    rows: Sequence[tuple[str | int, int]]


@dataclass(frozen=True, kw_only=True)
class ReportFile:
    """A report to be written to a file. `headings` are those of a figure's ten columns; `charted` are drawn as a line.

    `charted` counts the last rows of `figures` that belong in the chart, all of one metric.
    """

    title: str
    subtitle: str
    figures_name: str
    headings: Sequence[str]
    figures: Sequence[FigureRow]
    charted: int
    counts: Sequence[CountSheet]
    methods_name: str
    methods: Sequence[str]
