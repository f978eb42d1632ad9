"""The report's page of cases: how soon customers were answered, how soon it was over, and whether it helped."""

from datetime import datetime

import storage.case_reports
import storage.staff
from bot.domain import case_pages, case_reports, report_messages
from bot.domain.measured import Measured
from bot.domain.messages import Language
from bot.domain.periods import Period, trends
from bot.domain.report_messages import CaseTimesPicture, Report
from bot.domain.report_requests import ReportRequest
from bot.domain.rules import Rules
from storage.database import Tx


def cases(tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language) -> Report:
    """How soon customers were answered, how soon it was over, and whether it helped; or the first two by CSM."""
    counts = storage.case_reports.count(tx, period)
    if request.by is not None:
        whose = case_reports.by_csm(counts.opened, storage.staff.list_names(tx), rules, now=now)
        return case_pages.cases_by_csm(whose, every=counts.every, period=period, now=now, language=language)
    found = case_reports.figures(counts, period, rules, now=now)
    parts, *_ = trends(period, now=now)
    opened, resolved = storage.case_reports.count_parts(tx, parts)
    picture = CaseTimesPicture(
        opened=opened,
        resolved=resolved,
        answer=found.answer,
        resolution=found.resolution,
        answer_within=rules.cases.answer_within / case_reports.HOUR,
        solve_within=rules.cases.solve_within / case_reports.HOUR,
    )
    return report_messages.cases_report(found, picture, period=period, now=now, language=language)


def cases_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """How soon the cases of customers were over and answered."""
    counts = storage.case_reports.count(tx, period)
    figures = case_reports.figures_of(counts.opened, rules, now=now)
    return Measured(set(counts.opened.customer_id), figures, counts.every)
