"""What is added up about money equals what plain Python adds up from the rows, on both databases."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, update

from bot.domain.local_time import day_start, local_date
from bot.domain.metrics import resampling
from bot.domain.metrics.resampling import Sample, Sums
from bot.domain.metrics.revenue_churn import Move, samples
from bot.domain.metrics.spending import Spending
from bot.domain.metrics.totals import Takings
from bot.domain.periods import Period, last_months, parse_period, previous
from bot.domain.rules import Rules
from bot.services.rollups import plan_rollups
from storage import contracts, costs, draws, journeys, money, revenue_at_risk, takings
from storage.database import Database, Tx
from storage.draws import Draw, drawn_numbers, numbers
from storage.money import Ledger
from storage.tables import contract, customer, loss, milestone, purchase
from tests.conftest import START, HandClock
from tests.factories import put, rows
from tests.money_scene import open_shop

ZONE = "Asia/Ho_Chi_Minh"
N = 60
HERE = parse_period("90d", now=START, timezone=ZONE)
BEFORE = previous(HERE)
VND = Ledger("VND")

Books = Mapping[str, list[dict[str, Any]]]


@pytest.fixture
def books(database: Database) -> Books:
    open_shop(database, N)
    put(
        database,
        "purchase",
        external_id="usd",
        customer_id=1,
        purchased_at=HERE.start,
        amount_minor=9_999_999,
        currency="USD",
    )
    return {name: rows(database, name) for name in ("customer", "purchase", "loss", "ticket", "contract")}


def bought(books: Books, period: Period) -> list[dict[str, Any]]:
    return [one for one in books["purchase"] if one["currency"] == "VND" and one["purchased_at"] in period]


def per_customer(found: list[dict[str, Any]], column: str = "amount_minor") -> dict[int, int]:
    sums = defaultdict[int, int](int)
    for one in found:
        sums[one["customer_id"]] += one[column]
    return dict(sums)


def draw_numbers(database: Database, every: int) -> set[int]:
    return database.read_now(lambda tx, now: set(tx.execute(drawn_numbers(every)).scalars()))


def load(tx: Tx, ledger: Ledger) -> Spending:
    return money.load_spending(tx, ledger, (HERE, BEFORE))


def count_takings(tx: Tx, ledger: Ledger) -> list[Takings]:
    return money.count_takings(tx, ledger, load(tx, ledger), (HERE, BEFORE))


def assert_same(found: Sample, expected: Sample) -> None:
    names = ("n", "top", "bottom", "top_squares", "products", "bottom_squares")
    assert [getattr(found.sums, name) for name in names] == pytest.approx(
        [getattr(expected.sums, name) for name in names]
    )
    assert sorted(found.rows) == sorted(expected.rows)


def test_what_periods_took_is_added_up_once_for_each(database: Database, books: Books) -> None:
    found = database.read_now(lambda tx, now: count_takings(tx, VND))
    for taken, period in zip(found, (HERE, BEFORE), strict=True):
        own = bought(books, period)
        assert taken.minor == sum(one["amount_minor"] for one in own)
        assert taken.sales == sum(one["amount_minor"] > 0 for one in own)
        assert taken.cancelled == sum(one["amount_minor"] < 0 for one in own)
        assert taken.cancelled_minor == -sum(min(one["amount_minor"], 0) for one in own)
        assert taken.customers == len(per_customer(own))
        assert taken.squares == pytest.approx(sum(minor**2 for minor in per_customer(own).values()))
    assert [taken.others for taken in found] == [1, 0]


def test_what_was_added_up_before_is_the_same_and_late_changes_are_in_it(
    database: Database, books: Books, clock: HandClock
) -> None:
    """A purchase that comes late, one that is put right and one that is taken away, before they are counted again."""
    for _ in range(2):
        while database.write_now(plan_rollups, rules=Rules()):
            pass
        clock.advance(timedelta(minutes=11))
    assert rows(database, "rollup", series="takings")
    first, second, third, *_ = sorted((one["id"] for one in bought(books, HERE)), reverse=True)

    def change(tx: Tx, *, now: datetime) -> None:
        tx.execute(update(purchase).where(purchase.c.id == first).values(amount_minor=-5))
        tx.execute(update(purchase).where(purchase.c.id == second).values(purchased_at=BEFORE.start))
        tx.execute(delete(purchase).where(purchase.c.id == third))

    for changed in (None, change):
        if changed is not None:
            database.write_now(changed)
            late = {"customer_id": 3, "purchased_at": HERE.start, "amount_minor": 77, "currency": "VND"}
            put(database, "purchase", external_id="late", **late)
        found = database.read_now(lambda tx, now: takings.add_up(tx, (HERE, BEFORE)))
        for period in (HERE, BEFORE):
            raw = database.read_now(lambda tx, now, period=period: takings.by_currency(tx, period))
            assert {name: +slots for name, slots in found[period].items()} == {
                name: +Counter(slots) for name, slots in raw.items()
            }


def test_deals_and_their_median_are_of_one_currency(database: Database, books: Books) -> None:
    own = bought(books, HERE)
    sales = per_customer([{**one, "amount_minor": int(one["amount_minor"] > 0)} for one in own])
    found = database.read_now(lambda tx, now: load(tx, VND).within(HERE).deals())
    assert_same(found, Sample.of((minor, sales[whom]) for whom, minor in per_customer(own).items()))
    ordered = sorted(one["amount_minor"] for one in own if one["amount_minor"] > 0)
    assert database.read_now(lambda tx, now: money.list_sales(tx, VND, HERE, 5, 8)) == ordered[5:9]


def test_moves_are_of_those_who_had_bought_before(database: Database, books: Books) -> None:
    was, now_ = per_customer(bought(books, BEFORE)), per_customer(bought(books, HERE))
    expected = samples(Move(minor, now_.get(whom, 0)) for whom, minor in was.items() if minor > 0)
    found = database.read_now(lambda tx, now: load(tx, VND).moves(BEFORE, HERE))
    for name in ("kept", "now", "lost"):
        assert_same(getattr(found, name), getattr(expected, name))


def test_lives_are_of_those_who_were_there_and_had_bought(database: Database, books: Books) -> None:
    first, lost = dict[int, datetime](), {one["customer_id"]: one["lost_at"] for one in books["loss"]}
    for one in sorted(books["purchase"], key=lambda one: one["purchased_at"]):
        if one["amount_minor"] > 0:
            first.setdefault(one["customer_id"], one["purchased_at"])
    never = datetime.max.replace(tzinfo=UTC)
    there = [
        one["id"]
        for one in books["customer"]
        if one["joined_at"] < HERE.start
        and first.get(one["id"], never) < HERE.start
        and lost.get(one["id"], never) >= HERE.start
    ]
    spent = per_customer(bought(books, HERE))
    expected = Sample.of((spent.get(whom, 0), lost.get(whom, never) in HERE) for whom in there)
    assert 0 < expected.sums.bottom < len(there) < N
    lives = database.read_now(lambda tx, now: money.load_lives(tx, VND, HERE))
    spending = database.read_now(lambda tx, now: load(tx, VND))
    assert lives.ids == sorted(there)
    assert_same(spending.lives(lives, HERE), expected)


def test_who_came_back_in_the_period_was_not_there_at_its_start_and_who_pays_otherwise_was(
    database: Database, books: Books
) -> None:
    before = database.read_now(lambda tx, now: money.load_lives(tx, VND, HERE)).ids
    away, back, dollars = before[:3]

    def pay_in_dollars(tx: Tx, *, now: datetime) -> None:
        tx.execute(update(purchase).where(purchase.c.customer_id == dollars).values(currency="USD"))

    database.write_now(pay_in_dollars)
    for whom, recovered_at in ((away, HERE.start), (back, HERE.start - timedelta(seconds=1))):
        lost_at = HERE.start - timedelta(days=9)
        put(database, "loss", customer_id=whom, lost_at=lost_at, source="silence", recovered_at=recovered_at)
    assert database.read_now(lambda tx, now: money.load_lives(tx, VND, HERE)).ids == [back, *before[2:]]


def test_customers_with_indexes_of_their_own_are_looked_at_as_others_would_be(
    database: Database, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draws, "APART", 6)
    fewer, apart = (
        database.read_now(lambda tx, now, most=most: money.open_ledger(tx, "VND", most=most))
        for most in (N // 7, N // 6)
    )
    assert (fewer, apart) == (Ledger("VND", every=12), Ledger("VND", every=6))
    whole = database.read_now(lambda tx, now: money.load_lives(tx, VND, HERE))
    lives = database.read_now(lambda tx, now: money.load_lives(tx, apart, HERE))
    assert list(zip(lives.ids, lives.lost, strict=True)) == [
        (whom, lost) for whom, lost in zip(whole.ids, whole.lost, strict=True) if whom % 6 == 0
    ]
    spent = {whom: minor for whom, minor in per_customer(bought(books, HERE)).items() if whom % 6 == 0}
    assert database.read_now(lambda tx, now: load(tx, apart)).within(HERE).customers == len(spent)
    priced = [one for one in books["ticket"] if one["solved_at"] in HERE and one["cost_minor"] is not None]
    owners = {one["customer_id"] for one in priced if one["customer_id"] % 6 == 0}
    helped = database.read_now(lambda tx, now: costs.load_spending(tx, apart, (HERE,))).within(HERE)
    assert helped.owners.tolist() == sorted(owners)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_sample_meets_customers_of_all_who_take_them_in_turn(database: Database) -> None:
    many, usual = 40_000, {"name": "An", "search_name": "an", "language": "vi", "timezone": ZONE}
    instants = {"joined_at": START, "created_at": START}
    crowd = [{"id": number, **usual, **instants} for number in range(1, many + 1)]
    database.write_now(lambda tx, now: tx.execute(insert(customer), crowd))
    for every in (7, 61, 183):
        drawn = database.read_now(lambda tx, now, of=every: tx.execute(drawn_numbers(of)).scalars().all())
        assert len(drawn) == pytest.approx(many / every, rel=0.1)
        for staff in (3, 4, 20):
            of_each = Counter(whom % staff for whom in drawn)
            assert len(of_each) == staff
            assert max(of_each.values()) < 3 * min(of_each.values())


OTHER_INDEXES = ("ix_purchase_owned", "ix_purchase_money", "ix_customer_joined_at", "ix_loss_lost_at")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_very_many_their_own_indexes_are_read_whichever_was_made_last(database: Database) -> None:
    of_many = Ledger("VND", every=183)

    def plans(tx: Tx, *, now: datetime) -> list[str]:
        asked = list[Any]()
        event.listen(tx, "before_cursor_execute", lambda _, __, words, facts, *___: asked.append((words, facts)))
        load(tx, of_many)
        money.load_lives(tx, of_many, HERE)
        costs.load_spending(tx, of_many, (HERE,))
        found = [tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", facts).all() for words, facts in list(asked)]
        return [step for plan in found for *_, step in plan if "INDEX" in step]

    def make_last(tx: Tx, *, now: datetime, name: str) -> None:
        for table in (purchase, customer, loss):
            for index in [index for index in table.indexes if index.name == name]:
                index.drop(tx)
                index.create(tx)

    for name in OTHER_INDEXES:
        database.write_now(make_last, name=name)
        read = [step.split(" COVERING INDEX ")[1].split()[0] for step in database.read_now(plans)]
        purchases, customers, losses, tickets = (
            f"ix_{table}_apart" for table in ("purchase", "customer", "loss", "ticket")
        )
        assert read == [
            *(purchases, customers),
            *(customers, purchases),
            losses,
            *(tickets, customers),
        ]


def test_many_customers_are_looked_at_one_in_so_many(database: Database, books: Books) -> None:
    ledger = database.read_now(lambda tx, now: money.open_ledger(tx, "VND", most=N // 3))
    assert ledger == Ledger("VND", every=3)
    assert database.read_now(lambda tx, now: money.open_ledger(tx, "VND", most=N // 2)) == VND
    (whole, _), (third, _) = (database.read_now(lambda tx, now, of=of: count_takings(tx, of)) for of in (VND, ledger))
    assert (third.minor, third.sales) == (whole.minor, whole.sales)
    drawn = draw_numbers(database, 3)
    looked_at = drawn.intersection(per_customer(bought(books, HERE)))
    assert third.customers == 3 * len(looked_at)
    ordered = sorted(
        one["amount_minor"] for one in bought(books, HERE) if one["customer_id"] in drawn and one["amount_minor"] > 0
    )
    assert database.read_now(lambda tx, now: money.list_sales(tx, ledger, HERE, 0, 99)) == ordered[:100]


def test_costs_are_those_of_tickets_that_were_solved_and_say_them(database: Database, books: Books) -> None:
    solved = [one for one in books["ticket"] if one["solved_at"] in HERE]
    priced = [one for one in solved if one["cost_minor"] is not None]
    of_each = per_customer(priced, "cost_minor")

    def ask(query: Any, *what: Any) -> Any:
        return database.read_now(lambda tx, now: query(tx, VND, *what))

    assert ask(costs.count_solved, HERE) == costs.Solved(len(priced), len(solved) - len(priced))
    helped = ask(costs.load_spending, (HERE, BEFORE)).within(HERE)
    assert_same(helped.deals(), Sample.of((cost, 1) for cost in of_each.values()))
    revenue = per_customer(bought(books, HERE))
    both = {*of_each, *revenue}
    beside = helped.beside(ask(load).within(HERE))
    assert_same(beside, Sample.of((of_each.get(whom, 0), revenue.get(whom, 0)) for whom in both))
    assert ask(costs.list_costs, HERE, 1, 3) == sorted(one["cost_minor"] for one in priced)[1:4]


def test_a_renewal_follows_another_contract_soon(database: Database, books: Books) -> None:
    first, after = HERE.first_day, HERE.after
    put(
        database,
        "customer",
        id=500,
        name="B",
        search_name="b",
        language="vi",
        timezone=ZONE,
        joined_at=START,
        created_at=START,
    )
    for name, starts, ends in (
        ("a", "2026-01-01", "2026-05-01"),
        ("b", "2026-09-01", "2026-12-01"),
        ("c", "2026-10-01", None),
    ):
        put(
            database,
            "contract",
            external_id=name,
            customer_id=500,
            starts_on=datetime.fromisoformat(starts).date(),
            ends_on=datetime.fromisoformat(ends).date() if ends else None,
            price_minor=7,
            currency="VND",
        )
    found = database.read_now(lambda tx, now: contracts.list_renewals(tx, "VND", first, after, gap_days=60))
    expected = [one for one in books["contract"] if one["renewals"] and first <= one["starts_on"] < after]
    assert sorted((one.new.customer_id, one.new.starts_on) for one in found) == sorted(
        (one["customer_id"], one["starts_on"]) for one in expected
    )
    assert all((one.new.starts_on - one.old.ends_on).days == 1 for one in found)
    drawn = database.read_now(lambda tx, now: set(tx.execute(numbers(3, contract.c.id)).scalars()))
    third = database.read_now(lambda tx, now: contracts.list_renewals(tx, "VND", first, after, gap_days=60, of=Draw(3)))
    assert sorted(one.new.customer_id for one in third) == sorted(
        one["customer_id"] for one in expected if one["id"] in drawn
    )
    assert third
    assert database.read_now(lambda tx, now: contracts.count_endless(tx, "VND", after)) == 1
    running = [one for one in books["contract"] if one["starts_on"] <= first <= one["ends_on"]]
    terms = database.read_now(lambda tx, now: contracts.list_terms(tx, VND, [first]))
    assert sum(one.price_minor for one in terms) == sum(one["price_minor"] for one in running)


def test_cohorts_count_each_customer_once_a_month(database: Database, books: Books) -> None:
    months = last_months(12, now=START, timezone=ZONE)
    of_each = defaultdict[int, list[datetime]](list)
    for one in books["purchase"]:
        if one["amount_minor"] > 0:
            of_each[one["customer_id"]].append(one["purchased_at"])
    begun = min(one["purchased_at"] for one in books["purchase"])
    *_, second, newest = sorted(of_each, key=lambda whom: min(of_each[whom]))
    morning = day_start(local_date(begun, ZONE), ZONE)
    for whom, joined_at in ((newest, morning - timedelta(seconds=1)), (second, morning)):
        joined = update(customer).where(customer.c.id == whom).values(joined_at=joined_at)
        database.write_now(lambda tx, now, joined=joined: tx.execute(joined))
    sizes, cells, visits = [0] * 12, defaultdict[tuple[int, int], int](int), {}
    for whom, dates in of_each.items():
        places = {place for place, month in enumerate(months) for at in dates if at in month}
        came = next((place for place, month in enumerate(months) if min(dates) in month), None)
        if came is not None and whom != newest:
            visits[whom] = places
            sizes[came] += 1
            for place in places - {came}:
                cells[came, place - came] += 1
    found = database.read_now(lambda tx, now: journeys.count_cohorts(tx, VND, months))
    assert found == (sizes, dict(cells), 1)
    assert database.read_now(lambda tx, now: journeys.list_visits(tx, VND, months)) == visits
    assert sum(sizes) > 10


def test_a_journey_begins_with_the_first_touch(database: Database, books: Books) -> None:
    put(database, "interaction", customer_id=5, kind="message", body="hi", happened_at=HERE.start)
    joined = [one for one in books["customer"] if one["joined_at"] in HERE]
    found = database.read_now(lambda tx, now: journeys.list_journeys(tx, VND, HERE))
    assert sorted(one.joined_at for one in found) == sorted(one["joined_at"] for one in joined)
    heard = {one["id"]: HERE.start if one["id"] == 5 else None for one in joined}
    assert sorted(map(str, heard.values())) == sorted(str(one.heard_at) for one in found)


def test_the_purchases_of_a_customer_follow_each_other_in_time(database: Database, books: Books) -> None:
    drawn = draw_numbers(database, 2)
    found = database.read_now(lambda tx, now: journeys.list_purchases(tx, Ledger("VND", every=2)))
    expected = [one for one in books["purchase"] if one["currency"] == "VND" and one["customer_id"] in drawn]
    keys = [(one.customer_id, one.at, one.minor) for one in found]
    assert keys == sorted((one["customer_id"], one["purchased_at"], one["amount_minor"]) for one in expected)


def test_a_sample_of_more_than_can_be_resampled_keeps_its_sums_alone(
    database: Database, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = database.read_now(lambda tx, now: load(tx, VND).within(HERE).deals())
    monkeypatch.setattr(resampling, "MOST_RESAMPLED", 3)
    assert_same(database.read_now(lambda tx, now: load(tx, VND).within(HERE).deals()), Sample(whole.sums))
    empty = database.read_now(lambda tx, now: load(tx, Ledger("EUR")).within(HERE).deals())
    assert empty == Sample(Sums(), [])


def test_of_milestones_those_that_are_drawn_are_looked_at(database: Database, books: Books) -> None:
    due = [one for one in rows(database, "milestone") if one["due_at"] in HERE]
    drawn = database.read_now(lambda tx, now: set(tx.execute(numbers(2, milestone.c.id)).scalars()))
    found = database.read_now(lambda tx, now: journeys.list_milestones(tx, HERE, Draw(2)))
    assert sorted(one.due_at for one in found) == sorted(one["due_at"] for one in due if one["id"] in drawn)
    assert 0 < len(found) < len(due)


def test_what_is_at_risk_is_what_the_red_spend(database: Database, books: Books) -> None:
    found = database.read_now(lambda tx, now: revenue_at_risk.load(tx, VND.currency))
    alive = {one["id"] for one in books["customer"] if one["lost_at"] is None}
    red = [one["value_minor"] for one in rows(database, "health", colour="red") if one["customer_id"] in alive]
    assert (found.minor, found.customers) == (sum(red), len(red))
    assert found.squares == pytest.approx(sum(minor**2 for minor in red))
