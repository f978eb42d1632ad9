"""What becomes of a case, by the table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import cases
from bot.domain.case_messages import read_log
from bot.domain.cases import Alarm, Case, CaseOutcome, Reason, Signal, Snooze, Source
from bot.domain.rules import CaseRules, ContactRules, Rules
from bot.domain.touchpoints import Kind

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # a Friday, 10:00 in Vietnam
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = Rules()
NEW = Case(
    case_id=1,
    customer_id=1,
    customer_name="An",
    source=Source.FEEDBACK,
    survey_kind=None,
    score=None,
    score_now=None,
    words="",
    opened_at=NOW,
    chat_id=None,
    thread_id=None,
    card_message_id=None,
    claimed_by=None,
    claimed_at=None,
    claimed_name="",
    snoozed_until=None,
    first_answer_at=None,
    answer_due_at=NOW + DAY,
    solve_due_at=NOW + 2 * DAY,
    answer_escalated_at=None,
    solve_escalated_at=None,
    answered_at=None,
    resolved_at=None,
    first_resolved_at=None,
    resolved_name="",
    reason="",
    outcome="",
    reopened=0,
    acknowledged_at=None,
    nps_before=None,
    nps_after=None,
)
CLAIMED = replace(NEW, claimed_by=5, claimed_at=NOW)
OVER = replace(NEW, resolved_at=NOW, reason="other", outcome="solved")


def test_the_first_claim_wins() -> None:
    taken = cases.claim(NEW, 5, now=NOW)
    assert taken == CLAIMED
    assert cases.claim(CLAIMED, 6, now=NOW) is None
    assert cases.claim(OVER, 6, now=NOW) is None


def test_an_answer_takes_a_case_on_wakes_it_and_counts_once() -> None:
    first = cases.answered(replace(NEW, snoozed_until=NOW + DAY), 5, now=NOW)
    assert (first.claimed_by, first.first_answer_at, first.snoozed_until) == (5, NOW, None)
    second = cases.answered(first, 6, now=NOW + HOUR)
    assert (second.claimed_by, second.first_answer_at) == (5, NOW)


def test_the_very_first_answer_and_resolution_outlive_a_reopening() -> None:
    answered = cases.answered(NEW, 5, now=NOW)
    over = cases.resolve(answered, Reason.PRICE, CaseOutcome.SOLVED, now=NOW + HOUR)
    assert over is not None
    again = cases.reopen(over, RULES, now=NOW + DAY)
    assert again is not None
    answered_again = cases.answered(again, 5, now=NOW + 2 * DAY)
    over_again = cases.resolve(answered_again, Reason.PRICE, CaseOutcome.SOLVED, now=NOW + 2 * DAY)
    assert over_again is not None
    assert (over_again.answered_at, over_again.first_answer_at) == (NOW, NOW + 2 * DAY)
    assert (over_again.first_resolved_at, over_again.resolved_at) == (NOW + HOUR, NOW + 2 * DAY)


def test_after_an_answer_of_staff_the_customers_words_are_not_confirmed() -> None:
    assert not cases.acknowledges(cases.answered(NEW, 5, now=NOW), RULES, now=NOW + HOUR / 2)


@pytest.mark.parametrize(
    ("sent_at", "may"),
    [(None, True), (NOW - 48 * HOUR + timedelta(seconds=1), True), (NOW - 48 * HOUR, False)],
)
def test_an_answer_is_taken_back_within_two_days(sent_at: datetime | None, may: bool) -> None:
    assert cases.may_unsend(sent_at, now=NOW) is may


@pytest.mark.parametrize(
    ("choice", "until"),
    [
        (Snooze.TOMORROW, datetime(2026, 11, 23, 1, 0, tzinfo=UTC)),  # Saturday is no business day
        (Snooze.THREE_DAYS, datetime(2026, 11, 23, 1, 0, tzinfo=UTC)),
        (Snooze.WEEK, datetime(2026, 11, 27, 1, 0, tzinfo=UTC)),
    ],
)
def test_a_case_rests_until_the_business_opens(choice: Snooze, until: datetime) -> None:
    rested = cases.snooze(NEW, choice, RULES, now=NOW)
    assert rested is not None
    assert rested.snoozed_until == until
    assert cases.snooze(OVER, choice, RULES, now=NOW) is None


def test_a_case_is_resolved_once_with_its_reason_and_outcome() -> None:
    over = cases.resolve(CLAIMED, Reason.PRICE, CaseOutcome.EXPLAINED, now=NOW)
    assert over is not None
    assert (over.resolved_at, over.reason, over.outcome, over.is_open) == (NOW, "price", "explained", False)
    assert cases.resolve(over, Reason.PRICE, CaseOutcome.SOLVED, now=NOW) is None


def test_a_reply_within_a_week_opens_it_again_with_new_deadlines() -> None:
    later = NOW + 7 * DAY
    again = cases.reopen(replace(OVER, first_answer_at=NOW, solve_escalated_at=NOW), RULES, now=later)
    assert again is not None
    assert (again.is_open, again.reopened, again.reason, again.first_answer_at) == (True, 1, "", None)
    assert again.answer_due_at > later
    assert again.solve_escalated_at is None
    assert cases.reopen(OVER, RULES, now=later + timedelta(seconds=1)) is None
    assert cases.reopen(NEW, RULES, now=NOW) is None


def test_deadlines_are_one_working_day_and_two_of_business_time_only() -> None:
    answer, solution = cases.deadlines(NOW, RULES)
    # 7.5 h are left of Friday, then 9.5 h a day: 8 h end half an hour into Monday, 16 h an hour before its close.
    assert answer == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert solution == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    monday_off = Rules(contact=ContactRules(holidays=frozenset({datetime(2026, 11, 23, tzinfo=UTC).date()})))
    assert cases.deadlines(NOW, monday_off)[0] == answer + DAY


@pytest.mark.parametrize(
    ("case", "alarm"),
    [
        (NEW, None),
        (replace(NEW, answer_due_at=NOW), Alarm.ANSWER_LATE),
        (replace(NEW, answer_due_at=NOW, first_answer_at=NOW - HOUR), None),
        (replace(NEW, answer_due_at=NOW, answer_escalated_at=NOW - HOUR), None),
        (replace(NEW, solve_due_at=NOW, first_answer_at=NOW - HOUR), Alarm.SOLUTION_LATE),
        (replace(NEW, solve_due_at=NOW, answer_due_at=NOW), Alarm.SOLUTION_LATE),
        (replace(NEW, answer_due_at=NOW - HOUR, snoozed_until=NOW + HOUR), None),
        (replace(NEW, snoozed_until=NOW), Alarm.WAKE),
        (replace(OVER, answer_due_at=NOW, solve_due_at=NOW), None),
    ],
)
def test_time_rings_for_a_case(case: Case, alarm: Alarm | None) -> None:
    rung = cases.ring(case, now=NOW)
    assert (rung[0] if rung else None) == alarm
    if rung is not None:
        assert (cases.looks_at(rung[1]) or NOW + HOUR) != cases.looks_at(case)


def test_a_late_solution_is_told_once_although_nobody_answered() -> None:
    rung = cases.ring(replace(NEW, solve_due_at=NOW, answer_due_at=NOW), now=NOW)
    assert rung is not None
    assert cases.looks_at(rung[1]) is None


def test_messages_are_confirmed_once_an_hour() -> None:
    assert cases.acknowledges(NEW, RULES, now=NOW)
    talking = replace(NEW, acknowledged_at=NOW)
    assert not cases.acknowledges(talking, RULES, now=NOW + HOUR - timedelta(seconds=1))
    assert cases.acknowledges(talking, RULES, now=NOW + HOUR)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("call about prices", ("call", "about prices")),
        ("Gọi, hẹn thứ Hai", ("call", "hẹn thứ Hai")),
        ("gặp ở cửa hàng", ("meeting", "ở cửa hàng")),
        ("họp quý", ("meeting", "quý")),
        ("meeting", ("meeting", "")),
        ("email gửi rồi", ("", "email gửi rồi")),
    ],
)
def test_a_logged_contact_begins_with_its_kind(text: str, read: tuple[str, str]) -> None:
    assert read_log(text) == read


def test_talk_among_staff_begins_with_two_slashes() -> None:
    assert cases.is_internal("// ai rảnh?")
    assert not cases.is_internal("https://hoamai.vn // xem")


def test_a_business_that_never_opens_has_a_deadline_all_the_same() -> None:
    closed = Rules(cases=CaseRules(weekdays=frozenset()))
    assert cases.deadlines(NOW, closed) == (NOW + 400 * DAY, NOW + 400 * DAY)


def test_the_reason_of_the_score_comes_first_and_what_is_said_later_after_it() -> None:
    case = replace(NEW, source=Source.SURVEY, survey_kind=Kind.NPS, score=4)

    def said(one: Case, words: str, score: int | None = None) -> str:
        source, kind = (Source.FEEDBACK, None) if score is None else (Source.SURVEY, Kind.NPS)
        signal = Signal(
            key="k", customer_id=1, source=source, template="t", facts={}, words=words, survey_kind=kind, score=score
        )
        return cases.words_with(one, signal)

    assert said(case, "Great shop!") == "Great shop!"
    assert said(replace(case, words="Great shop!"), "The courier was late", 4) == "The courier was late\nGreat shop!"
    late = replace(case, words="The courier was late")
    assert said(late, "Great shop!") == said(late, "Great shop!", 5) == "The courier was late\nGreat shop!"
    assert said(late, "The courier was late", 5) == "The courier was late"
    assert len(said(late, "x" * 2000)) == cases.WORDS
