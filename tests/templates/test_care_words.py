"""Every message of plans, birthdays and win-back, in both languages and in each of its shapes."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telegram.constants import MessageLimit

from bot.domain import birthdays, greetings, notices, plan_messages, win_back
from bot.domain.messages import Language, Message
from bot.domain.plans import CheckInChoice, CompletionChoice, Measure, Milestone, Plan, PlanStatus
from bot.domain.rules import MilestoneTemplate, Owner, PlanTemplate, Rules, SuccessRules, WinBackRules
from bot.domain.touchpoints import Kind
from bot.domain.win_back import OfferChoice, Status, WinBack
from bot.render import TEMPLATES, Rendered, Renderer
from handlers import plan_pictures

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
AN = {"name": "Nguyễn <Thị> An", "salutation": "chị"}
RENDERER = Renderer(Rules(business="Hoa & Mai"))
TAG = re.compile(r"</?(b|i|code)>")


SUCCESS = SuccessRules(review_url="https://g.page/x", referral_url="https://t.me/x")
MEASURE = Measure(name="Đơn <mỗi> ngày", unit="đơn", start=0, target=50)


def plan(*, done: int = 0, check_in: CheckInChoice | None = None, status: PlanStatus = PlanStatus.ACTIVE) -> Plan:
    milestones = tuple(
        Milestone(
            milestone_id=position,
            position=position,
            title=f"Mốc <{position}>",
            due_at=NOW + timedelta(days=30 * (position - 2)),
            done_at=NOW if position <= done else None,
            owner=Owner.COMPANY if position == 3 else Owner.CUSTOMER,
            claimed_at=NOW if position == 4 else None,
            measure=replace(MEASURE, value=12.5 if position == 3 else None) if position > 1 else None,
        )
        for position in (1, 2, 3, 4)
    )
    return Plan(
        plan_id=1,
        customer_id=1,
        template="onboarding",
        name="Năm đầu & mãi",
        goal="Dùng quen tay",
        status=status,
        started_at=NOW,
        milestones=milestones,
        completed_at=NOW if status is PlanStatus.COMPLETED else None,
        check_in=check_in,
        check_in_at=NOW if check_in else None,
        goal_said_at=NOW if check_in else None,
    )


def asked(language: Language, **changes: Any) -> WinBack:
    values: dict[str, Any] = {
        "win_back_id": 1,
        "customer_id": 1,
        "customer_name": "An",
        "chat_id": 9,
        "language": language,
        "status": Status.ASKING,
        "reason": None,
        "reason_at": None,
        "answer": None,
    }
    return WinBack(**values | changes)


def plan_words(language: Language) -> list[Message]:
    done = plan(done=4, check_in=CheckInChoice.WELL, status=PlanStatus.COMPLETED)
    shown = [plan(), plan(done=1, check_in=CheckInChoice.HELP), done]
    later = [NOW, NOW + timedelta(days=10), NOW + timedelta(days=400)]
    composed: dict[str, Any] = {"outbox_id": 1, "language": language}
    said = plan_messages
    return [
        said.check_in(AN | said.plan_facts(plan()), **composed),
        *(said.milestone(AN | said.milestone_facts(plan(), number), **composed) for number in (2, 3)),
        *(
            said.progress(AN | said.round_facts(one, Kind.PROGRESS, SUCCESS, now=now), **composed)
            for one in shown
            for now in later
        ),
        said.progress(AN | said.progress_facts(plan(), SUCCESS, now=NOW) | {"pace": ""}, **composed),
        *(said.check_in_answered(plan(), choice, 1, language) for choice in CheckInChoice),
        *(said.staff_view(one, "An", SUCCESS, language, now=now) for one in shown for now in later),
        *(said.own_view(one, SUCCESS, language, now=now) for one in shown for now in later),
        said.offer_moves(plan(), plan().milestones[0], "An", "Asia/Ho_Chi_Minh", language, now=NOW),
        *(
            Message("plans/choose", language, {"customer": "An", "completed": completed, "templates": count})
            for completed in ("", "Năm đầu")
            for count in (0, 1)
        ),
        *_goal_words(language),
        *_completion_words(language),
        *_told_to_staff(language),
        *(
            said.tip(AN | said.tip_facts(one, milestone, "gold") | {"tip": tip}, **composed)
            for one in shown
            for milestone in one.milestones
            for tip in TIPS
        ),
        *(
            said.confirmation(AN | said.milestone_facts(plan(), 1) | {"reached": reached}, **composed)
            for reached in (True, False)
        ),
    ]


TIPS = sorted(path.stem for path in (TEMPLATES / "vi" / "tips").glob("*.j2"))


def test_staff_read_the_words_of_the_rules_in_their_own_language_and_what_was_written_as_it_is() -> None:
    named = {Language.VI: "Năm đầu & mãi", Language.EN: "The first year"}
    titled = MilestoneTemplate(key="m", after_days=1, title={Language.VI: "Mốc <1>", Language.EN: "Used to it"})
    rules = Rules(plans=(PlanTemplate(key="p", name=named, goal=GOAL, milestones=(titled,)),))
    seen = Renderer(rules).render(plan_messages.staff_view(plan(), "An", SUCCESS, Language.EN, now=NOW))
    assert "<b>An</b> – The first year" in seen.text
    assert "1. Used to it" in seen.text
    assert "2. Mốc &lt;2&gt;" in seen.text
    assert seen.rows[0][0][0].endswith("Used to it")


def _goal_words(language: Language) -> list[Message]:
    milestone = MilestoneTemplate(key="m", after_days=1, title=GOAL)
    template = PlanTemplate(key="p", name=GOAL, goal=GOAL, milestones=(milestone,), goals=(GOAL,))
    facts = AN | plan_messages.goal_facts(plan(), template, language)
    return [
        plan_messages.goal(facts, outbox_id=1, language=language),
        plan_messages.goal(facts | {"changing": True}, outbox_id=1, language=language),
        plan_messages.goal_kept(plan(), language),
        Message("plans/goal_wanted", language, plan_messages.plan_facts(plan())),
    ]


GOAL = {Language.VI: "Tiết kiệm <thời gian>", Language.EN: "Save <time>"}


def _completion_words(language: Language) -> list[Message]:
    found = [plan_messages.completion_facts(plan(), SUCCESS, following) for following in ("", "Năm <hai>")]
    return [
        *(plan_messages.completion(AN | facts, outbox_id=1, language=language) for facts in found),
        *(
            plan_messages.completion_answered(facts, choice, 1, language)
            for facts in found
            for choice in CompletionChoice
        ),
        *(
            notices.notice(
                {**facts, "customer": "An", "customer_id": 1, "template": "plans/next_goal"},
                outbox_id=1,
                language=language,
            )
            for facts in found
        ),
    ]


def _told_to_staff(language: Language) -> list[Message]:
    claimed = plan_messages.milestone_facts(plan(), 1) | {"customer": "An", "template": "plans/claimed"}
    fall = {"plan": "Năm đầu", "customer": "An", "customer_id": 1, "title": "Mốc", "since": NOW}
    late = [
        plan_messages.progress_facts(plan(), SUCCESS, now=NOW) | {"customer": "An", "own": own} for own in (True, False)
    ]
    return [
        notices.notice(claimed, outbox_id=1, language=language),
        *(
            notices.notice(
                fall | {"template": "plans/stuck", "owner": owner, "waiting": waiting}, outbox_id=1, language=language
            )
            for owner in Owner
            for waiting in (True, False)
        ),
        *(
            Message("plans/late", language, {"total": total, "plans": shown})
            for total, shown in ((0, []), (1, late[:1]), (9, late))
        ),
        *(Message(f"plans/{name}", language) for name in ("unknown", "none")),
        Message("plans/misunderstood", language, {"customer": "An"}),
        Message("plans/help_wanted", language, {"customer": "An", "plan": "Năm đầu"}),
    ]


def win_back_messages(language: Language) -> list[Message]:
    rules = WinBackRules(offer={Language.VI: "Giảm <10 %>", Language.EN: "<10% off>"})
    reasons = ["", *rules.reasons]
    return [
        *(
            win_back.question(
                AN | win_back.question_facts(1, rules.reasons, silent=silent),
                outbox_id=1,
                language=language,
            )
            for silent in (True, False)
        ),
        *(win_back.reason_kept(asked(language), reason) for reason in rules.reasons),
        *(
            win_back.offer(
                AN | win_back.offer_facts(asked(language, reason=reason), made), outbox_id=1, language=language
            )
            for reason in reasons
            for made in (rules, WinBackRules())
        ),
        *(win_back.offer_answered(asked(language), choice, 1) for choice in OfferChoice),
        *(Message("win_back/wants_to_talk", language, {"customer": "An", "reason": reason}) for reason in reasons),
        *(
            Message(
                "win_back/marked",
                language,
                {"customer": "An", "since": NOW, "writes_at": NOW, "told": told, "reason": "", "words": ""} | facts,
            )
            for told in (True, False)
            for facts in (
                {"new": True, "will_write": True, "rule": None},
                {"new": True, "will_write": True, "rule": "tet"},
                {"new": True, "will_write": False, "rule": "stopped"},
                {"new": True, "will_write": False, "rule": "win_back_off"},
                {"new": False, "will_write": True, "rule": None, "reason": "other", "words": "xa <quá>"},
                {"new": False, "will_write": True, "rule": None, "reason": "", "words": "xa"},
                {"new": False, "will_write": True, "rule": None, "reason": "price"},
            )
        ),
        Message("win_back/words_kept", language),
        Message("win_back/late", language),
        Message("win_back/unknown", language),
        birthdays.greeting(AN, outbox_id=1, language=language),
        greetings.greeting(
            AN | {"greetings": {"vi": "Chúc mừng <năm mới>", "en": "<Happy> New Year"}}, outbox_id=1, language=language
        ),
        Message("plans/silent", language, {"customer": "An", "plan": "p", "unanswered": 4}),
    ]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("messages", [plan_words, win_back_messages])
def test_every_shape_renders_as_telegram_html_without_stray_lines(language: Language, messages: Any) -> None:
    for message in messages(language):
        words = RENDERER.render(message)
        assert words.text, message.template
        assert "<" not in TAG.sub("", words.text), message.template
        assert "\n\n\n" not in words.text, message.template
        assert all("\n" not in label and label.strip() for row in words.rows for label, _ in row), message.template


def rendered(message: Message) -> Rendered:
    return RENDERER.render(message)


@pytest.mark.parametrize("language", Language)
def test_every_reason_has_words_of_its_own(language: Language) -> None:
    facts = AN | win_back.question_facts(1, WinBackRules().reasons)
    words = rendered(win_back.question(facts, outbox_id=1, language=language))
    labels = [label for row in words.rows for label, _ in row]
    assert len(set(labels)) == len(WinBackRules().reasons)


def test_a_customer_is_addressed_by_the_given_name() -> None:
    assert "chị An" in rendered(birthdays.greeting(AN, outbox_id=1, language=Language.VI)).text


def test_what_people_typed_cannot_become_markup() -> None:
    facts = AN | plan_messages.milestone_facts(plan(), 1)
    words = rendered(plan_messages.milestone(facts, outbox_id=1, language=Language.EN)).text
    assert "Mốc &lt;1&gt;" in words
    assert "Năm đầu &amp; mãi" in words


def test_an_offer_is_said_as_the_business_wrote_it() -> None:
    rules = WinBackRules(offer={Language.VI: "Giảm 10 %", Language.EN: "10% off"})
    facts = AN | win_back.offer_facts(asked(Language.VI, reason="price"), rules)
    words = rendered(win_back.offer(facts, outbox_id=1, language=Language.VI)).text
    assert "🎁 Giảm 10 %" in words
    assert "chuyện giá" in words


@pytest.mark.parametrize("language", Language)
def test_a_pictures_words_are_there_for_every_state_of_a_milestone(language: Language) -> None:
    for one in (plan(), plan(done=4, status=PlanStatus.COMPLETED)):
        facts = AN | plan_messages.round_facts(one, Kind.PROGRESS, SUCCESS, now=NOW)
        message = plan_messages.progress(facts, outbox_id=1, language=language)
        assert plan_pictures.draw(message, RENDERER).startswith(b"\x89PNG")


def test_a_progress_messages_words_fit_under_its_picture() -> None:
    long = replace(plan(), name="w" * 500, goal="g" * 900)
    long = replace(long, milestones=tuple(replace(one, title="m" * 500) for one in long.milestones))
    facts = AN | plan_messages.round_facts(long, Kind.PROGRESS, SUCCESS, now=NOW + timedelta(days=1))
    for language in Language:
        words = rendered(plan_messages.progress(facts, outbox_id=1, language=language)).text
        assert len(words) <= MessageLimit.CAPTION_LENGTH


@pytest.mark.parametrize(("language", "number"), [(Language.VI, "12,5/50"), (Language.EN, "12.5 of 50")])
def test_a_measure_is_written_as_the_language_writes_numbers(language: Language, number: str) -> None:
    assert number in rendered(plan_messages.own_view(plan(), SUCCESS, language, now=NOW)).text
