"""A customer's profile, notes, and why messages wait, on both databases."""

from datetime import timedelta

import pytest

from bot.domain.messages import Language, Message
from bot.domain.roles import Role
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.render import Renderer
from bot.services import conversations, delivery, planning, profiles
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, add_score, add_staff, put, queue, queue_survey, row, rows
from tests.stories import change

CSM = 6_000_000_001
RULES = Rules()


def profile(database: Database, customer_id: int, role: Role = Role.CSM) -> str:
    facts = {"rules": RULES, "role": role, "language": Language.EN}
    said = database.read_now(profiles.show_profile, customer_id=customer_id, **facts)
    return Renderer(RULES).render(said).text


def why(database: Database, customer_id: int) -> str:
    upcoming = database.read_now(planning.upcoming, rules=RULES, days=30, customer_id=customer_id)
    said = database.read_now(
        profiles.explain, customer_id=customer_id, upcoming=upcoming, days=30, language=Language.EN
    )
    return Renderer(RULES).render(said).text


def note(database: Database, customer_id: int, body: str, message_id: int = 1) -> Message:
    return database.write_now(
        profiles.take_note,
        customer_id=customer_id,
        staff_id=CSM,
        chat_id=CSM,
        message_id=message_id,
        body=body,
        language=Language.EN,
    )


def test_a_profile_tells_who_the_customer_is_and_who_looks_after_them(database: Database) -> None:
    add_staff(database, CSM, name="Hoa")
    customer_id = add_customer(
        database,
        external_id="KH-1",
        location="Huế",
        phone="+84901234567",
        csm_id=CSM,
        birth_day=9,
        birth_month=3,
        birth_year=None,
    )
    assert profile(database, customer_id).splitlines()[:4] == [
        "<b>Nguyễn Thị An</b> · KH-1",
        "gold plan · Huế · looked after by Hoa",
        "Customer since 4 May 2026 · Vietnamese · birthday 9 Mar · phone ···567",
        "🟢 Linked to Telegram since 4 May 2026",
    ]
    assert "+84901234567" in profile(database, customer_id, Role.MANAGER)


@pytest.mark.parametrize(
    ("column", "said"),
    [("stopped_at", "Asked for no more messages on 20 Nov 2026"), ("unreachable_at", "Blocked the bot on 20 Nov 2026")],
)
def test_a_profile_says_why_the_customer_cannot_be_written_to(
    database: Database, clock: HandClock, column: str, said: str
) -> None:
    assert said in profile(database, add_customer(database, **{column: clock.now()}))


def test_a_loss_is_shown_with_its_reason_and_an_old_one_is_not(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database, lost_at=clock.now())
    before = clock.now() - timedelta(days=100)
    put(database, "loss", customer_id=customer_id, lost_at=before, source="staff", reason="bygone", recovered_at=before)
    put(database, "loss", customer_id=customer_id, lost_at=clock.now(), source="staff", reason="new")
    text = profile(database, customer_id)
    assert "Lost since 20 Nov 2026: new" in text
    assert "bygone" not in text


def buy(database: Database, clock: HandClock, customer_id: int, amount: int, currency: str = "VND") -> None:
    put(
        database,
        "purchase",
        external_id=f"{customer_id}:{amount}:{currency}",
        customer_id=customer_id,
        purchased_at=clock.advance(timedelta(days=1)),
        amount_minor=amount,
        currency=currency,
    )


def test_the_value_counts_purchases_and_takes_cancellations_off_each_currency(
    database: Database, clock: HandClock
) -> None:
    customer_id = add_customer(database)
    other = add_customer(database, name="Lan", chat_id=CHAT + 1)
    for amount in (500_000, 700_000, -200_000):
        buy(database, clock, customer_id, amount)
    buy(database, clock, customer_id, 1999, "USD")
    buy(database, clock, other, 9_000_000)
    assert "Purchases:</b> 3 · ₫1,000,000 · US$19.99 · last on 24 Nov 2026" in profile(database, customer_id)


def test_a_profile_shows_the_last_answers_with_their_reasons(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    for score in (1, 2, 3, 10):
        clock.advance(timedelta(days=1))
        add_score(database, customer_id, Kind.NPS, score, reason=f"reason {score}")
    text = profile(database, customer_id)
    assert text.index("NPS 10/10, 24 Nov 2026: “reason 10”") < text.index("NPS 3/10") < text.index("NPS 2/10")
    assert "reason 1”" not in text


def test_a_profile_shows_the_plan_and_how_far_it_has_come(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    put(
        database,
        "success_plan",
        customer_id=customer_id,
        template="t",
        name="First year",
        goal="grow",
        status="active",
        started_at=clock.now(),
        check_in_months=1,
        progress_months=3,
        check_ins=0,
        progress_messages=0,
    )
    plan_id = row(database, "success_plan")["id"]
    put(database, "milestone", plan_id=plan_id, position=1, title="a", due_at=clock.now() - timedelta(days=1))
    put(database, "milestone", plan_id=plan_id, position=2, title="b", due_at=clock.now() + timedelta(days=1))
    assert "First year – 0 of 2 milestones, 1 overdue · 🟢 On Track; next: b (21 Nov 2026)" in profile(
        database, customer_id
    )


def test_what_the_customer_said_and_what_staff_noted_are_told_apart(database: Database, clock: HandClock) -> None:
    add_staff(database, CSM, name="Hoa")
    customer_id = add_customer(database)
    facts = {"chat_id": CHAT, "message_id": 5, "language": Language.VI, "text": "late <again>"}
    database.write_now(conversations.give_feedback, rules=RULES, **facts)
    note(database, customer_id, "likes mornings")
    text = profile(database, customer_id)
    assert "<b>The customer said</b>\n• 20 Nov 2026: late &lt;again&gt;" in text
    assert "<b>Notes</b>\n• 20 Nov 2026, Hoa: likes mornings" in text


def test_a_customer_who_is_gone_has_no_profile_and_takes_no_note(database: Database) -> None:
    gone = Message("portfolio/nobody", Language.EN, {"command": "customer", "query": ""})
    shown = database.read_now(profiles.show_profile, rules=RULES, customer_id=7, role=Role.CSM, language=Language.EN)
    assert shown == gone
    assert note(database, 7, "x").template == "portfolio/nobody"
    said = database.read_now(profiles.explain, customer_id=7, upcoming=[], days=30, language=Language.EN)
    assert said.template == "portfolio/nobody"
    assert rows(database, "interaction") == []


def test_a_note_that_comes_twice_is_kept_once_and_says_whose_it_is(database: Database, clock: HandClock) -> None:
    an = add_customer(database, name="An")
    lan = add_customer(database, name="Lan", chat_id=CHAT + 1)
    first = note(database, an, "likes mornings")
    assert first == Message("portfolio/note_kept", Language.EN, {"customer": "An", "body": "likes mornings"})
    assert note(database, an, "likes mornings") == first
    assert note(database, lan, "likes mornings").facts["customer"] == "An"  # two buttons of one choice
    kept = row(database, "interaction")
    assert (kept["customer_id"], kept["kind"], kept["body"], kept["staff_id"]) == (an, "note", "likes mornings", CSM)
    assert kept["happened_at"] == clock.now()


def test_a_note_without_words_asks_for_them(database: Database) -> None:
    customer_id = add_customer(database)
    assert note(database, customer_id, "") == Message("portfolio/usage", Language.EN, {"command": "note"})


def test_editing_the_command_does_not_put_the_command_into_the_note(database: Database) -> None:
    note(database, add_customer(database), "likes mornings", message_id=5)
    database.write_now(
        conversations.edit_text, chat_id=CSM, message_id=5, text="/note An: likes evenings", words="", version="1"
    )
    assert row(database, "interaction")["body"] == "likes mornings"


def claim(database: Database) -> None:
    database.write_now(delivery.claim, rules=RULES, owner="me", limit=9)


def test_a_message_that_is_held_shows_its_rule_and_its_end(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    clock.advance(timedelta(hours=12))
    queue_survey(database, customer_id, Kind.CES, "an exchange")
    assert "⏳ CES survey: waits for 20 Nov 2026, 22:00" in profile(database, customer_id)
    assert "1. CES survey: 21 Nov 2026, 08:00" in why(database, customer_id)
    assert "Not earlier, since it is quiet hours" in why(database, customer_id)
    claim(database)
    assert "⏳ CES survey: held until 21 Nov 2026, 08:00, since it is quiet hours" in profile(database, customer_id)
    clock.advance(timedelta(hours=10))
    claim(database)
    text = why(database, customer_id)
    assert "Nothing is due." in text
    assert "• CES survey: being sent\n   was held until 21 Nov 2026, 08:00, since it is quiet hours" in text


def test_what_will_never_be_sent_says_why(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database, stopped_at=clock.now())
    queue(database, Kind.MILESTONE, customer_id)
    assert "1. Milestone message: will not be sent" in why(database, customer_id)
    assert "Not sent, since the customer asked for no more" in why(database, customer_id)
    claim(database)
    text = why(database, customer_id)
    assert "• Milestone message: not sent, since the customer asked for no more messages" in text
    assert "was held" not in text


def test_why_names_that_the_customer_stopped_and_the_case_that_is_open(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    assert "asked for no more messages" not in why(database, customer_id)
    database.write_now(
        conversations.give_feedback, rules=RULES, chat_id=CHAT, message_id=1, language=Language.EN, text="Broken"
    )
    database.write_now(change, table="customer", row_id=customer_id, stopped_at=clock.now())
    text = why(database, customer_id)
    assert "The customer asked for no more messages on 20 Nov 2026" in text
    assert "Case #1 has been open since 20 Nov 2026" in text
    assert "🙋 Case #1 has been open since 20 Nov 2026" in profile(database, customer_id)


def test_a_change_to_an_old_message_is_no_touchpoint(database: Database) -> None:
    customer_id = add_customer(database)
    queue(database, Kind.CLOSING, customer_id, edit_message_id=5)
    assert "None yet." in profile(database, customer_id)


def test_what_the_planners_will_queue_is_foreseen(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database, next_nps_at=clock.now() + timedelta(days=10))
    assert "1. NPS survey: 30 Nov 2026, 10:00\n   Because: the regular survey is due." in why(database, customer_id)
