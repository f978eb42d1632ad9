"""The pages of money, health, cases and the way of customers by segment: the present one of each customer."""

from collections import defaultdict
from datetime import datetime
from typing import Protocol

import storage.segments
import storage.staff
import storage.takings
from bot.domain.measured import Measured
from bot.domain.messages import Language
from bot.domain.money_reports import PageFacts, spans
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.rules import Rules
from bot.domain.segment_figures import rows_of, segments_report
from bot.domain.segments import bands_of, name_of, segments_in
from storage.database import Tx


class Measure(Protocol):
    """What a page says of some customers, whichever they are."""

    def __call__(self, tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured: ...


def by_segment(
    tx: Tx,
    *,
    now: datetime,
    rules: Rules,
    request: ReportRequest,
    period: Period,
    language: Language,
    measure: Measure,
) -> Report:
    """The figures of a page by segment, and of all segments together."""
    assert request.page is not None  # noqa: S101  whoever breaks a page down has named it
    assert request.by is not None  # noqa: S101  and by what
    found = measure(tx, now=now, rules=rules, period=period)
    members: dict[str, set[int]] = defaultdict(set)
    for customer_id, known in storage.segments.of_customers(tx, found.customers, bands_of(rules, now=now)).items():
        for segment in segments_in(known, request.by):
            members[segment].add(customer_id)
    staff = storage.staff.list_names(tx)
    names = {segment: name_of(request.by, segment, staff) for segment in members}
    facts = PageFacts(
        page=request.page,
        period=period,
        spans=spans(period, now=now, began_at=storage.takings.first_at(tx)),
        currency=rules.currency,
        language=language,
        every=found.every,
    )
    rows = rows_of(members, names, found.figures)
    return segments_report(facts, request.by, rows, found.figures(found.customers), found.said)
