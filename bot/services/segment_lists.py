"""From a number of a report to the people behind it."""

from datetime import datetime

import storage.reports
import storage.segment_lists
import storage.staff
from bot.domain import segment_lists
from bot.domain.messages import Message
from bot.domain.periods import Period, PeriodError, parse_period
from bot.domain.portfolio import PAGE, read_page
from bot.domain.report_pages import KINDS
from bot.domain.report_requests import ReportRequestError, parse_report_request
from bot.domain.roles import Staff
from bot.domain.rules import Rules
from bot.domain.segment_lists import SegmentList
from bot.domain.segments import Dimension, key_of, name_of
from bot.domain.touchpoints import Kind
from storage.database import Tx


def list_answered(tx: Tx, *, now: datetime, rules: Rules, by: Staff, words: str, segment: str, page: int) -> Message:
    """Who answered in a segment of the report that `words` ask for; `segment` is the key that stood on the button.

    Of a group under five a CSM sees their own customers only.
    """
    try:
        request = parse_report_request(words.split())
        period = parse_period(request.period, now=now, timezone=rules.timezone)
    except (ReportRequestError, PeriodError):
        return _gone(by)
    if request.metric not in KINDS or request.by is None:
        return _gone(by)
    kind = Kind(request.metric)
    counts = _counts(tx, kind, period, request.by)
    name = next((each for each in counts if key_of(each) == segment), None)
    if name is None:
        return _gone(by)
    own = segment_lists.sees_only_own(by, counts[name])
    found = storage.segment_lists.Group(
        kind=kind, period=period, by=request.by, segment=name, csm_id=by.user_id if own else None
    )
    total = storage.segment_lists.count(tx, found)
    number = read_page(page, total)
    shown = SegmentList(
        segment=name,
        name=name_of(request.by, name, storage.staff.list_names(tx)),
        n=counts[name],
        customers=storage.segment_lists.list_page(tx, found, offset=number * PAGE, limit=PAGE),
        number=number,
        total=total,
        own=own,
    )
    return segment_lists.list_message(shown, request, currency=rules.currency, period=period, language=by.language)


def _counts(tx: Tx, kind: Kind, period: Period, by: Dimension) -> dict[str, int]:
    counted = storage.reports.count_scores(tx, kind, (period,), by=by)
    return {segment: sum(scores.values()) for (_, segment), scores in counted.items()}


def _gone(by: Staff) -> Message:
    return Message("customers/stale_button", by.language)
