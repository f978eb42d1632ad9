"""The words of a reason as they are counted and looked up, in Vietnamese and English, typed with accents or without.

Vietnamese syllables, alone and in pairs and without their accents, classify as well as the words that a segmenter
finds, several times faster, and are the only ones that survive typing without accents (measured for this product on
three public tasks: .91 either way, where a segmenter falls from .91 to .75).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, groupby, pairwise
from types import MappingProxyType

from bot.domain.names import search_key

PIECE = re.compile(r"[^\W_]+|[^\w\s]|_")
APOSTROPHES = re.compile(r"['’]")
SQUEEZED = re.compile(r"(\D)\1{2,}")
ACCENTED_FROM = 0.2
"""From this share of its syllables on with an accent, a text counts as typed with accents: correct Vietnamese has two
thirds, and who types without still leaves an "đ" or the name of a shop as the telephone offers it."""

TEENCODE = MappingProxyType(
    {
        **dict.fromkeys(("ko", "k", "kg", "khg", "hok", "hông", "khum", "hem"), "không"),
        **dict.fromkeys(("dc", "đc", "dk", "đk", "duoc"), "được"),
        **dict.fromkeys(("nv", "nvien"), "nhân viên"),
        **dict.fromkeys(("sp", "spham"), "sản phẩm"),
        **dict.fromkeys(("kh", "khach"), "khách"),
        **dict.fromkeys(("cskh",), "chăm sóc khách hàng"),
        **dict.fromkeys(("hd", "hđ"), "hóa đơn"),
        **dict.fromkeys(("km", "kmai"), "khuyến mãi"),
        **dict.fromkeys(("sd", "xài"), "dùng"),
        **dict.fromkeys(("cluong",), "chất lượng"),
        **dict.fromkeys(("gh",), "giao hàng"),
        **dict.fromkeys(("tv", "tvan"), "tư vấn"),
        **dict.fromkeys(("tg", "tgian"), "thời gian"),
        **dict.fromkeys(("mk", "mik", "mjk"), "mình"),
        **dict.fromkeys(("vs", "zs"), "với"),
        **dict.fromkeys(("j", "gj"), "gì"),
        **dict.fromkeys(("r", "rùi", "gòi"), "rồi"),
        **dict.fromkeys(("lun",), "luôn"),
        **dict.fromkeys(("wa", "wá", "qá"), "quá"),
        **dict.fromkeys(("ntn",), "như thế nào"),
        **dict.fromkeys(("bh",), "bảo hành"),
        **dict.fromkeys(("trl", "rep"), "trả lời"),
        **dict.fromkeys(("tks", "thks"), "cảm ơn"),
        **dict.fromkeys(("dt", "đt"), "điện thoại"),
    }
)
"""Shorthand of the keyboard, in full."""


@dataclass(frozen=True)
class Syllable:
    """One syllable, or one English word, in lower case: as it was typed, and without its accents."""

    typed: str
    plain: str

    @cached_property
    def has_accent(self) -> bool:
        return self.typed != self.plain

    @cached_property
    def has_digit(self) -> bool:
        return any(map(str.isdigit, self.plain))


Clause = tuple[Syllable, ...]
"""Syllables with nothing but spaces between them: a pair never reaches over a comma or a full stop."""


@dataclass(frozen=True)
class Reading:
    """A text as it is read: its clauses, and whether it was typed with accents."""

    clauses: tuple[Clause, ...]
    accented: bool


def read(text: str) -> Reading:
    """The syllables of a text in composed form (NFC) and lower case, repeats squeezed ("quáááá"), shorthand in full."""
    composed = unicodedata.normalize("NFC", text).lower()
    pieces = PIECE.findall(APOSTROPHES.sub("", SQUEEZED.sub(r"\1", composed)))
    clauses = [list(run) for is_word, run in groupby(pieces, str.isalnum) if is_word]
    typed = [_syllable(word) for clause in clauses for word in clause]
    accents = sum(one.has_accent for one in typed)
    return Reading(
        clauses=tuple(tuple(chain.from_iterable(map(_in_full, clause))) for clause in clauses),
        accented=bool(typed) and accents >= ACCENTED_FROM * len(typed),
    )


def grams(reading: Reading) -> dict[str, str]:
    """Each syllable and each pair of neighbours without accents -> how it was typed, where that is first met.

    What has a digit in it is a number or a code and tells nothing that two customers would say.
    """
    found: dict[str, str] = {}
    for clause in reading.clauses:
        for one in clause:
            if not one.has_digit:
                found.setdefault(one.plain, one.typed)
        for one, other in pairwise(clause):
            if not (one.has_digit or other.has_digit):
                found.setdefault(f"{one.plain} {other.plain}", f"{one.typed} {other.typed}")
    return found


@lru_cache(maxsize=4096)
def _in_full(word: str) -> Clause:
    return tuple(map(_syllable, TEENCODE.get(word, word).split()))


@lru_cache(maxsize=4096)  # the same few hundred syllables make most of what people write
def _syllable(word: str) -> Syllable:
    return Syllable(word, search_key(word))
