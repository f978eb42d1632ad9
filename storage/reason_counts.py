"""Counting reasons: how many there are of each score, and which themes they name.

Days that are over were counted ahead (`storage.rollups`), by each theme and also by all that a reason names together:
so how many name none is exact, whichever themes are shown. Other days are counted row by row.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, case, func, select

from bot.domain.periods import Period
from bot.domain.rollups import THEME, THEMES, reasons_of
from bot.domain.surveys import Band, band
from bot.domain.touchpoints import Kind
from storage import rollups
from storage.database import Tx
from storage.tables import answer, reason_theme

BETWEEN = "\x1f"
"""Stands between the keys of themes, in none of which it can be."""
NO_THEME, NO_REASON, GIVEN = "", BETWEEN, BETWEEN * 2
"""Where a theme would stand: for the reasons that name none, for the answers without a reason, and for all reasons."""

Told = Mapping[str, Counter[int]]
"""Answers by score: of each theme; or by all themes that their reasons name together, in order."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Of a period: all answers, the reasons by band, each theme's by band, and how many reasons name no theme."""

    answers: int
    reasons: Counter[Band]
    themes: Mapping[str, Counter[Band]]
    unnamed: int


def count(tx: Tx, kind: Kind, period: Period, keys: Collection[str]) -> Counts:
    """What there is of each score; a reason that names two of these themes is counted with both.

    Every reason that was given in the period counts, and every answer, of NPS too: one customer may have given two.
    """
    told = _tell(tx, kind, period, THEME)
    reasons = told.get(GIVEN, Counter())
    return Counts(
        answers=reasons.total() + told.get(NO_REASON, Counter()).total(),
        reasons=_by_band(kind, reasons),
        themes={key: _by_band(kind, told.get(key, {})) for key in keys},
        unnamed=_count_unnamed(tx, kind, period, keys, told),
    )


def _by_band(kind: Kind, scores: Mapping[int, int]) -> Counter[Band]:
    found = Counter[Band]()
    for score, n in scores.items():
        if n:
            found[band(kind, score)] += n
    return found


def _count_unnamed(tx: Tx, kind: Kind, period: Period, keys: Collection[str], told: Told) -> int:
    """How many reasons name none of these themes: nearly always those that name no theme at all."""
    if told.keys() <= {*keys, NO_THEME, NO_REASON, GIVEN}:
        return told.get(NO_THEME, Counter()).total()
    together = _tell(tx, kind, period, THEMES)
    without = (named for named in together if named != NO_REASON and set(keys).isdisjoint(named.split(BETWEEN)))
    return sum(together[named].total() for named in without)


def _tell(tx: Tx, kind: Kind, period: Period, dimension: str) -> Told:
    """By each theme or by all together: what was counted, and the rest row by row; or all, where little is counted."""
    series = reasons_of(kind)
    counted = rollups.load(tx, series, period.timezone)

    def uncounted(part: Period) -> Told:
        together = tell(tx, kind, part)
        return by_theme(together) if dimension == THEME else together

    told = rollups.add_up(tx, series, counted, (period,), dimension, uncounted=uncounted)[period]
    return {named: scores for named, scores in told.items() if scores.total()}


def by_theme(together: Told) -> Told:
    """Of each theme, of no theme, of no reason, and of all reasons."""
    told: dict[str, Counter[int]] = defaultdict(Counter)
    for named, scores in together.items():
        for key in (NO_REASON,) if named == NO_REASON else (GIVEN, *named.split(BETWEEN)):
            told[key].update(scores)
    return told


def tell(tx: Tx, kind: Kind, period: Period) -> Told:
    """The answers of a period by the themes of their reasons together, row by row."""
    told: dict[str, Counter[int]] = defaultdict(Counter)
    for row in tx.execute(_TELL, {"kind": kind, "start": period.start, "end": period.end}):
        told[BETWEEN.join(sorted(row.named.split(BETWEEN)))][row.score] += row.n
    return told


# Built once: counting a day asks it.
_named = select(func.aggregate_strings(reason_theme.c.theme, BETWEEN)).where(
    reason_theme.c.run_id == answer.c.run_id, reason_theme.c.about
)
_grouped = (
    case((answer.c.reason != "", func.coalesce(_named.scalar_subquery(), NO_THEME)), else_=NO_REASON).label("named"),
    answer.c.score,
)
_TELL = (
    select(*_grouped, func.count().label("n"))
    .where(answer.c.kind == bindparam("kind"))
    .where(answer.c.answered_at >= bindparam("start"), answer.c.answered_at < bindparam("end"))
    .group_by(*_grouped)
)
