"""The report's page of customers' health."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

import storage.draws
import storage.health_lists
import storage.health_spread
from bot.domain.figures import Figure
from bot.domain.health_reports import colour_figures, health_report
from bot.domain.measured import Measured
from bot.domain.messages import Language
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.rules import Rules
from storage.database import Tx


def health_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """How many of the customers who are scored are red, and how many green: now, whatever the period."""
    drawn = storage.draws.draw_customers(tx)
    colours = storage.health_lists.load_colours(tx, drawn)

    def figures(customers: Collection[int]) -> list[Figure]:
        counts = Counter(colours[whom] for whom in customers)
        return colour_figures(counts)

    return Measured(colours.keys(), figures, drawn.every)


def health(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """How many customers had which colour on the last day of the period, how that came, and who moved most."""
    return health_report(storage.health_spread.load(tx, period, now=now), period=period, language=language)
