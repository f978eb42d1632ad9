"""Why customers say what they say: read once, put right by staff for good, counted honestly, erased on request."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import storage.privacy
import storage.reasons
import storage.surveys
import storage.themes
from bot.domain.messages import Language
from bot.domain.reasons.editing import parse_theme_request, seed_digest
from bot.domain.reasons.masking import MASK
from bot.domain.taps import DropSeed, HideTheme, MergeTheme, SetTheme, ShowPhrases, ShowTheme
from bot.domain.touchpoints import Kind
from bot.services import reasons, themes
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, add_score, add_staff, put, row, rows
from tests.reason_stage import BOSS, CSM, RULES, answer, counts, edit, named, page, read_reasons


@pytest.fixture
def database(empty_sqlite: Path, tmp_path: Path, clock: HandClock) -> Iterator[Database]:
    """One kind of database is enough here: what differs between the two is proved under tests/storage."""
    path = tmp_path / "touchpoint.sqlite3"
    shutil.copy(empty_sqlite, path)
    door = Database(f"sqlite:///{path}", now=clock.now)
    yield door
    door.close()


def test_a_score_that_changes_its_band_takes_what_its_reason_was_about_with_it(database: Database) -> None:
    run_id = answer(database, "giao trễ")
    read_reasons(database)
    database.write_now(lambda tx, *, now: storage.surveys.forget_reason(tx, run_id))
    assert rows(database, "reason_theme") == []


def test_a_period_counts_from_its_first_instant_to_before_its_last(database: Database, clock: HandClock) -> None:
    answer(database, "giao trễ")
    read_reasons(database)
    clock.advance(timedelta(days=90))
    assert counts(database, clock).answers == 0


def test_a_theme_of_the_business_is_made_renamed_hidden_and_loses_its_seeds(database: Database) -> None:
    run_id = answer(database, "bãi xe chật")
    assert edit(database, "mới Bãi xe + bãi xe, chỗ đậu").facts["note"] == "added"
    read_reasons(database)
    assert named(database, run_id) == {"own1"}
    assert edit(database, "bai xe = Chỗ để xe").facts["name"] == "Chỗ để xe"
    hidden = database.write_now(themes.hide_theme, rules=RULES, by=BOSS, tap=HideTheme("own1", 1))
    assert hidden.facts["hidden"]
    read_reasons(database)
    assert named(database, run_id) == set()
    database.write_now(themes.hide_theme, rules=RULES, by=BOSS, tap=HideTheme("own1", 0))
    dropped = database.write_now(themes.drop_seed, rules=RULES, by=BOSS, tap=DropSeed("own1", seed_digest("bãi xe")))
    assert dropped.facts["words"] == [{"seed": "bãi xe", "bare": True}]
    read_reasons(database)
    assert named(database, run_id) == set()
    assert edit(database, "mới Cây xanh + cây").template == "themes/theme"
    assert {one["key"] for one in rows(database, "theme")} == {"own1", "own2"}


def test_only_managers_change_the_dictionary_by_words(database: Database) -> None:
    assert edit(database, "giao hàng + hẹn", CSM).template == "themes/managers_only"
    assert rows(database, "theme_seed") == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("xyz + a", "unknown"),
        ("giao hàng - ship", "no_seed"),
        ("giao hàng + ?", "seed"),
        ("giao hàng = giá cả", "taken"),
        ("giao hàng > giao hàng", "itself"),
        ("mới Giá cả + giá", "taken"),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(database: Database, words: str, code: str) -> None:
    assert edit(database, words).facts["code"] == code
    assert rows(database, "theme") == rows(database, "theme_seed") == []


def test_a_merge_by_words_is_asked_about_first_and_done_by_the_button(database: Database) -> None:
    asked = edit(database, "giá cả > giao hàng")
    assert (asked.template, asked.facts["target"]) == ("themes/merge_question", "Giao hàng")
    assert not rows(database, "theme")
    yes = asked.keyboard[0][0].tap
    assert isinstance(yes, MergeTheme)
    done = database.write_now(themes.merge_theme, rules=RULES, by=BOSS, tap=yes)
    assert done.facts["note"] == "merged"
    assert row(database, "theme", key=yes.theme)["merged_into"] == yes.target


def test_old_buttons_of_what_is_there_no_more_are_stale(database: Database) -> None:
    stale = [
        database.write_now(themes.hide_theme, rules=RULES, by=BOSS, tap=HideTheme("gone", 1)),
        database.write_now(themes.drop_seed, rules=RULES, by=BOSS, tap=DropSeed("gone", "x")),
        database.write_now(themes.merge_theme, rules=RULES, by=BOSS, tap=MergeTheme("delivery", "delivery")),
        database.write_now(reasons.set_theme, rules=RULES, by=CSM, tap=SetTheme(99, "delivery", 1)),
        database.read_now(reasons.open_reason, rules=RULES, by=CSM, run_id=99),
        database.read_now(themes.open_theme, rules=RULES, by=CSM, key="gone"),
        *(
            database.read_now(reasons.show_theme, rules=RULES, language=Language.VI, tap=tap)
            for tap in (ShowTheme("nps", "90d", "gone", 0), ShowTheme("xyz", "90d", "", 0))
        ),
        database.read_now(reasons.show_phrases, rules=RULES, language=Language.VI, tap=ShowPhrases("nps", "0d")),
    ]
    assert {said.template for said in stale} == {"customers/stale_button"}
    assert rows(database, "reason_theme") == []


def test_the_list_says_how_often_each_theme_is_named_in_surveys_of_every_kind(database: Database) -> None:
    answer(database, "giao trễ")
    answer(database, "giao trễ", 1, kind=Kind.CES)
    answer(database, "gì đó", 1, kind=Kind.CSAT)
    read_reasons(database)
    said = database.read_now(themes.show_themes, rules=RULES, by=CSM, request=parse_theme_request(""))
    assert isinstance(said.facts["themes"], list)
    assert [one["n"] for one in said.facts["themes"]] == [2, 0, 0]
    assert said.facts["unnamed"] == 1
    one = database.read_now(themes.show_themes, rules=RULES, by=CSM, request=parse_theme_request("gia ca"))
    assert one.facts["name"] == "Giá cả"
    unknown = database.read_now(themes.show_themes, rules=RULES, by=CSM, request=parse_theme_request("xyz"))
    assert unknown.facts["code"] == "unknown"


def test_the_page_has_everything_and_names_nobody(database: Database) -> None:
    add_staff(database, CHAT + 500, name="Hà")
    for number in range(24):
        answer(database, f"Bạn Hà giao trễ lần {number}, gọi tôi 0912345678. An ở quận Một", 2, name="Nguyễn Thị An")
    for _ in range(24):
        answer(database, "Rất tốt", 10)
    for number in range(5):
        put(database, "interaction", customer_id=1, kind="feedback", body="chậm quá", happened_at=row(
            database, "answer", run_id=number + 1)["answered_at"])  # fmt: skip
    read_reasons(database)
    found = page(database)
    assert [page(database, words).message.facts["so_far"] for words in ("reasons", "reasons this year")] == [
        False,
        True,
    ]
    facts = found.message.facts
    assert (facts["n"], facts["unnamed"]) == (48, 24)
    assert isinstance(facts["phrase"], dict)
    assert facts["phrase"]["quotes"]
    told = str(facts) + str(database.read_now(
        reasons.show_theme, rules=RULES, language=Language.VI, tap=ShowTheme("nps", "90d", "delivery", 1)
    ).facts)  # fmt: skip
    assert MASK in told
    assert not any(secret in told for secret in ("Hà", "0912345678", "An ở"))
    assert isinstance(facts["unscored"], dict)
    assert (facts["unscored"]["n"], facts["unscored"]["unkind"].part) == (5, 5)


def test_a_page_beyond_the_last_is_the_last(database: Database) -> None:
    for _ in range(6):
        answer(database, "giao trễ")
    read_reasons(database)
    for asked, first in ((99, 6), (-3, 1)):
        tap = ShowTheme("nps", "90d", "delivery", asked)
        said = database.read_now(reasons.show_theme, rules=RULES, language=Language.VI, tap=tap)
        assert said.facts["first"] == first


def test_reasons_about_nothing_known_are_quoted_under_no_theme(database: Database) -> None:
    for number in range(5):
        answer(database, f"chuyện {number}")
    answer(database, "giao trễ")
    read_reasons(database)
    said = database.read_now(reasons.show_theme, rules=RULES, language=Language.VI, tap=ShowTheme("nps", "90d", "", 0))
    assert (said.facts["n"], said.facts["theme"]) == (5, "")


def test_a_persons_data_say_what_their_reasons_were_taken_to_be_about(database: Database) -> None:
    customer_id = add_customer(database)
    add_score(database, customer_id, Kind.NPS, 2, "giao trễ")
    read_reasons(database)
    document = database.read_now(lambda tx, *, now: storage.privacy.load_document(tx, customer_id))
    assert document.surveys[0]["themes"] == ["delivery"]
    assert b'"delivery"' in document.to_json()
