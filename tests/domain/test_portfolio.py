"""How staff's words are read, and what the list looks like."""

import pytest
from hypothesis import given, strategies as st

from bot.domain.messages import Language
from bot.domain.names import cut
from bot.domain.portfolio import (
    PAGE,
    CustomerMatch,
    ListedCustomer,
    Page,
    offer,
    page_message,
    read_id,
    read_note,
    read_page,
    read_query,
)
from bot.domain.taps import ListPage, PickCustomer, ShowCustomer


@pytest.mark.parametrize("typed", ["0901 234 567", "+84 90 123 45 67", "090.123.4567", "(090) 1234-567"])
def test_a_phone_number_is_sought_by_its_end_however_it_is_written(typed: str) -> None:
    ending = read_query(typed).phone_ending
    assert ending is not None
    assert "84901234567".endswith(ending)


@pytest.mark.parametrize("typed", ["1234567", "An 0901234567", "KH-00000001"])
def test_what_is_too_short_or_has_letters_is_no_phone_number(typed: str) -> None:
    assert read_query(typed).phone_ending is None


@pytest.mark.parametrize(("typed", "found"), [("#12", 12), ("12", None), ("#an", None), ("##12", None)])
def test_our_own_id_is_written_with_a_hash(typed: str, found: int | None) -> None:
    assert read_query(typed).customer_id == found


@pytest.mark.parametrize("typed", ["", "-1", "1.5", "²", "٣", "9" * 19])
def test_what_cannot_be_an_id_is_none(typed: str) -> None:
    assert read_id(typed) is None


@pytest.mark.parametrize(
    ("typed", "customer", "body"),
    [
        ("An: thích buổi sáng", "An", "thích buổi sáng"),
        ("An: gọi lúc 14:30", "An", "gọi lúc 14:30"),
        ("An\nthích buổi sáng\nvà cà phê", "An", "thích buổi sáng\nvà cà phê"),
        ("Nguyễn An", "Nguyễn An", ""),
        ("", "", ""),
    ],
)
def test_a_note_names_its_customer_before_the_colon_or_on_the_first_line(typed: str, customer: str, body: str) -> None:
    assert read_note(typed) == (customer, body)


@given(st.text(), st.integers(1, 50))
def test_a_text_is_cut_to_one_line_of_at_most_its_length(text: str, most: int) -> None:
    line = cut(text, most)
    assert len(line) <= most
    assert line.splitlines() in ([line], [])


def test_a_cut_text_shows_that_something_is_left_out() -> None:
    assert cut("một hai ba", 8) == "một hai…"
    assert cut("một  hai\nba", 10) == "một hai ba"


def match(customer_id: int, external_id: str | None = None) -> CustomerMatch:
    return CustomerMatch(customer_id=customer_id, name="An " * 99, external_id=external_id, plan="gold " * 99)


def test_a_choice_fits_its_buttons_and_says_when_there_are_more() -> None:
    message = offer([match(number) for number in range(9)], command="survey", argument="9" * 18, language=Language.EN)
    assert [row[0].tap for row in message.keyboard] == [PickCustomer("survey", number, "9" * 18) for number in range(8)]
    assert all(row[0].tap.pack() and len(str(row[0].facts)) < 200 for row in message.keyboard)
    assert (message.facts["shown"], message.facts["more"]) == (8, True)


def test_namesakes_are_told_apart_by_the_companys_id_or_else_by_ours() -> None:
    message = offer([match(1, "KH-1"), match(2)], command="why", argument="", language=Language.EN)
    assert [row[0].facts["external_id"] for row in message.keyboard] == ["KH-1", "#2"]
    assert message.facts["more"] is False


@pytest.mark.parametrize(
    ("asked", "total", "shown"), [(0, 0, 0), (5, 0, 0), (-1, 9, 0), (1, 8, 0), (1, 9, 1), (99, 17, 2)]
)
def test_a_page_that_is_not_there_any_more_becomes_the_last(asked: int, total: int, shown: int) -> None:
    assert read_page(asked, total) == shown


def listed(customer_id: int) -> ListedCustomer:
    return ListedCustomer(
        customer_id=customer_id,
        name="An",
        plan="",
        own=False,
        linked=True,
        lost=False,
        last_nps=None,
        last_purchase_at=None,
    )


@pytest.mark.parametrize(("number", "turns"), [(0, [1]), (1, [0, 2]), (2, [1])])
def test_a_list_turns_to_the_pages_that_there_are(number: int, turns: list[int]) -> None:
    shown = [listed(place) for place in range(PAGE if number < 2 else 1)]
    page = Page(customers=shown, number=number, total=17, own=0)
    message = page_message(page, search="an", message_id=77, language=Language.VI)
    assert [button.tap for button in message.keyboard[-1]] == [ListPage(turn, 77) for turn in turns]
    assert message.keyboard[0][0].tap == ShowCustomer(0)
    assert message.keyboard[0][0].facts == {"number": number * PAGE + 1}


def test_one_page_has_nothing_to_turn() -> None:
    page = Page(customers=[listed(5)], number=0, total=1, own=1)
    message = page_message(page, search="", message_id=0, language=Language.VI)
    assert [[button.tap for button in row] for row in message.keyboard] == [[ShowCustomer(5)]]
