"""Names of people: how they are searched for, and how a person is addressed."""

import unicodedata


def search_key(name: str) -> str:
    """The name without accents and case, with single spaces, so that "nguyen an" finds "Nguyễn Ân"; đ counts as d."""
    decomposed = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return " ".join("".join(mark for mark in decomposed if not unicodedata.combining(mark)).split())


def given_name(name: str) -> str:
    """What a Vietnamese person is called: the last word of the name; empty for an empty name."""
    return name.rsplit(maxsplit=1)[-1] if name.strip() else ""
