"""Every message of plans, birthdays and win-back, in both languages and in each of its shapes."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain import birthdays, greetings, plans, win_back
from bot.domain.messages import Language, Message
from bot.domain.plans import CheckInChoice, Milestone, Plan, PlanStatus
from bot.domain.rules import Rules, WinBackRules
from bot.domain.touchpoints import Kind
from bot.domain.win_back import OfferChoice, Status, WinBack
from bot.render import Rendered, Renderer

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
AN = {"name": "Nguyễn <Thị> An", "salutation": "chị"}
RENDERER = Renderer(Rules(business="Hoa & Mai"))
TAG = re.compile(r"</?(b|i|code)>")


def plan(*, done: int = 0, check_in: CheckInChoice | None = None, status: PlanStatus = PlanStatus.ACTIVE) -> Plan:
    milestones = tuple(
        Milestone(
            milestone_id=position,
            position=position,
            title=f"Mốc <{position}>",
            due_at=NOW + timedelta(days=30 * (position - 2)),
            done_at=NOW if position <= done else None,
        )
        for position in (1, 2, 3)
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


def plan_messages(language: Language) -> list[Message]:
    done = plan(done=3, check_in=CheckInChoice.WELL, status=PlanStatus.COMPLETED)
    shown = [plan(), plan(done=1, check_in=CheckInChoice.HELP), done]
    later = NOW + timedelta(days=400)
    return [
        plans.check_in(AN | plans.check_in_facts(plan()), outbox_id=1, language=language),
        plans.milestone(AN | plans.milestone_facts(plan(), 2), outbox_id=1, language=language),
        *(
            plans.progress(AN | plans.round_facts(one, Kind.PROGRESS, now=now), outbox_id=1, language=language)
            for one in shown
            for now in (NOW, later)
        ),
        *(plans.check_in_answered(plan(), choice, 1, language) for choice in CheckInChoice),
        *(Message("plans/view", language, plans.view_facts(one, "An", now=NOW)) for one in shown),
        *(
            Message("plans/choose", language, {"customer": "An", "completed": completed, "templates": count})
            for completed in ("", "Năm đầu")
            for count in (0, 1)
        ),
        Message("plans/unknown", language),
        Message("plans/help_wanted", language, {"customer": "An", "plan": "Năm đầu"}),
    ]


def win_back_messages(language: Language) -> list[Message]:
    rules = WinBackRules(offer={Language.VI: "Giảm <10 %>", Language.EN: "<10% off>"})
    reasons = ["", *rules.reasons]
    return [
        win_back.question(AN | win_back.question_facts(1, rules.reasons), outbox_id=1, language=language),
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
            Message("win_back/marked", language, facts | {"customer": "An", "since": NOW, "asks_at": NOW})
            for facts in (
                {"new": True, "will_ask": True, "rule": None},
                {"new": True, "will_ask": True, "rule": "tet"},
                {"new": True, "will_ask": False, "rule": "stopped"},
                {"new": True, "will_ask": False, "rule": "win_back_off"},
                {"new": False, "will_ask": True, "rule": None},
            )
        ),
        Message("win_back/late", language),
        Message("win_back/unknown", language),
        birthdays.greeting(AN, outbox_id=1, language=language),
        greetings.greeting(
            AN | {"greetings": {"vi": "Chúc mừng <năm mới>", "en": "<Happy> New Year"}}, outbox_id=1, language=language
        ),
        Message("plans/silent", language, {"customer": "An", "plan": "p", "unanswered": 4}),
    ]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("messages", [plan_messages, win_back_messages])
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
    facts = AN | plans.milestone_facts(plan(), 1)
    words = rendered(plans.milestone(facts, outbox_id=1, language=Language.EN)).text
    assert "Mốc &lt;1&gt;" in words
    assert "Năm đầu &amp; mãi" in words


def test_an_offer_is_said_as_the_business_wrote_it() -> None:
    rules = WinBackRules(offer={Language.VI: "Giảm 10 %", Language.EN: "10% off"})
    facts = AN | win_back.offer_facts(asked(Language.VI, reason="price"), rules)
    words = rendered(win_back.offer(facts, outbox_id=1, language=Language.VI)).text
    assert "🎁 Giảm 10 %" in words
    assert "chuyện giá" in words
