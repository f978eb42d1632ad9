import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.cases import Case, Source
from bot.domain.health import Colour, Health, Override
from bot.domain.health_standing import Standing
from bot.domain.messages import Language
from bot.domain.surveys import SurveyRun
from bot.domain.touchpoints import Kind
from bot.domain.webhooks import Call, answer_data, case_data, headers, health_data, read_secret

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  from the standard's own page
OPENSSL = "v1,KKK1SikcGu/XNPE1+mzvalJOZEOD1n7py0wniAFp+vU="
"""What `openssl dgst -sha256 -mac HMAC` makes of msg_7.1614265330.<body> with that key."""


def test_a_call_is_signed_as_the_standard_says() -> None:
    call = Call(
        outbox_id=7,
        owner="o",
        attempt=1,
        kind=Kind.WEBHOOK,
        chat_id=None,
        customer_id=None,
        run_id=None,
        possible_duplicate=False,
        body=b'{"test": 2432232314}',
        called_at=datetime.fromtimestamp(1614265330, UTC),
    )
    signed = headers(call, read_secret(SECRET))
    assert signed["webhook-id"] == "msg_7"
    assert signed["webhook-timestamp"] == "1614265330"
    assert signed["webhook-signature"] == OPENSSL


@pytest.mark.parametrize(
    "text",
    [
        "",
        SECRET.removeprefix("whsec_"),
        "whsec_not base64",
        "whsec_" + base64.b64encode(b"x" * 23).decode(),
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
    ],
)
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"prefix|base64|short"):
        read_secret(text)


def test_of_an_answer_is_told_what_it_was_and_how_good_and_no_name() -> None:
    facts: dict[str, Any] = dict.fromkeys(SurveyRun.__dataclass_fields__)
    facts |= {"run_id": 80, "kind": Kind.NPS, "customer_name": "An", "language": Language.VI, "segment": "gold"}

    assert answer_data(SurveyRun(**facts | {"subject": ""}), 3, reason="đắt") == {
        "survey_id": 80,
        "kind": "nps",
        "subject": "",
        "segment": "gold",
        "score": 3,
        "band": "detractor",
        "reason": "đắt",
    }


@pytest.mark.parametrize(("said", "told"), [("", None), ("price", "price")])
def test_of_a_case_is_told_what_it_was_about_and_how_it_ended_once_it_has(said: str, told: str | None) -> None:
    facts: dict[str, Any] = dict.fromkeys(Case.__dataclass_fields__)
    facts |= {"case_id": 7, "source": Source.SURVEY, "survey_kind": Kind.NPS, "score": 3, "words": "đắt"}

    assert case_data(Case(**facts | {"opened_at": NOW, "reason": said, "outcome": said})) == {
        "case_id": 7,
        "source": "survey",
        "kind": "nps",
        "score": 3,
        "words": "đắt",
        "opened_at": NOW,
        "resolved_at": None,
        "reason": told,
        "outcome": told,
    }


def test_of_a_colour_that_changed_is_told_what_it_was_and_what_makes_it_so() -> None:
    def standing(colour: Colour, score: int, override: Override | None = None) -> Standing:
        found = Health(score=score, colour=colour, contributions=(), override=override, scorecard="general", nps=None)
        return Standing(customer_id=1, day=NOW.date(), health=found, version="1", since=NOW.date())

    assert health_data(standing(Colour.RED, 60, Override.CANCELLATION), standing(Colour.YELLOW, 62)) == {
        "day": NOW.date(),
        "colour": "red",
        "colour_before": "yellow",
        "score": 60,
        "score_before": 62,
        "override": "cancellation",
        "scorecard": "general",
        "version": "1",
    }
