"""The people behind a number of a report: who may see them, and how they are listed."""

from datetime import UTC, datetime

import pytest

from bot.domain.messages import Language
from bot.domain.periods import parse_period
from bot.domain.portfolio import PAGE
from bot.domain.report_requests import ReportRequest
from bot.domain.reports import Metric
from bot.domain.roles import Role, Staff
from bot.domain.segment_lists import Answered, SegmentList, list_message, sees_only_own
from bot.domain.segments import Dimension, key_of, name_of
from bot.domain.taps import SegmentPage, ShowCustomer

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
LONGEST = ReportRequest(Metric.CSAT, "30/12/2025..31/12/2026", Dimension.LOCATION)


@pytest.mark.parametrize(
    ("role", "n", "only"), [(Role.CSM, 4, True), (Role.CSM, 5, False), (Role.MANAGER, 4, False), (Role.ADMIN, 1, False)]
)
def test_under_five_a_csm_sees_their_own_alone(role: Role, n: int, *, only: bool) -> None:
    by = Staff(user_id=7, name="Hoa", role=role, language=Language.VI)
    assert sees_only_own(by, n) is only


def page(number: int, total: int) -> SegmentList:
    left = min(PAGE, total - number * PAGE)
    customers = [Answered(customer_id=2**60 + one, name="x" * 70, score=1, answered_at=NOW) for one in range(left)]
    name = name_of(Dimension.LOCATION, "Huế", {})
    return SegmentList(segment="Huế", name=name, n=total, customers=customers, number=number, total=total, own=False)


@pytest.mark.parametrize(("number", "turns"), [(0, ["after"]), (1, ["before", "after"]), (2, ["before"])])
def test_a_page_leads_to_its_neighbours_and_to_each_customer(number: int, turns: list[str]) -> None:
    period = parse_period("30d", now=NOW, timezone="Asia/Ho_Chi_Minh")
    said = list_message(page(number, 2 * PAGE + 1), LONGEST, currency="VND", period=period, language=Language.VI)
    *rows, last = said.keyboard
    assert [button.part for button in last] == turns
    buttons = [button for row in rows for button in row]
    assert buttons[0].facts["number"] == number * PAGE + 1
    assert buttons[0].tap == ShowCustomer(2**60)
    assert {len(one["name"]) for one in said.facts["customers"]} == {60}  # type: ignore[attr-defined]
    assert last[0].tap == SegmentPage(LONGEST.words, key_of("Huế"), number + (1 if number == 0 else -1))
    assert all(len(button.tap.pack().encode()) <= 64 for row in said.keyboard for button in row)


def test_a_single_page_leads_nowhere_else() -> None:
    period = parse_period("30d", now=NOW, timezone="Asia/Ho_Chi_Minh")
    said = list_message(page(0, 2), LONGEST, currency="VND", period=period, language=Language.VI)
    assert [len(row) for row in said.keyboard] == [2]
