from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from bot.domain.contact import Rule
from bot.domain.planning import Candidate, Contact, UpcomingTouchpoint, foresee, is_late, outgoing
from bot.domain.rules import ContactRules
from bot.domain.touchpoints import OUTSIDE_CLOCKS, POLICIES, Kind

NOON = datetime(2026, 3, 4, 5, tzinfo=UTC)  # 12:00 in Hồ Chí Minh City
DAY = timedelta(days=1)


def contact(*sent: tuple[Kind, datetime], lost: bool = False) -> Contact:
    return Contact(
        name="An",
        timezone="Asia/Ho_Chi_Minh",
        linked=True,
        stopped=False,
        unreachable=False,
        lost=lost,
        sent=sent,
    )


def candidate(kind: Kind, due_at: datetime, *, customer_id: int = 1, held_by: Rule | None = None) -> Candidate:
    expires_at = due_at + POLICIES[kind].lifetime
    return Candidate(customer_id=customer_id, kind=kind, due_at=due_at, expires_at=expires_at, held_by=held_by)


def touchpoint(
    kind: Kind, when: datetime, rule: Rule | None = None, until: datetime | None = None
) -> UpcomingTouchpoint:
    return UpcomingTouchpoint(when=when, customer_id=1, customer_name="An", kind=kind, rule=rule, until=until)


def foreseen(known: Contact, *candidates: Candidate) -> list[UpcomingTouchpoint]:
    return foresee(candidates, {1: known, 2: known}, ContactRules(), now=NOON)


def test_what_nothing_holds_goes_when_it_is_due() -> None:
    tomorrow = NOON + DAY
    assert foreseen(contact(), candidate(Kind.NPS, tomorrow)) == [touchpoint(Kind.NPS, tomorrow)]


def test_what_is_sent_first_holds_what_comes_after() -> None:
    found = foreseen(contact(), candidate(Kind.PROGRESS, NOON), candidate(Kind.MILESTONE, NOON))
    assert found == [
        touchpoint(Kind.MILESTONE, NOON),
        touchpoint(Kind.PROGRESS, NOON, Rule.BETWEEN_PLAN_MESSAGES, NOON + 3 * DAY),
    ]


def test_what_was_sent_holds_what_comes() -> None:
    found = foreseen(contact((Kind.BIRTHDAY, NOON - DAY / 2)), candidate(Kind.CHECK_IN, NOON))
    assert found == [touchpoint(Kind.CHECK_IN, NOON, Rule.FLOOR, datetime(2026, 3, 5, 1, tzinfo=UTC))]


def test_what_will_never_go_names_the_rule_that_keeps_it() -> None:
    assert foreseen(contact(lost=True), candidate(Kind.CHECK_IN, NOON)) == [touchpoint(Kind.CHECK_IN, NOON, Rule.LOST)]
    assert foreseen(contact((Kind.NPS, NOON - DAY)), candidate(Kind.CES, NOON)) == [
        touchpoint(Kind.CES, NOON, Rule.BETWEEN_SURVEYS)
    ]


def test_what_is_held_already_keeps_its_rule() -> None:
    held = candidate(Kind.MILESTONE, NOON + DAY, held_by=Rule.QUIET_HOURS)
    assert foreseen(contact(), held) == [touchpoint(Kind.MILESTONE, NOON + DAY, Rule.QUIET_HOURS, NOON + DAY)]


def test_customers_do_not_hold_each_other() -> None:
    found = foreseen(contact(), candidate(Kind.NPS, NOON), candidate(Kind.NPS, NOON, customer_id=2))
    assert [(one.customer_id, one.rule) for one in found] == [(1, None), (2, None)]


def test_what_is_overdue_goes_now() -> None:
    assert foreseen(contact(), candidate(Kind.NPS, NOON - DAY)) == [touchpoint(Kind.NPS, NOON - DAY)]


PERSONAL = sorted(kind for kind in Kind if POLICIES[kind].group not in OUTSIDE_CLOCKS)


@given(st.lists(st.tuples(st.sampled_from(PERSONAL), st.integers(-48, 24 * 30)), max_size=12))
def test_each_candidate_is_answered_once_and_in_order(wishes: list[tuple[Kind, int]]) -> None:
    found = foreseen(contact(), *(candidate(kind, NOON + timedelta(hours=hours)) for kind, hours in wishes))
    assert sorted(one.kind for one in found) == sorted(kind for kind, _ in wishes)
    shown = [one.until or one.when for one in found]
    assert shown == sorted(shown)
    going = sorted(max(one.until or one.when, NOON) for one in found if one.rule is None or one.until)
    assert all(later - earlier >= DAY for earlier, later in pairwise(going))


def test_a_message_lives_as_long_as_its_kind() -> None:
    message = outgoing(Kind.CHECK_IN, "key", customer_id=1, due_at=NOON, facts={}, run_id=None)
    assert (message.due_at, message.expires_at) == (NOON, NOON + timedelta(days=7))


@pytest.mark.parametrize(("age", "late"), [(timedelta(days=3), True), (timedelta(days=3, seconds=-1), False)])
def test_what_has_outlived_its_kind_is_late(age: timedelta, late: bool) -> None:
    assert is_late(Kind.CES, NOON - age, now=NOON) is late
