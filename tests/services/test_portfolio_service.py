"""Finding, choosing and listing customers, on both databases."""

from datetime import timedelta

import pytest

from bot.domain.messages import Language, Message
from bot.domain.portfolio import Chosen
from bot.domain.taps import ListPage, PickCustomer, ShowCustomer
from bot.domain.touchpoints import Kind
from bot.services import portfolio
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, add_score, rows

CSM = 6_000_000_001
STAFF_MESSAGE = 900


def add(database: Database, name: str, number: int, **columns: object) -> int:
    return add_customer(database, name=name, **{"chat_id": CHAT + number, **columns})


def found(database: Database, query: str) -> list[str]:
    return [match.name for match in database.read_now(portfolio.find_customers, query=query)]


@pytest.fixture
def people(database: Database) -> dict[str, int]:
    columns = {
        "Nguyễn Thị An": {"external_id": "KH-1", "phone": "+84901234567"},
        "An": {"external_id": "12345678"},
        "Trần Ân Nguyên": {"phone": "+84912345678"},
        "Đặng Hoàng Lan": {},
    }
    return {
        name: add(database, name, number, **values) for number, (name, values) in enumerate(columns.items(), start=1)
    }


def test_the_likeliest_comes_first_whatever_accents_and_case(database: Database, people: dict[str, int]) -> None:
    assert found(database, "aN") == ["An", "Nguyễn Thị An", "Trần Ân Nguyên", "Đặng Hoàng Lan"]
    assert found(database, "dang") == ["Đặng Hoàng Lan"]
    assert found(database, "nguyen") == ["Trần Ân Nguyên", "Nguyễn Thị An"]  # people go by their given name
    assert found(database, "An Nguyen Thi") == ["Nguyễn Thị An"]
    assert found(database, "An Ngu Thi") == []  # of a name in another order, whole words alone


def test_the_companys_id_a_phone_number_and_our_id_are_exact(database: Database, people: dict[str, int]) -> None:
    assert found(database, "KH-1") == ["Nguyễn Thị An"]
    assert found(database, "0901 234 567") == ["Nguyễn Thị An"]
    assert found(database, f"#{people['An']}") == ["An"]
    assert found(database, "12345678") == ["An", "Trần Ân Nguyên"]  # an id of one, the end of the other's number


@pytest.mark.parametrize("query", ["", "  ", "%", "_", "Bình", "#999999"])
def test_nobody_is_found_by_nothing_or_by_a_wildcard(database: Database, people: dict[str, int], query: str) -> None:
    assert found(database, query) == []


def choose(database: Database, query: str, words: str = "", message_id: int = STAFF_MESSAGE) -> Chosen | Message:
    if words:
        database.write_now(portfolio.keep_words, chat_id=CSM, message_id=message_id, words=words)
    return database.read_now(
        portfolio.choose_customer,
        message_id=message_id,
        language=Language.EN,
        command="note",
        query=query,
        words=words,
    )


def offered(message: Chosen | Message) -> list[PickCustomer]:
    assert isinstance(message, Message)
    assert message.template == "portfolio/several"
    taps = [button.tap for row in message.keyboard for button in row]
    return [tap for tap in taps if isinstance(tap, PickCustomer)]


def pick(database: Database, tap: PickCustomer, chat_id: int = CSM) -> Chosen | Message:
    return database.read_now(portfolio.pick_customer, chat_id=chat_id, language=Language.EN, tap=tap)


def test_a_name_that_is_clear_needs_no_button(database: Database, people: dict[str, int]) -> None:
    assert choose(database, "lan", "calls") == Chosen(
        customer_id=people["Đặng Hoàng Lan"], words="calls", message_id=STAFF_MESSAGE
    )


def test_nobody_is_said_to_be_nobody_and_no_name_asks_for_one(database: Database, people: dict[str, int]) -> None:
    assert choose(database, "Bình") == Message("portfolio/nobody", Language.EN, {"command": "note", "query": "Bình"})
    assert choose(database, "  ") == Message("portfolio/usage", Language.EN, {"command": "note", "query": ""})


def test_a_long_text_waits_for_the_button_and_survives_it_twice(database: Database, people: dict[str, int]) -> None:
    text = "thích được gọi buổi sáng " * 100
    taps = offered(choose(database, "an", text))
    assert [tap.customer_id for tap in taps][:1] == [people["An"]]
    for tap in (taps[0], taps[0], taps[1]):
        assert pick(database, tap) == Chosen(customer_id=tap.customer_id, words=text, message_id=STAFF_MESSAGE)


def test_a_command_that_comes_again_keeps_its_words_once(database: Database, people: dict[str, int]) -> None:
    choose(database, "an", "one")
    choose(database, "an", "one")
    assert [kept["body"] for kept in rows(database, "command_text")] == ["one"]


def test_words_belong_to_the_chat_they_were_written_in(database: Database, people: dict[str, int]) -> None:
    (tap, *_) = offered(choose(database, "an", "secret"))
    assert pick(database, tap, chat_id=CSM + 1) == Message("portfolio/choice_expired", Language.EN, {"command": "note"})


@pytest.mark.parametrize("argument", ["x", "9" * 30, "-1"])
def test_a_made_up_button_picks_nothing(database: Database, people: dict[str, int], argument: str) -> None:
    said = pick(database, PickCustomer("note", people["An"], argument))
    assert isinstance(said, Message)
    assert said.template == "portfolio/choice_expired"


def test_a_command_without_words_needs_none_kept(database: Database, people: dict[str, int]) -> None:
    (tap, *_) = offered(choose(database, "an"))
    assert pick(database, tap) == Chosen(customer_id=people["An"], words="", message_id=0)


def test_words_that_nobody_picked_are_forgotten_after_a_month(
    database: Database, people: dict[str, int], clock: HandClock
) -> None:
    choose(database, "an", "old", message_id=1)
    clock.advance(timedelta(days=31))
    choose(database, "an", "new", message_id=2)
    assert [kept["body"] for kept in rows(database, "command_text")] == ["new"]


def listing(database: Database, search: str = "") -> Message:
    if search:
        database.write_now(portfolio.keep_words, chat_id=CSM, message_id=STAFF_MESSAGE, words=search)
    return database.read_now(
        portfolio.list_customers,
        message_id=STAFF_MESSAGE,
        staff_id=CSM,
        language=Language.EN,
        search=search,
    )


def turn(database: Database, message: Message) -> Message:
    tap = message.keyboard[-1][-1].tap
    assert isinstance(tap, ListPage)
    return database.read_now(portfolio.turn_page, chat_id=CSM, staff_id=CSM, language=Language.EN, tap=tap)


def listed(message: Message) -> list[int]:
    taps = [button.tap for row in message.keyboard for button in row]
    return [tap.customer_id for tap in taps if isinstance(tap, ShowCustomer)]


def test_a_csms_own_customers_come_first_and_nobody_is_missed_or_shown_twice(database: Database) -> None:
    others = [add(database, f"Bình {number:02}", number) for number in range(7)]
    own = [add(database, f"Lan {number:02}", 100 + number, csm_id=CSM) for number in range(11)]
    foreign = add(database, "Anh", 200, csm_id=CSM + 1)
    pages = [first := listing(database), second := turn(database, first), turn(database, second)]
    assert [one for page in pages for one in listed(page)] == [*own, foreign, *others]
    assert [(page.facts["first"], page.facts["last"]) for page in pages] == [(1, 8), (9, 16), (17, 19)]
    assert (first.facts["total"], first.facts["own"]) == (19, 11)


def test_a_search_goes_on_over_its_pages(database: Database) -> None:
    wanted = [add(database, f"Nguyễn Ân {number:02}", number) for number in range(9)]
    add(database, "Lan", 100)
    first = listing(database, "nguyen an")
    second = turn(database, first)
    assert listed(first) + listed(second) == wanted
    assert (second.facts["search"], second.facts["total"]) == ("nguyen an", 9)


def test_a_page_of_a_search_that_is_forgotten_asks_to_search_again(database: Database) -> None:
    said = database.read_now(
        portfolio.turn_page, chat_id=CSM, staff_id=CSM, language=Language.EN, tap=ListPage(1, STAFF_MESSAGE)
    )
    assert said == Message("portfolio/choice_expired", Language.EN, {"command": "customers"})


def test_a_line_tells_plan_link_loss_last_nps_and_last_purchase(database: Database, clock: HandClock) -> None:
    bought = clock.now() - timedelta(days=3)
    customer_id = add(database, "An", 0, plan="gold", last_purchase_at=bought, lost_at=clock.now())
    add(database, "Bình", 1, chat_id=None)
    for kind, score in ((Kind.NPS, 3), (Kind.NPS, 9), (Kind.CSAT, 1)):
        clock.advance(timedelta(days=1))
        add_score(database, customer_id, kind, score)
    assert listing(database).facts["customers"] == [
        {
            "name": "An",
            "plan": "gold",
            "own": False,
            "linked": True,
            "lost": True,
            "nps": 9,
            "last_purchase_at": bought,
        },
        {
            "name": "Bình",
            "plan": "gold",
            "own": False,
            "linked": False,
            "lost": False,
            "nps": None,
            "last_purchase_at": None,
        },
    ]
