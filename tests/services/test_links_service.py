from datetime import timedelta
from typing import Any

import pytest

from bot.domain.links import LinkOutcome, Redemption
from bot.domain.rules import ContactRules, Rules, SignUpRules, SurveyRules
from bot.services.links import create_link, redeem
from storage.database import Database
from tests import factories
from tests.stories import look, put

RULES = Rules(
    sign_up=SignUpRules(link_lasts=timedelta(days=7)),
    surveys=SurveyRules(nps_first_after=timedelta(days=30)),
    contact=ContactRules(floor=timedelta(hours=24)),
)
CODE = "one-time_code-of-24-char"
PHONE, TABLET = 5_000_000_000_001, 5_000_000_000_002


@pytest.fixture
def an(database: Database) -> int:
    """A customer without a chat, with a link that works."""
    customer_id = factories.add_customer(database, external_id="K1", chat_id=None, linked_at=None)
    database.write_now(create_link, external_id="K1", rules=RULES, code=CODE)
    return customer_id


def use(database: Database, *, code: str = CODE, chat_id: int = PHONE) -> Redemption:
    return database.write_now(redeem, code=code, chat_id=chat_id, rules=RULES)


def customer(database: Database, customer_id: int) -> Any:
    (row,) = database.read_now(look, table="customer", id=customer_id)
    return row


def test_a_link_ties_the_chat_to_its_customer(database: Database, an: int, clock: Any) -> None:
    assert use(database) == Redemption(outcome=LinkOutcome.LINKED, customer_id=an)

    row = customer(database, an)
    assert (row.chat_id, row.linked_at) == (PHONE, clock.now())


def test_a_link_says_until_when_it_works(database: Database, clock: Any) -> None:
    factories.add_customer(database, external_id="K1", chat_id=None)

    until = database.write_now(create_link, external_id="K1", rules=RULES, code=CODE)

    assert until == clock.now() + timedelta(days=7)


def test_there_is_no_link_to_nobody(database: Database) -> None:
    assert database.write_now(create_link, external_id="K9", rules=RULES, code=CODE) is None
    assert use(database) == Redemption(outcome=LinkOutcome.UNKNOWN)


def test_a_code_that_could_be_guessed_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="16 to 64"):
        database.write_now(create_link, external_id="K1", rules=RULES, code="123456")


@pytest.mark.usefixtures("an")
def test_who_reads_the_database_cannot_use_the_links_in_it(database: Database) -> None:
    (link,) = factories.rows(database, "link")

    assert CODE not in str(link)
    assert use(database, code=link["digest"]) == Redemption(outcome=LinkOutcome.UNKNOWN)


def test_the_same_chat_may_use_its_link_again(database: Database, an: int, clock: Any) -> None:
    use(database)
    before = customer(database, an)
    clock.advance(timedelta(days=30))

    assert use(database) == Redemption(outcome=LinkOutcome.ALREADY_LINKED, customer_id=an)
    assert customer(database, an) == before


def test_another_chat_cannot_use_a_link_that_was_used(database: Database, an: int) -> None:
    use(database)

    assert use(database, chat_id=TABLET) == Redemption(outcome=LinkOutcome.USED)
    assert customer(database, an).chat_id == PHONE


def test_a_link_expires(database: Database, an: int, clock: Any) -> None:
    clock.advance(timedelta(days=7))

    assert use(database) == Redemption(outcome=LinkOutcome.EXPIRED)
    assert customer(database, an).chat_id is None


def test_a_new_link_does_not_take_a_customer_away_from_their_chat(database: Database, an: int) -> None:
    use(database)
    database.write_now(create_link, external_id="K1", rules=RULES, code="another-" + CODE)

    assert use(database, code="another-" + CODE, chat_id=TABLET) == Redemption(outcome=LinkOutcome.CUSTOMER_TAKEN)
    assert customer(database, an).chat_id == PHONE
    assert sorted(link["used_at"] is None for link in factories.rows(database, "link")) == [False, True]


def test_a_chat_of_another_known_customer_stays_theirs(database: Database, an: int) -> None:
    other = factories.add_customer(database, external_id="K2", chat_id=PHONE)

    assert use(database) == Redemption(outcome=LinkOutcome.CHAT_TAKEN)
    assert (customer(database, an).chat_id, customer(database, other).chat_id) == (None, PHONE)
    assert use(database, chat_id=TABLET).outcome is LinkOutcome.LINKED


@pytest.mark.parametrize(
    ("joined_days_ago", "planned_in_days", "due_in_days"),
    [(0, None, 30), (10, None, 20), (400, None, 1), (400, 90, 90)],
)
def test_the_first_nps_waits_for_its_time_and_never_comes_with_the_greeting(
    database: Database, clock: Any, joined_days_ago: int, planned_in_days: int | None, due_in_days: int
) -> None:
    now = clock.now()
    planned_at = None if planned_in_days is None else now + timedelta(days=planned_in_days)
    joined_at = now - timedelta(days=joined_days_ago)
    one = factories.add_customer(database, external_id="K1", chat_id=None, joined_at=joined_at, next_nps_at=planned_at)
    database.write_now(create_link, external_id="K1", rules=RULES, code=CODE)

    use(database)

    assert customer(database, one).next_nps_at == now + timedelta(days=due_in_days)


def test_who_signed_up_alone_becomes_the_customer_of_the_link_with_all_that_was_said(
    database: Database, an: int, clock: Any
) -> None:
    now = clock.now()
    alone = factories.add_customer(database, external_id=None, chat_id=PHONE, stopped_at=now)
    said = {"customer_id": alone, "kind": "message", "body": "Chào shop", "happened_at": now}
    database.write_now(put, table="interaction", **said)
    plan = {"template": "onboarding", "name": "n", "goal": "g", "status": "active", "started_at": now}
    numbers = {"check_in_months": 1, "progress_months": 3, "check_ins": 0, "progress_messages": 0}
    for customer_id in (alone, an):
        database.write_now(put, table="success_plan", customer_id=customer_id, **plan, **numbers)
        lost = database.write_now(put, table="loss", customer_id=customer_id, lost_at=now, source="staff", reason="")
        asked = {"loss_id": lost, "status": "asking", "started_at": now}
        database.write_now(put, table="win_back", customer_id=customer_id, **asked)

    assert use(database) == Redemption(outcome=LinkOutcome.LINKED, customer_id=an)

    assert database.read_now(look, table="customer", id=alone) == []
    assert (customer(database, an).chat_id, customer(database, an).stopped_at) == (PHONE, now)
    (interaction,) = database.read_now(look, table="interaction")
    assert interaction.customer_id == an
    plans, losses, win_backs = (database.read_now(look, table=name) for name in ("success_plan", "loss", "win_back"))
    assert {row.customer_id for row in (*plans, *losses, *win_backs)} == {an}
    assert [row.status for row in plans] == ["cancelled", "active"]
    assert [row.recovered_at for row in losses] == [now, None]
    assert [row.status for row in win_backs] == ["ended", "asking"]


def test_an_open_case_of_who_signed_up_alone_goes_on_in_the_records_open_case(
    database: Database, an: int, clock: Any
) -> None:
    now = clock.now()
    alone = factories.add_customer(database, external_id=None, chat_id=PHONE)
    facts = {"source": "feedback", "opened_at": now, "answer_due_at": now, "solve_due_at": now, "looks_at": now}
    theirs, elder = (database.write_now(put, table="support_case", customer_id=one, **facts) for one in (alone, an))
    said = {"customer_id": alone, "kind": "feedback", "body": "Hỏng", "happened_at": now, "case_id": theirs}
    database.write_now(put, table="interaction", **said)
    use(database)
    (interaction,) = database.read_now(look, table="interaction")
    assert (interaction.customer_id, interaction.case_id) == (an, elder)
    (joined,) = database.read_now(look, table="support_case", id=theirs)
    assert (joined.customer_id, joined.resolved_at, joined.outcome, joined.looks_at) == (an, now, "joined", None)
    (open_one,) = database.read_now(look, table="support_case", id=elder)
    assert open_one.resolved_at is None


def test_the_open_case_of_who_signed_up_alone_stays_open_where_the_record_has_none(
    database: Database, an: int, clock: Any
) -> None:
    now = clock.now()
    alone = factories.add_customer(database, external_id=None, chat_id=PHONE)
    facts = {"source": "feedback", "opened_at": now, "answer_due_at": now, "solve_due_at": now}
    database.write_now(put, table="support_case", customer_id=alone, **facts)
    use(database)
    (found,) = database.read_now(look, table="support_case")
    assert (found.customer_id, found.resolved_at) == (an, None)
