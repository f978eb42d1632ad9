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

MOST_LISTED = 3
LONGEST_NAME = 24
METHODS = ("methods_team",)


@dataclass(frozen=True)
class Colleague:
    """A member of staff by name, and their customers of the window."""

    name: str
    retention: OwnerRetention


@dataclass(frozen=True)
class RatioRow:
    """One row of a picture of ratios: a name, its n, and the ratio where it may be said."""

    name: str
    n: int
    ratio: Estimate | None


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
    unknown: int,
    language: Language,
    own: int | None = None,
    every: int = 1,
) -> Report:
    """Everybody's customers, the largest portfolio first; `unknown` customers belonged to nobody who is known.

    Where the time is too short for a whole cycle nobody is held against anything. `own` is whose row alone is shown,
    beside all of the team together. One of `every` so many customers was looked at.
    """
    compared = [one for one in team if window.is_full]
    shown = [one for one in compared if own in (None, one.retention.owner_id)]
    whole = Share(*(sum(getattr(one.retention.lost, name) for one in compared) for name in ("part", "whole")))
    facts: dict[str, object] = {
        "period": {"first_day": window.period.first_day, "last_day": window.period.last_day},
        "cycle": window.cycle,
        "is_full": window.is_full,
        "so_far": window.so_far,
        "least": LEAST_CUSTOMERS,
        "team": [_colleague(one) for one in shown[:MOST_LISTED]],
        "total": len(shown),
        "compared": sum(one.retention.ratio is not None for one in shown),
        "n": whole.whole,
        "unknown": unknown,
        "every": every,
        "own": own is not None,
        "whole": {"lost": whole.part, "estimate": (share := proportion(whole)) and asdict(share)},
    }
    message = Message("reports/team", language, facts)
    return Report(
        message=message,
        picture=RatiosPicture(rows=[_row(one) for one in shown]),
        words=message,
        period=window.period,
        figures=(*(_figure(one) for one in shown), *_whole(whole)),
        methods=METHODS,
    )


def _colleague(one: Colleague) -> dict[str, object]:
    found = one.retention
    seen = found.lost.whole >= HIDDEN_UNDER
    return {
        "name": cut(one.name, LONGEST_NAME),
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
    return RatioRow(one.name, one.retention.lost.whole, one.retention.ratio)


def _figure(one: Colleague) -> Figure:
    found = one.retention
    return Figure(
        key="lost_of_expected",
        unit=FigureUnit.MULTIPLE,
        n=found.lost.whole,
        estimate=found.ratio,
        segment=one.name,
        note="" if found.ratio else "team_few",
    )
