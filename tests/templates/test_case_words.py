"""Every message about cases, in both languages and in each of its shapes."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain import case_messages, case_pages, case_reports, report_messages
from bot.domain.cases import Alarm, Case, CaseOutcome, Reason, Source
from bot.domain.messages import Language, Message
from bot.domain.periods import parse_period, trends
from bot.domain.report_messages import CaseTimesPicture, Report
from bot.domain.report_requests import FileForm
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.render import Renderer
from handlers.report_files import write
from handlers.report_pictures import draw
from tests.case_times import OneCase, counts, times

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = Rules(business="Hoa & Mai")
RENDERER = Renderer(RULES)
TAG = re.compile(r"</?(b|i|code|blockquote)>")
CAPTION = 1024
CUSTOMER: dict[str, Any] = {
    "plan": "gold",
    "csm": "Hoa",
    "location": "Hà Nội",
    "joined_at": NOW - 300 * DAY,
    "purchases": 2,
    "totals": [("VND", 1_000_000)],
    "lost_at": None,
    "success_plan": None,
    "answers": [{"kind": "nps", "score": 2, "highest": 10, "at": NOW, "reason": "Giao <trễ>"}],
}


def case(**changes: Any) -> Case:
    values: dict[str, Any] = {
        "case_id": 7,
        "customer_id": 1,
        "customer_name": "Nguyễn <Thị> An",
        "source": Source.SURVEY,
        "survey_kind": Kind.NPS,
        "score": 2,
        "words": "Máy <hỏng> & trễ",
        "opened_at": NOW,
        "claimed_name": "",
        "answer_due_at": NOW + DAY,
        "solve_due_at": NOW + 2 * DAY,
        "resolved_name": "",
        "reason": "",
        "outcome": "",
        "reopened": 0,
    }
    empty = dict.fromkeys(Case.__dataclass_fields__)
    return Case(**{**empty, **values, **changes})


OVER = {"resolved_at": NOW, "resolved_name": "Hoa", "reason": Reason.PRICE, "outcome": CaseOutcome.SOLVED}
SHAPES: tuple[dict[str, Any], ...] = (
    {},
    {"source": Source.FEEDBACK, "survey_kind": None, "score": None, "words": ""},
    {"source": Source.REQUEST, "survey_kind": None, "score": None, "reopened": 2},
    {"source": Source.STAFF, "survey_kind": None, "score": None, "thread_id": 5},
    {"claimed_by": 5, "claimed_at": NOW, "claimed_name": "Hoa", "first_answer_at": NOW, "answered_at": NOW},
    {"claimed_by": 5, "claimed_at": NOW, "snoozed_until": NOW + DAY},
    {"answer_escalated_at": NOW, "solve_escalated_at": NOW, "score_now": 9},
    OVER,
    {**OVER, "outcome": "joined", "resolved_name": "", "nps_after": 8},
    {**OVER, "nps_before": 2, "nps_after": 9},
)


def cards(language: Language) -> Iterator[Message]:
    for shape in SHAPES:
        facts = {**CUSTOMER, **case_messages.case_facts(case(**shape))}
        yield case_messages.card(facts, outbox_id=0, language=language)
    facts = {**CUSTOMER, **case_messages.case_facts(case())}
    yield case_messages.snooze_choice(facts, language)
    yield case_messages.unanswered_choice(facts, language)
    yield case_messages.reason_choice(facts, language)
    yield case_messages.outcome_choice(facts, Reason.PRICE, language)


def tellings(language: Language) -> Iterator[Message]:
    for shape in SHAPES:
        facts = case_messages.case_facts(case(**shape))
        for alarm in Alarm:
            told = {**facts, "alarm": alarm, "template": "cases/alarm"}
            yield case_messages.update(told, outbox_id=0, language=language)
        for place in ({"alone": True}, {"alone": False, "in_topic": True}, {"alone": False, "in_topic": False}):
            yield case_messages.replies_offered({**facts, **place}, language)
        for template in ("not_delivered", "not_open", "sent"):
            yield Message(f"cases/{template}", language, facts)
        for joined in (True, False):
            yield Message("cases/opened", language, {**facts, "joined": joined})
    claimed = case_messages.case_facts(case(claimed_by=5, claimed_at=NOW, claimed_name="Hoa"))
    for by in ("", "Lan"):
        yield Message("cases/claimed_before", language, {**claimed, "by": by})
        yield Message("cases/noted", language, {"by": by, "text": "gọi <lại>"})
        yield Message("cases/note", language, {"by": by, "text": "khách <quen> " * 400})
        yield Message("cases/note", language, {"by": by, "text": "", "copied": [1, 2]})
    for before, after, still in ((None, 8, None), (2, 9, 8), (5, 5, None), (6, 1, 8)):
        helped = case_messages.case_facts(case(**OVER, nps_before=before, nps_after=after)) | {"open_case": still}
        yield case_messages.update({**helped, "template": "cases/helped"}, outbox_id=0, language=language)
    yield Message("cases/staff_only", language)
    yield Message("cases/unsend_usage", language)
    for gone in (True, False):
        yield Message("cases/unsent", language, {"gone": gone})
    for kind in ("call", "meeting"):
        yield Message("cases/logged", language, {"customer": "An", "kind": kind, "body": "<giá>"})


def talk(language: Language) -> Iterator[Message]:
    person = {"name": "Nguyễn Thị An", "salutation": "chị", "customer_language": language}
    for one in (case(), case(words="")):
        for key in case_messages.CANNED:
            facts = {**case_messages.case_facts(one), **case_messages.reply_facts(one, "Hoa", canned=key), **person}
            yield case_messages.canned_preview(facts, key, language)
            yield Message("cases/canned_sent", language, facts)
            yield Message("cases/answered", language, facts)
            yield case_messages.reply(facts, outbox_id=0, language=language)
    for by in ("Hoa", ""):
        facts = {**case_messages.reply_facts(case(), by, text="Chào <chị>"), **person}
        yield case_messages.reply(facts, outbox_id=0, language=language)
    for text in ("Chào & hỏi", ""):
        said = {"customer": "An", "text": text, "template": "cases/said"}
        yield case_messages.update(said, outbox_id=0, language=language)
        yield case_messages.update({**said, "case_id": 7}, outbox_id=0, language=language)


def lists(language: Language) -> Iterator[Message]:
    yield case_messages.case_list([], 0, language, now=NOW)
    shown = [case(**shape) for shape in SHAPES if "resolved_at" not in shape]
    for now in (NOW, NOW + 9 * DAY):
        yield case_messages.case_list(shown[:1], 1, language, now=now)
        yield case_messages.case_list(shown, 40, language, now=now)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("messages", [cards, tellings, talk, lists])
def test_every_shape_renders_as_telegram_html_without_stray_lines(language: Language, messages: Any) -> None:
    for message in messages(language):
        rendered = RENDERER.render(message)
        assert "<" not in TAG.sub("", rendered.text), rendered.text
        assert "\n\n\n" not in rendered.text, rendered.text
        assert rendered.text == rendered.text.strip()
        assert all(label.strip() for row in rendered.rows for label, _ in row)


@pytest.mark.parametrize("language", Language)
def test_a_choice_asks_its_question(language: Language) -> None:
    facts = {**CUSTOMER, **case_messages.case_facts(case())}
    choices = (
        case_messages.snooze_choice(facts, language),
        case_messages.reason_choice(facts, language),
        case_messages.outcome_choice(facts, Reason.PRICE, language),
    )
    assert len({RENDERER.render(one).text.splitlines()[-1] for one in choices}) == len(choices)
    assert all(RENDERER.render(one).text.endswith("?</b>") for one in choices)


@pytest.mark.parametrize("language", Language)
def test_an_alarm_has_a_button_to_its_case(language: Language) -> None:
    facts = {**case_messages.case_facts(case()), "alarm": Alarm.ANSWER_LATE, "template": "cases/alarm"}
    [[(_, data)]] = RENDERER.render(case_messages.update(facts, outbox_id=0, language=language)).rows
    assert data == "q:7"


@pytest.mark.parametrize("language", Language)
def test_a_card_says_what_is_late(language: Language) -> None:
    late = {**CUSTOMER, **case_messages.case_facts(case(answer_escalated_at=NOW, solve_escalated_at=NOW))}
    assert RENDERER.render(case_messages.card(late, outbox_id=0, language=language)).text.count("🔴") == 2


def report_of(n: int, language: Language, words: str = "90d") -> Report:
    """`n` cases, of which some are open, some were reopened, and some have a score before and after."""
    period = parse_period(words, now=NOW, timezone=RULES.timezone)
    one = OneCase(
        opened_at=NOW - 20 * DAY,
        answered_at=NOW - 19 * DAY,
        first_resolved_at=NOW - 18 * DAY,
        resolved_at=NOW - 18 * DAY,
        solve_due_at=NOW - 10 * DAY,
        reopened=1,
        reason=Reason.MISUNDERSTANDING,
    )
    waiting = replace(one, answered_at=None, first_resolved_at=None, resolved_at=None, reason="")
    others = [replace(one, reason=reason) for reason in (Reason.DELIVERY, Reason.OTHER)]
    opened = (*[one] * (n - n // 3), *[waiting] * (n // 3), *others * (n // 9))
    counted = counts(opened, every=1 + n // 400, excluded=n // 5, scores=[(2, 9)] * n)
    found, parts = case_reports.figures(counted, period, RULES, now=NOW), trends(period, now=NOW)[0]
    picture = CaseTimesPicture(
        opened=dict.fromkeys(parts, 2 if n else 0),
        resolved=dict.fromkeys(parts, 1 if n else 0),
        answer=found.answer,
        resolution=found.resolution,
        answer_within=24,
        solve_within=48,
    )
    return report_messages.cases_report(found, picture, period=period, now=NOW, language=language)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("n", [0, 1, 4, 5, 31, 400])
def test_a_report_of_cases_fits_a_caption_and_has_its_picture(n: int, language: Language) -> None:
    report = report_of(n, language)
    said = RENDERER.render(report.message).text
    assert len(TAG.sub("", said)) <= CAPTION
    assert "<" not in TAG.sub("", said)
    assert "None" not in said
    assert "inf" not in said.replace("confidence", "")
    assert draw(report, RENDERER).startswith(b"\x89PNG")


@pytest.mark.parametrize("language", Language)
def test_under_five_cases_no_time_is_said(language: Language) -> None:
    said = RENDERER.render(report_of(4, language).message).text
    assert said.count("n = 4") == 4
    assert " giờ (" not in said
    assert " h (" not in said


@pytest.mark.parametrize(("language", "words"), [(Language.VI, "Không tính 6"), (Language.EN, "Left out: 6")])
def test_what_was_left_out_is_said(language: Language, words: str) -> None:
    assert words in RENDERER.render(report_of(31, language).message).text
    assert words[:8] not in RENDERER.render(report_of(4, language).message).text


def test_a_report_of_the_running_month_says_so() -> None:
    said = RENDERER.render(report_of(5, Language.VI, "this month").message).text
    assert said.splitlines()[0].endswith("tính đến nay")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("n", [0, 1, 6, 40])
def test_cases_by_csm_fit_a_caption_with_n_and_interval_and_have_a_picture(n: int, language: Language) -> None:
    one = OneCase(
        opened_at=NOW - 20 * DAY,
        answered_at=NOW - 19 * DAY,
        first_resolved_at=NOW - 18 * DAY,
        resolved_at=NOW - 18 * DAY,
        solve_due_at=NOW - 10 * DAY,
        reopened=0,
    )
    waiting = replace(one, answered_at=None, first_resolved_at=None, resolved_at=None)
    opened = [
        replace(each, csm_id=csm or None) for csm in range(n // 3 + 1) for each in [one] * n + [waiting] * (n // 3)
    ]
    whose = case_reports.by_csm(times(opened), {"1": "Nguyễn Hoàng Bảo Quốc Khánh Toàn"}, RULES, now=NOW)
    period = parse_period("30d", now=NOW, timezone=RULES.timezone)
    report = case_pages.cases_by_csm(whose, every=3, period=period, now=NOW, language=language)
    said = RENDERER.render(report.message).text
    assert len(TAG.sub("", said)) <= CAPTION
    assert ("95 %" in said) or ("95%" in said)
    assert draw(report, RENDERER)
    rows = write(report, FileForm.CSV, RENDERER)
    assert rows.content
    if n == 40:
        assert said.count("n = 53") == 6
        assert "11" in said.splitlines()[-3]
