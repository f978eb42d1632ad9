"""How staff keep the dictionary of themes: the words after /themes, and what may be changed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from bot.domain.names import search_key
from bot.domain.reasons.themes import LONGEST_NAME, LONGEST_SEED, Dictionary, Theme, normal_seed

SIGNED = re.compile(r"(?P<name>.+?)\s+(?P<sign>[+\-–=>])\s+(?P<rest>.+)", re.DOTALL)
NEW = re.compile(r"(?:mới|moi|new)\s+(?P<name>.+)", re.IGNORECASE | re.DOTALL)
OWN = "own"
OWN_KEY = re.compile(OWN + r"[1-9]\d{0,8}")


class Change(StrEnum):
    """What is to be done with a theme."""

    ADD = "add"
    REMOVE = "remove"
    RENAME = "rename"
    MERGE = "merge"
    CREATE = "create"


SIGNS = {"+": Change.ADD, "-": Change.REMOVE, "–": Change.REMOVE, "=": Change.RENAME, ">": Change.MERGE}


@dataclass(frozen=True, kw_only=True)
class ThemeRequest:
    """The words after /themes: none at all for the list, a name to look at, or a change with what stands after it."""

    name: str = ""
    change: Change | None = None
    rest: str = ""

    @property
    def seeds(self) -> tuple[str, ...]:
        """The seeds that are given or taken, as they are kept."""
        return tuple(dict.fromkeys(seed for part in self.rest.split(",") if (seed := normal_seed(part))))


class ThemeError(ValueError):
    """A change that cannot be made: `code` names the sentence that says why, `word` is what it is about."""

    def __init__(self, code: str, word: str) -> None:
        super().__init__(f"{code}: {word}")
        self.code = code
        self.word = word


def parse_theme_request(text: str) -> ThemeRequest:
    """Reads "giao hàng", "giao hàng + trễ hẹn, sai giờ", "giao hàng = Vận chuyển" or "mới Bãi xe + bãi xe"."""
    said = " ".join(text.split())
    signed = SIGNED.fullmatch(said)
    if signed is None:
        return ThemeRequest(name=said)
    change, new = SIGNS[signed["sign"]], NEW.fullmatch(signed["name"])
    if new is not None and change is Change.ADD:
        return ThemeRequest(name=new["name"], change=Change.CREATE, rest=signed["rest"])
    return ThemeRequest(name=signed["name"], change=change, rest=signed["rest"])


def find_theme(dictionary: Dictionary, sought: str) -> Theme:
    """The theme of this name, whatever its accents and case, or the only one whose name it is a part of.

    Raises:
        ThemeError: there is none ("unknown"), or there are several ("several").
    """
    key = search_key(sought)
    named = [(theme, {search_key(name) for name in theme.names.values()}) for theme in dictionary.themes]
    exact = [theme for theme, names in named if key in names]
    found = exact or [theme for theme, names in named if key and any(key in name for name in names)]
    if len(found) != 1:
        raise ThemeError("several" if found else "unknown", sought)
    return found[0]


def check_seeds(request: ThemeRequest) -> tuple[str, ...]:
    """The seeds of a request.

    Raises:
        ThemeError: there is none, or one is too long to be said in a reason.
    """
    seeds = request.seeds
    if not seeds or len(max(seeds, key=len)) > LONGEST_SEED:
        raise ThemeError("seed", request.rest)
    return seeds


def check_name(dictionary: Dictionary, name: str) -> str:
    """A name that a theme may have.

    Raises:
        ThemeError: it is too long, or another theme has it.
    """
    taken = {search_key(its) for theme in dictionary.themes for its in theme.names.values()}
    if len(name) > LONGEST_NAME:
        raise ThemeError("name", name)
    if search_key(name) in taken:
        raise ThemeError("taken", name)
    return name


def next_own_key(keys: Iterable[str]) -> str:
    """The key of a new theme of the business's own, after all keys that were ever given."""
    numbers = (int(key.removeprefix(OWN)) for key in keys if OWN_KEY.fullmatch(key))
    return f"{OWN}{max(numbers, default=0) + 1}"


def seed_digest(seed: str) -> str:
    """What stands for a seed in a button, which has too little room for its letters."""
    return sha256(seed.encode()).hexdigest()[:12]
