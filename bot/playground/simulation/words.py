"""The data files beside this module: names, remarks and the cast."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from bot.domain.messages import Language
from bot.domain.surveys import Band
from bot.domain.touchpoints import Kind
from bot.playground.simulation.chance import Chance


@cache
def table(name: str) -> dict[str, Any]:
    """A data file, read once."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def reason(chance: Chance, language: Language, kind: Kind, band: Band) -> str:
    """Why somebody gave a score of this band."""
    fitting: list[str] = table("remarks")["said"][language][kind][band]
    return chance.one_of(fitting)


def remark(chance: Chance, about: str, language: Language = Language.VI) -> str:
    """Something that a customer writes (`asked`, `complained`) or staff write (`noted`, `left`)."""
    fitting: list[str] = table("remarks")[about][language]
    return chance.one_of(fitting)
