"""The report of how staff keep their customers."""

from datetime import datetime

import storage.draws
import storage.landmarks
import storage.staff
from bot.domain import landmarks, team_messages
from bot.domain.messages import Language
from bot.domain.metrics.staff_retention import retention_by_owner
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules
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

    A reader below a manager sees their own beside the whole team, and no colleague.
    """
    window = Window(period=period, cycle=rules.team.cycle.days, so_far=period.so_far(now))
    of = storage.draws.draw(tx, most=MOST_EXAMINED)
    until = min(period.end, now)
    present = storage.landmarks.load_owned(tx, at=period.start, until=until, currency=rules.currency, of=of)
    charges = landmarks.charges(present, at=period.start)
    names = {one.user_id: one.name for one in storage.staff.list_all(tx)}
    found = [Colleague(names.get(one.owner_id, f"#{one.owner_id}"), one) for one in retention_by_owner(charges)]
    own = None if reader is None or reader.role.allows(Role.MANAGER) else reader.user_id
    return team_messages.team_report(
        found, window, unknown=len(present) - len(charges), every=of.every, language=language, own=own
    )
