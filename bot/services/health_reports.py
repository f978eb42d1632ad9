"""The report's page of customers' health."""

from datetime import datetime

import storage.health_spread
from bot.domain.health_reports import health_report
from bot.domain.messages import Language
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.rules import Rules
from storage.database import Tx


def health(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """How many customers had which colour on the last day of the period, how that came, and who moved most."""
    return health_report(storage.health_spread.load(tx, period, now=now), period=period, language=language)
