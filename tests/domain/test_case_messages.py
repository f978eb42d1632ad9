"""What is said about a case: its card, its choices, and what staff and customer read of each other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import case_messages, case_reports, report_messages
from bot.domain.cases import Case, CaseOutcome, Reason, Snooze
from bot.domain.customers import Customer
from bot.domain.messages import Language, Message
from bot.domain.periods import parse_period, trends
from bot.domain.report_messages import CaseTimesPicture
from bot.domain.rules import Rules
from bot.domain.taps import CannedReply, ClaimCase, OfferReplies, ResolveCase, ShowCase, SnoozeCase, Tap
from bot.domain.touchpoints import Kind
from tests.case_times import OneCase, counts
from tests.domain.test_cases import NEW, NOW, OVER

CLAIMED = replace(NEW, claimed_by=5, claimed_name="Hoa")


def taps(message: Message) -> list[Tap]:
    return [button.tap for row in message.keyboard for button in row]


def kinds(message: Message) -> list[type[Tap]]:
    return [type(tap) for tap in taps(message)]


@pytest.mark.parametrize(
    ("case", "offered"),
    [
        (NEW, [ClaimCase, OfferReplies, SnoozeCase, ResolveCase]),
        (CLAIMED, [OfferReplies, SnoozeCase, ResolveCase]),
        (OVER, []),
    ],
)
def test_a_card_offers_what_can_still_be_done(case: Case, offered: list[type[Tap]]) -> None:
    facts = case_messages.case_facts(case)
    assert kinds(case_messages.card(facts, outbox_id=1, language=Language.VI)) == offered
    again = case_messages.update({**facts, "template": "cases/card"}, outbox_id=1, language=Language.VI)
    assert kinds(again) == offered


def test_a_score_is_told_of_its_highest() -> None:
    facts = case_messages.case_facts(replace(NEW, survey_kind=Kind.CES, score=2))
    assert (facts["score"], facts["highest"]) == (2, 7)
    assert case_messages.case_facts(replace(NEW, survey_kind=None, score=None))["highest"] is None


def test_choices_ask_their_question_and_lead_back() -> None:
    facts = case_messages.case_facts(NEW)
    asked = {
        "snooze": case_messages.snooze_choice(facts, Language.EN),
        "reason": case_messages.reason_choice(facts, Language.EN),
        "outcome": case_messages.outcome_choice(facts, Reason.PRICE, Language.EN),
    }
    assert all(message.facts["asks"] == question for question, message in asked.items())
    assert all(taps(message)[-1] == ShowCase(NEW.case_id) for message in asked.values())
    assert [len(taps(message)) - 1 for message in asked.values()] == [len(Snooze), len(Reason), len(CaseOutcome)]


def test_an_alarm_leads_to_its_case_and_other_news_have_no_buttons() -> None:
    facts = case_messages.case_facts(NEW)
    alarm = case_messages.update({**facts, "template": "cases/alarm"}, outbox_id=1, language=Language.VI)
    assert taps(alarm) == [ShowCase(NEW.case_id)]
    assert taps(case_messages.update({"template": "cases/said"}, outbox_id=1, language=Language.VI)) == []
    aside = {"template": "cases/said", "case_id": 7}
    assert taps(case_messages.update(aside, outbox_id=1, language=Language.VI)) == [OfferReplies(7)]


def test_a_canned_reply_is_seen_before_a_tap_sends_it() -> None:
    facts = case_messages.case_facts(NEW)
    offered = case_messages.update({**facts, "template": "cases/replies"}, outbox_id=1, language=Language.VI)
    assert [tap.sends for tap in taps(offered) if isinstance(tap, CannedReply)] == [False] * len(case_messages.CANNED)
    send, other = taps(case_messages.canned_preview(facts, "sorry", Language.VI))
    assert (send, other) == (CannedReply(NEW.case_id, "sorry", "yes"), OfferReplies(NEW.case_id))
    assert (case_messages.canned_body("sorry"), case_messages.canned_body("")) == ("canned:sorry", "")


def test_a_survey_names_the_day_of_a_case_where_the_customer_lives_and_never_what_anybody_said() -> None:
    evening = replace(NEW, words="Giao hàng chậm quá", opened_at=datetime(2026, 11, 21, 18, tzinfo=UTC))
    assert case_messages.matter(evening, "Asia/Ho_Chi_Minh") == "2026-11-22"


def test_who_has_not_answered_may_answer_first_or_close_all_the_same() -> None:
    asked = case_messages.unanswered_choice(case_messages.case_facts(NEW), Language.VI)
    assert taps(asked)[:2] == [OfferReplies(NEW.case_id), ResolveCase(NEW.case_id, case_messages.UNANSWERED, "")]


def test_a_reply_quotes_no_more_than_a_few_lines() -> None:
    facts = case_messages.reply_facts(replace(NEW, words="x" * 999), "Hoa", text="Chào chị")
    assert len(str(facts["words"])) == case_messages.QUOTE
    assert case_messages.reply(facts, outbox_id=1, language=Language.VI).template == "cases/reply"
    assert case_messages.topic(facts, outbox_id=1, language=Language.VI).template == "cases/topic"


def test_a_reply_quotes_two_complaints_on_two_lines() -> None:
    facts = case_messages.reply_facts(replace(NEW, words="Giao  chậm\n\nNhân viên cộc lốc"), "Hoa")
    assert facts["words"] == "Giao chậm\nNhân viên cộc lốc"


def test_a_list_shows_ten_with_the_deadline_that_comes_next() -> None:
    answered = replace(NEW, first_answer_at=NOW)
    shown = case_messages.case_list([NEW, answered] * 6, 40, Language.VI, now=NEW.answer_due_at)
    assert (shown.facts["total"], len(taps(shown))) == (40, case_messages.LISTED)
    lines = shown.facts["cases"]
    assert isinstance(lines, list)
    assert [(one["due_at"], one["overdue"]) for one in lines[:2]] == [
        (NEW.answer_due_at, True),
        (NEW.solve_due_at, False),
    ]


def test_a_case_that_is_no_more_says_so() -> None:
    assert [said.template for said in case_messages.gone(Language.EN).send] == ["staff/not_found"]


def test_an_interval_without_an_end_is_written_as_none() -> None:
    rules, period = Rules(), parse_period("30d", now=NOW, timezone="Asia/Ho_Chi_Minh")
    opened = OneCase(opened_at=NOW - timedelta(days=9), solve_due_at=NOW)
    answered = replace(opened, answered_at=opened.opened_at + timedelta(hours=1))
    found = case_reports.figures(counts([answered] * 3 + [opened] * 2), period, rules, now=NOW)
    parts = trends(period, now=NOW)[0]
    nothing = dict.fromkeys(parts, 0)
    picture = CaseTimesPicture(
        opened=nothing,
        resolved=nothing,
        answer=found.answer,
        resolution=found.resolution,
        answer_within=24,
        solve_within=48,
    )
    report = report_messages.cases_report(found, picture, period=period, now=NOW, language=Language.EN)
    answer = report.message.facts["answer"]
    assert isinstance(answer, dict)
    assert answer["median"]["high"] is None


def test_staff_read_to_whom_a_reply_goes_and_its_words_as_the_customer_reads_them() -> None:
    who = Customer(
        customer_id=7,
        name="An " * 40,
        salutation="chị",
        language=Language.EN,
        timezone="UTC",
        chat_id=1,
        phone=None,
        stopped=False,
        feedback_until=None,
    )
    facts = case_messages.reader_facts(who)
    assert (facts["name"], facts["salutation"], facts["customer_language"]) == ("An " * 40, "chị", Language.EN)
    assert len(str(facts["customer"])) == 60
