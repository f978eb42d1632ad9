"""Since when there have been answers."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, func, select

from bot.domain.touchpoints import Kind
from storage.database import Tx
from storage.tables import answer


def first_answer_at(tx: Tx, kinds: Collection[Kind]) -> datetime | None:
    """When the first answer to a survey of these kinds was given; None while there is none."""
    firsts = (tx.execute(_FIRST, {"kind": kind}).scalar() for kind in kinds)
    return min((first for first in firsts if first is not None), default=None)


# Built once: an overview asks it for every metric.
_FIRST = select(func.min(answer.c.answered_at)).where(answer.c.kind == bindparam("kind"))
