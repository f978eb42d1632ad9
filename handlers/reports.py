"""Reports: a picture with its figures."""

from collections.abc import Mapping
from functools import partial

from telegram import Update

from bot.domain import taps
from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.domain.report_messages import Report, misunderstood
from bot.domain.report_requests import FileForm, Page, ReportRequest, ReportRequestError, is_plain, parse_report_request
from bot.services import funnel_reports, health_reports, reasons, reports
from handlers import auditing, choosing, drawing, replies
from handlers.context import Context, message
from handlers.report_files import write
from handlers.report_pictures import draw

PAGES: Mapping[Page, reports.Page] = {
    Page.FUNNEL: funnel_reports.funnel,
    Page.REASONS: reasons.reasons,
    Page.HEALTH: health_reports.health,
    Page.CASES: reports.cases,
}
"""Who makes a page that is not of the surveys' metrics."""


async def report(update: Update, context: Context) -> None:
    """`/report`, and after it what is asked for, in words of one's own."""
    await show(update, context, tuple(context.args or ()))


async def show(update: Update, context: Context, words: tuple[str, ...]) -> None:
    """The report that these words ask for, or what to say to them."""
    came = message(update)
    found = await _find(update, context, words)
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
        page = _page(request)
    except ReportRequestError as error:
        return misunderstood(error, by.language)
    facts = {"request": request, "page": page, "pages": PAGES.keys(), "free": not is_plain(words, request)}
    deed = Deed(staff_id=by.user_id, command="report")
    return await auditing.look(context, deed, reports.report, rules=house.rules, language=by.language, **facts)


def _page(request: ReportRequest) -> reports.Page:
    if request.page is None:
        return reports.surveys
    if request.page not in PAGES:
        raise ReportRequestError("unknown", request.page)
    return PAGES[request.page]


async def _send_file(context: Context, chat_id: int, found: Report, form: FileForm) -> None:
    file = await drawing.make(partial(write, found, form, context.bot_data.renderer))
    await replies.send_document(context, chat_id, file.content, file.name, file.caption)
