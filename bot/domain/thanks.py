"""Whether a message only greets or says thanks, in Vietnamese or English, with and without accents."""

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
GREETINGS = frozenset({"chao", "hello", "helo", "hallo", "hi", "hey", "alo"})
GREETING_PAIRS = frozenset({"em oi", "shop oi", "ban oi", "ad oi", "good morning", "good afternoon", "good evening"})
AROUND_GREETINGS = frozenset(
    WORD.findall("""
    xin oi buoi sang trua chieu toi ngay moi cac ca nha co chu bac
    there good morning afternoon evening day everyone everybody guys
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


def is_greeting(text: str) -> bool:
    """Whether every word is one of greeting or politeness, though it may end as a question does ("alo?")."""
    words = WORD.findall(search_key(text))
    pairs = {f"{first} {second}" for first, second in pairwise(words)}
    greeting = GREETINGS.intersection(words) or GREETING_PAIRS & pairs
    known = GREETINGS | AROUND_GREETINGS | THANKS | POLITE
    return len(words) <= LONGEST and bool(greeting) and known.issuperset(words) and not any(map(str.isdigit, text))


def is_small_talk(text: str) -> bool:
    """Whether a message greets or says thanks and no more: it is no answer to anything that was asked."""
    return is_greeting(text) or is_thanks(text)
