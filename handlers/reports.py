"""Reports: a picture with its figures."""

from collections.abc import Mapping
from functools import partial

from telegram import Update

from bot.domain import taps
from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.domain.report_messages import Report
from bot.domain.report_requests import (
    Dimension,
    FileForm,
    Page,
    ReportRequest,
    ReportRequestError,
    is_plain,
    parse_report_request,
)
from bot.domain.report_understanding import misunderstood
from bot.domain.roles import Staff
from bot.services import (
    case_reports,
    course_reports,
    funnel_reports,
    health_reports,
    loyalty_reports,
    money_reports,
    reasons,
    reports,
    team_reports,
    trial_reports,
    value_reports,
)
from bot.services.segment_reports import Measure, by_segment
from handlers import auditing, choosing, drawing, replies
from handlers.context import Context, message
from handlers.report_files import write
from handlers.report_pictures import draw

REPORT = "report"
PAGES: Mapping[Page, reports.Page] = {
    Page.FUNNEL: funnel_reports.funnel,
    Page.REASONS: reasons.reasons,
    Page.HEALTH: health_reports.health,
    Page.CASES: case_reports.cases,
    Page.MONEY: money_reports.money,
    Page.REVENUE: money_reports.revenue,
    Page.DEALS: money_reports.deals,
    Page.COSTS: money_reports.costs,
    Page.RETENTION: value_reports.cohort_retention,
    Page.CLV: value_reports.clv,
    Page.RFM: value_reports.rfm,
    Page.PRICES: course_reports.prices,
    Page.JOURNEY: course_reports.journey,
    Page.TASKS: course_reports.tasks,
    Page.LOYALTY: loyalty_reports.loyalty,
    Page.OPPORTUNITIES: loyalty_reports.opportunities,
    Page.TESTS: trial_reports.tests,
    Page.ROI: trial_reports.roi,
    Page.TEAM: team_reports.team,
}
"""Who makes a page that is no metric of surveys; trend and segments are metrics, and asked for as such."""


BY_SEGMENT: Mapping[Page, Measure] = {
    Page.HEALTH: health_reports.health_of,
    Page.CASES: case_reports.cases_of,
    Page.MONEY: money_reports.revenue_of,
    Page.REVENUE: money_reports.revenue_of,
    Page.DEALS: money_reports.deals_of,
    Page.COSTS: money_reports.costs_of,
    Page.RETENTION: value_reports.retention_of,
    Page.CLV: value_reports.clv_of,
    Page.PRICES: course_reports.prices_of,
    Page.JOURNEY: course_reports.journey_of,
    Page.TASKS: course_reports.tasks_of,
    Page.RFM: value_reports.rfm_of,
    Page.LOYALTY: loyalty_reports.loyalty_of,
    Page.TESTS: trial_reports.tests_of,
    Page.ROI: trial_reports.roi_of,
}
"""What those pages measure of the customers of each segment; the team and opportunities have segments of their own."""


SAID_ALREADY = frozenset({(Page.CASES, Dimension.CSM), (Page.RFM, Dimension.RFM)})
"""What pages say themselves: cases know whose they were, and RFM is of its own segments."""


def use_case(request: ReportRequest) -> reports.Page:
    """Who makes what was asked for."""
    if request.page is None:
        return reports.surveys
    if request.by is not None and request.page in BY_SEGMENT and (request.page, request.by) not in SAID_ALREADY:
        return partial(by_segment, measure=BY_SEGMENT[request.page])
    return PAGES[request.page]


async def report(update: Update, context: Context) -> None:
    """`/report`, and after it what is asked for, in words of one's own."""
    await show(update, context, tuple(context.args or ()))


async def show(update: Update, context: Context, words: tuple[str, ...], *, command: str = REPORT) -> None:
    """The report that these words ask for, or what to say to them; `command` is what was sent."""
    came = message(update)
    found = await _find(update, context, words, command)
    if isinstance(found, Message):
        await replies.send(context, came.chat_id, found)
        return
    if found.form is not None:
        await _send_file(context, came.chat_id, found, found.form)
        return
    picture = partial(draw, found, context.bot_data.renderer)
    await drawing.send(context, came.chat_id, picture, found.message)


async def turn(update: Update, context: Context, tap: taps.ShowReport) -> None:
    """The report becomes another one, in its place."""
    tapped = message(update)
    found = await _find(update, context, tuple(tap.words.split()), REPORT)
    if isinstance(found, Message):
        await replies.send(context, tapped.chat_id, found)
        return
    if found.form is not None:
        await _send_file(context, tapped.chat_id, found, found.form)
        return
    picture = await drawing.make(partial(draw, found, context.bot_data.renderer))
    await replies.edit_picture(context, tapped.chat_id, tapped.id, picture, found.message)


async def _find(update: Update, context: Context, words: tuple[str, ...], command: str) -> Report | Message:
    by, house = await choosing.asker(update, context), context.bot_data
    try:
        request = parse_report_request(words)
    except ReportRequestError as error:
        return misunderstood(error, by.language)
    page = _page(request, by)
    facts = {"request": request, "page": page, "free": not is_plain(words, request)}
    deed = Deed(staff_id=by.user_id, command=command)
    return await auditing.look(context, deed, reports.report, rules=house.rules, language=by.language, **facts)


def _page(request: ReportRequest, by: Staff) -> reports.Page:
    """The page of the team shows each reader what is theirs to see."""
    return partial(team_reports.team, reader=by) if request.page is Page.TEAM else use_case(request)


async def _send_file(context: Context, chat_id: int, found: Report, form: FileForm) -> None:
    file = await drawing.make(partial(write, found, form, context.bot_data.renderer))
    await replies.send_document(context, chat_id, file.content, file.name, file.caption)
