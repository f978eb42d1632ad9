"""The words after `/plan CUSTOMER:`, in either language: a milestone's number, and its new value or day."""

import re
from dataclasses import dataclass
from datetime import date

VALUE = re.compile(r"(\d{1,2})\s*=\s*(-?\d{1,12}(?:[.,]\d{1,2})?)")
DAY = re.compile(r"(\d{1,2})\s+(\d{1,2})/(\d{1,2})(?:/(\d{4}))?")


@dataclass(frozen=True)
class MeasureRequest:
    """A milestone, by its number in the plan, has come so far."""

    position: int
    value: float


@dataclass(frozen=True)
class MoveRequest:
    """A milestone, by its number in the plan, is put off to a day."""

    position: int
    day: date


def read_plan_request(text: str, *, today: date) -> MeasureRequest | MoveRequest | None:
    """Reads "2 = 12,5" or "2 30/6"; a day without a year is the next such day. None for anything else."""
    words = text.strip()
    if match := VALUE.fullmatch(words):
        return MeasureRequest(int(match[1]), float(match[2].replace(",", ".")))
    if match := DAY.fullmatch(words):
        day = _day(int(match[2]), int(match[3]), match[4], today=today)
        return MoveRequest(int(match[1]), day) if day is not None and day >= today else None
    return None


def _day(day: int, month: int, year: str | None, *, today: date) -> date | None:
    try:
        found = date(int(year or today.year), month, day)
        return found.replace(year=today.year + 1) if not year and found < today else found
    except ValueError:
        return None
