"""The report of customers' health: how many have which colour, how good half of them are, and who moved most."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from bot.domain.figures import Figure, FigureUnit
from bot.domain.health import Colour
from bot.domain.health_messages import ListedHealth
from bot.domain.messages import Button, Language, Message
from bot.domain.metrics.estimates import Estimate, shown
from bot.domain.metrics.medians import median_score
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.names import cut
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.taps import RisksPage

MOVERS = 4
NAME = 28
SCORES = (0, 100)
RANKED = (Colour.RED, Colour.YELLOW, Colour.GREEN)
METHODS = ("methods_health", "methods_moved", "methods_median")


@dataclass(frozen=True, kw_only=True)
class Mover:
    """Somebody whose score moved most in 30 days, up or down."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class HealthReportPicture:
    """How many customers have which colour, now and 30 days ago, and those who moved most."""

    now: Mapping[Colour, int]
    before: Mapping[Colour, int]
    movers: Sequence[Mover]


@dataclass(frozen=True, kw_only=True)
class HealthSpread:
    """What is counted: customers by the colour of 30 days ago, if they had one, and of now, and by their score."""

    shifts: Mapping[tuple[Colour | None, Colour], int]
    scores: Mapping[int, int]
    movers: Sequence[Mover] = ()

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


def spread_facts(spread: HealthSpread) -> dict[str, object]:
    """What is said of the portfolio's health; plain values, since a review keeps them."""
    return {
        "total": spread.total,
        "scored": spread.scored,
        "colours": [_colour_facts(spread, colour) for colour in RANKED],
        "grey": _share_facts(spread.share(Colour.GREY)),
        "median": asdict(spread.median) if spread.median else None,
        "worse": _share_facts(spread.worse),
        "better": _share_facts(spread.better),
        "picture_of": asdict(picture_of(spread)),
    }


def _colour_facts(spread: HealthSpread, colour: Colour) -> dict[str, object]:
    return {"colour": colour, **_share_facts(spread.share(colour)), "before": spread.before[colour]}


def _share_facts(share: Share) -> dict[str, object]:
    found = shown(proportion(share))
    return {"part": share.part, "whole": share.whole, "estimate": asdict(found) if found else None}


def picture_of(spread: HealthSpread) -> HealthReportPicture:
    """What the portfolio's picture shows."""
    return HealthReportPicture(now=spread.now, before=spread.before, movers=spread.movers)


def health_report(spread: HealthSpread, *, period: Period, language: Language) -> Report:
    """The page of customers' health: as it is today and was 30 days ago, whatever the period of the other pages."""
    risks = ((Button("risks", RisksPage(0)),),) if spread.now[Colour.RED] else ()
    message = Message("reports/health", language, spread_facts(spread), risks)
    return Report(
        message=message,
        picture=picture_of(spread),
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
