"""The simulated business: two hundred customers and the year behind them, the same for the same seed and day."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.rules import Rules
from bot.playground.simulation.cast import Part, StaffMember, cast, staff
from bot.playground.simulation.conversations import plan_conversations
from bot.playground.simulation.greetings import plan_greetings
from bot.playground.simulation.losses import plan_losses
from bot.playground.simulation.people import CUSTOMERS, Profile, draw
from bot.playground.simulation.plans import plan_success
from bot.playground.simulation.purchases import purchases_of
from bot.playground.simulation.ranks import rank
from bot.playground.simulation.surveys import plan_nps
from bot.playground.simulation.timeline import Ids, Timeline
from storage.history import CustomerRecord, History, PurchaseRecord


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What has happened, who the people are, and what they will buy after the opening (the earliest first)."""

    history: History
    cast: list[Part]
    profiles: list[Profile]
    staff: list[StaffMember]
    sales_to_come: list[PurchaseRecord]

    @property
    def crowd(self) -> list[Profile]:
        """Everybody who is not in the cast."""
        return self.profiles[len(self.cast) :]


def simulate(*, seed: int, rules: Rules, now: datetime) -> Simulation:
    """Tell the year that ends `now`."""
    parts = cast(seed=seed, rules=rules, now=now)
    others = [draw(number, seed=seed, rules=rules, now=now) for number in range(len(parts) + 1, CUSTOMERS + 1)]
    profiles = [part.profile for part in parts] + others
    history, ids, to_come = History(), Ids(), []
    for profile in profiles:
        purchases = purchases_of(profile, seed=seed, now=now)
        past = [one for one in purchases if one.purchased_at < now]
        to_come += purchases[len(past) :]
        history.purchases += past
        story = Timeline(profile, seed=seed, rules=rules, until=now, history=history, ids=ids)
        _live(story, purchases)
        history.customers.append(_record(story, past))
    rank(history, rules=rules)
    to_come.sort(key=lambda one: (one.purchased_at, one.external_id))
    return Simulation(history=history, cast=parts, profiles=profiles, staff=staff(), sales_to_come=to_come)


def external_id(profile: Profile) -> str:
    """The customer's number in the shop's own books."""
    return f"KH{profile.id:04d}"


def _live(story: Timeline, purchases: list[PurchaseRecord]) -> None:
    plan_losses(story, purchases)
    plan_nps(story)
    plan_conversations(story)
    plan_greetings(story)
    plan_success(story)
    story.run()


def _record(story: Timeline, past: list[PurchaseRecord]) -> CustomerRecord:
    profile = story.profile
    born = profile.birthday
    return CustomerRecord(
        id=profile.id,
        external_id=external_id(profile),
        name=profile.name,
        salutation=profile.salutation,
        language=profile.language,
        timezone=profile.timezone,
        phone=profile.phone,
        birth_day=born.day if born else None,
        birth_month=born.month if born else None,
        birth_year=born.year if born else None,
        plan=profile.plan,
        location=profile.location,
        title=profile.title,
        channel=profile.channel,
        tags=list(profile.tags),
        csm_id=profile.csm_id,
        joined_at=profile.joined_at,
        created_at=profile.joined_at,
        chat_id=profile.chat_id if profile.linked_at else None,
        linked_at=profile.linked_at,
        stopped_at=profile.stopped_at,
        unreachable_at=profile.blocked_at,
        lost_at=story.lost_at,
        last_purchase_at=max((one.purchased_at for one in past if one.amount_minor > 0), default=None),
        next_nps_at=story.until if profile.nps_due else story.next_nps_at,
    )
