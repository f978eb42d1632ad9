"""Surveys that staff ask for by hand."""

from datetime import datetime

import storage.customers
import storage.outbox
import storage.planning
import storage.surveys
from bot.domain import planning, survey_requests, surveys
from bot.domain.local_time import local_date
from bot.domain.messages import Button, Language, Message
from bot.domain.names import cut
from bot.domain.rules import Rules
from bot.domain.survey_requests import Forecast
from bot.domain.taps import PickCustomer
from bot.domain.touchpoints import POLICIES, Kind
from storage.database import Tx

BY_STAFF = "staff"


def request_survey(tx: Tx, *, now: datetime, rules: Rules, customer_id: int, words: str, language: Language) -> Message:
    """Queue a survey, once a customer's day and kind, and say what the contact policy will make of it.

    What the policy would never let through is not queued.
    """
    if not words:
        return Message("portfolio/usage", language, {"command": "survey"})
    customer = storage.customers.load(tx, customer_id)
    if customer is None:
        return Message("portfolio/nobody", language, {"command": "survey", "query": ""})
    kind, subject = survey_requests.read_words(words)
    key = survey_requests.dedupe_key(kind, customer_id, local_date(now, customer.timezone))
    new = not storage.outbox.is_queued(tx, key)
    forecast = _forecast(tx, customer_id, kind, rules=rules, now=now)
    if new and forecast.goes:
        new = _queue(tx, customer_id, kind, subject, key, rules=rules, now=now)
    facts = {
        "customer": cut(customer.name, 60),
        "kind": kind,
        "subject": subject,
        "new": new,
        "prospect": forecast.prospect,
        "rule": forecast.rule,
        "until": forecast.until,
    }
    why = Button("why", PickCustomer("why", customer_id, ""))
    return Message("portfolio/survey", language, facts, ((why,),))


def _forecast(tx: Tx, customer_id: int, kind: Kind, *, rules: Rules, now: datetime) -> Forecast:
    contact = storage.planning.load_contacts(tx, [customer_id], rules=rules, now=now)[customer_id]
    facts = contact.facts(kind, expires_at=now + POLICIES[kind].lifetime)
    return survey_requests.forecast(facts, rules.contact, now=now)


def _queue(tx: Tx, customer_id: int, kind: Kind, subject: str, key: str, *, rules: Rules, now: datetime) -> bool:
    """False when somebody was first."""
    run_id = storage.surveys.add_run(
        tx, kind=kind, customer_id=customer_id, trigger=BY_STAFF, subject=subject, rules=rules, now=now
    )
    facts = surveys.question_facts(kind, run_id, subject)
    message = planning.outgoing(kind, key, customer_id=customer_id, due_at=now, facts=facts, run_id=run_id)
    first = storage.outbox.add(tx, message, now=now) is not None
    if not first:
        storage.surveys.close_run(tx, run_id, now=now)
    return first
