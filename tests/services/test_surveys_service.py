"""A survey's taps as use cases, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest

import storage.cases
from bot.domain import taps
from bot.domain.cases import Case
from bot.domain.delivery import Delivery, Outcome, Proof
from bot.domain.messages import Language, Reply
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.services import conversations, delivery, surveys
from storage.database import Database, Tx
from tests.conftest import HandClock
from tests.factories import CHAT, STAFF_CHAT, add_customer, queue_survey, row, rows

RULES = Rules(staff_chat_id=STAFF_CHAT)
MESSAGE = 501


@pytest.fixture
def run(database: Database) -> tuple[int, int]:
    """A run of NPS and its outbox row."""
    return queue_survey(database, add_customer(database))


def tap(database: Database, run: tuple[int, int], score: int, **changes: Any) -> Reply:
    facts = {"chat_id": CHAT, "message_id": MESSAGE, "language": Language.EN, **changes}
    return database.write_now(surveys.record_score, rules=RULES, tap=taps.Score(run[0], score, run[1]), **facts)


def say(database: Database, text: str, *, message_id: int = 900) -> Reply:
    facts = {"chat_id": CHAT, "message_id": message_id, "language": Language.VI, "text": text}
    return database.write_now(conversations.receive_text, rules=RULES, **facts)


def edited(reply: Reply) -> str:
    assert reply.edit is not None
    return reply.edit.template


def test_one_tap_stores_the_score_with_its_scale_segment_and_hour(
    database: Database, run: tuple[int, int], clock: HandClock
) -> None:
    reply = tap(database, run, 9)
    stored = row(database, "answer")
    assert edited(reply) == "surveys/follow_up"
    assert (stored["run_id"], stored["score"], stored["scale"]) == (run[0], 9, "0-10 likelihood")
    assert stored["answered_at"] == clock.now()
    assert row(database, "segmentation", id=stored["segmentation_id"])["plan"] == "gold"


def test_a_second_tap_on_the_same_button_changes_nothing(
    database: Database, run: tuple[int, int], clock: HandClock
) -> None:
    tap(database, run, 9)
    before = row(database, "answer")
    clock.advance(timedelta(seconds=1))
    assert edited(tap(database, run, 9)) == "surveys/follow_up"
    assert row(database, "answer") == before


def test_another_score_replaces_the_first_and_keeps_when_it_was_given(
    database: Database, run: tuple[int, int], clock: HandClock
) -> None:
    given = clock.now()
    tap(database, run, 9)
    changed = clock.advance(timedelta(hours=1))
    assert edited(tap(database, run, 4)) == "surveys/follow_up"
    stored = row(database, "answer")
    assert (stored["score"], stored["answered_at"], stored["changed_at"]) == (4, given, changed)


def test_a_changed_score_keeps_its_reason_and_does_not_ask_again(database: Database, run: tuple[int, int]) -> None:
    tap(database, run, 9)
    say(database, "Giao nhanh")
    assert edited(tap(database, run, 10)) == "surveys/thanks"
    stored = row(database, "answer")
    assert (stored["score"], stored["reason"], stored["reason_until"]) == (10, "Giao nhanh", None)


def test_a_score_of_another_band_asks_again_and_its_old_reason_goes_to_the_profile(
    database: Database, run: tuple[int, int]
) -> None:
    tap(database, run, 3)
    say(database, "Giao chậm")
    assert edited(tap(database, run, 10)) == "surveys/follow_up"
    stored = row(database, "answer")
    assert (stored["score"], stored["reason"], stored["reason_message_id"]) == (10, None, None)
    assert stored["reason_until"] is not None
    kept = row(database, "interaction")
    assert (kept["body"], kept["closed_at"]) == ("Giao chậm", stored["answered_at"])  # nobody need answer it


def test_praise_for_a_high_score_is_no_complaint_when_the_score_turns_low(
    database: Database, run: tuple[int, int]
) -> None:
    tap(database, run, 10)
    say(database, "Nhân viên dễ thương")
    tap(database, run, 4)
    assert row(database, "support_case")["words"] == ""
    (card,) = rows(database, "outbox", kind=Kind.CARD)
    assert "Nhân viên dễ thương" not in str(card["facts"])


def test_staff_who_work_on_a_case_hear_every_later_score_and_its_reason_once_each(
    database: Database, run: tuple[int, int], clock: HandClock
) -> None:
    for score in (3, 9, 7, 9, 9, 2, 7):
        tap(database, run, score)
        clock.advance(timedelta(seconds=1))
    say(database, "Đã giao bù")
    told = [(one["template"], one["facts"]["score"]) for one in rows(database, "outbox", kind=Kind.CASE)]
    changed = "staff/score_changed"
    assert told == [
        *((changed, score) for score in (9, 7, 9)),
        ("staff/detractor", 2),
        (changed, 7),
        ("staff/reason", 7),
    ]
    seen = database.read_now(load_case, case_id=row(database, "support_case")["id"])
    assert seen is not None
    assert (seen.score, seen.score_now) == (3, 7)


def load_case(tx: Tx, *, now: datetime, case_id: int) -> Case | None:
    return storage.cases.look(tx, case_id)


def test_staff_hear_that_a_detractor_changed_the_score(database: Database, run: tuple[int, int]) -> None:
    tap(database, run, 3)
    tap(database, run, 10)
    (told,) = rows(database, "outbox", kind=Kind.CASE)
    assert (told["template"], told["facts"]["before"], told["facts"]["score"]) == ("staff/score_changed", 3, 10)


def test_somebody_elses_button_stores_nothing(database: Database, run: tuple[int, int]) -> None:
    reply = tap(database, run, 9, chat_id=CHAT + 1)
    assert (reply.edit, reply.send[0].template, reply.send[0].language) == (None, "customers/stale_button", Language.EN)
    assert rows(database, "answer") == []


def test_a_run_that_does_not_exist_stores_nothing(database: Database, run: tuple[int, int]) -> None:
    assert tap(database, (run[0] + 99, run[1]), 9).send[0].template == "customers/stale_button"


def test_a_score_beyond_the_scale_stores_nothing(database: Database, run: tuple[int, int]) -> None:
    assert tap(database, run, 11).send[0].template == "customers/stale_button"
    assert rows(database, "answer") == []


def test_a_tap_proves_that_the_message_arrived(database: Database, run: tuple[int, int]) -> None:
    claim(database, run)
    tap(database, run, 9)
    confirmed = row(database, "outbox", id=run[1])
    assert (confirmed["status"], confirmed["message_id"], confirmed["lease_until"]) == ("sent", MESSAGE, None)


def test_somebody_elses_outbox_row_is_not_confirmed_by_a_tap(database: Database, run: tuple[int, int]) -> None:
    other = queue_survey(database, add_customer(database, chat_id=CHAT + 1))
    claim(database, other)
    tap(database, (run[0], other[1]), 9)
    assert row(database, "outbox", id=other[1])["status"] == "sending"


def test_a_late_tap_is_answered_politely_and_stores_nothing(
    database: Database, run: tuple[int, int], clock: HandClock
) -> None:
    send(database, run)
    clock.advance(timedelta(days=14))
    late = tap(database, run, 9)
    assert (edited(late), late.edit and late.edit.keyboard) == ("surveys/closed", ())
    assert rows(database, "answer") == []


def test_a_detractor_is_told_to_staff_at_once_and_only_once(database: Database, run: tuple[int, int]) -> None:
    tap(database, run, 6)
    tap(database, run, 6)
    (card,) = rows(database, "outbox", kind=Kind.CARD)
    assert (card["chat_id"], card["status"]) == (STAFF_CHAT, "pending")
    assert (card["facts"]["customer"], card["facts"]["score"]) == ("Nguyễn Thị An", 6)
    assert [opened["score"] for opened in rows(database, "support_case")] == [6]


@pytest.mark.parametrize("score", [7, 9])
def test_passives_and_promoters_do_not_trouble_staff(database: Database, run: tuple[int, int], score: int) -> None:
    tap(database, run, score)
    assert rows(database, "support_case") == []


def test_free_text_after_the_tap_becomes_the_reason(database: Database, run: tuple[int, int], clock: HandClock) -> None:
    tap(database, run, 3)
    reply = say(database, "Giao hàng chậm quá")
    stored = row(database, "answer")
    assert (stored["reason"], stored["reason_at"], stored["reason_message_id"]) == (
        "Giao hàng chậm quá",
        clock.now(),
        900,
    )
    assert (edited(reply), reply.edit_message_id) == ("surveys/thanks", MESSAGE)
    assert reply.send[0].template == "surveys/reason_kept"
    assert [told["template"] for told in rows(database, "outbox", kind=Kind.CASE)] == ["staff/reason"]
    assert row(database, "support_case")["words"] == "Giao hàng chậm quá"


def test_the_same_text_delivered_twice_is_one_reason_and_no_interaction(
    database: Database, run: tuple[int, int]
) -> None:
    tap(database, run, 3)
    say(database, "Giao chậm")
    assert say(database, "Giao chậm").send[0].template == "surveys/reason_kept"
    assert row(database, "answer")["reason"] == "Giao chậm"
    assert rows(database, "interaction") == []


def test_what_is_written_after_the_reason_is_kept_on_the_profile(database: Database, run: tuple[int, int]) -> None:
    tap(database, run, 3)
    say(database, "Giao chậm")
    assert say(database, "Cho mình xin hóa đơn", message_id=901).send[0].template == "customers/message_kept"
    assert row(database, "answer")["reason"] == "Giao chậm"
    assert row(database, "interaction")["body"] == "Cho mình xin hóa đơn"


def test_text_long_after_the_tap_is_no_reason(database: Database, run: tuple[int, int], clock: HandClock) -> None:
    tap(database, run, 3)
    clock.advance(RULES.surveys.reason_within)
    say(database, "Cho hỏi giờ mở cửa")
    assert row(database, "answer")["reason"] is None


def test_an_edited_message_edits_the_reason(database: Database, run: tuple[int, int]) -> None:
    tap(database, run, 3)
    say(database, "Giao chậm")
    database.write_now(
        conversations.edit_text, chat_id=CHAT, message_id=900, text="Giao rất chậm", words="", version="1"
    )
    assert row(database, "answer")["reason"] == "Giao rất chậm"


def test_a_skip_ends_the_question_and_a_double_tap_does_not_reopen_it(database: Database, run: tuple[int, int]) -> None:
    tap(database, run, 9)
    assert edited(skip(database, run)) == "surveys/thanks"
    assert edited(tap(database, run, 9)) == "surveys/thanks"


def test_what_is_written_after_a_skip_is_a_message_like_any_other(database: Database, run: tuple[int, int]) -> None:
    tap(database, run, 9)
    skip(database, run)
    assert say(database, "Cửa hàng mở mấy giờ vậy em").send[0].template == "customers/message_kept"
    assert (row(database, "answer")["reason"], row(database, "interaction")["closed_at"]) == (None, None)


def test_a_greeting_is_no_reason_and_goes_to_staff(database: Database, run: tuple[int, int]) -> None:
    tap(database, run, 4)
    assert say(database, "hello there").send[0].template == "customers/message_kept"
    assert (row(database, "answer")["reason"], row(database, "interaction")["closed_at"]) == (None, None)
    say(database, "Giao chậm", message_id=901)
    assert row(database, "answer")["reason"] == "Giao chậm"


def test_an_ok_is_no_reason_is_thanked_for_and_waits_for_nobody(database: Database, run: tuple[int, int]) -> None:
    tap(database, run, 4)
    said = say(database, "ok").send[0]
    assert (said.template, said.facts["only_thanks"]) == ("surveys/reason_kept", True)
    assert row(database, "answer")["reason"] is None
    assert row(database, "interaction")["closed_at"] is not None
    say(database, "Giao chậm", message_id=901)
    assert row(database, "answer")["reason"] == "Giao chậm"


def test_what_goes_on_with_a_reason_is_added_to_it_once(
    database: Database, run: tuple[int, int], clock: HandClock
) -> None:
    tap(database, run, 9)
    say(database, "Nhân viên tận tình")
    for _ in range(2):
        say(database, "thêm nữa là giao nhanh", message_id=901)
    assert row(database, "answer")["reason"] == "Nhân viên tận tình\nthêm nữa là giao nhanh"
    assert say(database, "Và mấy giờ mở cửa?", message_id=902).send[0].template == "customers/message_kept"
    clock.advance(timedelta(minutes=10))
    assert say(database, "Ngoài ra tôi cần hóa đơn", message_id=903).send == ()
    assert row(database, "answer")["reason"] == "Nhân viên tận tình\nthêm nữa là giao nhanh"


def test_a_skip_of_what_was_answered_waits_for_no_other_reason(database: Database, run: tuple[int, int]) -> None:
    tap(database, run, 9)
    say(database, "Giao nhanh")
    skip(database, run)
    assert say(database, "Xin chào", message_id=901).send[0].template == "customers/message_kept"
    assert row(database, "answer")["reason"] == "Giao nhanh"


def test_another_score_after_a_skip_asks_why_anew(database: Database, run: tuple[int, int]) -> None:
    tap(database, run, 9)
    skip(database, run)
    assert edited(tap(database, run, 3)) == "surveys/follow_up"
    assert edited(tap(database, run, 3)) == "surveys/follow_up"


def test_a_skip_before_any_score_or_by_somebody_else_does_nothing(database: Database, run: tuple[int, int]) -> None:
    assert skip(database, run).send[0].template == "customers/stale_button"
    tap(database, run, 9)
    assert skip(database, run, chat_id=CHAT + 1).send[0].template == "customers/stale_button"
    assert row(database, "answer")["reason_until"] is not None


def test_the_scores_can_be_shown_again_until_the_survey_closes(
    database: Database, run: tuple[int, int], clock: HandClock
) -> None:
    send(database, run)
    tap(database, run, 9)
    assert edited(show(database, run)) == "surveys/question"
    assert show(database, run, chat_id=CHAT + 1).send[0].template == "customers/stale_button"
    clock.advance(timedelta(days=14))
    assert edited(show(database, run)) == "surveys/closed"
    assert edited(skip(database, run)) == "surveys/closed"


def test_the_latest_question_gets_the_reason(database: Database, run: tuple[int, int], clock: HandClock) -> None:
    tap(database, run, 9)
    clock.advance(timedelta(minutes=5))
    later = queue_survey(database, row(database, "customer")["id"], Kind.CSAT)
    tap(database, later, 2)
    say(database, "Hàng lỗi")
    assert row(database, "answer", run_id=later[0])["reason"] == "Hàng lỗi"
    assert row(database, "answer", run_id=run[0])["reason"] is None


def skip(database: Database, run: tuple[int, int], chat_id: int = CHAT) -> Reply:
    tapped = taps.SkipReason(run[0], run[1])
    facts = {"chat_id": chat_id, "message_id": MESSAGE, "language": Language.VI}
    return database.write_now(surveys.skip_reason, rules=RULES, tap=tapped, **facts)


def show(database: Database, run: tuple[int, int], chat_id: int = CHAT) -> Reply:
    tapped = taps.ChangeScore(run[0], run[1])
    facts = {"chat_id": chat_id, "message_id": MESSAGE, "language": Language.VI}
    return database.write_now(surveys.show_scores, rules=RULES, tap=tapped, **facts)


def claim(database: Database, run: tuple[int, int]) -> Delivery:
    claimed = database.write_now(delivery.claim, rules=RULES, owner="a", limit=10).deliveries
    assert run[1] in [one.outbox_id for one in claimed]
    return next(one for one in claimed if one.outbox_id == run[1])


def send(database: Database, run: tuple[int, int]) -> None:
    outcome = Outcome(proof=Proof.SENT, message_id=MESSAGE)
    database.write_now(delivery.record, rules=RULES, delivery=claim(database, run), outcome=outcome)
