"""What reasons are about, kept and counted on both kinds of database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, text, update

import storage.privacy
import storage.reason_counts
import storage.reasons
import storage.surveys
import storage.themes
from bot.domain.audiences import HASH_FACTOR, HASH_RANGE
from bot.domain.messages import Language
from bot.domain.metrics.proportions import Share
from bot.domain.rules import RetentionRules, Rules
from bot.domain.surveys import Band
from bot.domain.taps import AnswerForget, MergeTheme, SetTheme
from bot.domain.touchpoints import Kind
from bot.services import privacy, reasons, retention, themes
from storage.database import Database, Tx, connect
from storage.keyring import Key, Keyring, new_secret
from storage.reason_counts import Counts
from storage.tables import answer as answer_table
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, add_score, row, rows
from tests.reason_stage import (
    BOSS,
    CSM,
    RULES,
    answer,
    count_days,
    count_reasons,
    counts,
    edit,
    named,
    period_of,
    read_reasons,
)


def test_a_reason_is_read_once_and_again_when_it_is_another(database: Database) -> None:
    run_id = answer(database, "giao tre va qua dat")
    silent = answer(database, None)
    assert database.write_now(themes.plan_themes, rules=RULES) == 1
    assert database.write_now(themes.plan_themes, rules=RULES) == 0
    assert (named(database, run_id), named(database, silent)) == ({"delivery", "price"}, set())
    database.write_now(
        lambda tx, *, now: storage.surveys.save_reason(tx, run_id, "nhân viên tốt", message_id=2, now=now)
    )
    assert named(database, run_id) == set()
    read_reasons(database)
    assert named(database, run_id) == {"staff"}


def test_what_staff_say_holds_whatever_the_dictionary_finds(database: Database) -> None:
    run_id = answer(database, "giao trễ")
    read_reasons(database)
    for tap in (SetTheme(run_id, "delivery", 0), SetTheme(run_id, "staff", 1)):
        said = database.write_now(reasons.set_theme, rules=RULES, by=CSM, tap=tap)
    assert [button.facts["chosen"] for keys in said.keyboard for button in keys] == [False, False, True]
    edit(database, "giá cả + giao trễ")
    read_reasons(database)
    assert named(database, run_id) == {"staff", "price"}
    assert row(database, "reason_theme", run_id=run_id, theme="staff")["corrected_by"] == CSM.user_id


def test_every_reason_is_counted_under_all_its_themes_also_if_its_customer_has_answered_since(
    database: Database, clock: HandClock
) -> None:
    changed_mind = add_customer(database)
    add_score(database, changed_mind, Kind.NPS, 2, "giao trễ")
    clock.advance(timedelta(hours=1))
    add_score(database, changed_mind, Kind.NPS, 10, "nhân viên tốt")
    answer(database, "giao trễ, quá đắt", 0)
    answer(database, "được", 8)
    answer(database, None, 9)
    answer(database, "quá đắt", 1, kind=Kind.CES)
    read_reasons(database)
    found = counts(database, clock)
    assert (found.answers, found.unnamed) == (5, 1)
    assert found.reasons == {Band.DETRACTOR: 2, Band.PASSIVE: 1, Band.PROMOTER: 1}
    assert found.themes == {
        "delivery": {Band.DETRACTOR: 2},
        "price": {Band.DETRACTOR: 1},
        "staff": {Band.PROMOTER: 1},
    }
    assert counts(database, clock, Kind.CES).themes["price"] == {Band.DETRACTOR: 1}


def test_the_sample_is_exact_where_everything_fits_and_the_same_each_time(database: Database, clock: HandClock) -> None:
    runs = {answer(database, f"giao trễ {number}") for number in range(8)}
    keep: Callable[[int], list[int]] = lambda limit: [  # noqa: E731  three times the same call
        one.run_id
        for one in database.read_now(
            lambda tx, *, now: storage.reasons.list_sample(tx, Kind.NPS, period_of(clock), limit=limit)
        )
    ]
    assert set(keep(50)) == runs
    assert sorted(keep(4)) == sorted(keep(4))
    assert len(keep(4)) == 4


def test_merging_takes_along_what_staff_said_and_what_was_merged_before(database: Database) -> None:
    first, second = answer(database, "giao trễ"), answer(database, "giao trễ, quá đắt")
    read_reasons(database)
    database.write_now(reasons.set_theme, rules=RULES, by=CSM, tap=SetTheme(first, "staff", 1))
    database.write_now(reasons.set_theme, rules=RULES, by=CSM, tap=SetTheme(second, "staff", 0))
    database.write_now(themes.merge_theme, rules=RULES, by=BOSS, tap=MergeTheme("staff", "price"))
    said = database.write_now(themes.merge_theme, rules=RULES, by=BOSS, tap=MergeTheme("price", "delivery"))
    assert (said.facts["name"], said.facts["note"]) == ("Giao hàng", "merged")
    read_reasons(database)
    assert named(database, first) == named(database, second) == {"delivery"}
    third = answer(database, "nhân viên")
    read_reasons(database)
    assert named(database, third) == {"delivery"}


def test_forgetting_and_retention_take_what_reasons_were_about_and_the_page_counts_them_no_more(
    database: Database, clock: HandClock
) -> None:
    customer_id = add_customer(database)
    add_score(database, customer_id, Kind.NPS, 2, "giao trễ")
    answer(database, "quá đắt")
    read_reasons(database)
    database.write_now(
        privacy.answer_forget,
        rules=RULES,
        chat_id=CHAT,
        message_id=1,
        language=Language.VI,
        tap=AnswerForget(customer_id, "yes"),
    )
    assert [one["theme"] for one in rows(database, "reason_theme")] == ["price"]
    clock.advance(timedelta(days=2))
    kept = Rules(retention=RetentionRules(texts=timedelta(days=1)))
    assert database.write_now(retention.erase_old_texts, rules=kept) >= 1
    assert rows(database, "reason_theme") == []
    found = counts(database, clock)
    assert (found.answers, found.reasons.total(), found.unnamed) == (2, 0, 0)


def test_no_word_of_a_reason_stands_in_the_clear_beside_it(database_url: str, clock: HandClock) -> None:
    database = Database(database_url, now=clock.now, keyring=Keyring((Key(new_secret()),)))
    try:
        answer(database, "giao trễ, bí mật")
        read_reasons(database)
        assert counts(database, clock).themes["delivery"].total() == 1
        tables = ("answer", "reason_theme", "theme", "theme_seed", "theme_dictionary")
        with connect(database_url) as connection:
            stored = [str(list(connection.execute(text(f"SELECT * FROM {name}")))) for name in tables]  # noqa: S608
        assert not any(word in part for part in stored for word in ("bí mật", "bi mat", "giao trễ", "giao tre"))
    finally:
        database.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_sample_is_drawn_from_an_index_of_some_reasons_and_what_has_no_score_is_counted_in_one(
    database: Database, clock: HandClock
) -> None:
    asked: list[tuple[str, Any]] = []

    def plan(tx: Tx, *, now: datetime) -> list[str]:
        for index in answer_table.indexes:  # of two that seem alike, SQLite takes the one that was made last
            if index.name == "ix_answer_kind_answered_at":
                index.drop(tx)
                index.create(tx)
        event.listen(tx, "before_cursor_execute", lambda _a, _b, words, facts, *_c: asked.append((words, facts)))
        period, among = period_of(clock), Share(3, 9)
        storage.reasons.list_sample(tx, Kind.NPS, period, limit=2)
        storage.reasons.list_about(tx, Kind.NPS, period, {"price"}, named=True, among=among, limit=2, offset=0)
        storage.reasons.count_unscored(tx, period)
        return [
            row.detail
            for words, facts in tuple(asked)
            for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", facts)
            if "INDEX ix_answer" in row.detail or "INDEX ix_interaction" in row.detail
        ]

    indexes = [detail.split("INDEX ")[1].split(" (")[0] for detail in database.write_now(plan)]
    of_answers = ["ix_answer_drawn_128", "ix_answer_drawn_8", "ix_answer_kind_answered_at"]
    assert indexes == [*of_answers, *of_answers, "ix_interaction_unscored"]


def test_quotes_of_a_theme_come_in_one_order_however_they_are_looked_up(database: Database, clock: HandClock) -> None:
    runs = [answer(database, "giao trễ" if place % 3 else "được") for place in range(16)]
    read_reasons(database)

    def ask(tx: Tx, *, now: datetime, named: bool, among: Share, offset: int) -> list[int]:
        found = storage.reasons.list_about(
            tx, Kind.NPS, period_of(clock), {"delivery"}, named=named, among=among, limit=4, offset=offset
        )
        return [one.run_id for one in found]

    order = sorted(runs, key=lambda run_id: run_id * HASH_FACTOR % HASH_RANGE)
    about = [run_id for run_id in order if named(database, run_id)]
    for among in (Share(10, 16), Share(10, 4000)):
        assert database.read_now(ask, named=True, among=among, offset=0) == about[:4]
        assert database.read_now(ask, named=True, among=among, offset=8) == about[8:]
    others = [run_id for run_id in order if run_id not in about]
    assert database.read_now(ask, named=False, among=Share(6, 16), offset=4) == others[4:]


def test_counted_days_stay_true_whatever_becomes_of_a_reason_and_its_themes(
    database: Database, clock: HandClock
) -> None:
    run_id, other = answer(database, "giao trễ, quá đắt"), answer(database, "được", 9)
    read_reasons(database)
    clock.advance(timedelta(days=1))
    keys = [one.key for one in RULES.themes]
    changes: list[Callable[[Tx], object]] = [
        lambda tx: None,
        lambda tx: storage.themes.correct(tx, other, "staff", about=True, staff_id=9, now=clock.now()),
        lambda tx: storage.themes.correct(tx, other, "staff", about=False, staff_id=9, now=clock.now()),
        lambda tx: storage.themes.correct(tx, other, "hidden", about=True, staff_id=9, now=clock.now()),
        lambda tx: storage.themes.assign(tx, {run_id: {"price"}}, version=2),
        lambda tx: storage.themes.merge(tx, "price", "delivery"),
        lambda tx: tx.execute(update(answer_table).where(answer_table.c.run_id == run_id).values(score=8)),
        lambda tx: storage.surveys.save_reason(tx, run_id, "", message_id=3, now=clock.now()),
        lambda tx: storage.surveys.save_reason(tx, run_id, "nhân viên", message_id=3, now=clock.now()),
        lambda tx: storage.surveys.forget_reason(tx, run_id),
        lambda tx: tx.execute(
            update(answer_table).where(answer_table.c.run_id == other).values(kind=Kind.CES, score=1)
        ),
        lambda tx: tx.execute(delete(answer_table).where(answer_table.c.run_id == run_id)),
    ]

    def compare(tx: Tx, *, now: datetime) -> list[Counts]:
        said = [storage.reason_counts.count(tx, kind, period_of(clock), keys) for kind in (Kind.NPS, Kind.CES)]
        assert said == [count_reasons(tx, kind, period_of(clock), keys) for kind in (Kind.NPS, Kind.CES)]
        return said

    before: list[Counts] = []
    for change in changes:
        database.write_now(lambda tx, *, now, change=change: change(tx))
        found = database.read_now(compare)
        count_days(database, clock)
        assert database.read_now(compare) == found
        assert found != before or change is changes[3], "every one of these changes what there is to count"
        before = found
