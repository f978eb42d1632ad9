"""The customers who answered in a segment of a report."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from bot.domain.periods import Period
from bot.domain.segment_lists import Answered
from bot.domain.segments import UNKNOWN, Dimension
from bot.domain.touchpoints import Kind
from storage import dimensions
from storage.database import Tx
from storage.tables import answer, customer, segmentation


@dataclass(frozen=True, kw_only=True)
class Group:
    """Who answered a kind of survey in a period and was in a segment then; with a `csm_id`, only who is theirs now."""

    kind: Kind
    period: Period
    by: Dimension
    segment: str
    csm_id: int | None = None


def count(tx: Tx, group: Group) -> int:
    """How many customers there are; who was forgotten is not among them."""
    return int(tx.execute(select(func.count()).select_from(_latest(group).subquery())).scalar_one())


def list_page(tx: Tx, group: Group, *, offset: int, limit: int) -> list[Answered]:
    """Some of them with their latest score, the lowest first and of one score the latest."""
    found = _latest(group).subquery()
    ordered = select(found).order_by(found.c.score, found.c.answered_at.desc(), found.c.id).offset(offset).limit(limit)
    return [
        Answered(customer_id=row.id, name=row.name, score=row.score, answered_at=row.answered_at)
        for row in tx.execute(ordered)
    ]


def _latest(group: Group) -> Select[Any]:
    """A customer's NPS in a period is their latest, whatever segment they were in; of other kinds, all count."""
    order = (answer.c.answered_at.desc(), answer.c.run_id.desc())
    given = (
        select(
            answer.c.customer_id,
            answer.c.score,
            answer.c.answered_at,
            dimensions.then(group.by),
            func.row_number().over(partition_by=answer.c.customer_id, order_by=order).label("age"),
        )
        .outerjoin(segmentation, segmentation.c.id == answer.c.segmentation_id)
        .where(answer.c.kind == group.kind)
        .where(answer.c.answered_at >= group.period.start, answer.c.answered_at < group.period.end)
    )
    if group.kind is not Kind.NPS:
        given = given.where(_is_in(dimensions.then(group.by), group))
    ranked = given.subquery()
    statement = (
        select(customer.c.id, customer.c.name, ranked.c.score, ranked.c.answered_at)
        .join(customer, customer.c.id == ranked.c.customer_id)
        .where(ranked.c.age == 1, _is_in(ranked.c.segment, group), customer.c.forgotten_at.is_(None))
    )
    return statement if group.csm_id is None else statement.where(customer.c.csm_id == group.csm_id)


def _is_in(segment: ColumnElement[Any], group: Group) -> ColumnElement[bool]:
    if group.by is not Dimension.TAG:
        return segment == group.segment
    if group.segment == UNKNOWN:
        return segment == dimensions.NO_TAGS
    return segment.contains(json.dumps(group.segment), autoescape=True)
