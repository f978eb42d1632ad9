"""What customers buy, before the playground opens and after."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.playground.simulation.chance import Chance
from bot.playground.simulation.people import YEAR, Profile
from storage.history import PurchaseRecord

CURRENCY = "VND"
HORIZON = timedelta(days=2 * 365)  # how long the shop goes on selling after the playground's opening
MEDIAN_AMOUNT = {"gold": 2_400_000, "silver": 950_000, "basic": 380_000}
MEDIAN_INTERVAL = {"gold": timedelta(days=16), "silver": timedelta(days=25), "basic": timedelta(days=36)}
LONGEST_INTERVAL = timedelta(days=80)
CANCELLED = 0.03


def purchases_of(profile: Profile, *, seed: int, now: datetime) -> list[PurchaseRecord]:
    """Every invoice from a year before `now` until long after, cancellations among them, the earliest first."""
    chance = Chance(seed, "purchases", profile.id)
    found: list[PurchaseRecord] = []
    for at in _instants(profile, chance, now):
        amount = chance.amount(MEDIAN_AMOUNT[profile.plan])
        number = f"HD{profile.id:04d}-{len(found) + 1:03d}"
        found.append(_invoice(number, profile, at, amount))
        if chance.happens(CANCELLED):
            again = at + chance.between(timedelta(hours=3), timedelta(days=4))
            found.append(_invoice(f"{number}-H", profile, again, -amount))
    return sorted(found, key=lambda one: (one.purchased_at, one.external_id))


def _instants(profile: Profile, chance: Chance, now: datetime) -> Iterator[datetime]:
    # Most buy on the day on which they join; who joined long ago last bought some time before the year began.
    at = max(profile.joined_at, now - YEAR + chance.between(timedelta(), timedelta(days=30)))
    if profile.leaves_at is not None:
        yield profile.leaves_at
    while at < now + HORIZON:
        if not _is_away(profile, at):
            yield at
        at += min(chance.around(MEDIAN_INTERVAL[profile.plan]), LONGEST_INTERVAL)


def _is_away(profile: Profile, at: datetime) -> bool:
    if profile.leaves_at is None or at < profile.leaves_at:
        return False
    return profile.returns_at is None or at < profile.returns_at


def _invoice(number: str, profile: Profile, at: datetime, amount: int) -> PurchaseRecord:
    return PurchaseRecord(
        external_id=number, customer_id=profile.id, purchased_at=at, amount_minor=amount, currency=CURRENCY
    )
