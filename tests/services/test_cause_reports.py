"""The pages of causes as use cases, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Table, insert

from bot.domain.messages import Language
from bot.domain.reasons.themes import ThemeTemplate
from bot.domain.records import CustomerRecord
from bot.domain.report_messages import Report
from bot.domain.report_requests import parse_report_request
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules, WinBackRules
from bot.domain.win_back import draw
from bot.services import imports, loyalty_reports, reports, team_reports, trial_reports, waves, win_back
from storage import forgetting, reasons as reason_queries
from storage.database import Database, Tx
from storage.draws import drawn_numbers
from storage.tables import customer, loss, ownership, purchase, reason_theme, wave
from tests.conftest import START, HandClock
from tests.factories import CHAT, add_customer, add_staff, row, rows
from tests.history import Asked, remember

DAY = timedelta(days=1)
RULES = Rules()
ASKED_AT = START - 120 * DAY
USUAL = {
    "search_name": "an",
    "salutation": "",
    "language": "vi",
    "timezone": "Asia/Ho_Chi_Minh",
    "location": "Huế",
    "joined_at": START - 500 * DAY,
    "created_at": START - 500 * DAY,
}


def ask(database: Database, words: str, page: reports.Page, rules: Rules = RULES) -> dict[str, Any]:
    request = parse_report_request(words.split())
    found = database.read_now(reports.report, rules=rules, request=request, page=page, language=Language.EN)
    assert isinstance(found, Report)
    return dict(found.message.facts)


@pytest.fixture
def people(database: Database) -> list[int]:
    """A hundred customers by turns of two plans, of whom every third of the one and every tenth of the other leave."""

    def add(tx: Tx, *, now: datetime) -> list[int]:
        ids = sorted(tx.execute(insert(customer).returning(customer.c.id), list(_people())).scalars())
        facts = {"source": "staff", "reason": ""}
        leavers = [(place, one) for place, one in enumerate(ids) if place % 6 == 0 or place % 20 == 1]
        lost = [{**facts, "customer_id": one, "lost_at": START - (10 + place % 50) * DAY} for place, one in leavers]
        tx.execute(insert(loss), lost)
        return ids

    return database.write_now(add)


def put_all(database: Database, table: Table, values: list[dict[str, Any]]) -> None:
    def add(tx: Tx, *, now: datetime) -> None:
        tx.execute(insert(table), values)

    database.write_now(add)


def _people() -> Iterator[dict[str, Any]]:
    for place in range(100):
        yield {**USUAL, "name": f"An {place}", "plan": ("gold", "free")[place % 2]}


def test_loyalty_holds_answers_before_the_date_against_losses_after_it(database: Database, people: list[int]) -> None:
    remember(database, [Asked(customer_id=one, sent_at=ASKED_AT, score=2 if one % 2 else 9) for one in people[:60]])
    remember(database, [Asked(customer_id=one, sent_at=ASKED_AT) for one in people[60:90]])
    said = ask(database, "loyalty 90d", loyalty_reports.loyalty)
    sizes = {one["category"]: one["n"] for one in said["categories"]}
    assert sizes == {"promoter": 30, "passive": 0, "detractor": 30, "silent": 30}
    assert (said["not_asked"], said["days"], said["at"]) == (10, 90, START - 90 * DAY)
    assert said["lost"] == sum(place % 6 == 0 or place % 20 == 1 for place in range(90))


def test_opportunities_are_segments_by_plan_and_place(database: Database, people: list[int]) -> None:
    bought_at = START - 100 * DAY
    facts = {"purchased_at": bought_at, "amount_minor": 1000, "currency": "VND"}
    put_all(database, purchase, [{"customer_id": one, "external_id": f"{one}", **facts} for one in people])

    def change(tx: Tx, *, now: datetime) -> None:
        tx.execute(customer.update().values(last_purchase_at=bought_at))

    database.write_now(change)
    said = ask(database, "opportunities 90d", loyalty_reports.opportunities)
    assert (said["n"], said["looked_at"], said["hidden"], said["every"]) == (100, 2, 0, 1)
    assert [one["name"] for one in said["segments"]] == ["gold · Huế"]
    assert (said["segments"][0]["lost"], said["segments"][0]["themes"]) == (17, [])
    remember(database, [Asked(customer_id=one, sent_at=ASKED_AT, score=6 + one % 4 // 2) for one in people[:40]])
    themed = [{"run_id": one["run_id"], "theme": "price"} for one in rows(database, "answer")]
    put_all(database, reason_theme, [{**one, "about": place != 4} for place, one in enumerate(themed)])
    rules = replace(
        RULES, themes=(ThemeTemplate(key="price", name={Language.VI: "giá", Language.EN: "price"}, seeds=("giá",)),)
    )
    first = ask(database, "opportunities 90d", loyalty_reports.opportunities, rules)["segments"][0]
    assert first["themes"] == ["price"]
    low = {one for place, one in enumerate(people[:40]) if one % 4 < 2 and place != 4}
    assert database.read_now(low_themes, of=people) == low
    assert database.read_now(low_themes, of=people[:9]) == low & set(people[:9])


def test_opportunities_are_told_by_one_dimension_in_which_segments_never_overlap(
    database: Database, people: list[int]
) -> None:
    def tag(tx: Tx, *, now: datetime) -> None:
        for place, tags in enumerate((["vip"], ["vip", "wholesale"], [])):
            some = people[place * 30 : place * 30 + 30]
            tx.execute(customer.update().where(customer.c.id.in_(some)).values(tags=tags))
        tx.execute(customer.update().where(customer.c.id.in_(people[::2])).values(csm_id=7))

    add_staff(database, 7, name="Hoa")
    database.write_now(tag)
    asked = {by: ask(database, f"opportunities 90d by {by}", loyalty_reports.opportunities) for by in ("tag", "csm")}
    assert {by: (said["n"], said["looked_at"]) for by, said in asked.items()} == {"tag": (100, 3), "csm": (100, 2)}
    facts = {"purchased_at": START - 100 * DAY, "amount_minor": 1000, "currency": "VND"}
    put_all(database, purchase, [{"customer_id": one, "external_id": f"{one}", **facts} for one in people])
    database.write_now(lambda tx, now: tx.execute(customer.update().values(last_purchase_at=START - 100 * DAY)))
    (first,) = ask(database, "opportunities 90d by csm", loyalty_reports.opportunities)["segments"]
    assert (first["segment"]["text"], first["n"], first["lost"]) == ("Hoa", 50, 17)


def low_themes(tx: Tx, *, now: datetime, of: list[int]) -> set[int]:
    found = reason_queries.list_detractor_themes(tx, of, after=START - 180 * DAY, until=START)
    assert {theme for _, theme in found} == {"price"}
    return {customer_id for customer_id, _ in found}


def test_the_team_is_credited_with_whom_it_had_at_the_start(database: Database, people: list[int]) -> None:
    add_staff(database, 7, name="Hoa")
    first = [{"customer_id": one, "since": START - 300 * DAY, "csm_id": 7 + one % 2} for one in people[:80]]
    put_all(database, ownership, [*first, *({**each, "since": START - 5 * DAY, "csm_id": 9} for each in first)])
    said = ask(database, "team 90d", team_reports.team)
    assert sorted(one["name"] for one in said["team"]) == ["#8", "Hoa"]
    assert (said["n"], said["unknown"], said["compared"]) == (80, 20, 2)
    for role, names in ((Role.CSM, ["Hoa"]), (Role.MANAGER, ["#8", "Hoa"])):
        reader = Staff(user_id=7, name="Hoa", role=role, language=Language.VI)
        seen = ask(database, "team 90d", partial(team_reports.team, reader=reader))
        assert sorted(one["name"] for one in seen["team"]) == names
        assert (seen["n"], seen["whole"]["lost"], seen["own"]) == (80, said["whole"]["lost"], role is Role.CSM)


def test_the_team_is_told_by_the_segments_of_its_customers(database: Database, people: list[int]) -> None:
    add_staff(database, 7, name="Hoa")
    put_all(database, ownership, [{"customer_id": one, "since": START - 300 * DAY, "csm_id": 7} for one in people[:80]])
    said = ask(database, "team 90d by plan", team_reports.team)
    assert sorted((one["name"], one["segment"]["text"], one["n"]) for one in said["team"]) == [
        ("Hoa", "free", 40),
        ("Hoa", "gold", 40),
    ]
    # Of the customers of one plan what was to be expected is what that plan lost.
    assert [one["ratio"]["value"] for one in said["team"]] == pytest.approx([1, 1])
    assert (said["n"], said["unknown"]) == (80, 20)
    of_itself = ask(database, "team 90d by csm", team_reports.team)
    assert [(one["name"], one["segment"], one["n"]) for one in of_itself["team"]] == [("Hoa", None, 80)]


def test_of_more_customers_a_sample_is_looked_at_and_said_to_be_one(
    database: Database, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for pages, name in (
        (loyalty_reports, "MOST_WATCHED"),
        (loyalty_reports, "MOST_IN_SEGMENTS"),
        (team_reports, "MOST_EXAMINED"),
    ):
        monkeypatch.setattr(pages, name, 20)
    remember(database, [Asked(customer_id=one, sent_at=ASKED_AT) for one in people])
    put_all(database, ownership, [{"customer_id": one, "since": START - 300 * DAY, "csm_id": 7} for one in people])
    drawn = {
        one for one in database.read_now(lambda tx, now: tx.execute(drawn_numbers(5)).scalars().all()) if one in people
    }
    assert 15 <= len(drawn) <= 20
    for words, page in (
        ("loyalty 90d", loyalty_reports.loyalty),
        ("opportunities 90d", loyalty_reports.opportunities),
        ("team 90d", team_reports.team),
    ):
        said = ask(database, words, page)
        assert (said["every"], said["n"]) == (5, len(drawn))


@pytest.mark.parametrize(
    ("words", "is_full", "so_far"), [("89d", False, False), ("90d", True, False), ("this quarter", False, True)]
)
def test_the_team_is_looked_at_over_a_whole_cycle_that_is_over(
    database: Database, words: str, is_full: bool, so_far: bool
) -> None:
    said = ask(database, f"team {words}", team_reports.team)
    assert (said["is_full"], said["so_far"]) == (is_full, so_far)


def test_waves_of_two_wordings_are_listed_by_the_day_on_which_they_begin(database: Database) -> None:
    add_customer(database)
    for words in ("nps a/b", "csat about returns a/b", "nps"):
        database.write_now(waves.draft_wave, rules=RULES, staff_id=1, language=Language.VI, text=words)
    assert ask(database, "tests 90d", trial_reports.tests)["total"] == 0

    def start(tx: Tx, *, now: datetime) -> None:
        tx.execute(wave.update().values(status="running"))
        tx.execute(wave.update().where(wave.c.kind == "csat").values(starts_on=(START - 100 * DAY).date()))

    database.write_now(start)
    assert [one["kind"] for one in ask(database, "tests 90d", trial_reports.tests)["tests"]] == ["nps"]
    said = ask(database, "tests 180d", trial_reports.tests)
    assert [(one["kind"], one["standing"]) for one in said["tests"]] == [("csat", "open"), ("nps", "open")]


def test_who_is_held_out_is_not_asked_and_is_compared(database: Database, clock: HandClock) -> None:
    rules = replace(RULES, win_back=WinBackRules(holdout=0.5, planned=60))
    found = [add_customer(database, chat_id=CHAT + number) for number in range(12)]
    for one in found:
        message = database.write_now(win_back.mark_lost, rules=rules, customer_id=one, reason="", language=Language.EN)
        assert (message.facts["rule"] == "held_out") is draw(one, 0.5).held_out
        assert message.facts["will_write"] is not draw(one, 0.5).held_out
    clock.advance(2 * DAY)
    assert database.write_now(win_back.plan_win_back, rules=rules) == 12
    assert database.write_now(win_back.plan_win_back, rules=rules) == 0
    held = {one["customer_id"] for one in rows(database, "win_back", held_out=True)}
    assert held == {one for one in found if draw(one, 0.5).held_out}
    asked = {one["customer_id"] for one in rows(database, "outbox", kind="win_back")}
    assert asked == set(found) - held
    clock.advance(30 * DAY)
    assert database.write_now(win_back.plan_offers, rules=rules) == 12 - len(held)
    clock.advance(70 * DAY)
    said = ask(database, "roi", trial_reports.roi, rules)
    assert (said["standing"], said["followed"], said["control"]["n"]) == ("locked", 12, len(held))
    assert ask(database, "roi", trial_reports.roi)["standing"] == "none"


def test_an_import_notes_whose_a_customer_is_and_forgetting_takes_it_out(database: Database, clock: HandClock) -> None:
    record = CustomerRecord(row=2, external_id="K1", name="An", csm_id=7)
    for csm_id in (7, 7, 8):
        clock.advance(DAY)
        database.write_now(imports.import_customers, records=[replace(record, csm_id=csm_id)], rules=RULES)
    assert [(one["csm_id"], one["since"]) for one in rows(database, "ownership")] == [
        (7, START + DAY),
        (8, START + 3 * DAY),
    ]
    database.write_now(forgetting.erase, customer_id=row(database, "customer")["id"], timezone=RULES.timezone)
    assert rows(database, "ownership") == []
