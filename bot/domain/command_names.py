"""Commands that there are not: which one was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from bot.domain.names import search_key


def nearest_command(written: str, known: Iterable[str]) -> str:
    """The known command most like the one that was written, "/repot@a_bot" for instance; empty where none is."""
    word = search_key(written.removeprefix("/").partition("@")[0])
    return next(iter(get_close_matches(word, known, n=1)), "")
