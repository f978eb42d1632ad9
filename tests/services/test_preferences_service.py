"""What a customer turned off is not sent, and nothing comes outside the hours they chose; on both databases."""

from datetime import timedelta

import pytest

from bot.domain.messages import Language, Reply
from bot.domain.preferences import Hours, Topic
from bot.domain.rules import Rules
from bot.domain.taps import ChooseHours, SwitchTopic
from bot.domain.touchpoints import OUTSIDE_CLOCKS, POLICIES, Group, Kind
from bot.services import customers, delivery, links, planning, preferences, survey_requests
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, queue, queue_survey, row, rows

RULES = Rules()
OF_TOPIC = {
    Topic.SURVEYS: Kind.NPS,
    Topic.PLAN: Kind.CHECK_IN,
    Topic.GREETINGS: Kind.BIRTHDAY,
    Topic.OFFERS: Kind.WIN_BACK,
}


def switch(database: Database, topic: str, on: int, chat_id: int = CHAT) -> Reply:
    facts = {"rules": RULES, "chat_id": chat_id, "message_id": 1, "language": Language.EN}
    return database.write_now(preferences.switch_topic, tap=SwitchTopic(topic, on), **facts)


def choose(database: Database, hours: str) -> Reply:
    facts = {"rules": RULES, "chat_id": CHAT, "message_id": 1, "language": Language.EN}
    return database.write_now(preferences.choose_hours, tap=ChooseHours(hours), **facts)


def claim(database: Database) -> list[Kind]:
    return [one.kind for one in database.write_now(delivery.claim, rules=RULES, owner="o", limit=9).deliveries]


@pytest.mark.parametrize("topic", Topic)
def test_a_topic_that_is_off_at_the_time_of_sending_is_not_sent(database: Database, topic: Topic) -> None:
    customer_id = add_customer(database)
    row_id = queue(database, OF_TOPIC[topic], customer_id)
    switch(database, topic, 0)
    assert claim(database) == []
    kept = row(database, "outbox", id=row_id)
    assert (kept["status"], kept["error"]) == ("cancelled", "topic_off")


def test_a_topic_leaves_the_others_alone_and_can_be_turned_on_again(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    switch(database, Topic.SURVEYS, 0)
    switch(database, Topic.OFFERS, 0)
    switch(database, Topic.SURVEYS, 1)
    assert row(database, "customer")["topics_off"] == "offers"
    queue_survey(database, customer_id)
    assert claim(database) == [Kind.NPS]


def test_a_survey_that_is_not_wanted_is_closed(database: Database, clock: HandClock) -> None:
    queue_survey(database, add_customer(database))
    switch(database, Topic.SURVEYS, 0)
    claim(database)
    assert row(database, "survey_run")["closed_at"] == clock.now()


@pytest.mark.parametrize(
    ("hours", "held_until"),
    [("usual", None), ("morning", None), ("afternoon", "06:00"), ("evening", "11:00")],
)
def test_own_hours_go_before_the_rules(
    database: Database, clock: HandClock, hours: str, held_until: str | None
) -> None:
    """It is ten in the morning in Vietnam, three in UTC."""
    queue_survey(database, add_customer(database))
    choose(database, hours)
    sent = claim(database)
    kept = row(database, "outbox")
    if held_until is None:
        assert sent == [Kind.NPS]
    else:
        assert (sent, kept["hold_rule"]) == ([], "quiet_hours")
        assert kept["due_at"].strftime("%H:%M") == held_until
        assert kept["due_at"].date() == clock.now().date()


def test_evenings_may_be_later_than_the_business_writes_to_others(database: Database, clock: HandClock) -> None:
    queue_survey(database, add_customer(database))
    choose(database, Hours.EVENING)
    clock.advance(timedelta(hours=11, minutes=30))
    assert claim(database) == [Kind.NPS]


def test_what_comes_next_and_a_survey_by_hand_name_the_choice(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database, next_nps_at=clock.now())
    switch(database, Topic.SURVEYS, 0)
    [one] = database.read_now(planning.upcoming, rules=RULES, days=7)
    assert (one.rule, one.until) == ("topic_off", None)
    facts = {"customer_id": customer_id, "words": "nps", "language": Language.EN}
    said = database.write_now(survey_requests.request_survey, rules=RULES, **facts)
    assert said.facts["rule"] == "topic_off"
    switch(database, Topic.SURVEYS, 1)
    choose(database, Hours.AFTERNOON)
    [one] = database.read_now(planning.upcoming, rules=RULES, days=7)
    assert (one.rule, one.until) == ("quiet_hours", clock.now() + timedelta(hours=3))


def test_each_change_is_on_record_and_a_second_tap_is_none(database: Database) -> None:
    add_customer(database)
    for _ in range(2):
        switch(database, Topic.PLAN, 0)
        choose(database, Hours.MORNING)
    assert [one["detail"] for one in rows(database, "consent")] == ["plan:off", "hours:morning"]


@pytest.mark.parametrize("tapped", [("spam", 0), ("", 1)])
def test_a_topic_that_there_is_not_changes_nothing(database: Database, tapped: tuple[str, int]) -> None:
    add_customer(database)
    assert switch(database, *tapped).send[0].template == "customers/stale_button"
    assert choose(database, "midnight").send[0].template == "customers/stale_button"
    assert (row(database, "customer")["topics_off"], row(database, "customer")["hours"]) == (None, None)


def test_somebody_unknown_has_no_settings(database: Database) -> None:
    shown = database.read_now(preferences.show_settings, rules=RULES, chat_id=CHAT, language=Language.EN)
    assert shown.send[0].template == "customers/stranger"
    assert switch(database, Topic.PLAN, 0).send[0].template == "customers/stale_button"
    assert choose(database, Hours.MORNING).send[0].template == "customers/stale_button"


def test_what_a_person_chose_holds_when_they_are_joined_to_their_record(database: Database) -> None:
    add_customer(database, external_id="K", chat_id=None, linked_at=None)
    database.write_now(customers.greet, rules=RULES, chat_id=CHAT, name="An", language=Language.VI)
    switch(database, Topic.OFFERS, 0)
    choose(database, Hours.EVENING)
    database.write_now(links.create_link, external_id="K", rules=RULES, code="abcdefghijklmnop")
    facts = {"chat_id": CHAT, "language": Language.VI, "rules": RULES}
    database.write_now(links.start, code="abcdefghijklmnop", **facts)
    joined = row(database, "customer")
    assert (joined["external_id"], joined["topics_off"], joined["hours"]) == ("K", "offers", "evening")


def test_every_kind_that_people_get_belongs_to_one_topic() -> None:
    groups = {POLICIES[kind].group for kind in OF_TOPIC.values()}
    assert groups == set(Group) - OUTSIDE_CLOCKS


def test_who_said_stop_sees_since_when_and_no_longer_once_they_are_back(database: Database, clock: HandClock) -> None:
    add_customer(database)
    here = {"chat_id": CHAT, "language": Language.EN}
    database.write_now(customers.stop, **here)
    stopped_at = clock.now()
    clock.advance(timedelta(days=1))
    assert database.read_now(preferences.show_settings, rules=RULES, **here).send[0].facts["stopped_at"] == stopped_at
    tapped = switch(database, Topic.SURVEYS, 0).edit
    assert tapped is not None
    assert tapped.facts["stopped_at"] == stopped_at
    database.write_now(customers.resume, rules=RULES, **here)
    assert database.read_now(preferences.show_settings, rules=RULES, **here).send[0].facts["stopped_at"] is None
