"""Answering a survey: the tap, the change of mind, the skip."""

from dataclasses import replace
from datetime import datetime

import storage.case_threads
import storage.cases
import storage.interactions
import storage.notices
import storage.outbox
import storage.surveys
import storage.webhooks
from bot.domain import case_messages, surveys, taps
from bot.domain.cases import is_of_survey
from bot.domain.messages import Language, Message, Reply
from bot.domain.rules import Rules
from bot.domain.surveys import Band, SurveyRun, TapMeaning
from bot.domain.webhooks import Event, answer_data
from storage.database import Tx


def record_score(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: taps.Score
) -> Reply:
    """Store the score that a customer tapped, once, and ask why in the words of its band.

    Any tap may come twice, late, from an old message or from somebody else's; none of them loses or doubles an answer.
    """
    run = storage.surveys.load_run(tx, tap.run_id)
    meaning = surveys.classify(run, chat_id=chat_id, score=tap.score, now=now)
    if run is None or meaning in (TapMeaning.FOREIGN, TapMeaning.INVALID):
        return _not_yours(language)
    storage.outbox.confirm(tx, tap.outbox_id, message_id, customer_id=run.customer_id, now=now)
    if meaning is TapMeaning.CLOSED:
        return Reply(edit=surveys.closed(run))
    asks_why = surveys.asks_why(run, tap.score, meaning, now=now)
    if meaning is not TapMeaning.REPEATED:
        _store(tx, run, tap.score, message_id=message_id, rules=rules, now=now)
    say = surveys.follow_up if asks_why else surveys.thanks
    return Reply(edit=say(run, tap.score, tap.outbox_id))


def _store(tx: Tx, run: SurveyRun, score: int, *, message_id: int, rules: Rules, now: datetime) -> None:
    reason_until = now + rules.surveys.reason_within
    moved = surveys.changes_band(run, score)
    if moved and run.reason is not None:
        storage.surveys.forget_reason(tx, run.run_id)
        storage.interactions.add(
            tx, customer_id=run.customer_id, kind="message", body=run.reason, now=now, is_settled=True
        )
    storage.surveys.save_score(tx, run, score, prompt_message_id=message_id, reason_until=reason_until, now=now)
    storage.outbox.cancel_reminder(tx, run.run_id)
    _tell_whether_it_helped(tx, run, rules=rules, now=now)
    event = Event.ANSWER_GIVEN if run.score is None else Event.ANSWER_CHANGED
    data, key = answer_data(run, score, reason=None if moved else run.reason), f"{run.run_id}:{now.isoformat()}"
    storage.webhooks.emit(tx, event, run.customer_id, data, key=key, rules=rules, now=now)
    if surveys.band(run.kind, score) is Band.DETRACTOR:
        explained = replace(run, reason=None) if moved else run  # what was said of another score is no complaint
        signal = surveys.signal(explained, score, key=f"detractor:{run.run_id}:{score}:{now.isoformat()}")
        storage.case_threads.signal(tx, signal, rules=rules, now=now)
    elif run.score is not None:
        _tell_change(tx, run, run.score, score, rules=rules, now=now)


def _tell_whether_it_helped(tx: Tx, run: SurveyRun, *, rules: Rules, now: datetime) -> None:
    """Who worked on a case hears what the customer says three months after it."""
    if run.trigger != surveys.OF_CASE:
        return
    found = storage.cases.load_by_nps_run(tx, run.run_id)
    if found is not None:
        latest = storage.cases.load_latest(tx, run.customer_id)
        still_open = latest.case_id if latest is not None and latest.is_open else None
        facts = {**case_messages.case_facts(found), "open_case": still_open}
        key = f"helped:{found.nps_after}"
        storage.case_threads.tell(tx, found, key, "cases/helped", facts, rules=rules, now=now)


def _tell_change(tx: Tx, run: SurveyRun, before: int, score: int, *, rules: Rules, now: datetime) -> None:
    """Who is no longer unhappy need not be called: their case says so, or the staff chat when it is over.

    In the case every later change is told too, since staff go by the score that they were told last.
    """
    key, template = f"changed:{run.run_id}:{score}:{now.isoformat()}", "staff/score_changed"
    facts = surveys.notice_facts(run, score) | {"before": before}
    found = storage.cases.load_latest(tx, run.customer_id)
    was_unhappy = surveys.band(run.kind, before) is Band.DETRACTOR
    if found is not None and found.is_open and (was_unhappy or is_of_survey(found, run.kind)):
        storage.case_threads.tell(tx, found, key, template, facts, rules=rules, now=now)
        storage.case_threads.renew_cards(tx, replace(found, score_now=before), rules=rules, now=now)
    elif was_unhappy:
        to = run.customer_id
        storage.notices.notify(tx, key=key, template=template, facts=facts, customer_id=to, rules=rules, now=now)


def skip_reason(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: taps.SkipReason
) -> Reply:
    """The customer does not want to say why; what they write afterwards is about something else."""
    run = storage.surveys.load_run(tx, tap.run_id)
    if run is None or run.chat_id != chat_id or run.score is None:
        return _not_yours(language)
    storage.outbox.confirm(tx, tap.outbox_id, message_id, customer_id=run.customer_id, now=now)
    storage.surveys.skip_reason(tx, run.run_id, now=now)
    return Reply(
        edit=surveys.closed(run) if surveys.is_closed(run, now=now) else surveys.thanks(run, run.score, tap.outbox_id)
    )


def show_scores(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: taps.ChangeScore
) -> Reply:
    """The customer wants to change the score: show the question again."""
    run = storage.surveys.load_run(tx, tap.run_id)
    if run is None or run.chat_id != chat_id:
        return _not_yours(language)
    return Reply(
        edit=surveys.closed(run) if surveys.is_closed(run, now=now) else surveys.question_again(run, tap.outbox_id)
    )


def _not_yours(language: Language) -> Reply:
    return Reply(send=(Message("customers/stale_button", language),))
