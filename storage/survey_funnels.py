"""What became of the surveys that were planned in a period and of which no sending is known."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, select

from bot.domain.periods import Period
from bot.domain.rollups import UNSENT
from bot.domain.survey_funnels import Tally
from bot.domain.touchpoints import INVITATIONS, Kind
from storage import rollups
from storage.database import Tx
from storage.imports import IMPORTED
from storage.raw_reports import was_reminded
from storage.tables import answer, outbox, survey_run

FATE = "fate"
"""The dimension by which they are counted ahead; a segment of it is a tally without its count, as JSON."""
FATES = tuple(field.name for field in fields(Tally) if field.name != "count")
UNKNOWN_TO_BE_SENT = and_(survey_run.c.sent_at.is_(None), survey_run.c.trigger != IMPORTED)
"""What another tool collected was never to be sent."""


def list_unsent(tx: Tx, period: Period, kinds: Collection[Kind]) -> list[Tally]:
    """The period's surveys that are not known to be sent, by what became of them."""
    counted = rollups.load(tx, UNSENT, period.timezone)
    found = rollups.add_up(tx, UNSENT, counted, (period,), FATE, uncounted=partial(count_fates, tx))[period]
    tallies = (_tally(fate, slots[0]) for fate, slots in sorted(found.items()) if slots[0])
    return [one for one in tallies if one.kind in kinds]


def count_fates(tx: Tx, period: Period) -> Mapping[str, Counter[int]]:
    """How many have which fate, each row looked at, in the first slot."""
    found = tx.execute(_FATES, {"start": period.start, "end": period.end})
    return {json.dumps(fate): Counter({0: n}) for n, *fate in found}


def first_planned(tx: Tx, instant: datetime) -> datetime | None:
    """When the first of them was planned, then or later."""
    found: datetime | None = tx.execute(_FIRST_PLANNED, {"start": instant}).scalar()
    return found


def _tally(fate: str, count: int) -> Tally:
    kind, *rest = json.loads(fate)
    return Tally(**dict(zip(FATES, (Kind(kind), *rest), strict=True)), count=count)


def _fates() -> Select[Any]:
    """A row a survey: the kind, what became of its last invitation, and what came after it."""
    invitation = (outbox.c.run_id == survey_run.c.id, outbox.c.kind.in_(INVITATIONS))
    last = select(func.max(outbox.c.id)).where(*invitation)
    held = case((outbox.c.status.in_(("pending", "expired")), outbox.c.hold_rule))
    return (
        select(
            survey_run.c.kind,
            outbox.c.status.label("outbox"),
            outbox.c.error,
            held.label("hold_rule"),
            survey_run.c.closed_at.is_not(None).label("closed"),
            answer.c.run_id.is_not(None).label("answered"),
            answer.c.reason.is_not(None).label("commented"),
            was_reminded().label("reminded"),
            was_reminded(answer.c.answered_at).label("answered_after"),
        )
        .outerjoin(outbox, outbox.c.id == last.correlate(survey_run).scalar_subquery())
        .outerjoin(answer, answer.c.run_id == survey_run.c.id)
        .where(
            survey_run.c.planned_at >= bindparam("start"),
            survey_run.c.planned_at < bindparam("end"),
            UNKNOWN_TO_BE_SENT,
        )
    )


def _counted() -> Select[Any]:
    fates = _fates().subquery()
    return select(func.count(), *(fates.c[name] for name in FATES)).group_by(*fates.c)


# Built once: they are asked of each day that is counted.
_FATES = _counted()
_FIRST_PLANNED = select(func.min(survey_run.c.planned_at)).where(
    survey_run.c.planned_at >= bindparam("start"), UNKNOWN_TO_BE_SENT
)
