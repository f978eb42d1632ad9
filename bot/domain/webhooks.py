"""What the business's other systems are told of: each event by a name, in a call that its receiver can check.

Names are `<noun>.<what happened>`; a new noun needs no new machinery.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.cases import Case
from bot.domain.delivery import Attempt
from bot.domain.health_standing import Standing
from bot.domain.surveys import SurveyRun, band

SECRET_PREFIX = "whsec_"  # noqa: S105  by which a secret is known as one
SECRET_BYTES = range(24, 65)


class Event(StrEnum):
    """What happened."""

    ANSWER_GIVEN = "answer.given"
    ANSWER_CHANGED = "answer.changed"
    ANSWER_EXPLAINED = "answer.explained"  # the customer said why
    CASE_OPENED = "case.opened"
    CASE_RESOLVED = "case.resolved"
    CASE_REOPENED = "case.reopened"
    HEALTH_CHANGED = "health.changed"  # a customer's colour


@dataclass(frozen=True, kw_only=True)
class Call(Attempt):
    """An attempt to tell of an event, as it goes out at `called_at`; its id is the same however often it is tried."""

    body: bytes
    called_at: datetime

    @property
    def message_id(self) -> str:
        """By which the receiver knows a call that came twice."""
        return f"msg_{self.outbox_id}"


def read_secret(text: str) -> bytes:
    """The key in a secret such as whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw (Standard Webhooks 1.0: 24 to 64 bytes).

    Raises:
        ValueError: it is none.
    """
    if not text.startswith(SECRET_PREFIX):
        raise ValueError("the prefix is missing")
    try:
        key = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(key) not in SECRET_BYTES:
        raise ValueError("too short or too long")
    return key


def headers(call: Call, secret: bytes) -> dict[str, str]:
    """The id, the time and the signature of a call: HMAC-SHA256 over all three parts (Standard Webhooks 1.0)."""
    timestamp = str(int(call.called_at.timestamp()))
    signed = f"{call.message_id}.{timestamp}.".encode() + call.body
    signature = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": call.message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }


def answer_data(run: SurveyRun, score: int, *, reason: str | None) -> dict[str, object]:
    """What is told of an answer."""
    return {
        "survey_id": run.run_id,
        "kind": run.kind,
        "subject": run.subject,
        "segment": run.segment,
        "score": score,
        "band": band(run.kind, score),
        "reason": reason,
    }


def case_data(case: Case) -> dict[str, object]:
    """What is told of a case."""
    return {
        "case_id": case.case_id,
        "source": case.source,
        "kind": case.survey_kind,
        "score": case.score,
        "words": case.words,
        "opened_at": case.opened_at,
        "resolved_at": case.resolved_at,
        "reason": case.reason or None,
        "outcome": case.outcome or None,
    }


def health_data(one: Standing, before: Standing) -> dict[str, object]:
    """What is told of a customer whose colour changed."""
    return {
        "day": one.day,
        "colour": one.health.colour,
        "colour_before": before.health.colour,
        "score": one.health.score,
        "score_before": before.health.score,
        "override": one.health.override,
        "scorecard": one.health.scorecard,
        "version": one.version,
    }
