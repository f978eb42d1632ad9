"""The figures of a page by segment: what is said of each, and which may be called different from the rest."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import erfc, sqrt
from types import MappingProxyType

from bot.domain.figures import Figure, FigureUnit
from bot.domain.measured import Figures
from bot.domain.messages import Message
from bot.domain.metrics.estimates import Difference, Verdict, Z, comparable, difference_of
from bot.domain.metrics.multiple import discoveries
from bot.domain.money_reports import PageFacts, figure_facts
from bot.domain.names import cut, search_key
from bot.domain.report_messages import LONGEST_NAME, Report, period_facts
from bot.domain.segments import Dimension, SegmentName

MOST_LISTED, MOST_APART = 5, 3
"""So many segments are listed; of what two groups are apart, which takes three figures, so many."""

NOTHING_MORE: Mapping[str, object] = MappingProxyType({})
SUMS = frozenset({"revenue"})
"""Figures that are as large as a segment is, so that it says nothing to hold one against the others."""


@dataclass(frozen=True)
class SegmentRow:
    """The figures of one segment; `unlike` says whether the first lies above or below the rest, beyond chance."""

    name: SegmentName
    figures: Sequence[Figure]
    unlike: Verdict = Verdict.NOT_COMPARABLE


@dataclass(frozen=True)
class SegmentFiguresPicture:
    """The first figure of each segment, and of all together where it is no sum."""

    rows: Sequence[SegmentRow]
    overall: Figure


def rows_of(
    members: Mapping[str, Collection[int]], names: Mapping[str, SegmentName], figures: Figures
) -> list[SegmentRow]:
    """The figures of each segment, the highest first and hidden ones last.

    A segment differs from the rest when both have 30 or more and it stands after Benjamini and Hochberg at 10 %.
    """
    everybody = frozenset().union(*members.values())
    found = {key: SegmentRow(names[key], figures(theirs)) for key, theirs in members.items()}
    differences = {key: _difference(row, figures, everybody.difference(members[key])) for key, row in found.items()}
    compared = {key: difference for key, difference in differences.items() if difference is not None}
    for (key, difference), stands in zip(
        compared.items(), discoveries([p_of(each) for each in compared.values()]), strict=True
    ):
        side = Verdict.UP if difference.value > 0 else Verdict.DOWN
        found[key] = replace(found[key], unlike=side if stands else Verdict.NO_CHANGE)
    return sorted(found.values(), key=_rank)


def _difference(row: SegmentRow, figures: Figures, others: Collection[int]) -> Difference | None:
    """A segment beside all who are not in it; None where there is too little of either, or nothing to compare."""
    here = row.figures[0]
    if here.key in SUMS or not others or not comparable(here.n, len(others)):
        return None
    rest = figures(others)[0]
    if here.estimate is None or rest.estimate is None:
        return None
    if not comparable(here.n, rest.n, here.estimate.n, rest.estimate.n):
        return None
    return difference_of(here.estimate, rest.estimate)


def p_of(difference: Difference) -> float:
    """The two-sided p-value that an interval of 95 % stands for, from the side of it that looks at zero.

    Altman and Bland, "How to obtain the P value from a confidence interval", BMJ 343 (2011), d2304.
    """
    reach = difference.value - difference.low if difference.value > 0 else difference.high - difference.value
    return erfc(abs(difference.value) / (reach / Z) / sqrt(2)) if reach > 0 else float(difference.value == 0)


def _rank(row: SegmentRow) -> tuple[bool, float, str, str]:
    estimate = row.figures[0].visible
    return (
        estimate is None,
        -estimate.value if estimate is not None else 0.0,
        search_key(row.name.text),
        str(row.name),
    )


def segments_report(
    facts: PageFacts,
    by: Dimension,
    rows: Sequence[SegmentRow],
    overall: Sequence[Figure],
    more: Mapping[str, object] = NOTHING_MORE,
) -> Report:
    """A page by segment; the first few are listed, and all are in the file. `more` is what else its words need."""
    compared = [each.unlike for each in rows if each.unlike is not Verdict.NOT_COMPARABLE]
    said: dict[str, object] = {
        "page": facts.page,
        "by": by,
        "currency": facts.currency,
        "every": facts.every,
        "period": period_facts(facts.period),
        "so_far": facts.spans.so_far,
        "began_at": facts.spans.began_at,
        "segments": [
            _told(each) for each in rows[: MOST_APART if overall[0].unit is FigureUnit.APART else MOST_LISTED]
        ],
        "total": len(rows),
        "overall": [figure_facts(each) for each in overall],
        "compared": len(compared),
        "different": sum(each is not Verdict.NO_CHANGE for each in compared),
        **more,
    }
    message = Message("reports/by_segment", facts.language, said)
    return Report(
        message=message,
        picture=SegmentFiguresPicture(rows, overall[0]),
        words=message,
        period=facts.period,
        figures=overall,
        methods=("methods_by_segment",),
    )


def _told(row: SegmentRow) -> dict[str, object]:
    name = {**asdict(row.name), "text": cut(row.name.text, LONGEST_NAME)}
    return {"name": name, "figures": [figure_facts(each) for each in row.figures], "unlike": row.unlike}
