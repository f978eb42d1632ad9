"""The report of how staff keep their customers."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import storage.draws
import storage.landmarks
import storage.segments
import storage.staff
from bot.domain import landmarks, team_messages
from bot.domain.landmarks import Present
from bot.domain.messages import Language
from bot.domain.metrics.proportions import Share
from bot.domain.metrics.staff_retention import retention_by_owner
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules
from bot.domain.segments import Bands, Dimension, SegmentName, bands_of, name_of, segments_in
from bot.domain.team_messages import Colleague, Window
from storage.database import Tx

MOST_EXAMINED = 6_000
"""About so many customers are looked at, where there are more than twice as many."""


def team(
    tx: Tx,
    *,
    now: datetime,
    rules: Rules,
    request: ReportRequest,
    period: Period,
    language: Language,
    reader: Staff | None = None,
) -> Report:
    """Observed over expected losses of each member of staff, by whose a customer was when the period began.

    By a segment they are those of its customers, and so is what was to be expected. A reader below a manager sees their
    own beside the whole team, and no colleague.
    """
    window = Window(period=period, cycle=rules.team.cycle.days, so_far=period.so_far(now))
    drawn = storage.draws.draw_customers(tx, most=MOST_EXAMINED)
    until = min(period.end, now)
    present = storage.landmarks.load_owned(tx, at=period.start, until=until, currency=rules.currency, drawn=drawn)
    charges = landmarks.charges(present, at=period.start)
    by = None if request.by is Dimension.CSM else request.by
    groups = [(None, present)] if by is None else _segments(tx, present, by, bands_of(rules, now=now))
    names = storage.staff.list_names(tx)
    found = [
        Colleague(names.get(str(one.owner_id), f"#{one.owner_id}"), one, segment)
        for segment, theirs in groups
        for one in retention_by_owner(landmarks.charges(theirs, at=period.start))
    ]
    return team_messages.team_report(
        found,
        window,
        lost=Share(sum(one.left for one in charges), len(charges)),
        unknown=len(present) - len(charges),
        every=drawn.every,
        language=language,
        own=None if reader is None or reader.role.allows(Role.MANAGER) else reader.user_id,
        by=by,
        currency=rules.currency,
    )


def _segments(
    tx: Tx, present: Sequence[Present], by: Dimension, bands: Bands
) -> list[tuple[SegmentName | None, list[Present]]]:
    """The customers of each segment, in which they are now."""
    known = storage.segments.of_customers(tx, [one.customer_id for one in present], bands)
    groups: dict[str, list[Present]] = defaultdict(list)
    for one in present:
        for segment in segments_in(known[one.customer_id], by):
            groups[segment].append(one)
    return [(name_of(by, segment, {}), theirs) for segment, theirs in groups.items()]
