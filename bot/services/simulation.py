"""Choosing whom to simulate."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import storage.audiences
import storage.simulation
from bot.domain import audiences, plans
from bot.domain.audiences import Segment
from bot.domain.plans import Plan, PlanStatus
from bot.domain.rules import PlanTemplate, Rules
from bot.domain.simulation import Life
from storage.database import Tx


class UnknownSegmentError(LookupError):
    """No customer has this value: `known` are those that there are."""

    def __init__(self, segment: Segment, known: Sequence[str]) -> None:
        super().__init__(f"no customer's {segment.field} is {segment.value}")
        self.segment = segment
        self.known = known


def load_lives(
    tx: Tx,
    *,
    now: datetime,
    rules: Rules,
    segments: Sequence[Segment] = (),
    limit: int | None = None,
    as_if_linked: bool = False,
    template: PlanTemplate | None = None,
) -> list[Life]:
    """The customers to simulate: those of every segment, or a stable sample of `limit` of them.

    `as_if_linked` takes everybody, as if each had linked their chat now; with a `template` whoever has no success plan
    starts that one now.

    Raises:
        UnknownSegmentError: nobody belongs to a segment.
    """
    chosen = {segment.field: _values(tx, segment) for segment in segments}
    members = storage.audiences.list_members(tx, chosen, linked=not as_if_linked, limit=limit)
    lives = storage.simulation.load_lives(tx, members, rules=rules, now=now)
    if as_if_linked:
        lives = [_linked(life, rules, now=now) for life in lives]
    return lives if template is None else [_with_plan(life, template, rules, now=now) for life in lives]


def _values(tx: Tx, segment: Segment) -> list[str | int]:
    known = storage.audiences.list_values(tx, segment.field)
    found = audiences.matching(known, segment.value)
    if not found:
        raise UnknownSegmentError(segment, [one.name for one in known])
    return found


def _linked(life: Life, rules: Rules, *, now: datetime) -> Life:
    contact = replace(life.contact, linked=True)
    return replace(life, contact=contact, next_nps_at=life.next_nps_at or now + rules.surveys.nps_first_after)


def _with_plan(life: Life, template: PlanTemplate, rules: Rules, *, now: datetime) -> Life:
    if life.plan is not None:
        return life
    started = Plan(
        plan_id=0,
        customer_id=life.customer_id,
        template=template.key,
        name=template.name[rules.language],
        goal=template.goal[rules.language],
        status=PlanStatus.ACTIVE,
        started_at=now,
        milestones=plans.milestones_of(template, language=rules.language, timezone=life.contact.timezone, start=now),
        check_in_months=template.check_in_months,
        progress_months=template.progress_months,
    )
    return replace(life, plan=started)
