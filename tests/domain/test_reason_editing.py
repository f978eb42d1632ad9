"""How staff keep the dictionary: the words after /themes, what is refused, and who has which buttons."""

import pytest

from bot.domain.messages import Language
from bot.domain.reasons import dictionary_messages as messages
from bot.domain.reasons.editing import (
    Change,
    ThemeError,
    ThemeRequest,
    check_name,
    check_seeds,
    find_theme,
    next_own_key,
    parse_theme_request,
    seed_digest,
)
from bot.domain.reasons.themes import ThemeEdit, ThemeTemplate, edited
from bot.domain.roles import Role, Staff
from bot.domain.taps import MAX_BYTES, DropSeed, EditTheme, HideTheme, MergeTheme

TEMPLATES = [
    ThemeTemplate(key="delivery", name={Language.VI: "Giao hàng", Language.EN: "Delivery"}, seeds=("giao hàng", "trễ")),
    ThemeTemplate(key="orders", name={Language.VI: "Đặt hàng", Language.EN: "Orders"}, seeds=("đặt hàng",)),
]
DICTIONARY = edited(TEMPLATES, [ThemeEdit(key="orders", hidden=True)], [])
MANAGER, CSM = (Staff(user_id=1, name="Hoa", role=role, language=Language.VI) for role in (Role.MANAGER, Role.CSM))


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("", ThemeRequest()),
        (" giao   hàng ", ThemeRequest(name="giao hàng")),
        ("giao hàng + trễ hẹn, Sai GIỜ", ThemeRequest(name="giao hàng", change=Change.ADD, rest="trễ hẹn, Sai GIỜ")),
        ("giao hàng - ship", ThemeRequest(name="giao hàng", change=Change.REMOVE, rest="ship")),
        ("giao hàng – ship", ThemeRequest(name="giao hàng", change=Change.REMOVE, rest="ship")),
        ("giao hàng = Vận chuyển", ThemeRequest(name="giao hàng", change=Change.RENAME, rest="Vận chuyển")),
        ("mẫu mã > chất lượng", ThemeRequest(name="mẫu mã", change=Change.MERGE, rest="chất lượng")),
        ("mới Bãi xe + bãi xe", ThemeRequest(name="Bãi xe", change=Change.CREATE, rest="bãi xe")),
        ("new Parking + car park", ThemeRequest(name="Parking", change=Change.CREATE, rest="car park")),
        ("mới = cũ", ThemeRequest(name="mới", change=Change.RENAME, rest="cũ")),
        ("after-sales", ThemeRequest(name="after-sales")),
    ],
)
def test_the_words_after_the_command_are_read(text: str, request_: ThemeRequest) -> None:
    assert parse_theme_request(text) == request_


def test_seeds_are_kept_in_one_form_and_once() -> None:
    assert check_seeds(ThemeRequest(rest="Trễ  HẸN, trễ hẹn, , sai giờ")) == ("trễ hẹn", "sai giờ")


@pytest.mark.parametrize("rest", ["", "?!", "xy" * 21])
def test_what_is_no_seed_is_refused(rest: str) -> None:
    with pytest.raises(ThemeError) as refused:
        check_seeds(ThemeRequest(rest=rest))
    assert refused.value.code == "seed"


@pytest.mark.parametrize("sought", ["GIAO HANG", "delivery", "giao", "deliv"])
def test_a_theme_is_found_by_its_name_or_a_part_of_it_in_either_language(sought: str) -> None:
    assert find_theme(DICTIONARY, sought).key == "delivery"


def test_a_hidden_theme_is_found_too() -> None:
    assert find_theme(DICTIONARY, "orders").key == "orders"


@pytest.mark.parametrize(("sought", "code"), [("xyz", "unknown"), ("hàng", "several"), ("", "unknown")])
def test_what_names_no_theme_or_several_is_refused(sought: str, code: str) -> None:
    with pytest.raises(ThemeError) as refused:
        find_theme(DICTIONARY, sought)
    assert (refused.value.code, refused.value.word) == (code, sought)


def test_a_name_is_new_and_short() -> None:
    assert check_name(DICTIONARY, "Bãi xe") == "Bãi xe"
    for name, code in (("giao HANG", "taken"), ("x" * 41, "name")):
        with pytest.raises(ThemeError) as refused:
            check_name(DICTIONARY, name)
        assert refused.value.code == code


def test_keys_of_their_own_are_never_given_twice() -> None:
    assert next_own_key([]) == "own1"
    assert next_own_key(["delivery", "own2", "own10", "ownership"]) == "own11"


def test_the_list_says_how_often_each_theme_is_named_and_opens_it() -> None:
    said = messages.themes_message(DICTIONARY, {"delivery": 7}, 3, CSM)
    assert said.facts["themes"] == [
        {"name": "Giao hàng", "n": 7, "seeds": 2, "hidden": False},
        {"name": "Đặt hàng", "n": 0, "seeds": 1, "hidden": True},
    ]
    assert [button.tap for row in said.keyboard for button in row] == [EditTheme("delivery"), EditTheme("orders")]
    assert (said.facts["unnamed"], said.facts["may_edit"]) == (3, False)


def test_only_a_manager_has_the_buttons_that_change_a_theme() -> None:
    theme = DICTIONARY.themes[0]
    taps = [button.tap for row in messages.theme_message(theme, MANAGER).keyboard for button in row]
    assert taps == [
        DropSeed("delivery", seed_digest("giao hàng")),
        DropSeed("delivery", seed_digest("trễ")),
        HideTheme("delivery", 1),
        MergeTheme("delivery", ""),
        EditTheme(""),
    ]
    said = messages.theme_message(theme, CSM)
    assert [button.tap for row in said.keyboard for button in row] == [EditTheme("")]
    assert said.facts["seeds"] == [{"seed": "giao hàng", "bare": True}, {"seed": "trễ", "bare": False}]


def test_a_hidden_theme_can_be_shown_again() -> None:
    taps = [button.tap for row in messages.theme_message(DICTIONARY.themes[1], MANAGER).keyboard for button in row]
    assert HideTheme("orders", 0) in taps


def test_a_long_list_of_seeds_has_buttons_for_as_many_as_a_keyboard_holds() -> None:
    seeds = tuple(f"từ {chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(90))
    many = edited([ThemeTemplate(key="many", name=TEMPLATES[0].name, seeds=seeds)], [], []).themes[0]
    keyboard = messages.theme_message(many, MANAGER).keyboard
    assert sum(map(len, keyboard)) <= 100
    assert all(len(button.tap.pack().encode()) <= MAX_BYTES for row in keyboard for button in row)


def test_a_theme_is_merged_into_any_other_but_itself() -> None:
    said = messages.merge_message(DICTIONARY.themes[0], DICTIONARY, Language.EN)
    assert [button.tap for row in said.keyboard for button in row] == [
        MergeTheme("delivery", "orders"),
        EditTheme("delivery"),
    ]


def test_before_a_merge_is_said_what_goes_where_with_a_way_out() -> None:
    said = messages.merge_question(DICTIONARY.themes[0], DICTIONARY.themes[1], Language.EN)
    assert said.facts["seeds"] == len(DICTIONARY.themes[0].seeds)
    assert [button.tap for row in said.keyboard for button in row] == [
        MergeTheme("delivery", "orders"),
        EditTheme("delivery"),
    ]


def test_a_refusal_says_why_and_quotes_no_more_than_a_line() -> None:
    said = messages.refusal(ThemeError("seed", "x" * 500), Language.EN)
    assert said.facts["code"] == "seed"
    assert len(str(said.facts["word"])) <= 60
