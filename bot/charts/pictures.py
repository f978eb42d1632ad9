"""What a picture shows, as plain values, and how its numbers are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel.numbers import format_decimal

from bot.domain.metrics.estimates import Estimate
from bot.domain.metrics.survival import Step
from bot.domain.rounding import rounded
from bot.domain.surveys import Band
from bot.domain.touchpoints import Kind


@dataclass(frozen=True)
class PicturePoint:
    """One step of a trend or one segment: its short name, its n, and its value unless that is hidden."""

    label: str
    n: int
    estimate: Estimate | None


@dataclass(frozen=True)
class FunnelStep:
    label: str
    count: int


@dataclass(frozen=True)
class ScoreDistribution:
    """A histogram (score -> n) of one kind of survey, and what each band of its scores is called."""

    kind: Kind
    scores: Mapping[int, int]
    names: Mapping[Band, str]


@dataclass(frozen=True)
class PictureWords:
    """The words of a picture. `no_answers` and `too_few` are sentences that stand where a panel has nothing to show."""

    title: str
    subtitle: str
    no_answers: str
    too_few: str
    trend: str = ""
    distribution: str = ""
    funnel: str = ""
    overall: str = ""


@dataclass(frozen=True)
class ReportPicture:
    """A report's trend, and beside it the distribution of scores and the response funnel where there are any.

    Values are points from -100 to 100 if `points`, otherwise shares from 0 to 1. Numbers are written as in `locale`.
    """

    words: PictureWords
    locale: str
    points: bool
    trend: Sequence[PicturePoint]
    distribution: ScoreDistribution | None = None
    funnel: Sequence[FunnelStep] = ()


@dataclass(frozen=True)
class BreakdownPicture:
    """One metric by segment, in the order given, the first twelve of them; `overall` is drawn as a line behind them.

    `numbers` write what is neither points nor a share, or say how far the axis goes.
    """

    words: PictureWords
    locale: str
    points: bool
    segments: Sequence[PicturePoint]
    overall: Estimate | None = None
    numbers: "Numbers | None" = None


@dataclass(frozen=True)
class PlanRow:
    """A milestone: `done`, `waiting`, `late` or `open`, with the share of its measure that is reached if it has one."""

    title: str
    detail: str
    state: str
    measure: str = ""
    share: float | None = None


@dataclass(frozen=True)
class PlanPicture:
    """A success plan: its milestones in order, the share of them that is done and of the time that has passed."""

    words: PictureWords
    rows: Sequence[PlanRow]
    progress: str
    done: float
    elapsed: float
    today: str


@dataclass(frozen=True)
class TimeCurve:
    """Which share was over after so many hours, and by when it should be."""

    label: str
    steps: Sequence[Step]
    deadline: float


@dataclass(frozen=True)
class CasesPicture:
    """Cases opened and resolved by part of a period, each part under its label, and the curves of two times."""

    words: PictureWords
    locale: str
    labels: Sequence[str]
    opened: Sequence[int]
    resolved: Sequence[int]
    opened_label: str
    resolved_label: str
    hours_label: str
    curves: tuple[TimeCurve, TimeCurve]


@dataclass(frozen=True)
class Numbers:
    """How numbers are written in one picture; `ends` are those of its axis, where it has not all of the scale."""

    locale: str
    points: bool
    ends: tuple[float, float] | None = None

    def count(self, n: float) -> str:
        return format_decimal(n, "#,##0", locale=self.locale)

    def share(self, share: float) -> str:
        """A percentage, with a decimal where it is under ten and a whole number would say too little."""
        return self._percent(share, 1 if share < 0.1 else 0)

    def decimal(self, value: float) -> str:
        """A mean count, with one decimal."""
        return format_decimal(rounded(value, 1), "#,##0.0", locale=self.locale)

    def value(self, value: float) -> str:
        return self._points(value, 0) if self.points else self.share(value)

    def tick(self, value: float) -> str:
        """A value on an axis, where two ticks may lie less than one apart."""
        return self._points(value, 1) if self.points else self._percent(value, 1)

    def _points(self, value: float, digits: int) -> str:
        shown = rounded(value, digits)
        signed = "+#,##0.#;\N{MINUS SIGN}#,##0.#" if shown else "0"
        return format_decimal(shown, signed, locale=self.locale)

    def _percent(self, share: float, digits: int) -> str:
        return self._with_percent_sign(format_decimal(rounded(share * 100, digits), "#,##0.#", locale=self.locale))

    def _with_percent_sign(self, percentage: str) -> str:
        return f"{percentage}\N{NO-BREAK SPACE}%" if self.locale.startswith("vi") else f"{percentage}%"

    @property
    def scale(self) -> tuple[float, float]:
        return self.ends or ((-100, 100) if self.points else (0, 1))


@dataclass(frozen=True)
class SharesApart(Numbers):
    """What shares are apart: percentage points with + or −."""

    def value(self, value: float) -> str:
        return self.tick(value)

    def tick(self, value: float) -> str:
        return self._with_percent_sign(self._points(value * 100, 1))


@dataclass(frozen=True)
class Decimals(Numbers):
    """Numbers that are neither points nor shares, with one decimal."""

    def value(self, value: float) -> str:
        return self.decimal(value)

    def tick(self, value: float) -> str:
        return self.decimal(value)
