"""Who answered in a segment of a report, on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.messages import Language, Message
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules
from bot.domain.segments import Segmentation, key_of
from bot.domain.touchpoints import Kind
from bot.services.segment_lists import list_answered
from storage.database import Database
from tests.conftest import START
from tests.factories import add_customer, add_staff
from tests.history import Asked, remember

HOA = Staff(user_id=5_000_000_007, name="Hoa", role=Role.CSM, language=Language.EN)
BOSS = Staff(user_id=8, name="Mai", role=Role.MANAGER, language=Language.EN)
DAY = timedelta(days=1)
YESTERDAY = START - DAY


def find(database: Database, words: str, segment: str, *, by: Staff = BOSS, page: int = 0) -> Message:
    facts = {"rules": Rules(), "by": by, "words": words, "segment": key_of(segment), "page": page}
    return database.read_now(list_answered, **facts)


def listed(found: Message) -> list[tuple[str, int]]:
    assert found.template == "reports/segment", found
    customers: Any = found.facts["customers"]
    return [(one["name"], one["score"]) for one in customers]


def answered(database: Database, name: str, score: int, **changes: Any) -> int:
    """A customer of nobody's, and what they said yesterday."""
    customer_id = add_customer(database, name=name, chat_id=None, csm_id=changes.pop("owner", None))
    remember(database, [Asked(customer_id=customer_id, score=score, **{"sent_at": YESTERDAY, **changes})])
    return customer_id


def test_the_lowest_score_comes_first_and_only_the_latest_of_a_customer_counts(database: Database) -> None:
    an = answered(database, "An", 2, sent_at=START - 3 * DAY)
    remember(database, [Asked(customer_id=an, score=9, sent_at=YESTERDAY)])
    answered(database, "Bình", 5)
    answered(database, "Chi", 1, segment="silver")
    answered(database, "Dung", 0, sent_at=START - 40 * DAY)
    assert listed(find(database, "nps 30d by plan", "gold")) == [("Bình", 5), ("An", 9)]


def test_whose_latest_nps_was_in_another_segment_is_in_that_one(database: Database) -> None:
    an = answered(database, "An", 2, sent_at=START - 3 * DAY, segment="silver")
    remember(database, [Asked(customer_id=an, score=9, sent_at=YESTERDAY)])
    early = Asked(customer_id=an, kind=Kind.CES, score=2, sent_at=START - 3 * DAY, segment="silver")
    remember(database, [early, Asked(customer_id=an, kind=Kind.CES, score=7, sent_at=YESTERDAY)])
    assert find(database, "nps 30d by plan", "silver").template == "customers/stale_button"
    assert listed(find(database, "ces 30d by plan", "silver")) == [("An", 2)]


@pytest.mark.parametrize(("tag", "names"), [("vip", ["An", "Bình"]), ("đại lý", ["An"]), ("", ["Chi"])])
def test_a_tag_leads_to_all_who_had_it(database: Database, tag: str, names: list[str]) -> None:
    for number, (name, tags) in enumerate({"An": ("vip", "đại lý"), "Bình": ("vip",), "Chi": ()}.items()):
        answered(database, name, number, others=Segmentation(tags=tags))
    answered(database, "Dung", 9, others=Segmentation(tags=("vip 2",)))
    assert [name for name, _ in listed(find(database, "nps 30d by tag", tag))] == names


def test_a_small_group_is_shown_to_managers_and_to_each_customers_own_csm(database: Database) -> None:
    for name, owner in {"An": HOA.user_id, "Bình": 6, "Chi": None, "Dung": 6}.items():
        answered(database, name, 3, owner=owner)
    mine = find(database, "nps 30d by plan", "gold", by=HOA)
    assert (listed(mine), mine.facts["own"], mine.facts["total"]) == ([("An", 3)], True, 1)
    assert len(listed(find(database, "nps 30d by plan", "gold"))) == 4
    answered(database, "Em", 3)
    everybody = find(database, "nps 30d by plan", "gold", by=HOA)
    assert (len(listed(everybody)), everybody.facts["own"]) == (5, False)


def test_a_csm_is_named_and_who_was_forgotten_is_not_listed(database: Database) -> None:
    add_staff(database, HOA.user_id)
    answered(database, "An", 3, csm_id=HOA.user_id)
    gone = add_customer(database, name="", chat_id=None, forgotten_at=START)
    remember(database, [Asked(customer_id=gone, score=1, sent_at=YESTERDAY, csm_id=HOA.user_id)])
    found = find(database, "nps 30d by csm", str(HOA.user_id))
    assert (listed(found), found.facts["n"], found.facts["name"]["text"]) == ([("An", 3)], 2, "Hoa")  # type: ignore[index]


def test_a_page_beyond_the_last_is_the_last(database: Database) -> None:
    for number in range(9):
        answered(database, f"An {number}", number)
    found = find(database, "nps 30d by plan", "gold", page=7)
    assert (listed(found), found.facts["first"]) == ([("An 8", 8)], 9)


@pytest.mark.parametrize("words", ["nps 30d", "churn 30d by plan", "nps 99y by plan", "tomorrow", "nps 30d by age"])
def test_a_button_that_names_no_segment_is_stale(database: Database, words: str) -> None:
    answered(database, "An", 3)
    assert find(database, words, "gold").template == "customers/stale_button"
