from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain.delivery import Act, Outcome, Place, Proof, Step, act_of, at_once, backoff, copied_place, decide, take
from bot.domain.touchpoints import POLICIES, Kind, Unknown

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def step(kind: Kind, outcome: Outcome, *, attempt: int = 1, already_resent: bool = False) -> Step:
    return decide(kind, outcome, attempt=attempt, most=3, already_resent=already_resent)


@pytest.mark.parametrize("kind", Kind)
def test_what_was_sent_is_done(kind: Kind) -> None:
    assert step(kind, Outcome(proof=Proof.SENT, message_id=1)) is Step.DONE


@pytest.mark.parametrize("proof", [Proof.REFUSED, Proof.UNREACHABLE])
def test_a_refusal_is_never_tried_again(proof: Proof) -> None:
    assert step(Kind.NOTICE, Outcome(proof=proof)) is Step.FAIL


def test_what_was_not_sent_is_tried_again_until_the_attempts_are_used_up() -> None:
    not_sent = Outcome(proof=Proof.NOT_SENT)
    assert [step(Kind.NPS, not_sent, attempt=attempt) for attempt in (1, 2, 3)] == [Step.RETRY, Step.RETRY, Step.FAIL]


def test_a_demand_to_wait_and_a_move_do_not_use_attempts_up() -> None:
    assert step(Kind.NPS, Outcome(proof=Proof.NOT_SENT, retry_after=timedelta(seconds=3)), attempt=9) is Step.RETRY
    assert step(Kind.NOTICE, Outcome(proof=Proof.NOT_SENT, new_chat_id=-100), attempt=9) is Step.RETRY


@pytest.mark.parametrize("proof", [Proof.NOT_SENT, Proof.UNKNOWN])
def test_a_call_to_another_system_is_repeated_as_long_as_it_takes(proof: Proof) -> None:
    assert step(Kind.WEBHOOK, Outcome(proof=proof), attempt=400) is Step.RETRY
    assert step(Kind.WEBHOOK, Outcome(proof=Proof.REFUSED)) is Step.FAIL


def test_calls_to_other_systems_come_after_every_message() -> None:
    last = POLICIES[Kind.WEBHOOK].priority
    assert [kind for kind in Kind if POLICIES[kind].priority >= last] == [Kind.WEBHOOK]


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.WEBHOOK}))
def test_an_unknown_outcome_follows_the_policy_of_its_kind(kind: Kind) -> None:
    resent = POLICIES[kind].unknown is Unknown.RESEND
    assert step(kind, Outcome(proof=Proof.UNKNOWN)) is (Step.RESEND_FLAGGED if resent else Step.LEAVE_UNKNOWN)
    assert step(kind, Outcome(proof=Proof.UNKNOWN), already_resent=True) is Step.LEAVE_UNKNOWN


@pytest.mark.parametrize("kind", [Kind.NPS, Kind.CES, Kind.CSAT, Kind.BIRTHDAY, Kind.WIN_BACK, Kind.OFFER])
def test_surveys_greetings_and_win_back_are_never_sent_twice(kind: Kind) -> None:
    assert step(kind, Outcome(proof=Proof.UNKNOWN)) is Step.LEAVE_UNKNOWN


def test_the_wait_doubles_up_to_ten_minutes() -> None:
    assert [backoff(attempt).total_seconds() for attempt in (1, 2, 3, 9, 10, 5000)] == [2, 4, 8, 512, 600, 600]


def test_a_rested_limit_gives_its_burst_at_once_and_then_its_rate() -> None:
    first = take(NOW - timedelta(days=1), 100, per_second=25, burst=10, now=NOW)
    assert first.count == 10
    assert take(first.arrival_at, 100, per_second=25, burst=10, now=NOW).count == 0
    assert take(first.arrival_at, 100, per_second=25, burst=10, now=NOW + timedelta(seconds=0.2)).count == 5


def test_what_is_not_taken_is_not_paid_for() -> None:
    grant = take(NOW, 0, per_second=25, burst=10, now=NOW)
    assert (grant.count, grant.arrival_at) == (0, NOW)


@given(
    per_second=st.integers(1, 50),
    burst=st.integers(1, 50),
    asks=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 60)), max_size=40),
)
def test_no_window_ever_holds_more_than_the_burst_and_the_rate(
    per_second: int, burst: int, asks: list[tuple[int, int]]
) -> None:
    now, arrival_at = NOW, NOW
    granted: list[tuple[datetime, int]] = []
    for wait, wanted in asks:
        now += timedelta(milliseconds=wait)
        grant = take(arrival_at, wanted, per_second=per_second, burst=burst, now=now)
        arrival_at = grant.arrival_at
        granted.append((now, grant.count))
    for i, (start, _) in enumerate(granted):
        for j in range(i, len(granted)):
            seconds = (granted[j][0] - start).total_seconds()
            assert sum(count for _, count in granted[i : j + 1]) <= burst + per_second * seconds + 1e-3


@pytest.mark.parametrize(
    ("facts", "edits", "act"),
    [
        ({}, False, Act.SEND),
        ({}, True, Act.EDIT),
        ({"copied": [1, 2]}, False, Act.COPY),
        ({"copied": [1, 2]}, True, Act.EDIT_CAPTION),
        ({"act": "create"}, False, Act.CREATE_TOPIC),
        ({"act": "close"}, False, Act.CLOSE_TOPIC),
        ({"act": "reopen"}, False, Act.REOPEN_TOPIC),
        ({"act": "delete"}, False, Act.DELETE_TOPIC),
        ({"picture": "plan"}, False, Act.SEND_PICTURE),
    ],
)
def test_what_is_queued_says_what_is_done_in_the_chat(facts: dict[str, object], edits: bool, act: Act) -> None:
    assert act_of(facts, edits=edits) is act


def test_what_is_copied_is_named_by_chat_and_message() -> None:
    assert copied_place({"copied": [1, 2]}) == Place(1, 2)
    assert copied_place({}) is None


def test_what_goes_at_once_lives_as_long_as_its_kind() -> None:
    notice = at_once(Kind.NOTICE, "k", now=NOW, chat_id=7)
    assert (notice.kind, notice.dedupe_key, notice.chat_id) == (Kind.NOTICE, "k", 7)
    assert (notice.due_at, notice.expires_at) == (NOW, NOW + POLICIES[Kind.NOTICE].lifetime)
