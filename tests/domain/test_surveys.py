from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain import surveys, taps
from bot.domain.messages import Language
from bot.domain.surveys import Band, SurveyRun, TapMeaning
from bot.domain.touchpoints import Kind

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
CHAT = 7_000_000_000


def run(**changes: Any) -> SurveyRun:
    facts: dict[str, Any] = {
        "run_id": 5,
        "kind": Kind.NPS,
        "trigger": "calendar",
        "customer_id": 1,
        "customer_name": "Nguyễn Thị An",
        "chat_id": CHAT,
        "language": Language.VI,
        "subject": "",
        "wording": "nps-1",
        "segment": "gold",
        "segmentation_id": None,
        "closed": False,
        "closes_at": NOW + timedelta(days=14),
        "score": None,
        "reason": None,
        "reason_until": None,
        "skipped": False,
        "prompt_message_id": None,
    }
    return SurveyRun(**{**facts, **changes})


@pytest.mark.parametrize(
    ("kind", "scores", "expected"),
    [
        (Kind.NPS, range(7), Band.DETRACTOR),
        (Kind.NPS, (7, 8), Band.PASSIVE),
        (Kind.NPS, (9, 10), Band.PROMOTER),
        (Kind.CES, (1, 2, 3), Band.DETRACTOR),
        (Kind.CES, (4,), Band.PASSIVE),
        (Kind.CES, (5, 6, 7), Band.PROMOTER),
        (Kind.CSAT, (1, 2), Band.DETRACTOR),
        (Kind.CSAT, (3,), Band.PASSIVE),
        (Kind.CSAT, (4, 5), Band.PROMOTER),
    ],
)
def test_every_score_has_the_band_of_its_survey(kind: Kind, scores: range, expected: Band) -> None:
    assert {surveys.band(kind, score) for score in scores} == {expected}


@pytest.mark.parametrize(
    ("the_run", "chat_id", "score", "meaning"),
    [
        pytest.param(None, CHAT, 9, TapMeaning.FOREIGN, id="a run that does not exist"),
        pytest.param(run(), CHAT + 1, 9, TapMeaning.FOREIGN, id="somebody else's run"),
        pytest.param(run(chat_id=None), CHAT, 9, TapMeaning.FOREIGN, id="a customer without a chat"),
        pytest.param(run(), CHAT, 11, TapMeaning.INVALID, id="a score beyond the scale"),
        pytest.param(run(kind=Kind.CES), CHAT, 0, TapMeaning.INVALID, id="a score below the scale"),
        pytest.param(run(closed=True), CHAT, 9, TapMeaning.CLOSED, id="a closed run"),
        pytest.param(run(closes_at=NOW), CHAT, 9, TapMeaning.CLOSED, id="a run that the planner has yet to close"),
        pytest.param(run(closes_at=None), CHAT, 9, TapMeaning.FIRST, id="a run whose sending is not settled yet"),
        pytest.param(run(), CHAT, 0, TapMeaning.FIRST, id="the lowest score"),
        pytest.param(run(score=9), CHAT, 9, TapMeaning.REPEATED, id="a double tap"),
        pytest.param(run(score=9), CHAT, 3, TapMeaning.CHANGED, id="a change of mind"),
        pytest.param(run(score=0), CHAT, 3, TapMeaning.CHANGED, id="a change from zero"),
    ],
)
def test_a_tap_means_what_its_run_and_its_owner_say(
    the_run: SurveyRun | None, chat_id: int, score: int, meaning: TapMeaning
) -> None:
    assert surveys.classify(the_run, chat_id=chat_id, score=score, now=NOW) is meaning


def test_nps_has_eleven_buttons_in_two_rows_that_carry_their_score() -> None:
    keyboard = surveys.scores_keyboard(Kind.NPS, 5, 9)
    assert [[button.tap for button in row] for row in keyboard] == [
        [taps.Score(5, score, 9) for score in range(6)],
        [taps.Score(5, score, 9) for score in range(6, 11)],
    ]


@pytest.mark.parametrize(("kind", "scores"), [(Kind.CES, range(1, 8)), (Kind.CSAT, range(1, 6))])
def test_ces_and_csat_have_one_row(kind: Kind, scores: range) -> None:
    (row,) = surveys.scores_keyboard(kind, 5, 9)
    assert [button.tap for button in row] == [taps.Score(5, score, 9) for score in scores]


def test_the_present_score_is_marked_when_the_question_is_shown_again() -> None:
    message = surveys.question_again(run(score=8), 9)
    marked = [button.tap for row in message.keyboard for button in row if button.part == "chosen"]
    assert marked == [taps.Score(5, 8, 9)]
    about = {"trigger": surveys.OF_MILESTONE, "subject": "Mốc 90"}
    assert surveys.question_again(run(score=8, **about), 9).facts["of_milestone"] is True


def test_the_question_why_stands_until_its_hour() -> None:
    assert surveys.awaits_reason(run(reason_until=NOW + timedelta(seconds=1)), now=NOW)
    assert not surveys.awaits_reason(run(reason_until=NOW), now=NOW)
    assert not surveys.awaits_reason(run(reason_until=None), now=NOW)


def test_a_follow_up_can_be_skipped_and_the_score_changed() -> None:
    message = surveys.follow_up(run(), 6, 9)
    assert message.facts["band"] is Band.DETRACTOR
    assert message.facts["highest"] == 10
    assert [button.tap for button in message.keyboard[0]] == [taps.SkipReason(5, 9), taps.ChangeScore(5, 9)]


def test_thanks_leave_only_the_change_of_score() -> None:
    assert [[button.tap for button in row] for row in surveys.thanks(run(), 9, 4).keyboard] == [
        [taps.ChangeScore(5, 4)]
    ]


def test_a_closed_survey_has_no_buttons_and_knows_what_was_answered() -> None:
    late = surveys.closed(run(score=4))
    assert (late.keyboard, late.facts["score"], late.facts["late"]) == ((), 4, True)
    assert surveys.closing({"kind": "nps", "score": None}, outbox_id=1, language=Language.EN).keyboard == ()


@pytest.mark.parametrize("compose", [surveys.invitation, surveys.reminder])
def test_a_message_of_a_run_carries_its_outbox_row_on_every_button(compose: Any) -> None:
    message = compose({"kind": "csat", "run_id": 5, "subject": "giao hàng"}, outbox_id=77, language=Language.VI)
    assert [button.tap for row in message.keyboard for button in row] == [taps.Score(5, s, 77) for s in range(1, 6)]


def test_staff_are_told_the_name_with_the_answer() -> None:
    facts = surveys.notice_facts(run(reason="giao chậm"), 2)
    assert (facts["customer"], facts["score"], facts["reason"]) == ("Nguyễn Thị An", 2, "giao chậm")


@pytest.mark.parametrize(
    ("before", "score", "changes"), [(None, 3, False), (3, 6, False), (3, 7, True), (10, 9, False)]
)
def test_a_score_of_another_band_is_another_answer(before: int | None, score: int, changes: bool) -> None:
    assert surveys.changes_band(run(score=before), score) is changes


LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("the_run", "score", "meaning", "asked"),
    [
        pytest.param(run(), 9, TapMeaning.FIRST, True, id="the first tap"),
        pytest.param(run(score=9, reason_until=LATER), 9, TapMeaning.REPEATED, True, id="again in time"),
        pytest.param(run(score=9), 9, TapMeaning.REPEATED, False, id="again when nothing is waited for"),
        pytest.param(
            run(score=9, reason_until=LATER, skipped=True), 9, TapMeaning.REPEATED, False, id="again after a skip"
        ),
        pytest.param(run(score=9, reason="nhanh"), 9, TapMeaning.REPEATED, False, id="again after the reason"),
        pytest.param(run(score=9, reason="nhanh"), 10, TapMeaning.CHANGED, False, id="another score of the band"),
        pytest.param(run(score=9, reason="nhanh"), 3, TapMeaning.CHANGED, True, id="a score of another band"),
    ],
)
def test_why_is_asked_once_for_a_band(the_run: SurveyRun, score: int, meaning: TapMeaning, asked: bool) -> None:
    assert surveys.asks_why(the_run, score, meaning, now=NOW) is asked


def test_a_low_score_and_then_its_reason_are_signals_with_the_customers_words() -> None:
    low = surveys.signal(run(reason="đắt"), 3, key="k")
    assert (low.key, low.customer_id, low.score, low.survey_kind) == ("k", 1, 3, Kind.NPS)
    assert (low.template, low.facts["reason"]) == ("staff/detractor", "đắt")
    explained = surveys.signal(run(), 3, key="k", reason="chậm")
    assert (explained.template, explained.facts["reason"], explained.words) == ("staff/reason", "chậm", "chậm")


def test_a_reason_is_thanked_for_and_a_mere_word_of_thanks_is_told_apart() -> None:
    assert [surveys.reason_kept(run(), 9, only_thanks=one).facts["only_thanks"] for one in (True, False)] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "adds"),
    [
        ("Thêm nữa là giao nhanh", True),
        ("And the price is fair", True),
        ("Và mấy giờ mở cửa?", False),
        ("Vay tiền ở đâu", False),
    ],
)
def test_what_says_that_it_goes_on_adds_to_a_reason_unless_it_asks(text: str, adds: bool) -> None:
    assert surveys.adds_to_reason(text) is adds


def test_what_is_added_to_a_reason_stands_below_it() -> None:
    assert surveys.with_more(run(reason="Giao nhanh"), "và rẻ") == "Giao nhanh\nvà rẻ"
