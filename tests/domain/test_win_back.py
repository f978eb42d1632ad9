from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import win_back
from bot.domain.messages import Language
from bot.domain.rules import WinBackRules
from bot.domain.taps import LeavingReason, OfferAnswer
from bot.domain.win_back import End, MakeOffer, OfferChoice, OfferFacts, Status, TapMeaning, Wait, WinBack

NOW = datetime(2026, 3, 4, 5, tzinfo=UTC)
RULES = WinBackRules(offer={Language.VI: "Giảm 10 %", Language.EN: "10% off"})
WIN_BACK = WinBack(
    win_back_id=4,
    customer_id=1,
    customer_name="An",
    chat_id=99,
    language=Language.VI,
    status=Status.ASKING,
    reason=None,
    reason_at=None,
    answer=None,
)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def facts(
    *, reason_at: datetime | None = None, asked_at: datetime | None = None, asking_at: datetime | None = None
) -> OfferFacts:
    return OfferFacts(reason_at=reason_at, asked_at=asked_at, asking_at=asking_at)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (facts(asked_at=ago(7)), MakeOffer()),
        (facts(asked_at=ago(6)), Wait(NOW + timedelta(days=1))),
        (facts(asked_at=ago(6), reason_at=ago(3)), MakeOffer()),
        (facts(asked_at=ago(20), reason_at=ago(2)), Wait(NOW + timedelta(days=1))),
        (facts(asking_at=ago(-2)), Wait(NOW + timedelta(days=9))),
        (facts(asking_at=ago(2)), Wait(NOW + timedelta(days=7))),
        (facts(), End()),
    ],
)
def test_the_offer_follows_the_reason_or_else_the_silence(known: OfferFacts, expected: object) -> None:
    assert win_back.decide(known, RULES, now=NOW) == expected


def test_a_question_that_waits_is_never_looked_at_again_at_once() -> None:
    impatient = replace(RULES, offer_after_silence=timedelta(0))
    assert win_back.decide(facts(asking_at=NOW), impatient, now=NOW) == Wait(NOW + win_back.LOOK_AGAIN)


def test_where_staff_know_why_the_first_step_is_the_offer() -> None:
    rules = WinBackRules(offer_after_reason=timedelta(days=3), offer_after_silence=timedelta(days=7))
    told_at = NOW - timedelta(days=1)
    assert win_back.first_step(rules, now=NOW, told_at=told_at) == NOW + timedelta(days=2)
    assert win_back.first_step(rules, now=NOW, told_at=None) == NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("found", "reason", "chat_id", "expected"),
    [
        (None, "price", 99, TapMeaning.FOREIGN),
        (WIN_BACK, "price", 98, TapMeaning.FOREIGN),
        (WIN_BACK, "nonsense", 99, TapMeaning.INVALID),
        (WIN_BACK, "price", 99, TapMeaning.GIVEN),
        (replace(WIN_BACK, reason="price"), "price", 99, TapMeaning.REPEATED),
        (replace(WIN_BACK, reason="price", status=Status.OFFERED), "quality", 99, TapMeaning.GIVEN),
        (replace(WIN_BACK, status=Status.ENDED), "price", 99, TapMeaning.LATE),
        (replace(WIN_BACK, reason="price", status=Status.ENDED), "price", 99, TapMeaning.REPEATED),
    ],
)
def test_a_tap_on_a_reason_means_what_the_win_back_says(
    found: WinBack | None, reason: str, chat_id: int, expected: TapMeaning
) -> None:
    assert win_back.classify_reason(found, reason, RULES, chat_id=chat_id) is expected


OFFERED = replace(WIN_BACK, status=Status.OFFERED)
DECLINED = replace(WIN_BACK, status=Status.ENDED, answer=OfferChoice.DECLINE)
TALKING = replace(WIN_BACK, status=Status.ENDED, answer=OfferChoice.TALK)


@pytest.mark.parametrize(
    ("found", "choice", "chat_id", "expected"),
    [
        (None, "talk", 99, TapMeaning.FOREIGN),
        (OFFERED, "talk", 98, TapMeaning.FOREIGN),
        (OFFERED, "nonsense", 99, TapMeaning.INVALID),
        (OFFERED, "talk", 99, TapMeaning.GIVEN),
        (DECLINED, "decline", 99, TapMeaning.REPEATED),
        (DECLINED, "talk", 99, TapMeaning.GIVEN),
        (TALKING, "decline", 99, TapMeaning.LATE),
        (replace(WIN_BACK, status=Status.ENDED), "talk", 99, TapMeaning.LATE),
    ],
)
def test_a_tap_on_the_offer_means_what_the_win_back_says(
    found: WinBack | None, choice: str, chat_id: int, expected: TapMeaning
) -> None:
    assert win_back.classify_answer(found, choice, chat_id=chat_id) is expected


def test_the_question_has_a_button_for_each_reason_of_the_rules_two_in_a_row() -> None:
    message = win_back.question(
        win_back.question_facts(4, ("price", "quality", "other")), outbox_id=8, language=Language.VI
    )
    assert [[(button.tap, button.facts) for button in row] for row in message.keyboard] == [
        [
            (LeavingReason(4, "price", 8), {"reason": "price"}),
            (LeavingReason(4, "quality", 8), {"reason": "quality"}),
        ],
        [(LeavingReason(4, "other", 8), {"reason": "other"})],
    ]


def test_the_longest_reason_fits_into_a_button() -> None:
    big = 2**63 - 1
    message = win_back.question(
        win_back.question_facts(big, WinBackRules().reasons), outbox_id=big, language=Language.VI
    )
    assert all(len(button.tap.pack().encode()) <= 64 for row in message.keyboard for button in row)


def test_the_offer_is_made_in_the_language_that_the_customer_has_by_then() -> None:
    offered = win_back.offer_facts(replace(WIN_BACK, reason="price"), RULES)
    message = win_back.offer(offered, outbox_id=8, language=Language.EN)
    assert (message.facts["offer"], message.facts["reason"]) == ("10% off", "price")
    assert [[button.tap for button in row] for row in message.keyboard] == [
        [OfferAnswer(4, "talk", 8), OfferAnswer(4, "decline", 8)]
    ]


def test_a_business_without_an_offer_of_its_own_offers_to_talk() -> None:
    offered = win_back.offer_facts(WIN_BACK, WinBackRules())
    assert win_back.offer(offered, outbox_id=8, language=Language.EN).facts["offer"] == ""


def test_who_declined_may_still_want_to_talk() -> None:
    declined = win_back.offer_answered(WIN_BACK, OfferChoice.DECLINE, 8)
    assert [[button.tap for button in row] for row in declined.keyboard] == [[OfferAnswer(4, "talk", 8)]]
    assert win_back.offer_answered(WIN_BACK, OfferChoice.TALK, 8).keyboard == ()


def test_thanks_for_the_reason_name_it() -> None:
    assert win_back.reason_kept(WIN_BACK, "price").facts == {"reason": "price", "salutation": ""}


def test_there_is_one_question_for_a_loss_and_one_offer_for_a_win_back() -> None:
    assert (win_back.question_key(3), win_back.offer_key(4)) == ("win_back:3", "offer:4")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Nguyễn An", ("Nguyễn An", "")),
        ("Nguyễn An: chê đắt", ("Nguyễn An", "chê đắt")),
        ("Nguyễn An\nchê đắt", ("Nguyễn An", "chê đắt")),
        ("KH012 chê đắt", ("KH012", "chê đắt")),
        ("KH012: chê đắt", ("KH012", "chê đắt")),
        ("0912 345 678", ("0912 345 678", "")),
        ("#12", ("#12", "")),
        ("", ("", "")),
    ],
)
def test_the_command_splits_the_customer_from_the_reason(written: str, expected: tuple[str, str]) -> None:
    assert win_back.read_command(written) == expected
