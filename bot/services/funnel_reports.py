"""The funnel of surveys as staff ask for it."""

from datetime import datetime

import storage.reports
import storage.survey_funnels
from bot.domain.funnel_messages import funnel_report
from bot.domain.messages import Language
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.reports import EVERYBODY
from bot.domain.rules import Rules
from bot.domain.touchpoints import SURVEYS, Kind
from storage.database import Tx


def funnel(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """How far the surveys of the period came: those of one kind, or all."""
    kind = Kind(request.metric) if request.metric else None
    kinds = [kind] if kind else sorted(SURVEYS)
    sent = storage.reports.count_funnels(tx, kinds, (period,), now=now).get((period, EVERYBODY), {})
    tallies = storage.survey_funnels.list_unsent(tx, period, kinds)
    return funnel_report(sent, tallies, kind, period=period, now=now, language=language)
