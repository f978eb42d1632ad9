"""Reasons of a period: how many there are of each score, which themes they name, and some of them to read.

What counts are the answers of the reports: of NPS the latest of each customer in the period, of other kinds all. Of
reasons that were erased nothing is left to count.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, exists, func, literal, or_, select

from bot.domain.audiences import HASH_FACTOR, HASH_RANGE
from bot.domain.periods import Period
from bot.domain.reasons.classifier import Labelled
from bot.domain.surveys import BANDS, Band, band
from bot.domain.touchpoints import Kind
from storage.database import Tx
from storage.raw_reports import unindexed
from storage.tables import answer, customer, interaction, reason_theme

WRITTEN = ("message", "feedback")
"""What a customer writes without a score."""
ANSWERS, UNNAMED = "", "-"
"""Stand where a theme does, for all answers and for the reasons that name none; no theme has such a key."""
IN_TURN = answer.c.run_id * literal(HASH_FACTOR) % literal(HASH_RANGE)
"""A stable order that has nothing to do with who gave a reason, or when."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A reason as it was given, with the name of whom it must not tell."""

    run_id: int
    band: Band
    text: str
    customer_name: str
    order: int


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Of a period: all answers, the reasons by band, each theme's by band, and how many reasons name no theme."""

    answers: int
    reasons: Counter[Band]
    themes: Mapping[str, Counter[Band]]
    unnamed: int


def count(tx: Tx, kind: Kind, period: Period, keys: Collection[str]) -> Counts:
    """What there is of each score; a reason that names two of these themes is counted with both."""
    given = _given(kind, period)
    answers, reasons = 0, Counter[Band]()
    themes, unnamed = {key: Counter[Band]() for key in keys}, 0
    for row in tx.execute(_by_score(given).union_all(_by_theme(given, keys))):
        its = band(kind, row.score)
        if row.theme == ANSWERS:
            answers += row.n
            reasons[its] += row.reasons
        elif row.theme == UNNAMED:
            unnamed += row.n
        else:
            themes[row.theme][its] += row.n
    return Counts(answers=answers, reasons=reasons, themes=themes, unnamed=unnamed)


def _by_score(given: CTE) -> Select[Any]:
    counts = (func.count().label("n"), func.sum(given.c.has_reason).label("reasons"))
    return select(literal(ANSWERS).label("theme"), given.c.score, *counts).group_by(given.c.score)


def _by_theme(given: CTE, keys: Collection[str]) -> Select[Any]:
    named = and_(reason_theme.c.run_id == given.c.run_id, reason_theme.c.about, reason_theme.c.theme.in_(keys))
    theme = func.coalesce(reason_theme.c.theme, UNNAMED)
    statement = select(theme, given.c.score, func.count(), literal(0)).select_from(given).outerjoin(reason_theme, named)
    return statement.where(given.c.has_reason == 1).group_by(theme, given.c.score)


def list_detractor_themes(tx: Tx, *, after: datetime, until: datetime) -> list[tuple[int, str]]:
    """Which customers name which theme as the reason of a low NPS in the half-open time, each pair once."""
    named = and_(reason_theme.c.run_id == answer.c.run_id, reason_theme.c.about)
    statement = (
        select(answer.c.customer_id, reason_theme.c.theme)
        .join(reason_theme, named)
        .where(answer.c.kind == Kind.NPS, answer.c.answered_at >= after, answer.c.answered_at < until)
        .where(answer.c.score < BANDS[Kind.NPS][0])
        .distinct()
    )
    return [(row.customer_id, row.theme) for row in tx.execute(statement)]


def list_sample(tx: Tx, kind: Kind, period: Period, *, limit: int) -> list[Said]:
    """So many of the reasons, or all, in the stable order."""
    drawn = select(answer.c.run_id).where(*_of(kind, period), *_with_reason()).order_by(IN_TURN).limit(limit).cte()
    statement = _saying().join(drawn, drawn.c.run_id == answer.c.run_id).where(*_counting(kind, period))
    return [_said(row) for row in tx.execute(statement)]


def count_about(tx: Tx, kind: Kind, period: Period, about: Collection[str], *, named: bool) -> int:
    """How many reasons are about one of these themes, or (`named` is False) about none of them."""
    wanted = (*_of(kind, period), *_with_reason(), _about(about, named=named), *_counting(kind, period))
    return int(tx.execute(select(func.count()).select_from(answer).where(*wanted)).scalar_one())


def list_about(
    tx: Tx, kind: Kind, period: Period, about: Collection[str], *, named: bool, limit: int, offset: int
) -> list[Said]:
    """Some of these reasons, in the stable order."""
    wanted = (*_of(kind, period), *_with_reason(), _about(about, named=named), *_counting(kind, period))
    statement = _saying().where(*wanted).order_by(IN_TURN, answer.c.run_id)
    return [_said(row) for row in tx.execute(statement.limit(limit).offset(offset))]


def load_said(tx: Tx, run_id: int) -> Said | None:
    """One reason; None where there is none."""
    row = tx.execute(_saying().where(answer.c.run_id == run_id, *_with_reason())).one_or_none()
    return _said(row) if row else None


def list_labelled(tx: Tx, *, limit: int) -> list[Labelled]:
    """The latest reasons of detractors and promoters, of every kind of survey."""
    columns = (answer.c.kind, answer.c.score, answer.c.reason, answer.c.customer_id)
    statement = select(*columns).where(*_with_reason()).order_by(answer.c.run_id.desc()).limit(limit)
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
    return (*within, interaction.c.kind.in_(WRITTEN), interaction.c.body != "")


def _saying() -> Select[Any]:
    columns = (answer.c.run_id, answer.c.kind, answer.c.score, answer.c.reason, customer.c.name)
    return select(*columns, IN_TURN.label("place")).join(customer, customer.c.id == answer.c.customer_id)


def _said(row: Any) -> Said:  # noqa: ANN401  a database row
    its = band(Kind(row.kind), row.score)
    return Said(run_id=row.run_id, band=its, text=row.reason, customer_name=row.name, order=row.place)


def _with_reason() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return answer.c.reason.is_not(None), answer.c.reason != ""


def _about(keys: Collection[str], *, named: bool) -> ColumnElement[bool]:
    names = (reason_theme.c.run_id == answer.c.run_id, reason_theme.c.about, reason_theme.c.theme.in_(keys))
    return exists().where(*names) if named else ~exists().where(*names)


def _of(kind: Kind, period: Period) -> tuple[ColumnElement[bool], ...]:
    return answer.c.kind == kind, answer.c.answered_at >= period.start, answer.c.answered_at < period.end


def _counting(kind: Kind, period: Period) -> tuple[ColumnElement[bool], ...]:
    """Of NPS the latest answer of a customer in the period counts; of two at one instant, the one to the later run."""
    if kind is not Kind.NPS:
        return ()
    later = answer.alias("later")
    after = or_(
        later.c.answered_at > answer.c.answered_at,
        and_(later.c.answered_at == answer.c.answered_at, later.c.run_id > answer.c.run_id),
    )
    theirs = (later.c.customer_id == answer.c.customer_id, later.c.answered_at >= answer.c.answered_at)
    return (~exists().where(*theirs, unindexed(later.c.kind) == kind, later.c.answered_at < period.end, after),)


def _given(kind: Kind, period: Period) -> CTE:
    """The answers of a period by run, with their score and whether they have a reason."""
    has_reason = case((and_(*_with_reason()), 1), else_=0).label("has_reason")
    return select(answer.c.run_id, answer.c.score, has_reason).where(*_of(kind, period), *_counting(kind, period)).cte()
