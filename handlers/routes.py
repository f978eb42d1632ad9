"""What goes where: the one table of commands, taps and messages, with who may use each.

Nothing is reachable that is not here, and every row names its audience: who is not in it is refused, on every use.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from telegram import CallbackQuery, Update
from telegram.constants import ChatType
from telegram.error import NetworkError
from telegram.ext import (
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot.domain import taps
from bot.domain.messages import Message
from bot.domain.roles import Role
from bot.services import (
    customers as customer_services,
    own_plans,
    preferences as preference_services,
    privacy as privacy_services,
    staff,
    surveys,
    win_back as win_back_services,
)
from handlers import (
    auditing,
    cases,
    customers,
    health,
    picking,
    plans,
    portfolio,
    preferences,
    privacy,
    reasons,
    replies,
    reports,
    segments,
    waves,
    win_back,
)
from handlers.context import App, Context, language_of, message, person
from handlers.tapping import TapCallback, by_customer

logger = logging.getLogger(__name__)

Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Command:
    """A command and who may give it: `role` None is for everybody, in their private chat.

    `own` is what a command of staff does for everybody else who gives it alone, in their private chat.
    """

    name: str
    callback: Callback
    role: Role | None = None
    own: Callback | None = None


@dataclass(frozen=True)
class TapRoute:
    """A kind of button and who may tap it; what a customer taps is compared with its owner by the use case."""

    tap: type[taps.Tap]
    callback: TapCallback
    role: Role | None = None


COMMANDS = (
    Command("start", customers.start),
    Command("help", customers.help_page),
    Command("feedback", customers.feedback),
    Command("cancel", customers.cancel),
    Command("language", customers.language),
    Command("settings", preferences.settings),
    Command("stop", customers.stop),
    Command("resume", customers.resume),
    Command("privacy", privacy.notice),
    Command("mydata", privacy.my_data),
    Command("forget", privacy.forget),
    Command("customers", portfolio.list_customers, Role.CSM),
    Command("customer", portfolio.customer, Role.CSM),
    Command("note", portfolio.note, Role.CSM),
    Command("survey", portfolio.survey, Role.CSM),
    Command("why", portfolio.why, Role.CSM),
    Command("report", reports.report, Role.CSM),
    Command("reasons", reasons.reasons, Role.CSM),
    Command("themes", reasons.themes, Role.CSM),
    Command("plan", plans.plan, Role.CSM, own=plans.own_plan),
    Command("plans", plans.list_late, Role.CSM),
    Command("lost", win_back.lost, Role.CSM),
    Command("health", health.health, Role.CSM),
    Command("risks", health.risks, Role.CSM),
    Command("cases", cases.list_cases, Role.CSM),
    Command("case", cases.case, Role.CSM),
    Command("log", cases.log, Role.CSM),
    Command("unsend", cases.unsend, Role.CSM),
    Command("wave", waves.wave, Role.MANAGER),
    Command("who", waves.who, Role.CSM),
    Command("audit", auditing.log, Role.ADMIN),
)

FOR_CUSTOMERS = tuple(command.name for command in COMMANDS if command.own or command.role is None)

TAPS = (
    TapRoute(taps.Score, by_customer(surveys.record_score)),
    TapRoute(taps.SkipReason, by_customer(surveys.skip_reason)),
    TapRoute(taps.ChangeScore, by_customer(surveys.show_scores)),
    TapRoute(taps.ChooseLanguage, by_customer(customer_services.choose_language)),
    TapRoute(taps.CheckInAnswer, by_customer(own_plans.answer_check_in)),
    TapRoute(taps.TickMilestone, by_customer(own_plans.tick_milestone)),
    TapRoute(taps.AskGoal, by_customer(own_plans.ask_goal)),
    TapRoute(taps.ChooseGoal, by_customer(own_plans.choose_goal)),
    TapRoute(taps.AnswerCompletion, by_customer(own_plans.answer_completion)),
    TapRoute(taps.LeavingReason, by_customer(win_back_services.record_reason)),
    TapRoute(taps.OfferAnswer, by_customer(win_back_services.answer_offer)),
    TapRoute(taps.AnswerForget, by_customer(privacy_services.answer_forget)),
    TapRoute(taps.SwitchTopic, by_customer(preference_services.switch_topic)),
    TapRoute(taps.ChooseHours, by_customer(preference_services.choose_hours)),
    TapRoute(taps.StartPlan, plans.start, Role.CSM),
    TapRoute(taps.CompleteMilestone, plans.complete_milestone, Role.CSM),
    TapRoute(taps.RejectMilestone, plans.reject_milestone, Role.CSM),
    TapRoute(taps.MoveMilestone, plans.move_milestone, Role.CSM),
    TapRoute(taps.PickCustomer, picking.pick, Role.CSM),
    TapRoute(taps.ShowCustomer, portfolio.pick_from_list, Role.CSM),
    TapRoute(taps.ListPage, portfolio.turn_page, Role.CSM),
    TapRoute(taps.CloseInteraction, portfolio.close_interaction, Role.CSM),
    TapRoute(taps.ShowReport, reports.turn, Role.CSM),
    TapRoute(taps.ShowSegment, segments.show, Role.CSM),
    TapRoute(taps.SegmentPage, segments.turn_page, Role.CSM),
    TapRoute(taps.ShowCase, cases.show, Role.CSM),
    TapRoute(taps.ClaimCase, cases.claim, Role.CSM),
    TapRoute(taps.OfferReplies, cases.offer_replies, Role.CSM),
    TapRoute(taps.CannedReply, cases.use_canned_reply, Role.CSM),
    TapRoute(taps.SnoozeCase, cases.snooze, Role.CSM),
    TapRoute(taps.ResolveCase, cases.resolve, Role.CSM),
    TapRoute(taps.SwitchWave, waves.switch, Role.MANAGER),
    TapRoute(taps.ListWave, waves.send_list, Role.MANAGER),
    TapRoute(taps.UnansweredPage, waves.turn_page, Role.CSM),
    TapRoute(taps.ShowHealth, health.pick_from_list, Role.CSM),
    TapRoute(taps.RisksPage, health.turn_page, Role.CSM),
    TapRoute(taps.SwitchCancellation, health.switch_cancellation, Role.CSM),
    TapRoute(taps.ShowTheme, reasons.show_theme, Role.CSM),
    TapRoute(taps.ShowPhrases, reasons.show_phrases, Role.CSM),
    TapRoute(taps.OpenReason, reasons.open_reason, Role.CSM),
    TapRoute(taps.SetTheme, reasons.set_theme, Role.CSM),
    TapRoute(taps.EditTheme, reasons.open_theme, Role.CSM),
    TapRoute(taps.HideTheme, reasons.hide_theme, Role.MANAGER),
    TapRoute(taps.DropSeed, reasons.drop_seed, Role.MANAGER),
    TapRoute(taps.MergeTheme, reasons.merge_theme, Role.MANAGER),
)

BY_TAP = {route.tap: route for route in TAPS}


_unknown = partial(
    customers.unknown_command, of_staff=tuple(command.name for command in COMMANDS), of_customers=FOR_CUSTOMERS
)


def add_routes(app: App) -> None:
    """Put the table into the application, most frequent first: a tap is looked at once."""
    app.add_handler(CallbackQueryHandler(on_tap))
    for command in COMMANDS:
        chats = filters.ChatType.PRIVATE if command.role is None else filters.ALL
        guarded = command.callback if command.role is None else _for_role(command.role, command.callback, command.own)
        app.add_handler(CommandHandler(command.name, guarded, filters=chats & filters.UpdateType.MESSAGE))
    private = filters.ChatType.PRIVATE & ~filters.StatusUpdate.ALL
    app.add_handler(MessageHandler(private & filters.CONTACT & filters.UpdateType.MESSAGE, customers.contact))
    app.add_handler(MessageHandler(private & filters.COMMAND & filters.UpdateType.MESSAGE, _unknown))
    group = filters.ChatType.GROUPS & ~filters.StatusUpdate.ALL & ~filters.COMMAND
    app.add_handler(MessageHandler(group & filters.UpdateType.MESSAGE, cases.group_message))
    app.add_handler(MessageHandler(group & filters.UpdateType.EDITED_MESSAGE, cases.edited))
    app.add_handler(MessageHandler(private & filters.UpdateType.EDITED_MESSAGE, cases.private_edit))
    app.add_handler(MessageHandler(private & filters.UpdateType.MESSAGE, cases.private_message))
    app.add_handler(ChatMemberHandler(customers.membership, ChatMemberHandler.MY_CHAT_MEMBER))
    app.add_error_handler(_keep_failure)


async def on_tap(update: Update, context: Context) -> None:
    """Answer the tap at once, so that no button is left spinning, while doing what it says."""
    query = update.callback_query
    assert query is not None
    await asyncio.gather(_answer(query), _follow(update, context, query.data or ""))


async def _answer(query: CallbackQuery) -> None:
    try:
        await query.answer()
    except NetworkError as error:
        # Too old, answered already, or lost on the way: the button stops spinning by itself.
        logger.info("a tap could not be answered: %s", error)


async def _follow(update: Update, context: Context, payload: str) -> None:
    try:
        tap = taps.unpack(payload)
        route = BY_TAP[type(tap)]
    except (taps.MalformedTapError, KeyError):
        await _refuse(update, context, "customers/stale_button")
        return
    if route.role is None or await _may(update, context, route.role):
        await route.callback(update, context, tap)
    else:
        await _deny(update, context, route.role)


def _for_role(role: Role, callback: Callback, own: Callback | None) -> Callback:
    async def guarded(update: Update, context: Context) -> None:
        if await _may(update, context, role):
            await callback(update, context)
        elif own is not None and not context.args and message(update).chat.type == ChatType.PRIVATE:
            await own(update, context)
        else:
            await _deny(update, context, role)

    return guarded


async def _may(update: Update, context: Context, needed: Role) -> bool:
    house = context.bot_data
    role = await house.db.read(staff.role_of, user_id=person(update).id, admin_ids=house.rules.admin_ids)
    return role is not None and role.allows(needed)


async def _deny(update: Update, context: Context, needed: Role) -> None:
    """Say who may do that: to a colleague where they asked, to anybody else alone."""
    house, came = context.bot_data, message(update)
    by = await house.db.read(staff.identify, user_id=person(update).id, rules=house.rules)
    if by is None:
        await _refuse(update, context, "staff/refused")
        return
    said = Message("staff/not_allowed", by.language, {"needed": needed})
    await replies.send(context, came.chat_id, said, thread_id=cases.thread_of(came))


async def _refuse(update: Update, context: Context, template: str) -> None:
    user = person(update)
    said = Message(template, language_of(user, context.bot_data.rules), {"user_id": user.id})
    await replies.send(context, user.id, said)


async def _keep_failure(update: object, context: Context) -> None:
    """A handler failed: whoever feeds the updates must know, so that this one is not lost."""
    assert isinstance(update, Update)
    assert context.error is not None
    context.bot_data.failures[update.update_id] = context.error
