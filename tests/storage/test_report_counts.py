"""What reports count, on both databases: against a recount in Python, and case by case."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import delete, select, update

from bot.domain.metrics.churn import Membership, count_churn
from bot.domain.metrics.proportions import Share
from bot.domain.periods import Period, parse_period, previous, trends
from bot.domain.reports import EVERYBODY, Funnel, Slice
from bot.domain.rules import ReportRules, Rules
from bot.domain.segments import Bands, Dimension, Segmentation
from bot.domain.touchpoints import Kind
from storage import reports, segments
from storage.database import Database, Tx
from storage.tables import answer, customer, loss, segmentation, survey_run
from tests.conftest import START
from tests.factories import add_customer, put
from tests.history import Asked, remember

SAIGON = "Asia/Ho_Chi_Minh"
WEEK = parse_period("7d", now=START, timezone=SAIGON)
PERIODS = (WEEK, previous(WEEK), *trends(WEEK, now=START)[0])
SURVEYS = (Kind.NPS, Kind.CES, Kind.CSAT)
INSTANT = timedelta(microseconds=1)
PLANS = ("", "gold", "silver")
CSMS = (None, 7, 5_000_000_000)
OTHERS = (
    Segmentation(),
    Segmentation(age="25-34", location="Huế", rfm="loyal", value="4", tags=("vip",)),
    Segmentation(age="55+", title="kế toán", channel="facebook", value="1", tags=("vip", "đại lý")),
)

edges = st.sampled_from([edge for each in PERIODS for edge in (each.start, each.end)])
instants = st.builds(
    lambda edge, off: edge + off, edges, st.sampled_from([-INSTANT, timedelta(), INSTANT, timedelta(hours=9)])
)
asked = st.builds(
    lambda customer_id, sent_at, wait, rest: Asked(
        customer_id=customer_id, sent_at=sent_at, answered_at=sent_at + wait, **rest
    ),
    st.integers(1, 4),
    instants,
    st.sampled_from([timedelta(), timedelta(days=1)]),
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(SURVEYS),
            "score": st.sampled_from([None, 1, 4, 5]),
            "segment": st.sampled_from(PLANS),
            "csm_id": st.sampled_from(CSMS),
            "others": st.sampled_from(OTHERS),
            "reason": st.sampled_from([None, "vì"]),
            "open_for": st.sampled_from([timedelta(days=1), timedelta(days=14)]),
        }
    ),
)
losses = st.dictionaries(st.integers(1, 4), instants)


def _clear(tx: Tx, *, now: datetime) -> None:
    for table in (answer, survey_run, loss, customer):
        tx.execute(delete(table))


def _segments(one: Asked, by: Dimension | None) -> list[str]:
    """Where it counts: at one place, but at as many as there are tags."""
    if by is None:
        return [EVERYBODY]
    if by is Dimension.TAG:
        return list(one.others.tags) or [""]
    return [getattr(one.segmentation, "csm_id" if by is Dimension.CSM else by)]


def _scores(surveys: Sequence[Asked], kind: Kind, by: Dimension | None) -> dict[Slice, Counter[int]]:
    found: dict[Slice, Counter[int]] = {}
    for period in PERIODS:
        inside = [one for one in surveys if one.kind is kind and one.score is not None]
        inside = sorted(
            (one for one in inside if (one.answered_at or one.sent_at) in period),
            key=lambda one: one.answered_at or one.sent_at,
        )
        latest = {one.customer_id: one for one in inside}
        for one in latest.values() if kind is Kind.NPS else inside:
            assert one.score is not None
            for segment in _segments(one, by):
                found.setdefault((period, segment), Counter())[one.score] += 1
    return found


def _funnels(surveys: Sequence[Asked], by: Dimension | None) -> dict[Slice, dict[Kind, Funnel]]:
    found: dict[Slice, dict[Kind, Funnel]] = {}
    for period in PERIODS:
        for one in surveys:
            if one.sent_at in period:
                answered, closed = one.score is not None, one.sent_at + one.open_for <= START
                reasoned = answered and one.reason is not None
                step = Funnel(1, answered, reasoned, closed, closed and answered)
                for segment in _segments(one, by):
                    counts = found.setdefault((period, segment), {})
                    counts[one.kind] = counts.get(one.kind, Funnel(0, 0, 0, 0, 0)) + step
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(surveys=st.lists(asked, max_size=12))
def test_answers_and_surveys_are_counted_as_by_hand(database: Database, surveys: list[Asked]) -> None:
    database.write_now(_clear)
    for number in range(1, 5):
        add_customer(database, id=number, chat_id=None)
    remember(database, surveys)

    def check(tx: Tx, *, now: datetime) -> None:
        for by in (None, *Dimension):
            for kind in SURVEYS:
                assert reports.count_scores(tx, kind, PERIODS, by=by) == _scores(surveys, kind, by)
            assert reports.count_funnels(tx, SURVEYS, PERIODS, by=by, now=now) == _funnels(surveys, by)

    database.read_now(check)


people = st.lists(
    st.fixed_dictionaries({"plan": st.sampled_from(PLANS), "birth_year": st.sampled_from([None, 1991, 2008])}),
    min_size=4,
    max_size=4,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(surveys=st.lists(asked, max_size=12), known=people)
def test_the_segments_of_every_dimension_but_tags_add_up_to_the_whole(
    database: Database, surveys: list[Asked], known: list[dict[str, Any]]
) -> None:
    database.write_now(_clear)
    for number, facts in enumerate(known, start=1):
        add_customer(database, id=number, chat_id=None, **facts)
    remember(database, surveys)

    def check(tx: Tx, *, now: datetime) -> None:
        for by in set(Dimension) - {Dimension.TAG}:
            scores = [_together(reports.count_scores(tx, Kind.NPS, PERIODS, by=each)) for each in (None, by)]
            assert scores[0] == scores[1]
            instants = {each: each.end for each in PERIODS}
            members = [reports.count_members(tx, instants, by=each, bands=BANDS) for each in (None, by)]
            whole, parts = (_together({key: Counter(n=n) for key, n in each.items()}) for each in members)
            assert whole == parts

    database.read_now(check)


def _together(found: Mapping[Slice, Counter[Any]]) -> dict[Period, Counter[Any]]:
    summed: dict[Period, Counter[Any]] = {}
    for (period, _), counts in found.items():
        summed[period] = summed.get(period, Counter()) + counts
    return summed


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(joined=st.lists(instants, min_size=4, max_size=4), lost=losses)
def test_members_and_losses_are_counted_as_by_hand(
    database: Database, joined: list[datetime], lost: dict[int, datetime]
) -> None:
    """A customer is lost once here; what a return means is said case by case below."""
    database.write_now(_clear)
    for number, joined_at in enumerate(joined, start=1):
        add_customer(database, id=number, chat_id=None, joined_at=joined_at)
    for number, lost_at in lost.items():
        _lose(database, number, lost_at)
    members = [Membership(joined_at, lost.get(number)) for number, joined_at in enumerate(joined, start=1)]
    assert _churn(database) == {period: count_churn(members, period.start, period.end) for period in PERIODS}


def _lose(database: Database, customer_id: int, at: datetime, *, back: datetime | None = None) -> None:
    put(database, "loss", customer_id=customer_id, lost_at=at, recovered_at=back, source="manual", reason="")


def _churn(database: Database) -> dict[Period, Share]:
    def read(tx: Tx, *, now: datetime) -> dict[Period, Share]:
        members = reports.count_members(tx, {each: each.start for each in PERIODS})
        lost = reports.count_lost(tx, PERIODS)
        slices = [(each, EVERYBODY) for each in PERIODS]
        return {each[0]: Share(lost.get(each, 0), members.get(each, 0)) for each in slices}

    return database.read_now(read)


def test_a_return_does_not_change_the_churn_of_the_past(database: Database) -> None:
    an = add_customer(database)
    _lose(database, an, WEEK.start - timedelta(days=1), back=WEEK.start + timedelta(days=2))
    churn = _churn(database)
    assert churn[previous(WEEK)] == Share(1, 1)
    assert churn[WEEK] == Share(0, 0)


def test_who_came_back_before_a_period_can_be_lost_in_it_once_more(database: Database) -> None:
    an = add_customer(database)
    _lose(database, an, WEEK.start - timedelta(days=30), back=WEEK.start - INSTANT)
    _lose(database, an, WEEK.start + timedelta(days=1), back=WEEK.start + timedelta(days=2))
    _lose(database, an, WEEK.start + timedelta(days=3))
    assert _churn(database)[WEEK] == Share(1, 1)


def test_who_comes_back_at_the_first_instant_joins_inside_the_period(database: Database) -> None:
    an = add_customer(database)
    _lose(database, an, WEEK.start - timedelta(days=30), back=WEEK.start)
    assert _churn(database)[WEEK] == Share(0, 0)


def test_who_was_lost_when_the_period_began_is_not_lost_in_it_again(database: Database) -> None:
    an = add_customer(database)
    _lose(database, an, WEEK.start - timedelta(days=30), back=WEEK.start + timedelta(days=1))
    _lose(database, an, WEEK.start + timedelta(days=2))
    assert _churn(database)[WEEK] == Share(0, 0)


def test_who_joined_at_the_first_instant_and_was_lost_is_in_neither_number(database: Database) -> None:
    an = add_customer(database, joined_at=WEEK.start)
    _lose(database, an, WEEK.start + timedelta(days=2))
    assert _churn(database)[WEEK] == Share(0, 0)


def test_of_two_answers_at_one_instant_the_one_to_the_later_survey_counts(database: Database) -> None:
    an = add_customer(database)
    remember(database, [Asked(customer_id=an, sent_at=START, score=score) for score in (9, 3, 6)])
    assert _nps(database) == Counter({6: 1})


def test_an_answer_stays_in_the_plan_that_it_was_given_in(database: Database) -> None:
    an = add_customer(database, plan="gold")
    remember(database, [Asked(customer_id=an, sent_at=START, score=9, segment="silver")])
    assert _nps(database, Dimension.PLAN, "silver") == Counter({9: 1})


def test_a_day_begins_at_midnight_in_the_business_time_zone(database: Database) -> None:
    midnight = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
    an = add_customer(database)
    late, early = midnight - timedelta(minutes=1), midnight
    remember(
        database,
        [Asked(customer_id=an, sent_at=at, score=score, kind=Kind.CSAT) for at, score in ((late, 1), (early, 5))],
    )
    today, yesterday = (parse_period(text, now=START, timezone=SAIGON) for text in ("today", "yesterday"))

    def read(tx: Tx, *, now: datetime) -> dict[Slice, Counter[int]]:
        return reports.count_scores(tx, Kind.CSAT, (today, yesterday))

    assert database.read_now(read) == {
        (today, EVERYBODY): Counter({5: 1}),
        (yesterday, EVERYBODY): Counter({1: 1}),
    }


def _nps(database: Database, by: Dimension | None = None, segment: str = EVERYBODY) -> Counter[int]:
    def read(tx: Tx, *, now: datetime) -> Counter[int]:
        return reports.count_scores(tx, Kind.NPS, (WEEK,), by=by)[WEEK, segment]

    return database.read_now(read)


BANDS = Bands(ages=(18, 35), values=(), currency="VND", year=2026)
BOUGHT = {"last_on": START.date(), "sales": 1}
EDGES = replace(BANDS, values=(1_000, 5_000))
NOW_IN = {
    (Dimension.PLAN, BANDS): ["gold"],
    (Dimension.CSM, BANDS): ["5000000000"],
    (Dimension.AGE, BANDS): ["35+"],
    (Dimension.LOCATION, BANDS): ["Huế"],
    (Dimension.TITLE, BANDS): ["kế toán"],
    (Dimension.CHANNEL, BANDS): ["facebook"],
    (Dimension.RFM, BANDS): ["loyal"],
    (Dimension.VALUE, BANDS): ["3"],
    (Dimension.VALUE, EDGES): ["1000-4999"],
    (Dimension.VALUE, replace(EDGES, currency="USD")): [""],
    (Dimension.TAG, BANDS): ["vip", "đại lý"],
}


def test_customers_are_counted_by_what_they_belong_to_now(database: Database) -> None:
    known = {"plan": "gold", "csm_id": 5_000_000_000, "birth_year": 1991, "location": "Huế", "title": "kế toán"}
    an = add_customer(database, channel="facebook", tags=["vip", "đại lý"], **known)
    add_customer(database, plan="", csm_id=None, chat_id=None)
    worth = {"value_minor": 4_999, "currency": "VND", "value_band": 3, "rfm": "loyal"} | BOUGHT
    put(database, "standing", customer_id=an, day=START.date(), **worth)
    _lose(database, an, WEEK.start)

    def check(tx: Tx, *, now: datetime) -> None:
        for (by, bands), expected in NOW_IN.items():
            members = Counter(reports.count_members(tx, {WEEK: WEEK.start}, by=by, bands=bands))
            there = Counter((WEEK, segment) for segment in expected)
            assert members == there + Counter({(WEEK, EVERYBODY): 1}), by
            assert reports.count_lost(tx, (WEEK,), by=by, bands=bands) == there, by
            assert segments.of_dimension(tx, (an,), by, bands) == {an: sorted(expected)}, by

    database.read_now(check)


def test_a_report_puts_a_customer_where_a_survey_of_today_would(database: Database) -> None:
    """By the database's own arithmetic as by the domain's, at the edges of every band."""
    people = [add_customer(database, chat_id=None, birth_year=born) for born in (2009, 2008, 1992, 1991, None)]
    for number, value in zip(people, (-5, 999, 1_000, 4_999, 5_000), strict=True):
        worth = {"value_minor": value, "currency": "VND", "rfm": ""} | BOUGHT
        put(database, "standing", customer_id=number, day=START.date(), **worth)
    rules = Rules(reports=ReportRules(ages=EDGES.ages, values=EDGES.values))

    def check(tx: Tx, *, now: datetime) -> None:
        ids = segments.present(tx, people, rules=rules, now=now)
        then = {row.id: row for row in tx.execute(select(segmentation))}
        for by in (Dimension.AGE, Dimension.VALUE):
            by_survey = Counter((WEEK, getattr(then[ids[number]], by)) for number in people)
            assert reports.count_members(tx, {WEEK: WEEK.end}, by=by, bands=EDGES) == by_survey
            told = segments.of_dimension(tx, people, by, EDGES)
            assert told == {number: [getattr(then[ids[number]], by)] for number in people}

    database.write_now(check)


def test_who_never_bought_is_no_customer_where_purchases_are_known(database: Database) -> None:
    an = add_customer(database, last_purchase_at=WEEK.start)
    for number in range(2):
        binh = add_customer(database, chat_id=None, name=f"B{number}")
    _lose(database, binh, WEEK.start)
    assert _churn(database)[WEEK] == Share(1, 3)
    assert database.read_now(_never_bought) == 0

    put(database, "purchase", external_id="H1", customer_id=an, purchased_at=WEEK.start, amount_minor=1, currency="VND")

    assert _churn(database)[WEEK] == Share(0, 1)
    assert database.read_now(_never_bought) == 1


def _never_bought(tx: Tx, *, now: datetime) -> int:
    return reports.count_present(tx, (WEEK,))[WEEK.end].never_bought


def test_a_survey_is_closed_from_its_hour_on(database: Database) -> None:
    an = add_customer(database)
    day = timedelta(days=1)
    remember(
        database, [Asked(customer_id=an, sent_at=START - day + off, open_for=day) for off in (timedelta(), INSTANT)]
    )

    def read(tx: Tx, *, now: datetime) -> Funnel:
        return reports.count_funnels(tx, SURVEYS, (WEEK,), now=now)[WEEK, EVERYBODY][Kind.NPS]

    assert database.read_now(read) == Funnel(sent=2, closed=1)


def test_a_survey_closed_by_hand_counts_as_closed(database: Database) -> None:
    an = add_customer(database)
    remember(database, [Asked(customer_id=an, sent_at=START)])

    def close(tx: Tx, *, now: datetime) -> Funnel:
        tx.execute(update(survey_run).values(closed_at=now))
        return reports.count_funnels(tx, SURVEYS, (WEEK,), now=now)[WEEK, EVERYBODY][Kind.NPS]

    assert database.write_now(close) == Funnel(sent=1, closed=1)
