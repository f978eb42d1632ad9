"""Whether win-back helps: those who were asked, held against those whom the lot left alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.metrics.experiments import Trial
from bot.domain.metrics.proportions import Share
from bot.domain.metrics.roi import Basis, BeforeAfter, Money, Return, return_on
from bot.domain.rules import WinBackRules


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A loss that a lot was drawn for. `value_minor` is what was bought in the year before the loss."""

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


def judge(drawn: Sequence[Drawn], rules: WinBackRules, *, now: datetime) -> WinBackTrial:
    """The first `planned` losses of the present lot, in the order of the draw, each followed for as long.

    By whom the lot meant to be asked, and not by whom the question reached: those whom it did not reach are no lot.
    """
    if not rules.holdout:
        return WinBackTrial(trial=None, waiting=0, money=None, found=BeforeAfter(None))
    first = drawn[: rules.planned]
    followed = [one for one in first if one.started_at + rules.followed_for <= now]
    treated, control = ([one for one in followed if one.held_out is held] for held in (False, True))
    trial = Trial(
        treated=_back(treated, rules), control=_back(control, rules), share=1 - rules.holdout, planned=rules.planned
    )
    money = _money(followed, len(treated), rules)
    return WinBackTrial(
        trial=trial,
        waiting=len(first) - len(followed),
        money=money,
        found=return_on(trial, money, basis=Basis.HOLDOUT),
    )


def _back(drawn: Sequence[Drawn], rules: WinBackRules) -> Share:
    back = [one.recovered_at is not None and one.recovered_at - one.started_at <= rules.followed_for for one in drawn]
    return Share(sum(back), len(back))


def _money(followed: Sequence[Drawn], asked: int, rules: WinBackRules) -> Money | None:
    """What is known of the money; a customer's worth is the mean of all who were drawn, which no win-back changed."""
    if not (rules.cost and rules.margin and followed):
        return None
    value = sum(one.value_minor for one in followed) / len(followed)
    return Money(value=value, margin=rules.margin, cost=rules.cost * asked)
