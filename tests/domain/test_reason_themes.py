"""What a reason is about, by a dictionary that staff keep, with accents or without."""

import tomllib
from importlib.resources import files

import pytest

from bot.domain.messages import Language
from bot.domain.names import search_key
from bot.domain.reasons.themes import Dictionary, SeedEdit, ThemeEdit, ThemeTemplate, edited, normal_seed, works_bare


def template(key: str, *seeds: str) -> ThemeTemplate:
    return ThemeTemplate(key=key, name={Language.VI: f"Về {key}", Language.EN: f"About {key}"}, seeds=seeds)


DELIVERY = template("delivery", "giao hàng", "trễ", "late", "Giao   Trễ")
LOSS = template("loss", "mất tiền", "mất")
DICTIONARY = edited([DELIVERY, LOSS], [], [])


def shipped() -> Dictionary:
    raw = tomllib.loads(files("templates").joinpath("themes.toml").read_text(encoding="utf-8"))["themes"]
    return edited([ThemeTemplate(key=one["key"], name=one["name"], seeds=tuple(one["seeds"])) for one in raw], [], [])


def seeds(dictionary: Dictionary, key: str) -> set[str]:
    return set(next(theme.seeds for theme in dictionary.themes if theme.key == key))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Giao hàng quá chậm", {"delivery"}),
        ("GIAO HANG qua cham", {"delivery"}),  # bare, by a seed of two syllables
        ("hàng đến trễ, mất tiền", {"delivery", "loss"}),
        ("hang den tre", set()),  # "tre" may be trễ, trẻ or tre
        ("rửa mặt", set()),  # with accents mặt is not mất
        ("mat tien oan", {"loss"}),
        ("it was late", {"delivery"}),  # no Vietnamese syllable, so it stands for itself
        ("giao, hàng", set()),  # a seed does not reach over a comma
        ("", set()),
    ],
)
def test_a_text_names_a_theme_by_its_seeds(text: str, found: set[str]) -> None:
    assert DICTIONARY.find(text) == found


def test_a_seed_of_one_vietnamese_syllable_is_not_looked_for_without_accents() -> None:
    assert not works_bare("mất")
    assert not works_bare("mat")
    assert works_bare("mất tiền")
    assert works_bare("late")


def test_a_seed_is_kept_in_one_form() -> None:
    assert normal_seed("  Giao   HÀNG! ") == "giao hàng"
    assert normal_seed("?!") == ""


def test_staff_give_seeds_take_them_and_the_last_word_counts() -> None:
    given = SeedEdit(theme="delivery", seed="sai giờ", added=True)
    taken = SeedEdit(theme="delivery", seed="late", added=False)
    again = SeedEdit(theme="delivery", seed="late", added=True)
    never = SeedEdit(theme="delivery", seed="x", added=False)
    assert seeds(edited([DELIVERY], [], [given, taken, never]), "delivery") == {
        "giao hàng", "trễ", "giao trễ", "sai giờ",
    }  # fmt: skip
    assert "late" in seeds(edited([DELIVERY], [], [taken, again]), "delivery")


def test_a_theme_is_renamed_in_both_languages_and_hidden_from_what_is_found() -> None:
    renamed = edited([DELIVERY], [ThemeEdit(key="delivery", name="Vận chuyển")], [])
    assert {renamed.themes[0].name(language) for language in Language} == {"Vận chuyển"}
    hidden = edited([DELIVERY], [ThemeEdit(key="delivery", hidden=True)], [])
    assert hidden.themes
    assert not hidden.shown
    assert not hidden.find("giao hàng")


def test_a_theme_of_their_own_has_their_name_and_seeds() -> None:
    own = edited(
        [DELIVERY], [ThemeEdit(key="own1", name="Bãi xe")], [SeedEdit(theme="own1", seed="bãi xe", added=True)]
    )
    assert [(theme.key, theme.own) for theme in own.themes] == [("delivery", False), ("own1", True)]
    assert own.find("bai xe chat") == {"own1"}


def test_a_merged_theme_gives_its_seeds_to_the_other_and_is_gone() -> None:
    into = ThemeEdit(key="loss", merged_into="delivery")
    merged = edited([DELIVERY, LOSS], [into], [SeedEdit(theme="loss", seed="thất lạc", added=True)])
    assert [theme.key for theme in merged.themes] == ["delivery"]
    assert merged.find("thất lạc") == merged.find("mất tiền") == {"delivery"}


def test_what_was_changed_of_a_theme_that_the_rules_have_no_more_is_left_out() -> None:
    edits = [ThemeEdit(key="gone", hidden=True), ThemeEdit(key="loss", merged_into="gone")]
    assert [theme.key for theme in edited([LOSS], edits, []).themes] == ["loss"]


def test_the_digest_changes_with_every_change_that_changes_what_is_found() -> None:
    states = [
        DICTIONARY,
        edited([DELIVERY, LOSS], [], [SeedEdit(theme="loss", seed="late", added=True)]),
        edited([DELIVERY, LOSS], [ThemeEdit(key="loss", hidden=True)], []),
        edited([DELIVERY, LOSS], [ThemeEdit(key="loss", merged_into="delivery")], []),
    ]
    assert len({state.digest for state in states}) == len(states)
    assert edited([DELIVERY, LOSS], [ThemeEdit(key="loss", name="Mất")], []).digest == DICTIONARY.digest


def test_the_shipped_dictionary_has_about_ten_themes_of_both_languages_and_no_seed_twice() -> None:
    dictionary = shipped()
    every = [seed for theme in dictionary.themes for seed in theme.seeds]
    assert 9 <= len(dictionary.themes) <= 12
    assert len(every) == len(set(every)) >= 90
    assert all(set(theme.names) == set(Language) for theme in dictionary.themes)


def test_the_shipped_dictionary_finds_the_same_without_accents_but_for_single_syllables() -> None:
    dictionary = shipped()
    for theme in dictionary.themes:
        for seed in theme.seeds:
            assert theme.key in dictionary.find(seed)
            assert (theme.key in dictionary.find(search_key(seed))) is works_bare(seed)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Giao trễ hai lần liền mà không ai báo trước.", {"delivery", "support"}),
        ("hang bi loi, doi mat hon hai tuan", {"quality", "returns"}),
        ("Khuyến mãi quảng cáo một kiểu, lúc thanh toán lại khác.", {"promotion", "ordering"}),
        ("Good value, and easy to order by chat.", {"price", "ordering"}),
        ("Tạm được, chưa thấy khác nhiều so với chỗ khác.", set()),
        ("Mình đánh giá 5 sao", set()),  # not about the price
    ],
)
def test_remarks_of_the_playground_are_about_what_a_reader_says(text: str, found: set[str]) -> None:
    assert shipped().find(text) == found
