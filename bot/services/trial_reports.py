"""Reports of what was tried: the wordings of waves, and win-back."""

from datetime import datetime

import storage.wave_results
import storage.waves
import storage.win_back
from bot.domain import trial_messages, win_back_trials
from bot.domain.groups_apart import apart, nothing_apart
from bot.domain.measured import Measured
from bot.domain.messages import Language
from bot.domain.metrics.experiments import Standing as TrialStanding
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.rules import Rules
from bot.domain.trial_messages import WordingTest
from bot.domain.wave_results import Standing, compare
from bot.domain.win_back_trials import Drawn
from bot.domain.wordings import BOTH
from storage.database import Tx

MOST_WAVES = 50
MOST_ASKED = 10_000
"""Of a wave about so many are looked at one by one, where it asked more than twice as many."""


def tests(tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language) -> Report:
    """The waves that began in the period and ask in two wordings, each as its own panel shows it."""
    return trial_messages.wordings_report(_tests(tx, period), period=period, language=language)


def _tests(tx: Tx, period: Period) -> list[WordingTest]:
    begun = storage.waves.list_begun(tx, limit=MOST_WAVES)
    return [
        WordingTest(wave=wave, comparison=comparison)
        for wave in begun
        if period.first_day <= wave.starts_on < period.after
        if (comparison := compare(wave, storage.wave_results.list_tallies(tx, wave.wave_id))) is not None
    ]


def tests_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """The response rates of both wordings of one wave: the last of the period that may be compared."""
    found = _tests(tx, period)
    final = next((one for one in found if one.comparison.standing is Standing.FINAL), None)
    if final is not None:
        return _answered(tx, final)
    why_not = found[0].comparison.standing if found else "none"
    return Measured((), nothing_apart("responses_apart", f"test_{why_not}"), said={"wave": None})


def _answered(tx: Tx, test: WordingTest) -> Measured:
    sent = sum(each.responses.n for each in test.comparison.results)
    every = -(-sent // MOST_ASKED) if sent > 2 * MOST_ASKED else 1
    asked = storage.wave_results.list_asked(tx, test.wave.wave_id, limit=-(-sent // every))
    first, second = ([(one.customer_id, one.answered) for one in asked if one.variant is each] for each in BOTH)
    return Measured(
        {one.customer_id for one in asked},
        apart("responses_apart", first=("responses_b", second), second=("responses_a", first)),
        every,
        {"wave": {"kind": test.wave.kind, "subject": test.wave.subject, "starts_on": test.wave.starts_on}},
    )


def roi(tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language) -> Report:
    """Win-back against its holdout. The trial has its own time, whatever the period."""
    drawn = _drawn(tx, rules)
    found = win_back_trials.judge(drawn, rules.win_back, now=now)
    return trial_messages.roi_report(found, rules.win_back, period=period, currency=rules.currency, language=language)


def roi_of(tx: Tx, *, now: datetime, rules: Rules, period: Period) -> Measured:
    """Who came back of those asked and of those held out, once the whole trial may be read."""
    drawn, own = _drawn(tx, rules), rules.win_back
    standing, said = win_back_trials.judge(drawn, own, now=now).standing, {"days": own.followed_for.days}
    if standing is not TrialStanding.READY:
        return Measured((), nothing_apart("back_apart", f"trial_{standing or 'none'}"), said=said)
    asked, held_out = win_back_trials.came_back(drawn, own, now=now)
    return Measured(
        {customer_id for customer_id, _ in (*asked, *held_out)},
        apart("back_apart", first=("back_asked", asked), second=("back_held_out", held_out)),
        said=said,
    )


def _drawn(tx: Tx, rules: Rules) -> list[Drawn]:
    own = rules.win_back
    return storage.win_back.list_drawn(tx, holdout=own.holdout, currency=rules.currency, limit=own.planned)
