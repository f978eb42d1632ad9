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
from functools import lru_cache
from itertools import pairwise

import phonenumbers

from bot.domain.names import search_key

MASK = "•••"

LINK = re.compile(
    r"(?:https?://|www\.|t\.me/)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|vn|net|org|shop|store|io)(?:/\S*)?", re.IGNORECASE
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
HANDLE = re.compile(r"(?<!\w)@\w+")
SIGNS = ((frozenset("@"), EMAIL), (frozenset("./"), LINK), (frozenset("@"), HANDLE))
"""What is looked for only in texts with a sign that it cannot be without: most have none."""
DIGIT = re.compile(r"\d")
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


def name_of(name: str) -> Name:
    """The words of a name; digits and signs in it are none."""
    words = WORD.findall(unicodedata.normalize("NFC", name))
    return Name(frozenset(map(_plain, words)), frozenset(word.title() for word in words))


def mask(text: str, names: Iterable[Name], *, region: str) -> str:
    """The text with a mark in place of whatever tells who somebody is; `region` reads numbers without a country."""
    plain = unicodedata.normalize("NFC", text)
    for signs, pattern in SIGNS:
        if not signs.isdisjoint(plain):
            plain = pattern.sub(MASK, plain)
    if DIGIT.search(plain):
        plain = _cover(plain, _numbers(plain, region))
    if "#" in plain or DIGIT.search(plain):
        plain = CODE.sub(MASK, plain)
    return _cover(plain, _names(plain, names))


@lru_cache(maxsize=4096)  # as many as `tokens` remembers
def _plain(word: str) -> str:
    return search_key(word)


Span = tuple[int, int]


def _numbers(text: str, region: str) -> list[Span]:
    lenient = phonenumbers.Leniency.POSSIBLE  # a digit too few is still a hint
    found = phonenumbers.PhoneNumberMatcher(text, region, leniency=lenient)
    return [(each.start, each.end) for each in found if not THOUSANDS.fullmatch(each.raw_string)]


def _names(text: str, names: Iterable[Name]) -> list[Span]:
    found = list(WORD.finditer(text))
    words = [match.group() for match in found]
    plain = list(map(_plain, words))
    different = frozenset(plain)
    places = set() if text.isupper() or BARE_TITLES.isdisjoint(different) else set(_after_titles(words))
    for name in names:
        if not name.bare.isdisjoint(different):
            places.update(_places(words, plain, name))
    return [found[place].span() for place in sorted(places)]


def _places(words: Sequence[str], plain: Sequence[str], name: Name) -> Iterator[int]:
    """Which words of a text belong to a name."""
    for place, word in enumerate(plain):
        if word in name.bare:
            before, after = plain[max(place - 1, 0) : place], plain[place + 1 : place + 2]
            titled = not BARE_TITLES.isdisjoint(before)
            if titled or words[place] in name.written or not name.bare.isdisjoint({*before, *after}):
                yield place


def _after_titles(words: Sequence[str]) -> Iterator[int]:
    """Which words follow a title and have a capital: whoever it is, it is somebody."""
    for place, (before, word) in enumerate(pairwise(words), start=1):
        if before.lower() in TITLES and word.istitle() and word.lower() not in TITLES:
            yield place


def _cover(text: str, spans: Iterable[Span]) -> str:
    """The text with one mark for each span, or for several with nothing but a space between them."""
    parts: list[str] = []
    end = 0
    for start, stop in spans:
        between = text[end:start]
        parts += [between, MASK] if between.strip() or not parts else []
        end = stop
    return "".join([*parts, text[end:]])
