"""The pages of money: what each figure is, and what a page says of what was left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from typing import Any

from bot.domain.calendar_units import MONTH_DAYS, ONE_DAY, Unit
from bot.domain.figures import Figure, FigureUnit
from bot.domain.local_time import local_date
from bot.domain.messages import Language, Message
from bot.domain.metrics.cohorts import Cohort
from bot.domain.metrics.estimates import HIDDEN_UNDER, NOT_COMPARABLE, Change, Estimate, comparable, judge
from bot.domain.metrics.forecasts import HeldOut
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.metrics.resampling import Sample, Sums, ratio
from bot.domain.metrics.revenue_churn import Retention
from bot.domain.metrics.survival import Step
from bot.domain.metrics.totals import Takings, total, total_difference
from bot.domain.periods import Label, Period, late_start, previous
from bot.domain.report_messages import Report, period_facts
from bot.domain.report_requests import Page


@dataclass(frozen=True)
class TimedPoint:
    """One part of a period: how many it rests on, and its value unless that is hidden."""

    part: Period
    n: int
    estimate: Estimate | None


@dataclass(frozen=True)
class AmountsPicture:
    """An amount over time, in minor units of a currency."""

    currency: str
    points: Sequence[TimedPoint]


@dataclass(frozen=True)
class RowsPicture:
    """Shares beside each other, each with its interval."""

    rows: Sequence[Figure]


@dataclass(frozen=True)
class CohortsPicture:
    """Cohorts by month, the earliest first."""

    months: Sequence[Period]
    rows: Sequence[Cohort]


@dataclass(frozen=True)
class HeldOutPicture:
    """What customers bought in the time held out beside what was predicted."""

    groups: Sequence[HeldOut]


@dataclass(frozen=True)
class SegmentsOfValuePicture:
    """For each segment the share of customers and of money."""

    rows: Mapping[str, tuple[Figure, Figure]]


@dataclass(frozen=True)
class WaitPicture:
    """The share of n that has bought by so many days, out to `days`, with the marks that the text names."""

    steps: Sequence[Step]
    n: int
    days: int
    marks: Sequence[int]


@dataclass(frozen=True)
class Spans:
    """The part of a period that has come, and as long a time before it.

    `began_at` is when the data began, where they lack days of the time before.
    """

    now: Period
    before: Period
    so_far: bool
    began_at: datetime | None = None

    @property
    def both(self) -> tuple[Period, Period]:
        return self.now, self.before

    @property
    def why_not(self) -> str:
        """Why the two are not compared: the key of the sentence, empty where they may be."""
        return "so_far" if self.so_far else "unrecorded" if self.began_at else ""

    @property
    def months(self) -> float:
        return (self.now.after - self.now.first_day).days / MONTH_DAYS


def spans(period: Period, *, now: datetime, began_at: datetime | None = None) -> Spans:
    """The period and the one before it; while a period is not over, its days so far and as many before them.

    The data began at `began_at`.
    """
    if not period.so_far(now):
        before = previous(period)
        return Spans(period, before, so_far=False, began_at=late_start(before, began_at))
    after = local_date(now, period.timezone) + ONE_DAY
    days = (after - period.first_day).days
    seen = replace(period, after=after, label=Label.ROLLING, unit=Unit.DAY, count=days)
    return Spans(seen, previous(seen), so_far=True)


@dataclass(frozen=True, kw_only=True)
class PageFacts:
    """What every page of money is made of; `left_out` counts by name what no figure contains."""

    page: Page
    period: Period
    spans: Spans
    currency: str
    language: Language
    every: int = 1


def money_report(
    facts: PageFacts, figures: Sequence[Figure], picture: object, left_out: Mapping[str, Any] | None = None
) -> Report:
    """A page: its figures in words and in a picture, and what was left out."""
    said = {
        "period": period_facts(facts.period),
        "before": period_facts(facts.spans.before),
        "so_far": facts.spans.so_far,
        "began_at": facts.spans.began_at,
        "currency": facts.currency,
        "every": facts.every,
        "figures": [figure_facts(one) for one in figures],
        **(left_out or {}),
    }
    message = Message(f"reports/{facts.page}", facts.language, said)
    return Report(
        message=message,
        picture=picture,
        words=message,
        period=facts.period,
        figures=figures,
        methods=(f"methods_{facts.page}",),
    )


def figure_facts(figure: Figure) -> dict[str, object]:
    """A figure as a template writes it; what is hidden is not in it, and an end that is not known is none."""
    visible, difference = figure.visible, figure.change.difference
    return {
        "key": figure.key,
        "unit": figure.unit,
        "currency": figure.currency,
        "segment": figure.segment,
        "n": figure.n,
        "note": figure.note,
        "sufficiency": figure.sufficiency,
        "verdict": figure.change.verdict,
        "difference": _ends(difference) if difference is not None else None,
        "estimate": _ends(visible) if visible is not None else None,
    }


def _ends(found: Any) -> dict[str, float | None]:  # noqa: ANN401  an estimate or a difference
    known = {"value": found.value, "low": found.low, "high": found.high}
    return {name: None if abs(value) == inf else value for name, value in known.items()}


def money_figure(key: str, estimate: Estimate | None, currency: str, **more: Any) -> Figure:  # noqa: ANN401
    return _figure(key, FigureUnit.MONEY, estimate, currency=currency, **more)


def share_figure(key: str, estimate: Estimate | None, **more: Any) -> Figure:  # noqa: ANN401
    return _figure(key, FigureUnit.SHARE, estimate, **more)


def days_figure(key: str, estimate: Estimate | None, **more: Any) -> Figure:  # noqa: ANN401
    return _figure(key, FigureUnit.DAYS, estimate, **more)


def number_figure(key: str, estimate: Estimate | None, **more: Any) -> Figure:  # noqa: ANN401
    return _figure(key, FigureUnit.NUMBER, estimate, **more)


def _figure(key: str, unit: FigureUnit, estimate: Estimate | None, *, n: int | None = None, **more: Any) -> Figure:  # noqa: ANN401
    size = n if n is not None else estimate.n if estimate is not None else 0
    return Figure(key=key, unit=unit, n=size, estimate=estimate, **more)


def hidden(figure: Figure, customers: int) -> Figure:
    """The figure, unless so few customers stand behind what it counts that one could be recognised."""
    return (
        figure
        if customers >= HIDDEN_UNDER
        else replace(figure, estimate=None, note="few_customers" if figure.n else "")
    )


def compared(figure: Figure, pair: Spans) -> Figure:
    """The figure with its change since the time before, if the two may be compared."""
    return replace(figure, change=NOT_COMPARABLE) if pair.why_not else figure


def revenue_figure(now: Takings, before: Takings, currency: str) -> Figure:
    """What was taken, and whether that is more than before by more than chance."""
    return money_figure("revenue", total(now), currency, n=now.customers, change=_change(now, before))


def _change(now: Takings, before: Takings) -> Change:
    if not comparable(now.customers, before.customers):
        return NOT_COMPARABLE
    return judge(total_difference(now, before))


def retention_figures(found: Retention, why_not: str = "no_start") -> list[Figure]:
    """Gross and net retention, revenue churn and what of it is of those who left altogether, or why there are none."""
    shares = {"gross": found.gross, "net": found.net, "churn": found.churn, "lost": found.lost}
    note = "" if found.gross is not None else why_not
    return [share_figure(f"revenue_{name}", estimate, note=note) for name, estimate in shares.items()]


def segment_figures(counted: Mapping[str, Takings]) -> dict[str, tuple[Figure, Figure]]:
    """For each segment the share of customers it has, and of what all spent in a year."""
    n = sum(one.customers for one in counted.values())
    spent, squares = sum(one.minor for one in counted.values()), sum(one.squares for one in counted.values())
    found = dict[str, tuple[Figure, Figure]]()
    for name, own in counted.items():
        of_money = ratio(Sample(Sums(n, own.minor, spent, own.squares, own.squares, squares)))
        shares = (proportion(Share(own.customers, n)), of_money)
        people, money = (_of_segment(share, own.customers) for share in shares)
        found[name] = (
            share_figure(f"rfm_{name}", people, n=own.customers),
            share_figure(f"rfm_money_{name}", money, n=own.customers),
        )
    return found


def _of_segment(share: Estimate | None, n: int) -> Estimate | None:
    """The share, resting on the customers of the segment: of fewer than five it stays hidden."""
    return share and Estimate(share.value, max(0.0, share.low), min(1.0, share.high), n)
