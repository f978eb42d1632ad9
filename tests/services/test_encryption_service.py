"""What people wrote and their numbers are unreadable in the database, and the bot is none the wiser, on both kinds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

import storage.encryption
import storage.phones
from bot.domain.imports import ImportResult, Reason, RowError
from bot.domain.messages import Language, Reply
from bot.domain.records import CustomerRecord, PurchaseRecord
from bot.domain.rules import Rules
from bot.domain.taps import AnswerForget
from bot.domain.touchpoints import Kind
from bot.services import conversations, customers, delivery, encryption, imports, portfolio, privacy, updates
from storage import command_texts
from storage.database import Database, Tx, connect
from storage.keyring import PLAIN, Key, Keyring, MissingKeyError, TamperedError, new_secret
from tests.conftest import START, HandClock
from tests.factories import CHAT, STAFF_CHAT, add_customer, add_score, put, queue, queue_survey, row, rows

RULES = Rules(staff_chat_id=STAFF_CHAT, pepper="pepper")
PHONE = "+84912345678"
WORDS = "bí mật"
OLD, NEW = Key(new_secret()), Key(new_secret())
ON, ROTATED, OFF = Keyring((OLD,)), Keyring((NEW, OLD)), Keyring((OLD,), writes_plain=True)
Opener = Callable[[Keyring], Any]


@pytest.fixture
def opened(database_url: str, clock: HandClock) -> Opener:
    """Opens the database with keys, as a bot that was started with them."""

    @contextmanager
    def open_with(keyring: Keyring) -> Iterator[Database]:
        database = Database(database_url, now=clock.now, keyring=keyring)
        try:
            assert database.write_now(encryption.take_keys, keyring=keyring) == []
            yield database
        finally:
            database.close()

    return open_with


def add_words(database: Database) -> int:
    """Somebody with words in every column that can be encrypted."""
    customer_id = add_customer(database, name="Kiều Oanh", external_id="K-77", phone=PHONE)
    add_score(database, customer_id, Kind.NPS, 3, reason=f"{WORDS}: quá đắt")
    queue_survey(database, customer_id, Kind.CSAT, subject=f"{WORDS}: buổi học")
    put(database, "interaction", customer_id=customer_id, kind="note", body=f"{WORDS}: khó tính", happened_at=START)
    left = {"lost_at": START, "recovered_at": START, "source": "staff", "reason": f"{WORDS}: bỏ đi"}
    put(database, "loss", customer_id=customer_id, **left)
    started = {"customer_id": customer_id, "template": "t", "name": "Năm đầu", "goal": f"{WORDS}: mở quán"}
    rounds = {"check_in_months": 1, "progress_months": 3, "check_ins": 0, "progress_messages": 0}
    put(database, "success_plan", id=1, status="active", started_at=START, **started, **rounds)
    said = {"chat_id": CHAT, "message_id": 51, "language": Language.VI, "text": f"{WORDS}: hỏng rồi"}
    database.write_now(conversations.give_feedback, rules=RULES, **said)
    update = {"update_id": 9, "message": {"text": WORDS, "from": {"id": CHAT}}}
    database.write_now(updates.keep, payloads=[update])
    database.write_now(keep_command)
    return customer_id


def keep_command(tx: Tx, *, now: Any) -> None:
    command_texts.keep(tx, chat_id=1, message_id=2, body=WORDS, now=now)


def stored(url: str, place: str) -> list[str]:
    """What stands in a column, as another program sees it."""
    table, name = place.split(".")
    with connect(url) as connection:
        return [str(one) for one in connection.execute(text(f"SELECT {name} FROM {table}")).scalars() if one]  # noqa: S608  our own names


def everything(url: str) -> str:
    with connect(url) as connection:
        tables = {place.split(".")[0] for place in storage.encryption.list_places()}
        return "".join(str(connection.execute(text(f"SELECT * FROM {table}")).all()) for table in sorted(tables))  # noqa: S608  our own names


def write_all_again(database: Database) -> list[str]:
    unreadable: list[str] = []
    for place in database.read_now(encryption.count_to_do):
        after = None
        while True:
            batch = database.write_now(encryption.write_again, place=place, after=after)
            unreadable += batch.unreadable
            after = batch.last
            if after is None:
                break
    return unreadable


def find(database: Database, query: str) -> list[str]:
    return [one.name for one in database.read_now(portfolio.find_customers, query=query)]


def spoil(url: str, place: str, value: str) -> None:
    table, name = place.split(".")
    with connect(url) as connection:
        connection.execute(text(f"UPDATE {table} SET {name} = :value"), {"value": value})  # noqa: S608  our own names
        connection.commit()


def test_with_a_key_nothing_in_the_database_tells_what_people_wrote(opened: Opener, database_url: str) -> None:
    with opened(ON) as database:
        add_words(database)
        assert row(database, "customer")["phone"] == PHONE
        assert f"{WORDS}: khó tính" in [one["body"] for one in rows(database, "interaction")]
    for place in storage.encryption.list_places():
        assert stored(database_url, place), place
    kept = everything(database_url)
    assert [secret for secret in (WORDS, "b\\u00ed m\\u1eadt", PHONE, "12345678") if secret in kept] == []


def test_without_a_key_texts_stand_as_they_are(opened: Opener, database_url: str) -> None:
    with opened(PLAIN) as database:
        add_words(database)
    assert stored(database_url, "answer.reason") == [f"{WORDS}: quá đắt"]
    assert stored(database_url, "customer.phone_index") == [PHONE]


@pytest.mark.parametrize("before", [PLAIN, ON])
@pytest.mark.parametrize("now", [ON, ROTATED, OFF])
def test_turning_on_rotating_and_turning_off_keep_every_text_and_need_no_other_key(
    opened: Opener, database_url: str, before: Keyring, now: Keyring
) -> None:
    with opened(before) as database:
        add_words(database)
        texts = {place: rows(database, place.split(".")[0]) for place in storage.encryption.list_places()}
    with opened(now) as database:
        assert write_all_again(database) == []
        assert set(database.read_now(encryption.count_to_do).values()) == {0}
        assert database.write_now(encryption.settle, keyring=now)
        needed = {one["key_id"] for one in rows(database, "encryption_key")}
    assert needed == ({now.writer.id} if now.writer else set())
    last = Keyring((now.writer,)) if now.writer else PLAIN
    with opened(last) as database:
        after = {place: rows(database, place.split(".")[0]) for place in storage.encryption.list_places()}
        assert find(database, "0912 345 678") == ["Kiều Oanh"]
    blind = {"phone_index", "phone_ending"}
    assert [[strip(one, blind) for one in found] for found in after.values()] == [
        [strip(one, blind) for one in found] for found in texts.values()
    ]
    assert (WORDS in everything(database_url)) is (now.writer is None)


def strip(found: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in names}


def test_batches_go_on_where_the_last_one_ended_and_what_is_done_is_not_done_again(opened: Opener) -> None:
    with opened(PLAIN) as database:
        for number in range(5):
            put(database, "command_text", chat_id=number % 2, message_id=number, body=WORDS, kept_at=START)

    def write(tx: Tx, *, now: Any, after: Any, limit: int) -> Any:
        return storage.encryption.write_again(tx, "command_text.body", after=after, limit=limit)

    with opened(ON) as database:
        first = database.write_now(write, after=None, limit=3)
        assert (first.changed, first.last) == (3, (0, 4))
        assert database.read_now(encryption.count_to_do)["command_text.body"] == 2
        assert not database.write_now(encryption.settle, keyring=ON)
        rest = database.write_now(write, after=None, limit=3)
        assert (rest.changed, rest.last) == (2, None)
        assert {one["body"] for one in rows(database, "command_text")} == {WORDS}


@pytest.mark.parametrize("query", ["0912345678", "+84 912 345 678", "84912345678", "912-345-678", "12345678"])
@pytest.mark.parametrize("keyring", [PLAIN, ON])
def test_staff_find_a_customer_by_a_number_in_any_form(opened: Opener, keyring: Keyring, query: str) -> None:
    with opened(keyring) as database:
        add_customer(database, name="An", phone=PHONE)
        add_customer(database, name="Bình", phone="+84812345678", chat_id=None)
        assert find(database, query) == (["An", "Bình"] if query == "12345678" else ["An"])


def test_a_number_stored_before_is_found_and_stays_unique_while_keys_change(opened: Opener) -> None:
    shared = {"chat_id": CHAT, "user_id": CHAT, "contact_user_id": CHAT, "phone": PHONE, "language": Language.VI}
    record = CustomerRecord(row=2, external_id="K2", name="Bình", phone=PHONE)
    for before, now in ((PLAIN, ON), (ON, ROTATED), (ROTATED, Keyring((OLD, NEW), writes_plain=True))):
        with opened(before) as database:
            add_customer(database, external_id=f"K1{len(now.keys)}{now.writes_plain}", phone=PHONE, chat_id=None)
        with opened(now) as database:
            result = database.write_now(imports.import_customers, records=[record], rules=RULES, dry_run=False)
            assert result == ImportResult(errors=(RowError(2, "phone", Reason.TAKEN, PHONE),))
            reply: Reply = database.write_now(customers.share_contact, rules=RULES, **shared)
            assert reply.send[0].template == "customers/linked"
            forgotten = row(database, "customer", chat_id=CHAT)["id"]
            database.write_now(erase, customer_id=forgotten)


def erase(tx: Tx, *, now: Any, customer_id: int) -> None:
    values = {**storage.phones.columns(None), "chat_id": None}
    storage.customers.change(tx, customer_id, **values)


def test_the_database_itself_refuses_a_number_twice(opened: Opener) -> None:
    with opened(ON) as database:
        add_customer(database, phone=PHONE)
        with pytest.raises(Exception, match=r"(?i)unique"):
            add_customer(database, phone=PHONE, chat_id=None)


def test_an_import_changes_a_number_with_its_indexes(opened: Opener) -> None:
    with opened(ON) as database:
        for phone in (PHONE, "+84812345679"):
            record = CustomerRecord(row=2, external_id="K1", name="An", phone=phone)
            database.write_now(imports.import_customers, records=[record], rules=RULES, dry_run=False)
            again = database.write_now(imports.import_customers, records=[record], rules=RULES, dry_run=False)
            assert again == ImportResult(unchanged=1)
        assert find(database, "0912345678") == []
        assert find(database, "0812345679") == ["An"]


def test_who_was_forgotten_is_not_brought_back_by_a_number(opened: Opener) -> None:
    with opened(ON) as database:
        customer_id = add_words(database)
        tap = AnswerForget(customer_id, "yes")
        facts: dict[str, Any] = {"message_id": 1, "chat_id": CHAT, "language": Language.EN, "tap": tap}
        database.write_now(privacy.answer_forget, rules=RULES, **facts)
        record = CustomerRecord(row=2, external_id="other", name="Kiều Oanh", phone=PHONE)
        result = database.write_now(imports.import_customers, records=[record], rules=RULES, dry_run=False)
        assert [error.reason for error in result.errors] == [Reason.FORGOTTEN]
        bought = PurchaseRecord(
            row=2, external_id="I", customer_external_id="K-77", purchased_at=START, amount_minor=5, currency="VND"
        )
        result = database.write_now(imports.import_purchases, records=[bought], rules=RULES, dry_run=False)
        assert [error.reason for error in result.errors] == [Reason.FORGOTTEN]
        assert WORDS not in repr([rows(database, place.split(".")[0]) for place in ("answer.reason", "outbox.facts")])


def test_my_data_shows_what_was_written_and_the_whole_number(opened: Opener) -> None:
    with opened(ON) as database:
        add_words(database)
        _, document = database.read_now(privacy.show_my_data, rules=RULES, chat_id=CHAT, language=Language.EN)
        assert document is not None
        assert document.profile["phone"] == PHONE
        assert f"{WORDS}: quá đắt" in repr(document.surveys)


@pytest.mark.parametrize("place", ["customer.phone", "answer.reason"])
def test_a_changed_text_is_noticed_and_its_table_and_row_are_named(
    opened: Opener, database_url: str, place: str
) -> None:
    table = place.partition(".")[0]
    with opened(ON) as database:
        add_words(database)
        key = row(database, table)["id" if table == "customer" else "run_id"]
        (before,) = stored(database_url, place)
        spoil(database_url, place, before[:-8] + ("AAAAAAA=" if before[-8:] != "AAAAAAA=" else "BBBBBBA="))
        with pytest.raises(TamperedError, match=rf"{place} .*table {table}, row {key}\)"):
            rows(database, table)
        (problem,) = write_with_new_key(opened)
        assert f"(table {table}, row {key})" in problem


def write_with_new_key(opened: Opener) -> list[str]:
    with opened(ROTATED) as database:
        unreadable = write_all_again(database)
        assert not database.write_now(encryption.settle, keyring=ROTATED)
    return unreadable


def test_a_changed_message_fails_alone_and_the_others_go_out(opened: Opener, database_url: str) -> None:
    with opened(ON) as database:
        customer_id = add_customer(database)
        facts = {"text": WORDS}
        queue(database, Kind.NOTICE, dedupe_key="a", chat_id=1, language=Language.EN, facts=facts, template="x")
        spoil(database_url, "outbox.facts", f'"enc1:{OLD.id}:AAAA"')
        queue(database, Kind.BIRTHDAY, customer_id)
        claim = database.write_now(delivery.claim, rules=RULES, owner="o", limit=9)
        assert [one.kind for one in claim.deliveries] == [Kind.BIRTHDAY]
    with connect(database_url) as connection:
        (error,) = connection.execute(text("SELECT error FROM outbox WHERE status = 'failed'")).scalars()
    assert "table outbox, row" in error


def test_a_message_whose_key_is_missing_waits_for_it(opened: Opener, database_url: str, clock: HandClock) -> None:
    with opened(ON) as database:
        queue(database, Kind.BIRTHDAY, add_customer(database), facts={"text": WORDS})
    without = Database(database_url, now=clock.now)
    with pytest.raises(MissingKeyError, match=OLD.id):
        without.write_now(delivery.claim, rules=RULES, owner="o", limit=9)
    without.close()
    with opened(ON) as database:
        assert len(database.write_now(delivery.claim, rules=RULES, owner="o", limit=9).deliveries) == 1


def test_a_changed_update_is_left_and_the_others_are_handled(opened: Opener, database_url: str) -> None:
    with opened(ON) as database:
        database.write_now(updates.keep, payloads=[{"update_id": 1, "text": WORDS}])
        spoil(database_url, "inbox.payload", f'"enc1:{OLD.id}:AAAA"')
        database.write_now(updates.keep, payloads=[{"update_id": 2, "text": WORDS}])
        database.write_now(updates.hasten)
        assert [one["update_id"] for one in database.read_now(updates.list_waiting)] == [2]


def test_keys_are_needed_from_their_first_start_on(opened: Opener, database_url: str, clock: HandClock) -> None:
    with opened(ROTATED):
        pass
    database = Database(database_url, now=clock.now)
    assert database.write_now(encryption.take_keys, keyring=ON) == [NEW.id]
    assert database.write_now(encryption.take_keys, keyring=PLAIN) == [NEW.id]
    assert [one["key_id"] for one in rows(database, "encryption_key")] == [NEW.id]
    database.close()
