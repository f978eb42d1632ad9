"""The report of customers' health: how many have which colour, how good half of them are, and who moved most."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from bot.domain.figures import Figure, FigureUnit
from bot.domain.health import Colour
from bot.domain.health_messages import ListedHealth
from bot.domain.messages import Button, Language, Message
from bot.domain.metrics.estimates import Estimate, shown
from bot.domain.metrics.medians import median_score
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.names import cut
from bot.domain.periods import Period
from bot.domain.report_messages import Report, period_facts
from bot.domain.taps import RisksPage

MOVERS = 4
NAME = 28
SCORES = (0, 100)
RANKED = (Colour.RED, Colour.YELLOW, Colour.GREEN)
METHODS = ("methods_health", "methods_days", "methods_moved", "methods_median")
LEAST_STEPS = 2
"""Fewer steps make no course."""


@dataclass(frozen=True, kw_only=True)
class Mover:
    """Somebody whose score moved most in 30 days, up or down."""

    name: str
    before: int
    after: int


def colour_figures(counts: Mapping[Colour, int]) -> list[Figure]:
    """Of those who are not grey the share of red and of green ones."""
    scored = sum(counts.get(colour, 0) for colour in RANKED)
    return [
        Figure(
            key=f"health_{colour}",
            unit=FigureUnit.SHARE,
            n=scored,
            estimate=proportion(Share(counts.get(colour, 0), scored)),
        )
        for colour in (Colour.RED, Colour.GREEN)
    ]


@dataclass(frozen=True)
class ColourStep:
    """How many customers had which colour on the last day of a part of a period that was scored in full."""

    part: Period
    counts: Mapping[Colour, int]

    @property
    def scored(self) -> int:
        """Who was not grey."""
        return sum(self.counts[colour] for colour in RANKED)

    def share(self, colour: Colour) -> Estimate | None:
        """Of those who were not grey the ones of a colour; hidden where there are too few."""
        return shown(proportion(Share(self.counts[colour], self.scored)))


@dataclass(frozen=True, kw_only=True)
class HealthReportPicture:
    """How many customers have which colour, on a day and 30 days before, how that came, and those who moved most.

    Who moved most is known as of now only; of a day that is long past `movers` is None.
    """

    now: Mapping[Colour, int]
    before: Mapping[Colour, int]
    movers: Sequence[Mover] | None
    steps: Sequence[ColourStep] = ()


@dataclass(frozen=True, kw_only=True)
class HealthSpread:
    """What is counted: customers by the colour of 30 days before, if they had one, and of a day, and by their score.

    `day` is the last one up to the end of a period on which everybody was scored. Where there is none, `first_day` is
    the first one after it, and nothing is counted; where there is none at all, what stands now is.
    """

    shifts: Mapping[tuple[Colour | None, Colour], int]
    scores: Mapping[int, int]
    movers: Sequence[Mover] | None = ()
    day: date | None = None
    first_day: date | None = None
    steps: Sequence[ColourStep] = ()

    @property
    def now(self) -> dict[Colour, int]:
        found = Counter[Colour]()
        for (_, colour), n in self.shifts.items():
            found[colour] += n
        return {colour: found[colour] for colour in Colour}

    @property
    def before(self) -> dict[Colour, int]:
        """Of those who had a colour then; who has come since is in none."""
        found = Counter[Colour | None]()
        for (colour, _), n in self.shifts.items():
            found[colour] += n
        return {colour: found[colour] for colour in Colour}

    @property
    def total(self) -> int:
        return sum(self.shifts.values())

    @property
    def scored(self) -> int:
        """Who is not grey, now."""
        return self.total - self.now[Colour.GREY]

    def share(self, colour: Colour) -> Share:
        """Of those who are not grey the ones of a colour; of everybody those who are."""
        return Share(self.now[colour], self.total if colour is Colour.GREY else self.scored)

    @property
    def median(self) -> Estimate | None:
        return shown(median_score(self.scores, scale=SCORES))

    @property
    def compared(self) -> int:
        """Who was neither grey then nor is now."""
        return sum(n for (before, now), n in self.shifts.items() if before in RANKED and now in RANKED)

    @property
    def worse(self) -> Share:
        """Of those who can be compared, who has a worse colour than 30 days ago."""
        return Share(sum(n for shift, n in self.shifts.items() if _steps(*shift) < 0), self.compared)

    @property
    def better(self) -> Share:
        """Of those who can be compared, who has a better colour than 30 days ago."""
        return Share(sum(n for shift, n in self.shifts.items() if _steps(*shift) > 0), self.compared)


def _steps(before: Colour | None, now: Colour) -> int:
    return RANKED.index(now) - RANKED.index(before) if before in RANKED and now in RANKED else 0


def movers_of(falls: Sequence[ListedHealth], rises: Sequence[ListedHealth]) -> list[Mover]:
    """Who fell most, and then who rose most."""
    return [
        Mover(name=cut(one.name, NAME), before=one.score_before, after=one.health.score)
        for one in (*falls, *rises)
        if one.score_before is not None and one.health.score is not None
    ]


def steps_of(parts: Sequence[Period], days: Sequence[date]) -> dict[Period, date]:
    """The last of these days in each part of a period that has any; `days` come the earliest first."""
    within = {part: [day for day in days if part.first_day <= day < part.after] for part in parts}
    return {part: inside[-1] for part, inside in within.items() if inside}


def spread_facts(spread: HealthSpread, period: Period) -> dict[str, object]:
    """What is said of the portfolio's health in a period; plain values, since a review keeps them."""
    return {
        "day": spread.day.isoformat() if spread.day else None,
        "first_day": spread.first_day.isoformat() if spread.first_day else None,
        "is_earlier": spread.day is not None and spread.day < period.first_day,
        "total": spread.total,
        "scored": spread.scored,
        "colours": [_colour_facts(spread, colour) for colour in RANKED],
        "grey": _share_facts(spread.share(Colour.GREY)),
        "median": asdict(spread.median) if spread.median else None,
        "worse": _share_facts(spread.worse),
        "better": _share_facts(spread.better),
        "picture_of": {"now": spread.now, "before": spread.before, "movers": _movers_facts(spread.movers)},
    }


def _movers_facts(movers: Sequence[Mover] | None) -> list[dict[str, object]] | None:
    return [asdict(one) for one in movers] if movers is not None else None


def _colour_facts(spread: HealthSpread, colour: Colour) -> dict[str, object]:
    return {"colour": colour, **_share_facts(spread.share(colour)), "before": spread.before[colour]}


def _share_facts(share: Share) -> dict[str, object]:
    found = shown(proportion(share))
    return {"part": share.part, "whole": share.whole, "estimate": asdict(found) if found else None}


def picture_of(spread: HealthSpread) -> HealthReportPicture:
    """What the portfolio's picture shows."""
    steps = spread.steps if len(spread.steps) >= LEAST_STEPS else ()
    return HealthReportPicture(now=spread.now, before=spread.before, movers=spread.movers, steps=steps)


def health_report(spread: HealthSpread, *, period: Period, language: Language) -> Report:
    """The page of customers' health: as it was on the last day of a period and 30 days before, and how that came."""
    risks = ((Button("risks", RisksPage(0)),),) if spread.now[Colour.RED] else ()
    picture = picture_of(spread)
    facts = {**spread_facts(spread, period), "course": period_facts(period) if picture.steps else None}
    message = Message("reports/health", language, facts, risks)
    return Report(
        message=message,
        picture=picture,
        words=message,
        period=period,
        figures=figures(spread),
        methods=METHODS,
    )


def figures(spread: HealthSpread) -> list[Figure]:
    """Every number of the page."""
    shares = {f"health_{colour}": spread.share(colour) for colour in Colour}
    shares |= {"health_worse": spread.worse, "health_better": spread.better}
    return [
        *(
            Figure(key=key, unit=FigureUnit.SHARE, n=share.whole, estimate=proportion(share))
            for key, share in shares.items()
        ),
        Figure(
            key="health_median",
            unit=FigureUnit.NUMBER,
            n=sum(spread.scores.values()),
            estimate=median_score(spread.scores, scale=SCORES),
        ),
    ]
