"""What is said of how a request for a report was understood, or was not."""

from dataclasses import replace
from datetime import datetime

from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.names import cut
from bot.domain.periods import Period, PeriodError
from bot.domain.report_messages import period_facts
from bot.domain.report_requests import ReportRequest, ReportRequestError
from bot.domain.taps import ShowReport

LONGEST_WORD = 60


def misunderstood(error: ReportRequestError, language: Language) -> Message:
    """What to say to words that ask for no report, with a button for what was likely meant."""
    facts = {"code": error.code, "word": cut(error.word, LONGEST_WORD), "nearest": error.nearest, "said": error.said}
    nothing = {"today": None, "first_day": None, "last_day": None, "turned": None}
    return Message("reports/misunderstood", language, {**nothing, **facts}, _instead(error.instead, error.said))


def no_period(error: PeriodError, request: ReportRequest, turned: Period | None, language: Language) -> Message:
    """What to say to a period that there cannot be, with a button for the one that it is `turned` round."""
    facts = {
        "code": error.code,
        "word": cut(request.typed or error.text, LONGEST_WORD),
        "nearest": "",
        "said": "",
        "today": error.today,
        "first_day": error.first_day,
        "last_day": error.last_day,
        "turned": period_facts(turned) if turned is not None else None,
    }
    other = replace(request, period=error.turned) if turned is not None else None
    return Message("reports/misunderstood", language, facts, _instead(other, ""))


def _instead(request: ReportRequest | None, said: str) -> Keyboard:
    return ((Button("instead", ShowReport(request.words), {"said": said}),),) if request is not None else ()


def opening(
    request: ReportRequest, period: Period, began_at: datetime | None, *, free: bool, language: Language
) -> Message:
    """What stands above a report: how `free` words were understood, and when answers `began_at` if that is later."""
    facts = {
        "understood": free,
        "metric": request.metric,
        "page": request.page,
        "by": request.by,
        "unfiltered": cut(request.unfiltered, LONGEST_WORD),
        "period": period_facts(period),
        "began_at": began_at,
    }
    return Message("reports/opening", language, facts)
