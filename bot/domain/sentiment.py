"""Whether a customer's words are kind or unkind, by a small lexicon with negation, in Vietnamese and English.

For texts without a score beside them; no model and no network. Words are compared without accents in two syllables,
with accents in one, since a single stripped syllable means too many things (mat: mất and mặt).
"""

import re
import unicodedata
from itertools import pairwise

from bot.domain.names import search_key

LONE = re.compile(r"[^\W\d_]+")
SQUEEZED = re.compile(r"(.)\1{2,}")
REACH = 2
"""How many words before it a negation may stand."""


def _words_of(listed: str) -> frozenset[str]:
    """One word or pair of words, with an underscore between them, after the other."""
    return frozenset(word.replace("_", " ") for word in listed.split())


GOOD = _words_of("""
    tốt tuyệt thích nhanh ưng ổn xịn mượt đẹp ngon
    good great love loves excellent perfect fast easy happy helpful friendly nice amazing smooth thanks reliable
""")
BAD = _words_of("""
    chậm tệ kém dở lỗi hỏng chán đắt bực ghét xấu
    bad slow poor terrible awful broken bug bugs expensive angry hate worst useless rude confusing disappointed late
""")
GOOD_PAIRS = _words_of("""
    hai_long nhiet_tinh de_dung tien_loi cam_on than_thien chu_dao tan_tam hop_ly tuyet_voi rat_tot yen_tam
    dang_tien
""")
BAD_PAIRS = _words_of("""
    that_vong buc_minh kho_chiu kho_dung qua_dat qua_cham rat_te cham_tre bi_loi hay_loi phien_phuc lam_kho
    mat_thoi hu_hong
""")
NEGATIONS = _words_of("không chưa chẳng chả đừng ko k hông not no never dont didnt isnt wasnt cannot cant")
STRIPPED_NEGATIONS = _words_of("khong chua chang cha ko not no never dont didnt isnt wasnt")


def polarity(text: str) -> float | None:
    """From -1 (unkind) to 1 (kind): the balance of the words that the lexicon knows; None when it knows none."""
    words = _words(text)
    signs = [*_single(words), *_pairs([search_key(word) for word in words])]
    return sum(signs) / len(signs) if signs else None


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFC", text).lower().replace("'", "").replace("’", "")
    return LONE.findall(SQUEEZED.sub(r"\1", plain))


def _single(words: list[str]) -> list[int]:
    return [
        _sign(word in GOOD, words[max(0, place - REACH) : place], NEGATIONS)
        for place, word in enumerate(words)
        if word in GOOD or word in BAD
    ]


def _pairs(words: list[str]) -> list[int]:
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    return [
        _sign(pair in GOOD_PAIRS, words[max(0, place - REACH) : place], STRIPPED_NEGATIONS)
        for place, pair in enumerate(pairs)
        if pair in GOOD_PAIRS or pair in BAD_PAIRS
    ]


def _sign(good: bool, before: list[str], negations: frozenset[str]) -> int:
    sign = 1 if good else -1
    return -sign if negations & set(before) else sign
