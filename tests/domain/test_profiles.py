"""What staff may see of one customer, and that it fits into a message whatever the data."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from bot.domain.contact import Rule
from bot.domain.messages import Language, Message
from bot.domain.planning import UpcomingTouchpoint
from bot.domain.plans import Milestone, Plan, PlanStatus
from bot.domain.profiles import (
    GivenAnswer,
    Profile,
    Record,
    Remark,
    Touchpoint,
    Value,
    explanation_facts,
    masked,
    profile_facts,
)
from bot.domain.roles import Role
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.render import Renderer

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MONSTER = "<b>&🌸 ế" * 2000
LONGEST = 4096


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
def test_managers_see_a_phone_number_and_a_csm_its_last_three_digits(role: Role) -> None:
    assert masked("+84901234567", role) == "+84901234567"
    assert masked("+84901234567", Role.CSM) == "···567"


def record() -> Record:
    return Record(
        customer_id=2**60,
        name=MONSTER,
        external_id=MONSTER,
        plan=MONSTER,
        location=MONSTER,
        title=MONSTER,
        channel=MONSTER,
        tags=[MONSTER] * 9,
        birth_day=29,
        birth_month=2,
        birth_year=1990,
        phone="+" + "9" * 3000,
        joined_at=NOW,
        language="vi",
        csm=MONSTER,
        linked_at=NOW,
        stopped_at=NOW,
        unreachable_at=NOW,
        lost_at=NOW,
        lost_reason=MONSTER,
        lost_source="staff",
    )


def touchpoints() -> list[Touchpoint]:
    held = tuple((MONSTER, NOW) for _ in range(2))
    return [
        Touchpoint(kind=Kind.CHECK_IN, status=status, at=NOW, rule=MONSTER, held=held)
        for status in ("failed", "unknown", "cancelled", "expired", "sent", "sending", "failed", "failed")
    ]


def monstrous() -> Profile:
    milestone = Milestone(position=1, title=MONSTER, due_at=NOW + timedelta(days=1))
    remarks = [Remark(kind="feedback", body=MONSTER, happened_at=NOW, by=MONSTER, closed=True)] * 99
    return Profile(
        record=record(),
        value=Value(
            purchases=10**15,
            totals=tuple((code, -(10**18)) for code in ("VND", "USD", "EUR", "JPY", "XXX")),
            last_at=NOW,
        ),
        plan=Plan(
            plan_id=1,
            customer_id=1,
            template="t",
            name=MONSTER,
            goal=MONSTER,
            status=PlanStatus.ACTIVE,
            started_at=NOW,
            milestones=(milestone,) * 999,
        ),
        answers=[GivenAnswer(kind=Kind.NPS, score=10, reason=MONSTER, answered_at=NOW)] * 99,
        waiting=touchpoints() * 9,
        past=touchpoints() * 9,
        said=remarks,
        notes=remarks,
    )


def shown(message: Message) -> str:
    """What Telegram counts: the text after the entities are parsed."""
    rendered = Renderer(Rules()).render(message)
    return unescape(re.sub(r"</?(?:b|i|code)>", "", rendered.text))


def length(text: str) -> int:
    """By the stricter way of counting, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("language", Language)
def test_a_profile_fits_into_one_message_whatever_the_data(language: Language) -> None:
    facts = profile_facts(monstrous(), Role.ADMIN, now=NOW)
    text = shown(Message("portfolio/profile", language, facts))
    assert 1000 < length(text) <= LONGEST


@pytest.mark.parametrize("language", Language)
def test_an_explanation_fits_into_one_message_and_counts_what_it_leaves_out(language: Language) -> None:
    upcoming = [
        UpcomingTouchpoint(
            when=NOW,
            customer_id=1,
            customer_name=MONSTER,
            kind=Kind.NPS,
            rule=Rule.BETWEEN_SURVEYS,
            until=NOW,
            cause="staff",
            subject=MONSTER,
        )
    ] * 99
    facts = explanation_facts(MONSTER, upcoming, touchpoints() * 9, sent_before=40, days=30, now=NOW)
    text = shown(Message("portfolio/why", language, facts))
    assert 500 < length(text) <= LONGEST
    assert "94" in text
    assert "34" in text


def test_a_profile_without_anything_is_shown_too() -> None:
    bare = Record(
        customer_id=7,
        name="An",
        external_id=None,
        plan="",
        location="",
        title="",
        channel="",
        tags=(),
        birth_day=None,
        birth_month=None,
        birth_year=None,
        phone=None,
        joined_at=NOW,
        language="en",
        csm=None,
        linked_at=None,
        stopped_at=None,
        unreachable_at=None,
        lost_at=None,
        lost_reason="",
        lost_source="",
    )
    nothing = Value(purchases=0, totals=(), last_at=None)
    profile = Profile(record=bare, value=nothing, plan=None, answers=(), waiting=(), past=(), said=(), notes=())
    text = shown(Message("portfolio/profile", Language.EN, profile_facts(profile, Role.CSM, now=NOW)))
    assert text.splitlines() == [
        "An · #7",
        "Customer since 20 Nov 2026 · English",
        "⚪ Not linked to Telegram",
        "",
        "Purchases: none yet",
        "",
        "Last answers",
        "No answers yet.",
        "",
        "Messages from the bot",
        "None yet.",
    ]


def test_what_is_due_by_now_goes_at_once() -> None:
    def due(at: datetime) -> UpcomingTouchpoint:
        return UpcomingTouchpoint(when=at, customer_id=1, customer_name="An", kind=Kind.NPS, rule=None, until=None)

    later = NOW + timedelta(days=1)
    facts = explanation_facts("An", [due(NOW), due(later)], [], sent_before=0, days=30, now=NOW)
    text = shown(Message("portfolio/why", Language.EN, facts))
    lines = [line for line in text.splitlines() if line[:1].isdigit()]
    assert lines == ["1. NPS survey: goes out now", "2. NPS survey: 21 Nov 2026, 10:00"]
    assert "more" not in text
