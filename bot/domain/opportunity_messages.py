"""The page of segments in which keeping customers is worth most: what is said, drawn and written of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType

from bot.domain.figures import Figure, FigureUnit
from bot.domain.messages import Language, Message
from bot.domain.metrics.opportunities import Opportunities, Opportunity
from bot.domain.metrics.proportions import proportion
from bot.domain.names import cut
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.segments import Dimension, SegmentName, name_of

MOST_LISTED, MOST_THEMES = 3, 2
LONGEST_NAME = 32
METHODS = ("methods_opportunities",)
NO_THEMES: Mapping[str, Sequence[str]] = MappingProxyType({})
NOBODY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class OpportunityPicture:
    """Segments by how many of them leave and what they are worth a year, in minor units of the currency.

    `names` are those of segments of one dimension, by how they are kept; others are called by what they are kept under.
    """

    found: Sequence[Opportunity]
    reference: float
    currency: str
    names: Mapping[str, SegmentName] = field(default_factory=dict)


def opportunity_report(
    found: Opportunities,
    *,
    hidden: int,
    period: Period,
    currency: str,
    so_far: bool,
    language: Language,
    themes: Mapping[str, Sequence[str]] = NO_THEMES,
    every: int = 1,
    by: Dimension | None = None,
    staff: Mapping[str, str] = NOBODY,
) -> Report:
    """The first few segments that lose more than all do, the surest first; `hidden` ones have under five customers.

    `themes` are what the detractors of a segment write about, by its name. One of `every` so many customers was looked
    at. Segments are those of plan and place together, or of one dimension, in which `staff` names CSMs.
    """
    usual = proportion(found.lost)
    names = {one.segment.name: name_of(by, one.segment.name, staff) for one in found.found} if by is not None else {}
    facts: dict[str, object] = {
        "period": {"first_day": period.first_day, "last_day": period.last_day},
        "so_far": so_far,
        "every": every,
        "usual": usual and asdict(usual),
        "n": found.lost.whole,
        "lost": found.lost.part,
        "looked_at": found.looked_at,
        "hidden": hidden,
        "by": by,
        "segments": [_segment(one, names, themes.get(one.segment.name, ())) for one in listed(found)],
        "differ": bool(found.found),
        "unlike": sum(one.is_unlike for one in found.found),
        "currency": currency,
    }
    message = Message("reports/opportunities", language, facts)
    return Report(
        message=message,
        picture=OpportunityPicture(
            found=found.found, reference=usual.value if usual else 0.0, currency=currency, names=names
        ),
        words=message,
        period=period,
        figures=tuple(figure for one in found.found if by is None for figure in figures_of(one, currency)),
        methods=METHODS,
    )


def listed(found: Opportunities) -> Sequence[Opportunity]:
    """The segments that are named: the first few of those that lose more than all do."""
    return [one for one in found.found if one.at_stake.value > 0][:MOST_LISTED]


def _segment(one: Opportunity, names: Mapping[str, SegmentName], themes: Sequence[str]) -> dict[str, object]:
    known = names.get(one.segment.name)
    return {
        "name": cut(one.segment.name, LONGEST_NAME),
        "segment": known and {**asdict(known), "text": cut(known.text, LONGEST_NAME)},
        "n": one.segment.lost.whole,
        "lost": one.segment.lost.part,
        "churn": asdict(one.churn),
        "at_stake": asdict(one.at_stake),
        "is_unlike": one.is_unlike,
        "is_sure": one.is_sure,
        "themes": [cut(theme, LONGEST_NAME) for theme in themes[:MOST_THEMES]],
    }


def figures_of(one: Opportunity, currency: str) -> Sequence[Figure]:
    """What a segment loses and what is at stake there, as files write it."""
    n, name, money = one.segment.lost.whole, one.segment.name, FigureUnit.MONEY
    return (
        Figure(key="churn_shrunk", unit=FigureUnit.SHARE, n=n, estimate=one.churn, segment=name),
        Figure(key="at_stake", unit=money, n=n, estimate=one.at_stake, segment=name, currency=currency),
    )
