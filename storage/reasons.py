"""Reasons to read: some of a period, those about a theme, and what customers write without a score.

`storage.reason_counts` says how many there are. Of reasons that were erased nothing is left to read.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, exists, func, literal_column, select, true

from bot.domain.audiences import HASH_FACTOR, HASH_RANGE
from bot.domain.metrics.proportions import Share
from bot.domain.periods import Period
from bot.domain.reasons.classifier import Labelled
from bot.domain.surveys import BANDS, Band, band
from bot.domain.touchpoints import Kind
from storage.columns import unindexed
from storage.database import Tx
from storage.tables import DRAWN, IN_TURN, UNSCORED, answer, customer, interaction, reason_theme

PLACE = literal_column(IN_TURN, BigInteger())
RARE = 100
"""Reasons about a theme that not one in so many is about are looked up by the theme, and others by the period."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A reason as it was given, with the name of whom it must not tell."""

    run_id: int
    band: Band
    text: str
    customer_name: str
    order: int


def list_detractor_themes(
    tx: Tx, customer_ids: Collection[int], *, after: datetime, until: datetime
) -> list[tuple[int, str]]:
    """Which of the customers name which theme as the reason of a low NPS in the half-open time, each pair once."""
    named = and_(reason_theme.c.run_id == answer.c.run_id, reason_theme.c.about)
    low = (unindexed(answer.c.kind) == Kind.NPS, answer.c.score < BANDS[Kind.NPS][0])
    statement = (
        select(answer.c.customer_id, reason_theme.c.theme)
        .join(reason_theme, named)
        .where(answer.c.customer_id.in_(customer_ids), answer.c.answered_at >= after, answer.c.answered_at < until)
        .where(*low)
        .distinct()
    )
    return [(row.customer_id, row.theme) for row in tx.execute(statement)]


def list_sample(tx: Tx, kind: Kind, period: Period, *, limit: int) -> list[Said]:
    """So many of the reasons, or all: the first ones of the stable order."""
    return _read(tx, _first(tx, kind, select(answer.c.run_id).where(*_within(period)), limit=limit))


def list_about(
    tx: Tx, kind: Kind, period: Period, about: Collection[str], *, named: bool, among: Share, limit: int, offset: int
) -> list[Said]:
    """Some of the reasons that are about one of these themes, or (`named` is False) about none, in the stable order.

    `among` says how many they are of all reasons.
    """
    wanted = select(answer.c.run_id).where(*_within(period))
    names = and_(reason_theme.c.about, reason_theme.c.theme.in_(about))
    if named and among.part * RARE < among.whole:
        runs = select(reason_theme.c.run_id).where(names)
        rare = wanted.where(answer.c.run_id.in_(runs), unindexed(answer.c.kind) == kind, answer.c.reason != "")
        return _read(tx, tx.execute(_part(rare, limit, offset)).scalars().all())
    found = exists().where(reason_theme.c.run_id == answer.c.run_id, names)
    return _read(tx, _first(tx, kind, wanted.where(found if named else ~found), limit=limit, offset=offset))


def _first(tx: Tx, kind: Kind, wanted: Select[int], *, limit: int, offset: int = 0) -> Sequence[int]:
    """The runs of a part of the stable order, sought among its first ones alone as long as there are enough of them."""
    found: Sequence[int] = ()
    some = (and_(drawn, unindexed(answer.c.kind) == kind) for drawn in DRAWN.values())
    for which in (*some, and_(answer.c.reason != "", answer.c.kind == kind)):
        found = tx.execute(_part(wanted.where(which), limit, offset)).scalars().all()
        if len(found) == limit:
            break
    return found


def _part(wanted: Select[int], limit: int, offset: int) -> Select[int]:
    return wanted.order_by(PLACE, answer.c.run_id).limit(limit).offset(offset)


def _read(tx: Tx, runs: Iterable[int]) -> list[Said]:
    """The reasons of these runs, in the stable order."""
    # Written into the statement, as the numbers they are: to make hundreds of parameters took as long as to read.
    theirs = answer.c.run_id.in_(bindparam("runs", runs, expanding=True, literal_execute=True))
    found = [_said(row) for row in tx.execute(_saying().where(theirs)).all()]
    return sorted(found, key=lambda one: (one.order, one.run_id))


def load_said(tx: Tx, run_id: int) -> Said | None:
    """One reason; None where there is none."""
    row = tx.execute(_saying().where(answer.c.run_id == run_id, answer.c.reason != "")).one_or_none()
    return _said(row) if row else None


def list_labelled(tx: Tx, *, limit: int) -> list[Labelled]:
    """The latest reasons of detractors and promoters, of every kind of survey."""
    columns = (answer.c.kind, answer.c.score, answer.c.reason, answer.c.customer_id)
    statement = select(*columns).where(answer.c.reason != "").order_by(answer.c.run_id.desc()).limit(limit)
    rows = [(row, band(Kind(row.kind), row.score)) for row in tx.execute(statement)]
    return [
        Labelled(text=row.reason, unkind=its is Band.DETRACTOR, fold=row.customer_id * HASH_FACTOR % HASH_RANGE)
        for row, its in rows
        if its is not Band.PASSIVE
    ]


def count_unscored(tx: Tx, period: Period) -> int:
    """How much customers wrote in the period without giving a score."""
    return int(tx.execute(select(func.count()).select_from(interaction).where(*_unscored(period))).scalar_one())


def list_unscored(tx: Tx, period: Period, *, limit: int) -> list[str]:
    """The latest of it."""
    latest = select(interaction.c.body).where(*_unscored(period)).order_by(interaction.c.happened_at.desc())
    return list(tx.execute(latest.limit(limit)).scalars())


def _unscored(period: Period) -> tuple[ColumnElement[bool], ...]:
    within = (interaction.c.happened_at >= period.start, interaction.c.happened_at < period.end)
    return (*within, and_(true(), UNSCORED))


def _saying() -> Select[Any]:
    columns = (answer.c.run_id, answer.c.kind, answer.c.score, answer.c.reason, customer.c.name)
    return select(*columns, PLACE.label("place")).join(customer, customer.c.id == answer.c.customer_id)


def _said(row: Any) -> Said:  # noqa: ANN401  a database row
    its = band(Kind(row.kind), row.score)
    return Said(run_id=row.run_id, band=its, text=row.reason, customer_name=row.name, order=row.place)


def _within(period: Period) -> tuple[ColumnElement[bool], ...]:
    return answer.c.answered_at >= period.start, answer.c.answered_at < period.end
