"""What a person is shown of what is kept, and what is left of those who are forgotten."""

import hashlib
import hmac
import json
from datetime import UTC, date, datetime, timedelta

from bot.domain import privacy, taps
from bot.domain.customers import Customer
from bot.domain.messages import Language
from bot.domain.privacy import Document, Identity
from bot.domain.roles import Role, Staff
from bot.domain.rules import PrivacyRules, RetentionRules, Rules

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ANSWER = {"kind": "nps", "score": 3, "reason": "đắt" * 60, "answered_at": NOW}
DOCUMENT = Document(
    profile={"name": "An"},
    consent=[{"act": "link", "happened_at": NOW}] * 8,
    surveys=[ANSWER] * 7 + [{"kind": "ces", "score": None, "reason": None}],
    interactions=[{"kind": "message"}, {"kind": "feedback"}, {"kind": "reply"}],
    cases=[],
    messages=[{"sent_at": NOW}, {"sent_at": None}],
    purchases=[{}] * 4,
    events=[{}] * 3,
    tickets=[{}] * 2,
    contracts=[{"starts_on": NOW.date()}],
    plans=[{"name": "Cũ", "status": "completed"}, {"name": "Năm đầu", "status": "active"}],
    losses=[],
    standing=[],
    health=[{"day": date(2026, 11, 22), "score": 80}],
    cancellations=[],
    looks=[{}],
)


def test_a_digest_is_the_hmac_of_what_it_is_and_what_it_says() -> None:
    expected = hmac.new(b"pepper", b"phone:+84912345678", hashlib.sha256).hexdigest()
    assert privacy.digest(Identity.PHONE, "+84912345678", pepper="pepper") == expected
    assert privacy.digest(Identity.EXTERNAL_ID, "+84912345678", pepper="pepper") != expected


def test_the_document_is_json_with_iso_instants_and_readable_letters() -> None:
    written = DOCUMENT.to_json().decode()
    assert "Năm đầu" in written
    assert json.loads(written)["consent"][0]["happened_at"] == "2026-11-22T03:00:00+00:00"
    assert json.loads(written)["contracts"][0]["starts_on"] == "2026-11-22"


def test_the_page_shows_the_latest_and_counts_the_rest() -> None:
    said = privacy.my_data(DOCUMENT, Language.VI).facts
    assert len(said["consents"]) == privacy.CONSENTS_SHOWN  # type: ignore[arg-type]
    assert (said["answer_count"], len(said["answers"])) == (7, privacy.ANSWERS_SHOWN)  # type: ignore[arg-type]
    assert (said["written"], said["received"], said["purchases"], said["looks"]) == (9, 1, 4, 1)
    assert (said["events"], said["tickets"], said["contracts"]) == (3, 2, 1)
    assert said["success_plan"] == "Năm đầu"
    first = said["answers"][0]  # type: ignore[index]
    assert first["highest"] == 10
    assert len(first["reason"]) <= privacy.QUOTE


def test_who_asks_to_be_forgotten_is_asked_once_by_buttons_of_their_own() -> None:
    me = Customer(
        customer_id=5,
        name="An",
        salutation="chị",
        language=Language.EN,
        timezone="UTC",
        chat_id=1,
        phone=None,
        stopped=False,
        feedback_until=None,
    )
    asked = privacy.ask(me)
    assert [button.tap for row in asked.keyboard for button in row] == [
        taps.AnswerForget(5, "yes"),
        taps.AnswerForget(5, "no"),
    ]
    assert asked.language is Language.EN


def test_the_notice_says_who_answers_and_how_many_days_words_are_kept() -> None:
    rules = Rules(privacy=PrivacyRules(contact="x"), retention=RetentionRules(texts=timedelta(days=60)))
    assert privacy.notice_facts(rules) == {"legal_name": "", "address": "", "contact": "x", "kept_days": 60}
    assert privacy.notice_facts(Rules())["kept_days"] is None


def test_what_is_said_of_many_loses_the_items_about_one() -> None:
    facts = {
        "total": 3,
        "reds": {"named": [{"health_of": 5, "name": "An"}, {"health_of": 6, "name": "An"}]},
        "sections": [{"kind": "cases", "items": [{"customer_id": 5, "name": "An"}, {"customer_id": 7, "name": "Bo"}]}],
        "movers": [{"name": "An", "after": 1}, {"name": "Bo", "after": 2}],
        "said": ["An", None],
    }
    assert privacy.without_person(facts, 5, "An") == {
        "total": 3,
        "reds": {"named": [{"health_of": 6, "name": "An"}]},
        "sections": [{"kind": "cases", "items": [{"customer_id": 7, "name": "Bo"}]}],
        "movers": [{"name": "Bo", "after": 2}],
        "said": ["An", None],
    }


def test_staff_are_shown_who_they_are_here_in_the_language_that_they_chose() -> None:
    ha = Staff(user_id=7, name="Hà", role=Role.MANAGER, language=Language.VI)
    said = privacy.staff_data(ha, {"deeds": 2}, contact="x")
    assert (said.template, said.language) == ("staff/my_data", Language.VI)
    who = {"user_id": 7, "name": "Hà", "role": "manager", "speaks": "vi"}
    assert said.facts == {**who, "deeds": 2, "contact": "x"}
