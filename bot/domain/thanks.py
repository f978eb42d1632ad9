"""Whether a message only says thanks, in Vietnamese or English, with and without accents: it asks for nothing more."""

import re
import unicodedata
from itertools import pairwise

from bot.domain.names import search_key

LONGEST = 8  # words
WORD = re.compile(r"[^\W\d_]+")
ASKING = re.compile(r"[?\d]")
THANKS = frozenset({"thanks", "thank", "thankyou", "thx", "tks", "thks", "ty", "camon", "ok", "oke", "okie", "okay"})
THANKFUL_PAIRS = frozenset({"cam on", "tuyet voi", "on roi", "duoc roi", "tot roi", "xong roi"})
POLITE = frozenset(
    WORD.findall("""
    cam on tuyet voi duoc tot xong roi da vang a ah nha nhe nhieu rat lam qua oi em anh chi ban shop minh ad admin team
    you so very much a lot all great good perfect again for the help dear
""")
)
SMILES = frozenset("👍🙏❤♥😊🥰😍👌💯😀😁🤝👏🌹💐")


def is_thanks(text: str) -> bool:
    """Whether every word is one of thanks or politeness; a question, a number or any other word is more than that."""
    if ASKING.search(text):
        return False
    words = WORD.findall(search_key(text))
    if not words:
        signs = [sign for sign in text if unicodedata.category(sign) == "So"]  # without the colours of a skin
        return bool(signs) and SMILES.issuperset(signs)
    pairs = {f"{first} {second}" for first, second in pairwise(words)}
    thankful = THANKS.intersection(words) or THANKFUL_PAIRS & pairs
    return len(words) <= LONGEST and bool(thankful) and (THANKS | POLITE).issuperset(words)
