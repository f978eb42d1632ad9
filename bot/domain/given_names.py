"""What a customer is called: the given name of a person, wherever the name has it, and none for an organisation."""

import re
import unicodedata

from bot.domain.messages import Language
from bot.domain.names import search_key

FAMILY_NAME = re.compile(
    r"au|bach|bui|cao|chau|chu|dang|dao|dau|diep|dinh|do|doan|duong|giang|ha|ho|hoang|hua|huynh|kieu|la|lam|le|luong"
    r"|luu|ly|mac|mach|mai|ngo|nghiem|nguyen|ninh|ong|pham|phan|phi|phung|quach|ta|tang|thach|thai|than|tieu|to|ton"
    r"|tong|tran|trieu|trinh|truong|tu|vi|vo|vu|vuong"
)
NEVER_GIVEN = re.compile(r"nguy[eễ]n|tr[aầ]n|ph[aạ]m|hu[yỳ]nh|bùi|đặng|ngô|đỗ|võ")
"""Family names that nobody is given, so that they tell a name which ends with them to be written the western way."""
SYLLABLE = re.compile(
    r"(?:b|ch?|d|g[hi]?|h|kh?|l|m|n(?:gh?|h)?|ph?|qu|r|s|t[hr]?|v|x)?[aeiouy]{1,3}(?:ch?|m|n[gh]?|p|t)?"
)
"""A Vietnamese syllable without its marks. Jane, Peter and Smith are none."""
MARKS = frozenset("\N{COMBINING HOOK ABOVE}\N{COMBINING DOT BELOW}\N{COMBINING HORN}\N{COMBINING BREVE}đ")
"""What hardly any other language writes."""
NOBODY = frozenset({"khach", "khach hang", "customer", "guest", "user"})
TITLE = re.compile(r"mr|mrs|ms|miss|mx|dr|prof|sir|madam|gs|pgs|ts|ths|bs|ks|ls")
VIETNAMESE_ORGANISATION = re.compile(
    r"(?:cong ty|cty|ct tnhh|tap doan|doanh nghiep|dntn|hop tac xa|htx|ho kinh doanh|cua hang|tap hoa|sieu thi|tiem"
    r"|nha (?:hang|thuoc|sach|khoa|xe)|khach san|ngan hang|benh vien|phong kham|van phong|chi nhanh|trung tam"
    r"|truong (?:hoc|mam|tieu|thcs|thpt|dai|cao dang))\b"
)
ORGANISATION = re.compile(
    r"\b(?:tnhh|ltd|inc|llc|llp|plc|corp|corporation|company|jsc|gmbh|group|bank|hotel|restaurant|school|store|shop|spa"
    r"|salon|studio|cafe|coffee)\b|& co\b"
)


def is_organisation(name: str) -> bool:
    """Whether the name says that it is a company, a shop, a school or the like."""
    key = search_key(name)
    return VIETNAMESE_ORGANISATION.match(key) is not None or ORGANISATION.search(key) is not None


def given_name(name: str, language: Language) -> str:
    """What a person of this name is called by who writes to them in `language`; empty for what names no person.

    The last word of a Vietnamese name, the first of another; "An Nguyễn" is An too, and so is "Nguyễn An 2". Somebody
    of whom only the family is known stays Mr Smith.
    """
    words = [word for word in _plain(name).split() if not any(map(str.isdigit, word))]
    titles = next((place for place, word in enumerate(words) if not TITLE.fullmatch(_bare(word))), len(words))
    called = words[titles:]
    if not called or is_organisation(name) or search_key(" ".join(called)) in NOBODY:
        return ""
    if len(called) == 1:
        return " ".join(words if language is Language.EN else called)
    return _spelt(_given(called, language), called)


def _plain(name: str) -> str:
    """Without what stands in brackets or after a comma, unless "Smith, John" is turned round."""
    before, _, after = re.sub(r"\(.*?\)", " ", unicodedata.normalize("NFC", name)).partition(",")
    return f"{after} {before}" if after.strip() and len(before.split()) == 1 else before


def _bare(word: str) -> str:
    return word.casefold().replace(".", "")


def _given(words: list[str], language: Language) -> str:
    if not _is_vietnamese(words, language):
        return words[0] if len(_bare(words[0])) > 1 else " ".join(words)
    turned_round = NEVER_GIVEN.fullmatch(words[-1].casefold()) and not FAMILY_NAME.fullmatch(search_key(words[0]))
    return words[-2] if turned_round else words[-1]


def _is_vietnamese(words: list[str], language: Language) -> bool:
    first, *_, last = (word.casefold() for word in words)
    if NEVER_GIVEN.fullmatch(first):
        return True
    if not all(SYLLABLE.fullmatch(search_key(word)) for word in words):
        return False
    marks = set(unicodedata.normalize("NFD", "".join(words).casefold()))
    known = FAMILY_NAME.fullmatch(search_key(first)) or NEVER_GIVEN.fullmatch(last)
    return bool(known) or language is Language.VI or not MARKS.isdisjoint(marks)


def _spelt(given: str, words: list[str]) -> str:
    """NGUYỄN VĂN AN and nguyễn văn an are both An."""
    whole = "".join(words)
    return given.title() if whole.isupper() or whole.islower() else given
