"""The page of cases by whose customer they were of."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from bot.domain.case_reports import CsmCases, printed_by_csm
from bot.domain.messages import Language, Message
from bot.domain.money_reports import RowsPicture
from bot.domain.names import cut
from bot.domain.periods import Period
from bot.domain.report_messages import Report, period_facts, written

MOST_LISTED = 3
LONGEST_NAME = 24
METHODS = ("methods_hours", "methods_closed")


def cases_by_csm(found: Sequence[CsmCases], *, every: int, period: Period, now: datetime, language: Language) -> Report:
    """How soon everybody's customers were answered and helped; the first three are listed, and all are in the file."""
    facts: dict[str, object] = {
        "period": period_facts(period),
        "so_far": period.so_far(now),
        "every": every,
        "team": [_told(one) for one in found[:MOST_LISTED]],
        "total": len(found),
        "opened": sum(one.opened for one in found),
    }
    message = Message("reports/cases_by_csm", language, facts)
    figures = printed_by_csm(found)
    return Report(
        message=message,
        picture=RowsPicture([one for one in figures if one.key == "cases_closed"]),
        words=message,
        period=period,
        figures=figures,
        methods=METHODS,
    )


def _told(one: CsmCases) -> dict[str, object]:
    """What a line says, without the curves of times, which it does not."""
    return {
        "name": cut(one.name, LONGEST_NAME),
        "n": one.opened,
        "answer": written(asdict(replace(one.answer, curve=()))),
        "resolution": written(asdict(replace(one.resolution, curve=()))),
        "closed": asdict(one.closed),
    }
