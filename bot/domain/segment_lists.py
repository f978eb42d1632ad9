"""Who answered in a segment of a report: the people behind a number, for staff to talk to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.domain.messages import Button, Language, Message
from bot.domain.metrics.estimates import HIDDEN_UNDER
from bot.domain.names import cut
from bot.domain.periods import Period
from bot.domain.portfolio import NUMBERS_A_ROW, PAGE
from bot.domain.report_messages import period_facts
from bot.domain.report_requests import ReportRequest
from bot.domain.roles import Role, Staff
from bot.domain.segments import SegmentName, key_of
from bot.domain.surveys import SCALES
from bot.domain.taps import SegmentPage, ShowCustomer
from bot.domain.touchpoints import Kind

LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A customer who answered in the segment, with the latest score there."""

    customer_id: int
    name: str
    score: int
    answered_at: datetime


@dataclass(frozen=True, kw_only=True)
class SegmentList:
    """A page, from 0, of the `total` customers who answered in a segment; `n` is what the report counted there.

    `own` says that only customers of whoever asks are among them.
    """

    segment: str
    name: SegmentName
    n: int
    customers: Sequence[Answered]
    number: int
    total: int
    own: bool


def sees_only_own(by: Staff, n: int) -> bool:
    """Whether a group is so small that its people are shown to whoever looks after them, and to managers, alone."""
    return n < HIDDEN_UNDER and not by.role.allows(Role.MANAGER)


def list_message(
    found: SegmentList, request: ReportRequest, *, currency: str, period: Period, language: Language
) -> Message:
    """The list, lowest scores first, with a number to open each customer by."""
    assert request.metric is not None  # noqa: S101  only a metric is broken down
    first = found.number * PAGE
    facts = {
        "metric": request.metric,
        "by": request.by,
        "currency": currency,
        "period": period_facts(period),
        "name": asdict(found.name),
        "n": found.n,
        "own": found.own,
        "total": found.total,
        "first": first + 1,
        "highest": SCALES[Kind(request.metric)][-1],
        "customers": [{**asdict(one), "name": cut(one.name, LONGEST_NAME)} for one in found.customers],
    }
    numbers = [
        Button("number", ShowCustomer(one.customer_id), {"number": place})
        for place, one in enumerate(found.customers, start=first + 1)
    ]
    rows = [tuple(numbers[start : start + NUMBERS_A_ROW]) for start in range(0, len(numbers), NUMBERS_A_ROW)]
    turns = _turns(found, request.words)
    return Message("reports/segment", language, facts, (*rows, turns) if turns else tuple(rows))


def _turns(found: SegmentList, words: str) -> tuple[Button, ...]:
    key = key_of(found.segment)
    before = [Button("before", SegmentPage(words, key, found.number - 1))] if found.number else []
    more = found.number * PAGE + len(found.customers) < found.total
    after = [Button("after", SegmentPage(words, key, found.number + 1))] if more else []
    return (*before, *after)
