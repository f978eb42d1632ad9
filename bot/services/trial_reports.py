"""Reports of what was tried: the wordings of waves, and win-back."""

from datetime import datetime

import storage.wave_results
import storage.waves
import storage.win_back
from bot.domain import trial_messages, win_back_trials
from bot.domain.messages import Language
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.rules import Rules
from bot.domain.trial_messages import WordingTest
from bot.domain.wave_results import compare
from storage.database import Tx

MOST_WAVES = 50


def tests(tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language) -> Report:
    """The waves that began in the period and ask in two wordings, each as its own panel shows it."""
    begun = storage.waves.list_begun(tx, limit=MOST_WAVES)
    found = [
        WordingTest(wave=wave, comparison=comparison)
        for wave in begun
        if period.first_day <= wave.starts_on < period.after
        if (comparison := compare(wave, storage.wave_results.list_tallies(tx, wave.wave_id))) is not None
    ]
    return trial_messages.wordings_report(found, period=period, language=language)


def roi(tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language) -> Report:
    """Win-back against its holdout. The trial has its own time, whatever the period."""
    drawn = storage.win_back.list_drawn(
        tx, holdout=rules.win_back.holdout, currency=rules.currency, limit=rules.win_back.planned
    )
    found = win_back_trials.judge(drawn, rules.win_back, now=now)
    return trial_messages.roi_report(found, rules.win_back, period=period, currency=rules.currency, language=language)
