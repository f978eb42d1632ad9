"""How the playground opens: who is there, and what has just happened when the visitor comes."""

import hashlib
from datetime import UTC, datetime, time, timedelta

import storage.staff
from bot.domain.contact import is_open_on, is_quiet
from bot.domain.local_time import instant_at, local_date
from bot.domain.messages import Language
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.playground.clock import ClockMover
from bot.playground.messenger import Messenger
from bot.playground.persons import Person
from bot.playground.simulation.cast import StaffMember, staff_group
from bot.playground.simulation.people import Profile
from bot.playground.simulation.story import Simulation, external_id
from bot.playground.world import Chat, User
from bot.services import links
from storage.database import Database

MORNING = time(9, 5)
STAFF_GROUP = -1_007_200_000_000
PAUSE = timedelta(minutes=2)
SHOWN_REPORT = "/report nps 365d"


def opening_time(now: datetime, rules: Rules) -> datetime:
    """The morning of the day, or of the next one on which surveys go out, so that everything may be sent."""
    day = local_date(now, rules.timezone)
    while not is_open_on(day, Kind.NPS, rules.contact):
        day += timedelta(days=1)
    morning = rules.contact.quiet_until if is_quiet(MORNING, rules.contact) else MORNING
    return instant_at(day, morning, rules.timezone).astimezone(UTC)


def seat(messenger: Messenger, simulation: Simulation, *, seed: int, language: Language) -> Chat:
    """Let everybody use the messenger who can be reached or is shown, and open the staff's group."""
    parts = {part.profile.id: part for part in simulation.cast}
    for profile in simulation.profiles:
        part = parts.get(profile.id)
        if profile.linked_at is not None or part is not None:
            code = link_code(profile, seed) if part is not None and part.link == "code" else ""
            _seat_customer(messenger, profile, code, featured=part is not None)
    members = [_seat_staff(messenger, one, language, featured=place == 0) for place, one in enumerate(simulation.staff)]
    return messenger.add_group(STAFF_GROUP, staff_group(language), members, is_forum=True)


def _seat_customer(messenger: Messenger, profile: Profile, code: str, *, featured: bool) -> None:
    user = User(
        id=profile.chat_id,
        first_name=profile.name,
        language_code=profile.language,
        phone_number=profile.phone,
    )
    chat = messenger.add_person(user, start_payload=code, featured=featured).chat
    chat.started = profile.linked_at is not None
    if profile.blocked_at is not None:
        chat.bot_status = "kicked"


def _seat_staff(messenger: Messenger, member: StaffMember, language: Language, *, featured: bool) -> User:
    user = User(id=member.user_id, first_name=member.name, language_code=language)
    messenger.add_person(user, role="csm", featured=featured).chat.started = True
    return user


async def hire(database: Database, simulation: Simulation, language: Language) -> None:
    """Let the bot know its staff; the first of them is the manager."""
    for place, one in enumerate(simulation.staff):
        role = Role.CSM if place else Role.MANAGER
        member = Staff(user_id=one.user_id, name=one.name, role=role, language=language)
        await database.write(storage.staff.save, staff=member)


async def make_links(database: Database, simulation: Simulation, rules: Rules, *, seed: int) -> None:
    """Make the deep links behind the Start buttons of those of the cast who have one."""
    for profile in (part.profile for part in simulation.cast if part.link == "code"):
        code = link_code(profile, seed)
        await database.write(links.create_link, external_id=external_id(profile), rules=rules, code=code)


def link_code(profile: Profile, seed: int) -> str:
    """A code that is the same every time; outside a playground it must come from a cryptographic generator."""
    return hashlib.sha256(f"{seed}/{profile.id}".encode()).hexdigest()[:24]


async def play(messenger: Messenger, mover: ClockMover, simulation: Simulation) -> None:
    """Let the cast play the opening, a few minutes apart; then staff look at a report."""
    await _pass(mover)
    for part in simulation.cast:
        person = messenger.persons[part.profile.chat_id]
        if part.taps:
            _tap_latest(person, part.taps)
            await _pass(mover)
        for text in filter(None, (part.writes, part.asks)):
            person.send_text(text)
            await _pass(mover)
    ask_for_report(messenger, simulation)
    await _pass(mover)


def ask_for_report(messenger: Messenger, simulation: Simulation) -> None:
    """The manager asks for the report that the visitor finds."""
    messenger.persons[simulation.staff[0].user_id].send_text(SHOWN_REPORT)


def _tap_latest(person: Person, label: str) -> None:
    latest = next(reversed(person.chat.messages), None)
    if latest is not None:
        person.tap(latest, label)


async def _pass(mover: ClockMover) -> None:
    await mover.advance(mover.clock.now() + PAUSE)
