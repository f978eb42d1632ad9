"""Quotes without what tells who said them: phone numbers, e-mail addresses, links, numbers and codes, and names.

A quote is shown only of a group of five answers or more, as every value is, without a date and without whose it is.
Of names those of the customer and of the staff are masked, who are named in praise and in anger: two words of a name
that follow each other, however they are typed, and a single one where it is written with its capital and its accents,
or after a title ("chị An", "ban ha"); of everybody else, what is written with a capital after a title ("anh Dũng").
A lone "an" in small letters stays, since it may be "ăn" or "an toàn", and so does a stranger's name without a title:
no list of names tells "Bình" from "Bình Dương".
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import Any

import phonenumbers

from bot.domain.names import search_key

MASK = "•••"

LINK = re.compile(
    r"(?:https?://|www\.|t\.me/)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|vn|net|org|shop|store|io)(?:/\S*)?", re.IGNORECASE
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
HANDLE = re.compile(r"(?<!\w)@\w+")
WITHIN = re.compile(r"[./]\S")
"""A link has such a sign inside it, where sentences end with theirs."""
DIGIT = re.compile(r"\d")
FEWEST_DIGITS = 6
"""A telephone number of another country has so many digits with what is dialled before it, where it has no "+"."""
CODE = re.compile(
    r"#[\w-]+"  # an order
    r"|\b[^\W\d_]+-?\d{2,}[\w-]*"  # KH123
    r"|\b\d{2}[A-Za-z]\d?[- ]?\d{2,3}\.?\d{2}\b"  # a licence plate
    r"|\b[\d-]*\d{4}[\w-]*"  # an account
)
"""Counts, scores and sums of money as people write them ("2 lần", "20/10", "1.500.000đ", "500k") are none."""
THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
WORD = re.compile(r"[^\W\d_]+")
TITLES = frozenset({"anh", "chị", "bạn", "em", "cô", "chú", "bác", "ông", "bà", "mr", "mrs", "ms", "miss"})
BARE_TITLES = frozenset(map(search_key, TITLES))


@dataclass(frozen=True)
class Name:
    """A name as it is looked for: its words without accents and case, and as they are written with a capital."""

    bare: frozenset[str]
    written: frozenset[str]


@dataclass(frozen=True)
class Names:
    """Several names that are looked for in many texts."""

    each: tuple[Name, ...]

    @cached_property
    def bare(self) -> frozenset[str]:
        return frozenset(word for name in self.each for word in name.bare)


def name_of(name: str) -> Name:
    """The words of a name; digits and signs in it are none."""
    words = WORD.findall(unicodedata.normalize("NFC", name))
    return Name(frozenset(_word(word).plain for word in words), frozenset(word.title() for word in words))


def mask(text: str, customer: Name, staff: Names, *, region: str) -> str:
    """The text with a mark in place of whatever tells who somebody is; `region` reads numbers without a country."""
    plain = unicodedata.normalize("NFC", text)
    if "@" in plain:
        plain = EMAIL.sub(MASK, plain)
    if WITHIN.search(plain):
        plain = LINK.sub(MASK, plain)
    if "@" in plain:
        plain = HANDLE.sub(MASK, plain)
    digits = len(DIGIT.findall(plain))
    if digits >= _fewest_digits(region) or "+" in plain:
        plain = _cover(plain, _numbers(plain, region))
    if digits or "#" in plain:
        plain = CODE.sub(MASK, plain)
    return _cover(plain, _names(plain, customer, staff))


@dataclass(frozen=True)
class _Word:
    """A word without accents and case, whether it is a title, and whether it is somebody's if it follows one."""

    plain: str
    is_title: bool
    has_capital: bool


@lru_cache(maxsize=4096)  # the same few hundred words make most of what people write
def _word(word: str) -> _Word:
    is_title = word.lower() in TITLES
    return _Word(search_key(word), is_title, word.istitle() and not is_title)


Span = tuple[int, int]


@cache
def _fewest_digits(region: str) -> int:
    """With how many digits a text may hold a telephone number: to look for one takes longer than all the rest."""
    country: Any = phonenumbers.PhoneMetadata.metadata_for_region(region)  # typed as if it and its parts may be missing
    described = country.general_desc
    return int(min(FEWEST_DIGITS, *described.possible_length, *described.possible_length_local_only))


def _numbers(text: str, region: str) -> list[Span]:
    lenient = phonenumbers.Leniency.POSSIBLE  # a digit too few is still a hint
    found = phonenumbers.PhoneNumberMatcher(text, region, leniency=lenient)
    return [(each.start, each.end) for each in found if not THOUSANDS.fullmatch(each.raw_string)]


def _names(text: str, customer: Name, staff: Names) -> list[Span]:
    words = WORD.findall(text)
    seen = list(map(_word, words))
    plain = [one.plain for one in seen]
    different = frozenset(plain)
    places = set() if text.isupper() else _after_titles(seen)
    for name in (customer, *(() if staff.bare.isdisjoint(different) else staff.each)):
        if not name.bare.isdisjoint(different):
            places.update(_places(words, plain, name))
    found = list(WORD.finditer(text)) if places else []
    return [found[place].span() for place in sorted(places)]


def _places(words: Sequence[str], plain: Sequence[str], name: Name) -> Iterator[int]:
    """Which words of a text belong to a name."""
    for place, word in enumerate(plain):
        if word in name.bare:
            before, after = plain[max(place - 1, 0) : place], plain[place + 1 : place + 2]
            titled = not BARE_TITLES.isdisjoint(before)
            if titled or words[place] in name.written or not name.bare.isdisjoint({*before, *after}):
                yield place


def _after_titles(words: Iterable[_Word]) -> set[int]:
    """Which words follow a title and have a capital: whoever it is, it is somebody."""
    pairs = enumerate(pairwise(words), start=1)
    return {place for place, (before, word) in pairs if before.is_title and word.has_capital}


def _cover(text: str, spans: Iterable[Span]) -> str:
    """The text with one mark for each span, or for several with nothing but a space between them."""
    parts: list[str] = []
    end = 0
    for start, stop in spans:
        between = text[end:start]
        parts += [between, MASK] if between.strip() or not parts else []
        end = stop
    return "".join([*parts, text[end:]])
