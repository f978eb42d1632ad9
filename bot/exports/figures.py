"""What a report's file holds, as plain values, and how its numbers are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

from babel.numbers import get_currency_precision

from bot.domain.figures import FigureUnit
from bot.domain.metrics.estimates import Difference, Estimate


@dataclass(frozen=True, kw_only=True)
class FigureRow:
    """One figure: of what, of which part or segment of it, over which days, with its change since the period before.

    Without an estimate `note` says why. Values are in `unit`, money in minor units of `currency`.
    """

    name: str
    part: str
    segment: str
    first_day: date
    last_day: date
    unit: FigureUnit
    unit_name: str
    n: int
    estimate: Estimate | None
    change: Difference | None = None
    currency: str = ""
    note: str = ""

    @property
    def numbers(self) -> Sequence[float | None]:
        """Value, low and high, and the change with its low and high, as written: None where there is none."""
        found = (self.estimate, self.change)
        values = [getattr(each, end, None) for each in found for end in ("value", "low", "high")]
        return [value / self._minor if value is not None and isfinite(value) else None for value in values]

    @property
    def number_format(self) -> str:
        """The spreadsheet's format of the value."""
        if self.unit is FigureUnit.MONEY:
            decimals = get_currency_precision(self.currency)
            return f'#,##0{"." * bool(decimals)}{"0" * decimals} "{self.currency}"'
        return FORMATS[self.unit]

    @property
    def _minor(self) -> int:
        return 10 ** get_currency_precision(self.currency) if self.unit is FigureUnit.MONEY else 1


FORMATS = {
    FigureUnit.POINTS: "+0.0;-0.0;0",
    FigureUnit.SHARE: "0.0%",
    FigureUnit.APART: "+0.0%;-0.0%;0%",
    FigureUnit.DAYS: "0.0",
    FigureUnit.NUMBER: "#,##0.0",
    FigureUnit.RATE: "0.00",
    FigureUnit.MULTIPLE: '0.00"×"',
}


@dataclass(frozen=True)
class Series:
    """Rows that belong in one chart, from the place of the first: a line over time, or bars side by side."""

    first: int
    count: int
    over_time: bool


@dataclass(frozen=True)
class CountSheet:
    """Counts under a heading each: how many gave which score, how far the surveys came."""

    name: str
    headings: tuple[str, str]
    rows: Sequence[tuple[str | int, int]]


@dataclass(frozen=True, kw_only=True)
class ReportFile:
    """A report to be written to a file. `headings` are those of the columns of a figure, in their order."""

    title: str
    subtitle: str
    figures_name: str
    headings: Sequence[str]
    figures: Sequence[FigureRow]
    series: Sequence[Series]
    counts: Sequence[CountSheet]
    methods_name: str
    methods: Sequence[str]
