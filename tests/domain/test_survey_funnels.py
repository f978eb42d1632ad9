"""How far surveys came: each is counted once, by what became of it."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from bot.domain.figures import FigureUnit
from bot.domain.funnel_messages import funnel_report
from bot.domain.messages import Language
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.periods import parse_period
from bot.domain.reports import Funnel
from bot.domain.survey_funnels import STEPS, SurveyFunnel, Tally, by_kind, funnel_of, steps
from bot.domain.touchpoints import Kind

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PERIOD = parse_period("90d", now=NOW, timezone="Asia/Ho_Chi_Minh")
WAITING = Tally(
    kind=Kind.NPS,
    outbox="pending",
    error=None,
    hold_rule=None,
    closed=False,
    answered=False,
    commented=False,
    reminded=False,
    answered_after=False,
    count=1,
)
SENT = replace(WAITING, outbox="unknown")


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (WAITING, SurveyFunnel(planned=1, waiting=1)),
        (replace(WAITING, hold_rule="quiet_hours"), SurveyFunnel(planned=1, held={"quiet_hours": 1})),
        (replace(WAITING, outbox="expired", error="expired"), SurveyFunnel(planned=1, held={"expired": 1})),
        (replace(WAITING, outbox="expired", hold_rule="tet"), SurveyFunnel(planned=1, held={"tet": 1})),
        (
            replace(WAITING, outbox="cancelled", error="stopped", hold_rule="tet"),
            SurveyFunnel(planned=1, held={"stopped": 1}),
        ),
        (replace(WAITING, outbox="failed"), SurveyFunnel(planned=1, unreachable=1)),
        (replace(WAITING, outbox="cancelled", error="unreachable"), SurveyFunnel(planned=1, unreachable=1)),
        (replace(WAITING, outbox=None), SurveyFunnel(planned=1, given_up=1)),
        (replace(WAITING, outbox="unknown"), SurveyFunnel(planned=1, sent=1, open=1)),
        (replace(SENT, closed=True), SurveyFunnel(planned=1, sent=1, unanswered=1)),
        (
            replace(SENT, answered=True, commented=True, reminded=True, answered_after=True),
            SurveyFunnel(planned=1, sent=1, answered=1, commented=1, reminded=1, answered_after=1),
        ),
    ],
)
def test_a_survey_is_counted_by_what_became_of_it(tally: Tally, expected: SurveyFunnel) -> None:
    assert funnel_of(Funnel(), [tally]) == expected


def test_what_was_sent_is_answered_over_or_open() -> None:
    sent = Funnel(sent=20, answered=8, commented=5, closed=12, closed_answered=7, reminded=6, answered_after=2)
    expected = SurveyFunnel(
        planned=20, sent=20, answered=8, commented=5, reminded=6, answered_after=2, unanswered=5, open=7
    )
    assert funnel_of(sent, []) == expected
    assert by_kind({Kind.CSAT: sent}, [WAITING]) == {
        Kind.NPS: SurveyFunnel(planned=1, waiting=1),
        Kind.CSAT: expected,
    }


def test_the_rule_that_holds_most_comes_first() -> None:
    held = [replace(WAITING, hold_rule=rule, count=n) for rule, n in (("floor", 1), ("tet", 5), ("a", 1))]
    assert list(funnel_of(Funnel(), held).held.items()) == [("tet", 5), ("a", 1), ("floor", 1)]


def test_each_step_is_a_share_of_the_one_before_with_wilsons_interval() -> None:
    found = {
        step.key: step for step in steps(funnel_of(Funnel(), [replace(SENT, count=30), replace(WAITING, count=10)]))
    }
    assert (found["sent"].count, found["sent"].of) == (30, 40)
    assert found["sent"].estimate == proportion(Share(30, 40))
    assert found["commented"].estimate is None


def test_a_share_of_fewer_than_five_is_not_reckoned() -> None:
    assert next(steps(funnel_of(Funnel(), [replace(SENT, count=4)]))).estimate is None


@given(
    st.lists(
        st.builds(
            Tally,
            kind=st.sampled_from([Kind.NPS, Kind.CES, Kind.CSAT]),
            closed=st.booleans(),
            outbox=st.sampled_from([None, "pending", "sent", "failed", "cancelled", "expired", "unknown"]),
            error=st.sampled_from([None, "stopped", "unreachable"]),
            hold_rule=st.sampled_from([None, "tet", "floor"]),
            answered=st.booleans(),
            commented=st.just(value=False),
            reminded=st.booleans(),
            answered_after=st.just(value=False),
            count=st.integers(1, 50),
        )
    )
)
def test_the_fates_add_up_to_what_was_planned_and_the_kinds_to_the_whole(tallies: list[Tally]) -> None:
    whole = funnel_of(Funnel(), tallies)
    assert whole.planned == whole.waiting + whole.sent + whole.kept + whole.unreachable + whole.given_up
    assert whole.sent == whole.answered + whole.unanswered + whole.open
    kinds = by_kind({}, tallies).values()
    counted = [one.name for one in fields(SurveyFunnel) if one.name != "held"]
    assert [sum(getattr(kind, name) for kind in kinds) for name in counted] == [
        getattr(whole, name) for name in counted
    ]


def test_a_report_of_every_kind_has_the_figures_of_each_in_its_file() -> None:
    tallies = [replace(SENT, count=6), replace(SENT, kind=Kind.CSAT, count=7)]
    every = funnel_report({}, tallies, None, period=PERIOD, now=NOW, language=Language.VI)
    assert len(every.figures) == 3 * len(STEPS)
    found = [(one.key, one.segment, one.n) for one in every.figures[8:10]]
    assert found == [("funnel_sent", "NPS", 6), ("funnel_sent", "CSAT", 7)]
    assert {one.unit for one in every.figures} == {FigureUnit.SHARE}
    one = funnel_report({}, tallies[:1], Kind.NPS, period=PERIOD, now=NOW, language=Language.VI)
    assert len(one.figures) == len(STEPS)


def test_three_rules_are_named_and_the_others_counted() -> None:
    held = [replace(WAITING, hold_rule=f"rule {n}", count=n) for n in range(1, 7)]
    facts = funnel_report({}, held, None, period=PERIOD, now=NOW, language=Language.VI).message.facts
    assert facts["held"] == {"rule 6": 6, "rule 5": 5, "rule 4": 4}
    assert facts["held_otherwise"] == 6
