"""Through every door of the routing table, as somebody whose door it is not."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain import taps
from bot.domain.messages import Language, Message
from bot.playground.persons import Person
from bot.services import staff
from handlers.routes import COMMANDS, TAPS
from storage.database import Database, Tx
from storage.tables import metadata
from tests.conftest import HandClock
from tests.doors import FREE_TAPS, OWNED_TAPS, STAFF_TAPS, WORDS, furnish, offer, tap, with_plans
from tests.factories import CHAT, add_customer, add_staff, rows
from tests.stage import Stage, last, text

STAFF_COMMANDS = {command.name: command.role for command in COMMANDS if command.role is not None}
STAFF_BUTTONS = {route.tap: route.role for route in TAPS if route.role is not None}
CUSTOMER_BUTTONS = {route.tap for route in TAPS if route.role is None}
RANKS = ["csm", "manager", "admin"]
OTHERS = ["customer", "stranger"]
EVERYTHING = {name: select(table) for name, table in metadata.tables.items()}


@pytest.fixture(scope="module")
def furnished_sqlite(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Path:
    """A database in which every door leads somewhere: filling one takes longer than going through a door."""
    path = tmp_path_factory.mktemp("furnished") / "furnished.sqlite3"
    shutil.copy(empty_sqlite, path)
    database = Database(f"sqlite:///{path}", now=HandClock().now)
    furnish(database)
    add_customer(database, id=2, name="Bình", chat_id=CHAT + 1)
    database.close()
    return path


@pytest.fixture
def sqlite_template(furnished_sqlite: Path) -> Path:
    return furnished_sqlite


@pytest.fixture
async def world(stage: Stage) -> Stage:
    """A world in which every door leads somewhere, all that was due is sent, and everybody has written before."""
    stage.app.bot_data.rules = with_plans(stage.app.bot_data.rules)
    stage.person(name="An")
    await stage.settle()
    return stage


def enter(stage: Stage, database: Database, who: str) -> Person:
    """Somebody of this sort, with Telegram: An's neighbour Bình, nobody's acquaintance, or staff of this rank."""
    if who in RANKS:
        add_staff(database, CHAT + 5, role=who, language="vi")
    return stage.person({"customer": 1, "stranger": 4}.get(who, 5), name=who)


def everything(database: Database) -> dict[str, Any]:
    def read(tx: Tx, *, now: datetime) -> dict[str, Any]:
        return {name: [dict(row) for row in tx.execute(every).mappings()] for name, every in EVERYTHING.items()}

    return database.read_now(read)


def below(role: str) -> list[str]:
    """Everybody who may do less than a role."""
    return [*OTHERS, *RANKS[: RANKS.index(role)]]


def test_every_route_of_the_table_is_walked() -> None:
    assert set(WORDS) == set(STAFF_COMMANDS)
    assert set(STAFF_TAPS) == set(STAFF_BUTTONS)
    assert set(OWNED_TAPS) | set(FREE_TAPS) == CUSTOMER_BUTTONS
    assert set(taps.TAPS.values()) == set(STAFF_BUTTONS) | CUSTOMER_BUTTONS


@pytest.mark.parametrize(
    ("command", "who"), [(name, who) for name, role in STAFF_COMMANDS.items() for who in below(role)]
)
async def test_a_command_of_staff_is_refused_and_changes_nothing(
    world: Stage, database: Database, command: str, who: str
) -> None:
    person = enter(world, database, who)
    before = everything(database)
    person.send_text(f"/{command} {WORDS[command]}")
    await world.settle()
    assert "chỉ dành cho" in text(last(person.chat))
    assert everything(database) == before


@pytest.mark.parametrize(("kind", "who"), [(kind, who) for kind, role in STAFF_BUTTONS.items() for who in below(role)])
async def test_a_button_of_staff_is_refused_and_changes_nothing(
    world: Stage, database: Database, kind: type[taps.Tap], who: str
) -> None:
    person = enter(world, database, who)
    await tap_in_vain(world, database, person, await offer(world, person, STAFF_TAPS[kind]))


@pytest.mark.parametrize("kind", STAFF_BUTTONS)
async def test_an_old_button_of_somebody_who_works_here_no_more_does_nothing(
    world: Stage, database: Database, kind: type[taps.Tap]
) -> None:
    person = enter(world, database, "admin")
    message_id = await offer(world, person, STAFF_TAPS[kind])
    database.write_now(staff.remove_staff, rules=world.app.bot_data.rules, user_id=CHAT + 5)
    await tap_in_vain(world, database, person, message_id)


async def tap_in_vain(world: Stage, database: Database, person: Person, message_id: int) -> None:
    before = everything(database)
    person.tap(message_id, "x")
    await world.settle()
    assert "chỉ dành cho" in text(last(person.chat))
    assert everything(database) == before


@pytest.mark.parametrize("kind", STAFF_BUTTONS)
async def test_the_same_button_does_something_for_staff(world: Stage, database: Database, kind: type[taps.Tap]) -> None:
    await tap(world, enter(world, database, "admin"), STAFF_TAPS[kind])
    assert len(rows(database, "audit")) == 1


@pytest.mark.parametrize("who", [*OTHERS, *RANKS])
@pytest.mark.parametrize("kind", OWNED_TAPS)
async def test_a_customers_button_is_refused_to_everybody_else_and_changes_nothing(
    world: Stage, database: Database, kind: type[taps.Tap], who: str
) -> None:
    person = enter(world, database, who)
    message_id = await offer(world, person, OWNED_TAPS[kind])
    before = everything(database)
    person.tap(message_id, "x")
    await world.settle()
    nobody = kind is taps.AnswerForget and who != "customer"
    assert text(last(person.chat)) == words(world, "privacy/forgotten" if nobody else "customers/stale_button")
    assert everything(database) == before


def words(stage: Stage, template: str) -> str:
    rendered = stage.app.bot_data.renderer.render(Message(template, Language.VI))
    return rendered.text


@pytest.mark.parametrize("kind", OWNED_TAPS)
async def test_the_same_button_does_something_for_its_customer(
    world: Stage, database: Database, kind: type[taps.Tap]
) -> None:
    an = world.messenger.persons[CHAT]
    message_id = await offer(world, an, OWNED_TAPS[kind])
    before = everything(database)
    an.tap(message_id, "x")
    await world.settle()
    assert words(world, "customers/stale_button") not in [text(message) for message in an.chat.messages.values()]
    assert (everything(database) == before) is (kind is taps.ChangeScore)  # which only shows the scores again


@pytest.mark.parametrize("kind", FREE_TAPS)
async def test_a_button_that_names_nobody_changes_nothing_of_anybody_but_whoever_taps(
    world: Stage, database: Database, kind: type[taps.Tap]
) -> None:
    before = others(database)
    await tap(world, enter(world, database, "customer"), FREE_TAPS[kind])
    assert rows(database, "customer", id=2) != before["bình"]
    assert others(database) | {"bình": None} == before | {"bình": None}


def others(database: Database) -> dict[str, Any]:
    found = everything(database)
    (binh,) = [[one] for one in found["customer"] if one["id"] == 2]
    found["customer"] = [one for one in found["customer"] if one["id"] != 2]
    found["consent"] = [one for one in found["consent"] if one["customer_id"] != 2]
    return found | {"bình": binh}
