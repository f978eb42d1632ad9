"""Reports: a picture with its figures."""

from collections.abc import Mapping
from functools import partial

from telegram import Update

from bot.domain import taps
from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.domain.report_messages import Report, misunderstood
from bot.domain.report_requests import FileForm, Page, ReportRequestError, parse_report_request
from bot.services import loyalty_reports, reports, team_reports, trial_reports
from handlers import auditing, choosing, drawing, replies
from handlers.context import Context, message
from handlers.report_files import write
from handlers.report_pictures import draw

PAGES: Mapping[Page, reports.Page] = {
    Page.CASES: reports.cases,
    Page.LOYALTY: loyalty_reports.loyalty,
    Page.OPPORTUNITIES: loyalty_reports.opportunities,
    Page.TESTS: trial_reports.tests,
    Page.ROI: trial_reports.roi,
    Page.TEAM: team_reports.team,
}
"""Who makes a page that is not of the surveys' metrics."""


async def report(update: Update, context: Context) -> None:
    """`/report`, and after it a metric, a period and what to break it down by."""
    came = message(update)
    found = await _find(update, context, tuple(context.args or ()))
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
    found = await _find(update, context, tuple(tap.words.split()))
    if isinstance(found, Message):
        await replies.send(context, tapped.chat_id, found)
        return
    if found.form is not None:
        await _send_file(context, tapped.chat_id, found, found.form)
        return
    picture = await drawing.make(partial(draw, found, context.bot_data.renderer))
    await replies.edit_picture(context, tapped.chat_id, tapped.id, picture, found.message)


async def _find(update: Update, context: Context, words: tuple[str, ...]) -> Report | Message:
    by, house = await choosing.asker(update, context), context.bot_data
    try:
        request = parse_report_request(words)
    except ReportRequestError as error:
        return misunderstood(error.code, error.word, by.language)
    page = reports.surveys if request.page is None else PAGES[request.page]
    facts = {"rules": house.rules, "request": request, "page": page, "language": by.language}
    return await auditing.look(context, Deed(staff_id=by.user_id, command="report"), reports.report, **facts)


async def _send_file(context: Context, chat_id: int, found: Report, form: FileForm) -> None:
    name, content = await drawing.make(partial(write, found, form, context.bot_data.renderer))
    await replies.send_document(context, chat_id, content, name)
