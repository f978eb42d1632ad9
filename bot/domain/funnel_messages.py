"""How far surveys came, as it is said and drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.domain.messages import Language, Message
from bot.domain.periods import Period
from bot.domain.report_messages import Report, period_facts
from bot.domain.reports import Funnel
from bot.domain.survey_funnels import SurveyFunnel, Tally, by_kind, funnel_figures, funnel_of, steps
from bot.domain.touchpoints import Kind

MOST_RULES = 3


@dataclass(frozen=True, kw_only=True)
class SurveyFunnelPicture:
    """The funnel of all surveys of a period, and that of each kind."""

    funnel: SurveyFunnel
    kinds: Mapping[Kind, SurveyFunnel]


def funnel_report(
    sent: Mapping[Kind, Funnel],
    tallies: Sequence[Tally],
    kind: Kind | None,
    *,
    period: Period,
    now: datetime,
    language: Language,
) -> Report:
    """The funnel of the period's surveys, of one `kind` or of all; a few rules are named."""
    funnel, kinds = funnel_of(sum(sent.values(), Funnel()), tallies), by_kind(sent, tallies)
    named = dict(list(funnel.held.items())[:MOST_RULES])
    found = {step.key: asdict(step) for step in steps(funnel)}
    facts = {
        "period": period_facts(period),
        "so_far": period.so_far(now),
        "kind": kind,
        "planned": funnel.planned,
        "waiting": funnel.waiting,
        "given_up": funnel.given_up,
        "open": funnel.open,
        "held": named,
        "held_otherwise": funnel.kept - sum(named.values()),
        "steps": found,
        "kinds": {one: {step.key: asdict(step) for step in steps(its)} for one, its in kinds.items()},
    }
    message = Message("reports/funnel", language, facts)
    return Report(
        message=message,
        picture=SurveyFunnelPicture(funnel=funnel, kinds=kinds),
        words=message,
        period=period,
        figures=list(funnel_figures(funnel, kinds if kind is None else {})),
        methods=("methods_funnel",),
    )
