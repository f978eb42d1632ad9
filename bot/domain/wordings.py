"""Wordings: each survey asks its question in two ways, so that a wave may find out which of them people answer more."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType

from bot.domain.touchpoints import Kind


class Variant(StrEnum):
    """Which of two wordings; A is the one that everything but a wave asks with."""

    A = "a"
    B = "b"


BOTH = (Variant.A, Variant.B)

# Names of templates below surveys/questions, stored with every run: answers to two wordings are never mixed unseen.
# A wording whose sense changes gets a new name.
WORDINGS: Mapping[Kind, Mapping[Variant, str]] = MappingProxyType(
    {
        Kind.NPS: {Variant.A: "nps-1", Variant.B: "nps-2"},
        Kind.CES: {Variant.A: "ces2-1", Variant.B: "ces2-2"},
        Kind.CSAT: {Variant.A: "csat-1", Variant.B: "csat-2"},
    }
)
# CES asks about one matter. Who asks a whole audience about no matter in particular cannot say "this".
GENERAL_CES: Mapping[Variant, str] = MappingProxyType({Variant.A: "ces2-general-1", Variant.B: "ces2-general-2"})


def wording_of(kind: Kind, variant: Variant = Variant.A, *, about_nothing: bool = False) -> str:
    """The wording of a survey; `about_nothing` is for CES that follows no matter and names none."""
    return (GENERAL_CES if about_nothing and kind is Kind.CES else WORDINGS[kind])[variant]


def known_wording(kind: Kind, name: object) -> str:
    """The wording of that name, or A's: what was queued before wordings had names must still go out."""
    known = {*WORDINGS[kind].values(), *(GENERAL_CES.values() if kind is Kind.CES else ())}
    return str(name) if name in known else wording_of(kind)


def assigned(wave_id: int, customer_id: int, variants: Sequence[Variant]) -> Variant:
    """Which of a wave's wordings a customer gets: the same in every process, and another draw in every wave.

    It has nothing to do with the stable order by which samples are taken, or half of a sample would be all of A.
    """
    return variants[sha256(f"{wave_id}:{customer_id}".encode()).digest()[0] % len(variants)]
