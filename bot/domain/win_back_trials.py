"""Whether win-back helps: those who were asked, held against those whom the lot left alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.groups_apart import Group
from bot.domain.metrics.experiments import Standing, Trial
from bot.domain.metrics.proportions import Share
from bot.domain.metrics.roi import Basis, BeforeAfter, Money, Return, return_on
from bot.domain.rules import WinBackRules


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A loss that a lot was drawn for. `value_minor` is what was bought in the year before the loss."""

    customer_id: int
    held_out: bool
    started_at: datetime
    recovered_at: datetime | None
    value_minor: int


@dataclass(frozen=True, kw_only=True)
class WinBackTrial:
    """What may be said of win-back: a return against the holdout, or that without one there is none to say.

    `trial` is missing where nobody is held out; `waiting` counts the drawn who have not been followed to the end.
    """

    trial: Trial | None
    waiting: int
    money: Money | None
    found: Return | BeforeAfter

    @property
    def standing(self) -> Standing | None:
        """Whether it may be read; None where nobody is held out."""
        return self.found.reading.standing if isinstance(self.found, Return) else None


def judge(drawn: Sequence[Drawn], rules: WinBackRules, *, now: datetime) -> WinBackTrial:
    """The first `planned` losses of the present lot, in the order of the draw, each followed for as long.

    By whom the lot meant to be asked, and not by whom the question reached: those whom it did not reach are no lot.
    """
    if not rules.holdout:
        return WinBackTrial(trial=None, waiting=0, money=None, found=BeforeAfter(None))
    followed = _followed(drawn, rules, now)
    treated, control = (_share(group) for group in came_back(drawn, rules, now=now))
    trial = Trial(treated=treated, control=control, share=1 - rules.holdout, planned=rules.planned)
    money = _money(followed, treated.whole, rules)
    return WinBackTrial(
        trial=trial,
        waiting=len(drawn[: rules.planned]) - len(followed),
        money=money,
        found=return_on(trial, money, basis=Basis.HOLDOUT),
    )


def came_back(drawn: Sequence[Drawn], rules: WinBackRules, *, now: datetime) -> tuple[Group, Group]:
    """Of those who were meant to be asked and of those held out, once each was followed, whether they came back."""
    followed = _followed(drawn, rules, now)
    asked, held_out = (
        [(one.customer_id, _is_back(one, rules)) for one in followed if one.held_out is held] for held in (False, True)
    )
    return asked, held_out


def _followed(drawn: Sequence[Drawn], rules: WinBackRules, now: datetime) -> list[Drawn]:
    return [one for one in drawn[: rules.planned] if one.started_at + rules.followed_for <= now]


def _is_back(one: Drawn, rules: WinBackRules) -> bool:
    return one.recovered_at is not None and one.recovered_at - one.started_at <= rules.followed_for


def _share(group: Group) -> Share:
    return Share(sum(back for _, back in group), len(group))


def _money(followed: Sequence[Drawn], asked: int, rules: WinBackRules) -> Money | None:
    """What is known of the money; a customer's worth is the mean of all who were drawn, which no win-back changed."""
    if not (rules.cost and rules.margin and followed):
        return None
    value = sum(one.value_minor for one in followed) / len(followed)
    return Money(value=value, margin=rules.margin, cost=rules.cost * asked)
