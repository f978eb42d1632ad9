"""Cases for the report of them, written down one by one as nobody else does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.business_hours import instants_of
from bot.domain.case_reports import COMPLAINTS, CaseCounts, CaseTimes, CaseTotals
from bot.domain.cases import Source

INSTANTS = ("opened_at", "answered_at", "first_resolved_at", "resolved_at", "solve_due_at")
OTHERS = ("reopened", "reason", "csm_id", "customer_id")


@dataclass(frozen=True, kw_only=True)
class OneCase:
    """When things happened in a case."""

    opened_at: datetime
    solve_due_at: datetime
    answered_at: datetime | None = None
    first_resolved_at: datetime | None = None
    resolved_at: datetime | None = None
    source: Source = Source.FEEDBACK
    reopened: int = 0
    reason: str = ""
    csm_id: int | None = None
    customer_id: int = 1


def times(cases: Sequence[OneCase]) -> CaseTimes:
    """The same as columns."""
    known = {name: instants_of([getattr(one, name) for one in cases]) for name in INSTANTS}
    return CaseTimes(**known, **{name: [getattr(one, name) for one in cases] for name in OTHERS})


def counts(cases: Sequence[OneCase], **more: Any) -> CaseCounts:
    """What would be counted of these cases."""
    still_open = [one.opened_at for one in cases if one.resolved_at is None]
    totals = CaseTotals(
        opened=len(cases),
        complaints=sum(one.source in COMPLAINTS for one in cases),
        open=len(still_open),
        oldest_at=min(still_open, default=None),
    )
    return CaseCounts(**{"opened": times(cases), "totals": totals, **more})


def listed(found: CaseTimes) -> dict[str, list[Any]]:
    """The columns as lists, which can be compared."""
    known = {name: instants_of(getattr(found, name)).tolist() for name in INSTANTS}
    return {**known, **{name: list(getattr(found, name)) for name in OTHERS}}
