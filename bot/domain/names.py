"""Names of people and other people's words: how they are searched for and fitted into a line."""

import unicodedata

ELLIPSIS = "…"


def search_key(name: str) -> str:
    """The name without accents and case, with single spaces, so that "nguyen an" finds "Nguyễn Ân"; đ counts as d."""
    decomposed = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return " ".join("".join(mark for mark in decomposed if not unicodedata.combining(mark)).split())


def cut(text: str, most: int) -> str:
    """The text on one line in at most `most` characters, the last of them an ellipsis where something is left out."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + ELLIPSIS
