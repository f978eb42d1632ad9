"""The page of how many customers of each member of staff left, beside how many were to be expected."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.domain.figures import Figure, FigureUnit
from bot.domain.messages import Language, Message
from bot.domain.metrics.estimates import HIDDEN_UNDER, Estimate
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.metrics.staff_retention import LEAST_CUSTOMERS, OwnerRetention
from bot.domain.names import cut
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.reports import NOBODY
from bot.domain.segments import Dimension, SegmentName

MOST_LISTED, MOST_OF_SEGMENTS = 3, 2
LONGEST_NAME, LONGEST_SEGMENT = 24, 20
METHODS = ("methods_team",)


@dataclass(frozen=True)
class Colleague:
    """A member of staff by name, and their customers of the window: all of them, or those of one segment."""

    name: str
    retention: OwnerRetention
    segment: SegmentName | None = None


@dataclass(frozen=True)
class RatioRow:
    """One row of a picture of ratios: a name, its n, and the ratio where it may be said."""

    name: str
    n: int
    ratio: Estimate | None
    segment: SegmentName | None = None


@dataclass(frozen=True, kw_only=True)
class RatiosPicture:
    """Ratios, each with its interval, around one."""

    rows: Sequence[RatioRow]


@dataclass(frozen=True, kw_only=True)
class Window:
    """The time that is looked at; a cycle is of so many days. `so_far`: whole days of it are still to come."""

    period: Period
    cycle: int
    so_far: bool

    @property
    def is_full(self) -> bool:
        """Whether it is over and holds a whole cycle."""
        return not self.so_far and (self.period.after - self.period.first_day).days >= self.cycle


def team_report(
    team: Sequence[Colleague],
    window: Window,
    *,
    lost: Share,
    unknown: int,
    language: Language,
    own: int | None = None,
    every: int = 1,
    by: Dimension | None = None,
    currency: str = "",
) -> Report:
    """Everybody's customers, or those of each segment, the most first; `lost` are of all of the team together.

    And `unknown` customers belonged to nobody who is known. Where the time is too short for a whole cycle nobody is
    held against anything. `own` is whose rows alone are shown. One of `every` so many customers was looked at. Segments
    by value are in `currency`.
    """
    compared = sorted(team, key=lambda one: -one.retention.lost.whole) if window.is_full else []
    shown = [one for one in compared if own in (None, one.retention.owner_id)]
    whole = lost if window.is_full else NOBODY
    facts: dict[str, object] = {
        "period": {"first_day": window.period.first_day, "last_day": window.period.last_day},
        "cycle": window.cycle,
        "is_full": window.is_full,
        "so_far": window.so_far,
        "least": LEAST_CUSTOMERS,
        "team": [_colleague(one) for one in shown[: MOST_LISTED if by is None else MOST_OF_SEGMENTS]],
        "total": len(shown),
        "compared": sum(one.retention.ratio is not None for one in shown),
        "n": whole.whole,
        "unknown": unknown,
        "every": every,
        "own": own is not None,
        "by": by,
        "currency": currency,
        "whole": {"lost": whole.part, "estimate": (share := proportion(whole)) and asdict(share)},
    }
    message, rows = Message("reports/team", language, facts), [_row(one) for one in shown]
    return Report(
        message=message,
        picture=RatiosPicture(rows=rows),
        words=message,
        period=window.period,
        figures=(*(figure_of(row) for row in rows if row.segment is None), *_whole(whole)),
        methods=METHODS,
    )


def _colleague(one: Colleague) -> dict[str, object]:
    found = one.retention
    seen = found.lost.whole >= HIDDEN_UNDER
    return {
        "name": cut(one.name, LONGEST_NAME),
        "segment": one.segment and {**asdict(one.segment), "text": cut(one.segment.text, LONGEST_SEGMENT)},
        "n": found.lost.whole,
        "lost": found.lost.part if seen else None,
        "expected": found.expected if seen else None,
        "ratio": found.ratio and asdict(found.ratio),
    }


def _whole(lost: Share) -> Sequence[Figure]:
    """What share of all of the team's customers left, where anybody had one."""
    figure = Figure(key="team_lost", unit=FigureUnit.SHARE, n=lost.whole, estimate=proportion(lost))
    return (figure,) if lost.whole else ()


def _row(one: Colleague) -> RatioRow:
    return RatioRow(one.name, one.retention.lost.whole, one.retention.ratio, one.segment)


def figure_of(row: RatioRow) -> Figure:
    """A row as files write it."""
    return Figure(
        key="lost_of_expected",
        unit=FigureUnit.MULTIPLE,
        n=row.n,
        estimate=row.ratio,
        segment=row.name,
        note="" if row.ratio else "team_few",
    )
