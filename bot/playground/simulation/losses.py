"""Customers who left, what was said to them, and who came back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain import win_back
from bot.domain.messages import Language
from bot.domain.planning import outgoing
from bot.domain.touchpoints import POLICIES, Group, Kind
from bot.domain.win_back import OfferChoice, Status, WinBack
from bot.playground.simulation import words
from bot.playground.simulation.timeline import Timeline
from storage.history import LossRecord, PurchaseRecord, WinBackRecord

CARE = frozenset(kind for kind in Kind if POLICIES[kind].group not in {Group.WIN_BACK, Group.SERVICE, Group.ANSWER})
WIN_BACK = frozenset({Kind.WIN_BACK, Kind.OFFER})
TOLD_BY_STAFF = 0.3
SILENT_AFTER = timedelta(days=90)  # where the rules leave it to staff
GIVING_A_REASON = 0.45
ANSWERING_OFFER = 0.4
TALKING = 0.45


def plan_losses(story: Timeline, purchases: Sequence[PurchaseRecord]) -> None:
    """Find the silences between purchases: each is a loss, until the next purchase."""
    silent_after = story.rules.win_back.silent_after or SILENT_AFTER
    bought = [one.purchased_at for one in purchases if one.amount_minor > 0]
    for last, following in zip(bought, [*bought[1:], None], strict=True):
        if following is None or following - last > silent_after:
            told = following is None and story.chance.happens(TOLD_BY_STAFF)
            share = 0.3 if told else 1.0
            story.at(last + share * silent_after, partial(_lose, story, following, told=told))


def _lose(story: Timeline, returns_at: datetime | None, now: datetime, *, told: bool) -> None:
    by_rule = story.rules.win_back.silent_after is not None
    loss = LossRecord(
        id=next(story.ids.losses),
        customer_id=story.profile.id,
        lost_at=now,
        source="silence" if by_rule and not told else "staff",
        reason=words.remark(story.chance, "left") if told else "",
    )
    story.history.losses.append(loss)
    story.lost_at = now
    story.cancel(CARE, "lost")
    if returns_at is not None:
        story.at(returns_at, partial(_return, story, loss))
    if story.rules.win_back.enabled and story.profile.linked_at is not None and story.profile.linked_at < now:
        story.at(now + story.rules.win_back.ask_after, partial(_ask_why, story, loss))


def _return(story: Timeline, loss: LossRecord, now: datetime) -> None:
    loss.recovered_at, story.lost_at = now, None
    story.cancel(WIN_BACK, "recovered")
    for one in story.history.win_backs:
        if one.loss_id == loss.id:
            one.status, one.next_at = Status.ENDED, None


def _ask_why(story: Timeline, loss: LossRecord, now: datetime) -> None:
    if loss.recovered_at is not None or (story.profile.stopped_at and story.profile.stopped_at <= now):
        return
    rules = story.rules.win_back
    record = WinBackRecord(
        id=next(story.ids.win_backs),
        customer_id=story.profile.id,
        loss_id=loss.id,
        status=Status.ASKING,
        started_at=now,
        next_at=now + rules.offer_after_silence,
    )
    story.history.win_backs.append(record)
    facts = win_back.question_facts(record.id, rules.reasons)
    key = win_back.question_key(loss.id)
    message = outgoing(Kind.WIN_BACK, key, customer_id=story.profile.id, due_at=now, facts=facts)
    story.send(message, now=now, on_sent=partial(_follow_question, story, record))


def _follow_question(story: Timeline, record: WinBackRecord, now: datetime) -> None:
    rules = story.rules.win_back
    if story.chance.happens(GIVING_A_REASON):
        answered_at = now + story.chance.around(timedelta(hours=5), 1.0)
        story.at(answered_at, partial(_give_reason, story, record))
    else:
        record.next_at = now + rules.offer_after_silence
        story.at(record.next_at, partial(_offer, story, record))


def _give_reason(story: Timeline, record: WinBackRecord, now: datetime) -> None:
    if record.status != Status.ASKING:
        return
    record.reason, record.reason_at = story.chance.one_of(story.rules.win_back.reasons), now
    record.status, record.next_at = Status.REASON, now + story.rules.win_back.offer_after_reason
    story.at(record.next_at, partial(_offer, story, record))


def _offer(story: Timeline, record: WinBackRecord, now: datetime) -> None:
    if record.status not in {Status.ASKING, Status.REASON}:
        return
    record.status, record.next_at = Status.OFFERED, None
    facts = win_back.offer_facts(_as_win_back(story, record), story.rules.win_back)
    key = win_back.offer_key(record.id)
    message = outgoing(Kind.OFFER, key, customer_id=record.customer_id, due_at=now, facts=facts)
    story.send(message, now=now, on_sent=partial(_follow_offer, story, record))


def _follow_offer(story: Timeline, record: WinBackRecord, now: datetime) -> None:
    if story.chance.happens(ANSWERING_OFFER):
        story.at(now + story.chance.around(timedelta(hours=6), 1.0), partial(_answer_offer, story, record))


def _answer_offer(story: Timeline, record: WinBackRecord, now: datetime) -> None:
    record.answer = OfferChoice.TALK if story.chance.happens(TALKING) else OfferChoice.DECLINE
    record.answered_at, record.status = now, Status.ENDED


def _as_win_back(story: Timeline, record: WinBackRecord) -> WinBack:
    profile = story.profile
    return WinBack(
        win_back_id=record.id,
        customer_id=record.customer_id,
        customer_name=profile.name,
        chat_id=profile.chat_id,
        language=Language(profile.language),
        status=Status(record.status),
        reason=record.reason,
        reason_at=record.reason_at,
        answer=None,
    )
