"""A small grammar of the periods that people ask for: "quý 3 năm ngoái", "H1 2026", "từ 1/5 đến 30/6", "since March".

It is our own because general parsers of dates (dateparser, dateutil) guess: they take "quý 3" for a day, read "1/5" as
5 January, fill in whatever is missing from today, and never refuse. Here a text is rewritten, rule by rule, into one
short form, and what is left over makes the whole text no period. Days come before months, as Vietnamese and British
people write them. Nothing here knows what day it is: a year that was not said stays open.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from dateutil.relativedelta import relativedelta

from bot.domain.calendar_units import LENGTHS, ONE_DAY, Unit
from bot.domain.names import search_key

CENTURY = 2000
MONTHS_A_YEAR, LONGEST_MONTH = 12, 31
LEAP_YEAR = 2024


@dataclass(frozen=True)
class Stretch:
    """A part of a year: a day, or `months` whole months from `month` on.

    `year` is one of the calendar, or counts back from this one (0, -1, …); it is None where nobody said it.
    """

    month: int
    months: int = 1
    day: int | None = None
    year: int | None = None

    def days(self, year: int) -> tuple[date, date]:
        """Its first day and the day after its last one, in one year.

        Raises:
            ValueError: that year has no such day.
        """
        first_day = date(year, self.month, self.day or 1)
        length = LENGTHS[Unit.DAY] if self.day else relativedelta(months=self.months)
        return first_day, first_day + length

    def latest(self, today: date) -> tuple[date, date]:
        """Its days in its own year; where none was said, in the latest year in which it has begun.

        Raises:
            ValueError: that year has no such day.
        """
        if self.year is not None:
            return self.days(self.year if self.year > 0 else today.year + self.year)
        found = self.days(today.year)
        return found if found[0] <= today else self.days(today.year - 1)


@dataclass(frozen=True)
class Span:
    """From the start of one stretch to the end of another, or to today where there is no other."""

    first: Stretch
    last: Stretch | None

    def days(self, today: date) -> tuple[date, date]:
        """Its first day and the day after its last one; an end without a year lies next to the end that has one.

        Where none has a year it may run over the end of one, but not into days to come: then it ends before it begins.

        Raises:
            ValueError: a year has no such day.
        """
        if self.last is None:
            return self.first.latest(today)[0], today + ONE_DAY
        if self.first.year is None and self.last.year is not None:
            after = self.last.latest(today)[1]
            first_day = self.first.days((after - ONE_DAY).year)[0]
            return (first_day if first_day < after else self.first.days(first_day.year - 1)[0]), after
        first_day = self.first.latest(today)[0]
        if self.last.year is not None:
            return first_day, self.last.latest(today)[1]
        after = self.last.days(first_day.year)[1]
        next_year = self.last.days(first_day.year + 1)[1]
        return first_day, (after if first_day < after or next_year > today + ONE_DAY else next_year)

    @property
    def turned(self) -> "Span | None":
        """The same from its other end, if it has one."""
        return Span(self.last, self.first) if self.last is not None else None


_NUMERALS = ("i mot first", "ii hai second", "iii ba third", "iv tu fourth")
_QUARTERS = MappingProxyType({word: n for n, words in enumerate(_NUMERALS, 1) for word in words.split()})
_SPELLED = "gieng hai ba tu nam sau bay tam chin muoi muoi_mot muoi_hai"
_ENGLISH = "january february march april may june july august september october november december"
_MONTHS = MappingProxyType(
    {word.replace("_", " "): n for n, word in enumerate(_SPELLED.split(), 1)}
    | {"mot": 1, "chap": 12}
    | {short: n for n, word in enumerate(_ENGLISH.split(), 1) for short in (word, word[:3])}
    | {"sept": 9}
)


def _any_of(words: Iterable[str]) -> str:
    """The pattern of one of these words, the longest first."""
    return "|".join(sorted(words, key=len, reverse=True))


_MONTH_NAME = _any_of(short for word in _ENGLISH.split() for short in (word, word[:3], "sept"))
_REWRITES = tuple(
    (re.compile(pattern), short)
    for pattern, short in (
        (r"[–—]", "-"),
        (r"\s*(?:[,;]|\b(?:of|cua|in|trong|the|vao|on)\b)\s*", " "),
        (r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", r"\3/\2/\1"),
        (r"\b(\d{1,2})[.-](\d{1,2})[.-](\d{4})\b", r"\1/\2/\3"),
        (r"\b(?:nam nay|this year)\b", "y0"),
        (r"\b(?:nam kia|nam truoc nua)\b", "y2"),
        (r"\b(?:nam (?:ngoai|truoc|roi)|(?:last|previous) year)\b", "y1"),
        (r"\b(?:nam|year) (\d{4})\b", r"\1"),
        # Before the ends of a span, since "tư" and "từ" look alike without accents.
        (rf"\b(?:quy|quarter) ({_any_of(_QUARTERS)})\b", lambda found: f"q{_QUARTERS[found[1]]}"),
        (rf"\b(?:thang|month) ({_any_of(_MONTHS)})\b", lambda found: f"m{_MONTHS[found[1]]}"),
        # The ends of a span: "from a to b".
        (r"\b(?:cho )?(?:den|toi|to|until|till) (?:nay|gio|hom nay|now|date|today)\b", "to now"),
        (r"\b(?:ke tu|tu|since|between|giua)\b", "from"),
        (r"(?<=\S)\.\.", " to "),
        (r"\b(?:cho den|den|toi|until|till|through)\b|(?<= )-(?= )", " to "),
        (r"(?<=/\d)-(?=\d)|(?<=/\d{2})-(?=\d)|(?<=/\d{4})-(?=\d)", " to "),
        (r"\bfrom (.*) (?:and|va)\b", r"from \1 to"),
        # Days.
        (r"\b(?:ngay )?(\d{1,2}) thang (\d{1,2})(?!\d)", r"\1/\2"),
        (rf"\b(\d{{1,2}})(?:st|nd|rd|th)? ({_MONTH_NAME})\b", lambda found: f"{found[1]}/{_MONTHS[found[2]]}"),
        (rf"\b({_MONTH_NAME}) (\d{{1,2}})(?:st|nd|rd|th)?(?![\d/])", lambda found: f"{found[2]}/{_MONTHS[found[1]]}"),
        (r"\bngay (?=\d)", ""),
        # Parts of a year: "f9" are its first nine months, "l3" its last three.
        (r"\b(?:(?:nua|6 thang) dau(?: nam)?|(?:first|1st) half(?: year)?|half 1)\b|\bh1\b", "f6"),
        (r"\b(?:(?:nua|6 thang) (?:cuoi|sau)(?: nam)?|(?:second|2nd|last) half(?: year)?|half 2)\b|\bh2\b", "l6"),
        (r"\b(\d{1,2}) thang dau(?: nam)?\b", r"f\1"),
        (r"\bfirst (\d{1,2}) months\b", r"f\1"),
        (r"\b(\d{1,2}) thang cuoi(?: nam)?\b", r"l\1"),
        (r"\blast (\d{1,2}) months (?=\d{4}|y\d)", r"l\1 "),
        (r"\b(first|second|third|fourth) quarter\b", lambda found: f"q{_QUARTERS[found[1]]}"),
        (r"\b(?:quy|quarter) (?=\d)", "q"),
        (rf"\b(?:{_MONTH_NAME})\b", lambda found: f"m{_MONTHS[found[0]]}"),
        (r"\b(?:thang|month) (?=\d)|\bt(?=\d)", "m"),
        (r"\b(m\d{1,2})(?:/(\d{4}))? *(?:-|to) *(\d{1,2})(?![\d/])", r"\1 \2 to m\3"),
        # A year beside them.
        (r"(?<![\w/])(\d{1,2})/(\d{4})\b", r"m\1 \2"),
        (r"\b(\d{4})-(\d{1,2})\b", r"m\2 \1"),
        (r"\b([mqfl]\d{1,2}) ?[/-] ?(\d{4})\b", r"\1 \2"),
        (r"\b([mqfl]\d{1,2})/(\d{2})\b", r"\1 20\2"),
        (r"\b(\d{4}) ?[/-]? ?([mqfl]\d{1,2})\b", r"\2 \1"),
        (r"(?<=\d)-(?=[mqfl]\d)", " to "),
    )
)
_STRETCH = re.compile(
    r"(?:(?P<day>\d{1,2})/(?P<its>\d{1,2})(?:/(?P<date>\d{4}|\d{2}))?|(?P<part>[mqfl])(?P<n>\d{1,2})|(?=\d{4}|y))"
    r"(?: ?(?:(?P<year>[12]\d{3})|y(?P<ago>\d)))?"
)
_SPAN = re.compile(r"(?:from )?(?P<first>.+?) to (?P<last>.+)|from (?P<since>.+)")


def read_stretch(text: str) -> Stretch | Span | None:
    """What a text names that has its place in the calendar, or None: rolling periods such as "90d" have none."""
    plain = search_key(text)
    for pattern, short in _REWRITES:
        plain = pattern.sub(short, plain)
    plain = " ".join(plain.split())
    span = _SPAN.fullmatch(plain)
    if span is None:
        return _read_stretch(plain)
    first = _read_stretch(span["first"] or span["since"])
    last = None if span["last"] in (None, "now") else _read_stretch(span["last"])
    if first is None or (last is None and span["last"] not in (None, "now")):
        return None
    return Span(first, last)


def is_nowhere(text: str) -> bool:
    """Whether no calendar has what is written here like a day, not even in a leap year."""
    found = read_stretch(text)
    if not isinstance(found, Stretch):
        return True
    try:
        found.days(found.year or LEAP_YEAR)
    except ValueError:
        return True
    return False


def written(found: Stretch | Span) -> str:
    """The one short form of a stretch or span, which `read_stretch` reads again: "m5 2026", "1/5/2026..30/6/2026"."""
    if isinstance(found, Stretch):
        return _written(found)
    return f"{_written(found.first)}..{'now' if found.last is None else _written(found.last)}"


def _written(one: Stretch) -> str:
    year = "" if one.year is None else f"{one.year:04}" if one.year > 0 else f"y{-one.year}"
    if one.day:
        return f"{one.day}/{one.month}" + (f"/{year}" if year[:1].isdigit() else f" {year}".rstrip())
    if one.months == MONTHS_A_YEAR:
        return year
    return f"{_part(one)} {year}".rstrip()


def _part(one: Stretch) -> str:
    if one.months == 1:
        return f"m{one.month}"
    if one.months == 3 and one.month % 3 == 1:
        return f"q{one.month // 3 + 1}"
    return f"f{one.months}" if one.month == 1 else f"l{one.months}"


def _read_stretch(plain: str) -> Stretch | None:
    found = _STRETCH.fullmatch(plain)
    if found is None or not plain:
        return None
    year = int(found["year"]) if found["year"] else -int(found["ago"]) if found["ago"] else None
    if found["day"]:
        return _read_day(found, year)
    if found["part"] is None:
        return Stretch(1, MONTHS_A_YEAR, year=year)
    n = int(found["n"])
    months = 1 if found["part"] == "m" else 3 if found["part"] == "q" else n
    month = {"m": n, "q": 3 * n - 2, "f": 1, "l": MONTHS_A_YEAR + 1 - n}[found["part"]]
    inside = n > 0 and month > 0 and month + months - 1 <= MONTHS_A_YEAR
    return Stretch(month, months, year=year) if inside else None


def _read_day(found: re.Match[str], year: int | None) -> Stretch | None:
    day, month = int(found["day"]), int(found["its"])
    if found["date"]:
        year = int(found["date"]) + (0 if len(found["date"]) == 4 else CENTURY)
    known = 0 < day <= LONGEST_MONTH and 0 < month <= MONTHS_A_YEAR
    return Stretch(month, day=day, year=year) if known else None
