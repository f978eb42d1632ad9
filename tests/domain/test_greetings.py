from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.domain import greetings
from bot.domain.messages import Language
from bot.domain.rules import BirthdayRules, HolidayGreeting, Rules
from bot.domain.touchpoints import Kind

WORDS = {Language.VI: "lời", Language.EN: "words"}
TET = HolidayGreeting(key="tet", lunar="01-01", text=WORDS)
WOMEN = HolidayGreeting(key="women", day="03-08", text=WORDS)
RULES = Rules(greetings=(TET, WOMEN))
SAIGON = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 12, 31, 20, tzinfo=UTC)
YEAR = NOW + timedelta(days=365)


def test_a_year_has_each_holiday_once_by_its_own_calendar() -> None:
    found = greetings.holidays_between(date(2027, 1, 1), date(2028, 12, 31), RULES)
    assert [(str(day), one.key) for day, one in found] == [
        ("2027-02-06", "tet"),
        ("2028-01-26", "tet"),
        ("2027-03-08", "women"),
        ("2028-03-08", "women"),
    ]


def test_greetings_go_out_in_the_customers_own_morning_and_end_with_their_day() -> None:
    for zone, hours in ((SAIGON, 2), ("America/New_York", 14)):
        tet, women = greetings.ahead(None, zone, RULES, now=NOW, until=YEAR)
        assert (tet.kind, women.kind) == (Kind.HOLIDAY_GREETING, Kind.HOLIDAY_GREETING)
        assert tet.due_at == datetime(2027, 2, 6, hours, tzinfo=UTC)
        assert tet.expires_at == tet.due_at + timedelta(hours=15)


def test_birthdays_are_greetings_too_in_their_order() -> None:
    found = greetings.ahead((2, 29), SAIGON, RULES, now=NOW, until=YEAR)
    days = [(one.kind, one.due_at.date().isoformat()) for one in found]
    assert days[1] == (Kind.BIRTHDAY, "2027-02-28")
    assert greetings.instants((2, 29), SAIGON, RULES, now=NOW, until=YEAR) == tuple(one.due_at for one in found)
    quiet = replace(RULES, birthday=BirthdayRules(enabled=False))
    assert len(greetings.ahead((2, 29), SAIGON, quiet, now=NOW, until=YEAR)) == 2


def test_a_greeting_of_today_is_there_until_the_day_is_over() -> None:
    today = datetime(2027, 2, 6, 16, tzinfo=UTC)
    assert len(greetings.ahead(None, SAIGON, RULES, now=today, until=today)) == 1
    over = today + timedelta(hours=1)
    assert greetings.ahead(None, SAIGON, RULES, now=over, until=over) == []


def test_a_greeting_is_in_the_language_that_the_customer_reads_when_it_goes() -> None:
    facts = {"name": "An", "salutation": "", **greetings.greeting_facts(TET)}
    said = [greetings.greeting(facts, outbox_id=1, language=language).facts["words"] for language in Language]
    assert said == ["lời", "words"]
    assert greetings.greeting({"greetings": None}, outbox_id=1, language=Language.VI).facts["words"] == ""


def test_one_key_is_one_greeting_of_a_customer_and_a_day() -> None:
    day = date(2027, 2, 6)
    assert greetings.dedupe_key(TET, 7, day) == "greeting:tet:7:2027-02-06"
