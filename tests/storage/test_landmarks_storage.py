"""Who was a customer at a date, and what was known of them then, on both databases."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.landmarks import Present
from bot.domain.win_back_trials import Drawn
from storage import landmarks, ownership, win_back
from storage.database import Database, Tx
from storage.draws import EVERYBODY, CustomerDraw, draw_customers, numbers
from storage.tables import customer
from tests.conftest import START
from tests.factories import add_customer, put, rows
from tests.history import Asked, remember

DAY = timedelta(days=1)
AT = START - 90 * DAY
LONG_AGO = AT - 400 * DAY


def join(database: Database, **columns: Any) -> int:
    facts: dict[str, Any] = {"chat_id": None, "joined_at": LONG_AGO, "last_purchase_at": LONG_AGO}
    return add_customer(database, **facts | columns)


def load(database: Database, drawn: CustomerDraw = EVERYBODY) -> dict[int, Present]:
    """All that is known of each customer, by whichever query; what two of them tell is the same."""

    def read(tx: Tx, *, now: Any) -> list[Present]:
        facts: dict[str, Any] = {"at": AT, "until": START, "currency": "VND", "drawn": drawn}
        plain, owned, heard = (
            query(tx, **facts) for query in (landmarks.load, landmarks.load_owned, landmarks.load_heard)
        )
        assert [replace(one, owner_id=None) for one in owned] == plain
        assert [replace(one, score=None, was_asked=False, gave_notice=False) for one in heard] == plain
        return [replace(one, owner_id=each.owner_id) for one, each in zip(heard, owned, strict=True)]

    return {one.customer_id: one for one in database.read_now(read)}


def lose(database: Database, customer_id: int, lost_at: Any, recovered_at: Any = None) -> None:
    put(
        database, "loss", customer_id=customer_id, lost_at=lost_at, recovered_at=recovered_at, source="staff", reason=""
    )


def buy(database: Database, customer_id: int, at: Any, amount: int, currency: str = "VND") -> None:
    facts = {"customer_id": customer_id, "purchased_at": at, "amount_minor": amount, "currency": currency}
    put(database, "purchase", external_id=f"{customer_id}-{at}-{amount}", **facts)


def test_customers_are_those_who_had_joined_and_were_not_lost_then(database: Database) -> None:
    stays, leaves, came_back = join(database), join(database), join(database)
    gone, later, nobody = join(database), join(database, joined_at=AT), join(database, forgotten_at=START)
    never = join(database, last_purchase_at=None)
    buy(database, stays, LONG_AGO, 1)
    lose(database, leaves, AT, recovered_at=AT + DAY)
    lose(database, came_back, LONG_AGO, recovered_at=AT - DAY)
    lose(database, came_back, AT + 2 * DAY)
    lose(database, gone, AT - DAY)
    lose(database, stays, START)
    found = load(database)
    assert set(found) == {stays, leaves, came_back}
    assert not {gone, later, nobody, never} & set(found)
    assert (found[stays].lost_at, found[leaves].lost_at, found[came_back].lost_at) == (None, AT, AT + 2 * DAY)


def test_of_a_draw_only_those_who_are_drawn_are_looked_at(database: Database) -> None:
    joined = [join(database) for _ in range(12)]
    numbered = database.read_now(lambda tx, now: set(tx.execute(numbers(3, customer.c.id)).scalars()))
    assert set(load(database, CustomerDraw(every=3))) == set(joined) & numbered
    assert 3 <= len(set(joined) & numbered) <= 5


def test_one_of_each_run_is_drawn_and_who_is_dealt_out_in_turn_is_met_alike(database: Database) -> None:
    highest = join(database, id=100_000)
    drawn = database.read_now(lambda tx, now: list(tx.execute(numbers(50, customer.c.id)).scalars()))
    assert [(one - 1) // 50 for one in drawn] == list(range(highest // 50))
    for staff in (2, 5, 7, 10, 20, 25, 50):
        dealt = Counter(one % staff for one in drawn)
        assert min(dealt.values()) > 0.5 * len(drawn) / staff
        assert max(dealt.values()) < 1.5 * len(drawn) / staff


def test_a_draw_is_of_all_up_to_twice_as_many_as_are_wanted(database: Database) -> None:
    join(database, id=21)
    found = [database.read_now(lambda tx, now, most=most: draw_customers(tx, most=most)) for most in (10, 11)]
    assert found == [CustomerDraw(every=3), EVERYBODY]


def test_their_value_is_what_they_bought_in_the_year_before_in_the_businesss_currency(database: Database) -> None:
    one = join(database, plan="gold", location="Huế")
    for days, amount in ((366, 1), (365, 10), (1, 100), (0, 1000)):
        buy(database, one, AT - days * DAY, amount)
    buy(database, one, AT - DAY, 10_000, "USD")
    buy(database, one, AT - 2 * DAY, -20)
    found = load(database)[one]
    assert (found.value_minor, found.plan, found.location, found.joined_at) == (90, "gold", "Huế", LONG_AGO)


def test_their_score_is_the_latest_of_the_half_year_before(database: Database) -> None:
    latest, old, after, open_still, silent = (join(database) for _ in range(5))
    remember(
        database,
        [
            Asked(customer_id=latest, sent_at=AT - 100 * DAY, score=3),
            Asked(customer_id=latest, sent_at=AT - 20 * DAY, score=9),
            Asked(customer_id=old, sent_at=AT - 181 * DAY, score=3),
            Asked(customer_id=after, sent_at=AT, score=3),
            Asked(customer_id=open_still, sent_at=AT - DAY),
            Asked(customer_id=silent, sent_at=AT - 30 * DAY),
        ],
    )
    found = load(database)
    assert [found[one].score for one in (latest, old, after, open_still, silent)] == [9, None, None, None, None]
    asked = {one for one, each in found.items() if each.was_asked}
    assert asked == {silent}


def test_what_was_answered_after_notice_does_not_count(database: Database) -> None:
    early, late, withdrawn = join(database), join(database), join(database)
    scores = [(early, 40, 9), (late, 40, 8), (late, 10, 2), (withdrawn, 10, 2)]
    remember(database, [Asked(customer_id=who, sent_at=AT - ago * DAY, score=score) for who, ago, score in scores])
    put(database, "cancellation", customer_id=early, asked_at=AT + DAY, noted_by=1)
    put(database, "cancellation", customer_id=late, asked_at=AT - 20 * DAY, noted_by=1)
    facts = {"asked_at": AT - 20 * DAY, "withdrawn_at": AT - 5 * DAY}
    put(database, "cancellation", customer_id=withdrawn, noted_by=1, **facts)
    found = load(database)
    assert [found[one].score for one in (early, late, withdrawn)] == [9, 8, None]
    assert [found[one].gave_notice for one in (early, late, withdrawn)] == [False, True, False]
    assert not found[withdrawn].was_asked


def test_whose_a_customer_was_is_kept_when_the_owner_changes(database: Database) -> None:
    one = join(database, external_id="K1", csm_id=7)
    join(database, external_id="K2")

    def keep(tx: Tx, *, now: Any, csm_id: int, at: Any) -> None:
        tx.execute(customer.update().where(customer.c.id == one).values(csm_id=csm_id))
        ownership.keep(tx, ["K1", "K2"], now=at)

    for csm_id, at in ((7, LONG_AGO), (7, AT - 9 * DAY), (8, AT - 5 * DAY), (9, AT + DAY)):
        database.write_now(keep, csm_id=csm_id, at=at)
    assert [row["csm_id"] for row in rows(database, "ownership")] == [7, 8, 9]
    assert load(database)[one].owner_id == 8
    database.write_now(keep, csm_id=10, at=AT + DAY)
    assert [row["csm_id"] for row in rows(database, "ownership")] == [7, 8, 10]


def test_a_history_told_at_once_has_had_its_owners_from_the_start(database: Database) -> None:
    one, other = join(database, csm_id=7), join(database)

    def keep(tx: Tx, *, now: Any) -> None:
        ownership.keep_since_joining(tx)

    database.write_now(keep)
    found = load(database)
    assert (found[one].owner_id, found[other].owner_id) == (7, None)


def test_losses_are_listed_in_the_order_of_their_draw_with_the_value_of_the_year_before(database: Database) -> None:
    one, other = join(database), join(database)
    for who, recovered_at in ((one, None), (other, START)):
        lose(database, who, AT, recovered_at)
    for days, amount in ((366, 1), (365, 10), (1, 100), (0, 1000)):
        buy(database, one, AT - days * DAY, amount)
    for loss_id, who, holdout, started_at in ((1, one, 0.1, AT), (2, other, 0.1, AT - DAY)):
        facts = {"holdout": holdout, "held_out": who == other, "status": "ended", "started_at": started_at}
        put(database, "win_back", customer_id=who, loss_id=loss_id, **facts)

    def read(tx: Tx, *, now: Any, holdout: float, limit: int) -> list[Drawn]:
        return win_back.list_drawn(tx, holdout=holdout, currency="VND", limit=limit)

    first = Drawn(customer_id=other, held_out=True, started_at=AT - DAY, recovered_at=START, value_minor=0)
    second = Drawn(customer_id=one, held_out=False, started_at=AT, recovered_at=None, value_minor=110)
    assert database.read_now(read, holdout=0.1, limit=9) == [first, second]
    assert database.read_now(read, holdout=0.1, limit=1) == [first]
    assert database.read_now(read, holdout=0.2, limit=9) == []
