"""Reasons of a period: how many there are of each score, which themes they name, and some of them to read.

What counts are the answers of the reports: of NPS the latest of each customer in the period, of other kinds all. Of
reasons that were erased nothing is left to count.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, case, exists, func, literal, select

from bot.domain.audiences import HASH_FACTOR, HASH_RANGE
from bot.domain.periods import Period
from bot.domain.reasons.classifier import Labelled
from bot.domain.surveys import Band, band
from bot.domain.touchpoints import Kind
from storage.database import Tx
from storage.tables import answer, customer, interaction, reason_theme

WRITTEN = ("message", "feedback")
"""What a customer writes without a score."""
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


def count_reasons(tx: Tx, kind: Kind, period: Period) -> tuple[int, Counter[Band]]:
    """All answers of the period, and how many of each band have a reason."""
    given = _given(kind, period)
    grouped = (given.c.score, given.c.has_reason)
    rows = tx.execute(select(*grouped, func.count().label("n")).group_by(*grouped)).all()
    reasons = Counter[Band]()
    for row in rows:
        reasons[band(kind, row.score)] += row.n if row.has_reason else 0
    return sum(row.n for row in rows), reasons


def count_themes(tx: Tx, kind: Kind, period: Period, keys: Collection[str]) -> Mapping[str, Counter[Band]]:
    """How many reasons of each band name each of these themes; one that names two is counted with both."""
    given = _given(kind, period)
    named = and_(reason_theme.c.run_id == given.c.run_id, reason_theme.c.about, reason_theme.c.theme.in_(keys))
    grouped = (reason_theme.c.theme, given.c.score)
    statement = select(*grouped, func.count().label("n")).select_from(given).join(reason_theme, named)
    found = {key: Counter[Band]() for key in keys}
    for row in tx.execute(statement.where(given.c.has_reason == 1).group_by(*grouped)):
        found[row.theme][band(kind, row.score)] += row.n
    return found


def count_unnamed(tx: Tx, kind: Kind, period: Period, keys: Collection[str]) -> int:
    """How many reasons name none of these themes."""
    given = _given(kind, period)
    statement = select(func.count()).select_from(given)
    return int(tx.execute(statement.where(given.c.has_reason == 1, ~_names(given.c.run_id, keys))).scalar_one())


def list_said(
    tx: Tx, kind: Kind, period: Period, *, limit: int, offset: int = 0, about: Collection[str] = (), named: bool = True
) -> list[Said]:
    """Some of the reasons: those about one of these themes, or (`named` is False) about none; of all without themes."""
    given = _given(kind, period)
    wanted: list[ColumnElement[bool]] = [given.c.has_reason == 1]
    if about:
        wanted.append(_names(given.c.run_id, about) if named else ~_names(given.c.run_id, about))
    statement = (
        select(answer.c.run_id, answer.c.score, answer.c.reason, customer.c.name, IN_TURN.label("place"))
        .select_from(given)
        .join(answer, answer.c.run_id == given.c.run_id)
        .join(customer, customer.c.id == answer.c.customer_id)
        .where(*wanted)
    )
    rows = tx.execute(statement.order_by("place", answer.c.run_id).limit(limit).offset(offset))
    return [_said(kind, row) for row in rows]


def load_said(tx: Tx, run_id: int) -> Said | None:
    """One reason; None where there is none."""
    statement = (
        select(answer.c.run_id, answer.c.kind, answer.c.score, answer.c.reason, customer.c.name, IN_TURN.label("place"))
        .join(customer, customer.c.id == answer.c.customer_id)
        .where(answer.c.run_id == run_id, *_with_reason())
    )
    row = tx.execute(statement).one_or_none()
    return _said(Kind(row.kind), row) if row else None


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


def list_unscored(tx: Tx, period: Period, *, limit: int) -> list[str]:
    """The latest of what customers wrote in the period without giving a score."""
    spoken = (interaction.c.kind.in_(WRITTEN), interaction.c.body != "")
    statement = select(interaction.c.body).where(
        interaction.c.happened_at >= period.start, interaction.c.happened_at < period.end, *spoken
    )
    return list(tx.execute(statement.order_by(interaction.c.happened_at.desc()).limit(limit)).scalars())


def _said(kind: Kind, row: Any) -> Said:  # noqa: ANN401  a database row
    its = band(kind, row.score)
    return Said(run_id=row.run_id, band=its, text=row.reason, customer_name=row.name, order=row.place)


def _with_reason() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return answer.c.reason.is_not(None), answer.c.reason != ""


def _names(run_id: ColumnElement[int], keys: Collection[str]) -> ColumnElement[bool]:
    """Whether a reason is about one of these themes."""
    return exists().where(reason_theme.c.run_id == run_id, reason_theme.c.about, reason_theme.c.theme.in_(keys))


def _given(kind: Kind, period: Period) -> CTE:
    """The answers of a period by run, with their score and whether they have a reason."""
    columns = (
        answer.c.run_id,
        answer.c.score,
        case((and_(*_with_reason()), 1), else_=0).label("has_reason"),
    )
    within = (answer.c.kind == kind, answer.c.answered_at >= period.start, answer.c.answered_at < period.end)
    given = select(*columns).where(*within)
    if kind is not Kind.NPS:
        return given.cte("given")
    order = (answer.c.answered_at.desc(), answer.c.run_id.desc())
    age = func.row_number().over(partition_by=answer.c.customer_id, order_by=order)
    ranked = given.add_columns(age.label("age")).subquery()
    return select(ranked).where(ranked.c.age == 1).cte("given")
