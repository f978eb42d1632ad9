"""The words of a reason as they are counted and looked up, in Vietnamese and English, typed with accents or without.

Vietnamese syllables, alone and in pairs and without their accents, classify as well as the words that a segmenter
finds, several times faster, and are the only ones that survive typing without accents (measured for this product on
three public tasks: .91 either way, where a segmenter falls from .91 to .75).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from types import MappingProxyType

from bot.domain.names import search_key

CLAUSE = re.compile(r"[^\W_]+(?:\s+[^\W_]+)*")
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
    found = CLAUSE.findall(APOSTROPHES.sub("", SQUEEZED.sub(r"\1", composed)))
    clauses = [[_word(word) for word in clause.split()] for clause in found]
    accents = [has_accent for clause in clauses for _, has_accent in clause]
    return Reading(
        clauses=tuple(tuple(one for in_full, _ in clause for one in in_full) for clause in clauses),
        accented=bool(accents) and sum(accents) >= ACCENTED_FROM * len(accents),
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


# The same few hundred words make most of what people write.
@lru_cache(maxsize=4096)
def _word(word: str) -> tuple[Clause, bool]:
    """A word in full, which may be several syllables, and whether it was typed with an accent."""
    in_full = TEENCODE.get(word, word).split()
    return tuple(Syllable(one, search_key(one)) for one in in_full), word != search_key(word)
