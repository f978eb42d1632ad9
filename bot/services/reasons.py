"""Why customers say what they say: the page of the report, the quotes behind it, and staff's corrections."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import storage.reason_counts
import storage.reasons
import storage.staff
import storage.themes
from bot.domain.messages import Language, Message
from bot.domain.metrics.proportions import Share
from bot.domain.periods import Period, PeriodError, parse_period
from bot.domain.reasons import messages
from bot.domain.reasons.classifier import learn
from bot.domain.reasons.masking import Names, mask, name_of
from bot.domain.reasons.messages import Counted, Unscored
from bot.domain.reasons.phrases import Reason
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.reports import Metric
from bot.domain.roles import Staff
from bot.domain.rules import Rules
from bot.domain.taps import SetTheme, ShowPhrases, ShowTheme
from bot.domain.touchpoints import Kind
from storage.database import Tx
from storage.reasons import Said

READ = 500
"""So many reasons of a period are read for their words, drawn by a stable hash: decrypting and masking is the cost."""
LEARNED_FROM = 1000
UNSCORED = 500
"""So many of the latest scored reasons are learned from, and so many of the latest texts without a score judged."""


def reasons(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """The page of the reasons of one kind of survey, of the NPS unless another is asked for."""
    kind = Kind(request.metric or Metric.NPS)
    shown = storage.themes.load_dictionary(tx, rules).shown
    found = storage.reason_counts.count(tx, kind, period, shown.keys())
    counted = Counted(
        kind=kind,
        answers=found.answers,
        reasons=found.reasons,
        themes=found.themes,
        unnamed=found.unnamed,
        read=_quotable(tx, storage.reasons.list_sample(tx, kind, period, limit=READ), rules),
        unscored=_judge_unscored(tx, period),
    )
    return messages.reasons_report(counted, shown, request, period=period, so_far=period.so_far(now), language=language)


def _judge_unscored(tx: Tx, period: Period) -> Unscored:
    """What customers wrote without a score, by what was learned from those who gave one, or by the lexicon."""
    texts = storage.reasons.list_unscored(tx, period, limit=UNSCORED)
    judge = learn(storage.reasons.list_labelled(tx, limit=LEARNED_FROM) if texts else [])
    judged = [unkind for text in texts if (unkind := judge.is_unkind(text)) is not None]
    n = storage.reasons.count_unscored(tx, period)
    return Unscored(n=n, unkind=Share(sum(judged), len(judged)), judge=judge)


def _quotable(tx: Tx, said: Iterable[Said], rules: Rules) -> list[Reason]:
    """Reasons without what tells who gave them."""
    staff = Names(tuple(name_of(one.name) for one in storage.staff.list_all(tx)))
    return [
        Reason(
            run_id=one.run_id,
            band=one.band,
            text=mask(one.text, name_of(one.customer_name), staff, region=rules.phone_region),
            order=one.order,
        )
        for one in said
    ]


def show_phrases(tx: Tx, *, now: datetime, rules: Rules, language: Language, tap: ShowPhrases) -> Message:
    """What detractors say that promoters do not."""
    asked = _asked(tap, rules, now=now)
    if asked is None:
        return Message("customers/stale_button", language)
    kind, period = asked
    read = _quotable(tx, storage.reasons.list_sample(tx, kind, period, limit=READ), rules)
    return messages.phrases_message(read, kind, period, language)


def show_theme(tx: Tx, *, now: datetime, rules: Rules, language: Language, tap: ShowTheme) -> Message:
    """A page of the quotes of a theme, or of the reasons that name none."""
    asked = _asked(tap, rules, now=now)
    shown = storage.themes.load_dictionary(tx, rules).shown
    if asked is None or tap.theme not in {messages.NO_THEME, *shown}:
        return Message("customers/stale_button", language)
    kind, period = asked
    found = storage.reason_counts.count(tx, kind, period, shown.keys())
    named = tap.theme != messages.NO_THEME
    name, keys = (shown[tap.theme].name(language), {tap.theme}) if named else ("", set(shown))
    n = found.themes[tap.theme].total() if named else found.unnamed
    page = max(0, min(tap.page, (n - 1) // messages.PAGE))  # reasons may have been moved since
    part = {"limit": messages.PAGE, "offset": page * messages.PAGE}
    among = Share(n, found.reasons.total())
    said = storage.reasons.list_about(tx, kind, period, keys, named=named, among=among, **part)
    quotes = _quotable(tx, said, rules)
    return messages.theme_message(quotes, name=name, n=n, tap=replace(tap, page=page), period=period, language=language)


def _asked(tap: ShowPhrases | ShowTheme, rules: Rules, *, now: datetime) -> tuple[Kind, Period] | None:
    """The kind of survey and the period of a button, which the client chose; None where there are none such."""
    try:
        return Kind(Metric(tap.kind)), parse_period(tap.period, now=now, timezone=rules.timezone)
    except (PeriodError, ValueError):
        return None


def open_reason(tx: Tx, *, now: datetime, rules: Rules, by: Staff, run_id: int) -> Message:
    """One reason, with what it is about, to be put right."""
    said = storage.reasons.load_said(tx, run_id)
    if said is None:
        return Message("customers/stale_button", by.language)
    (reason,) = _quotable(tx, [said], rules)
    shown = storage.themes.load_dictionary(tx, rules).shown
    return messages.reason_message(reason.text, run_id, shown, storage.themes.list_of(tx, run_id), by)


def set_theme(tx: Tx, *, now: datetime, rules: Rules, by: Staff, tap: SetTheme) -> Message:
    """A member of staff says whether a reason is about a theme: from now on that holds, whatever its words are."""
    shown = storage.themes.load_dictionary(tx, rules).shown
    if storage.reasons.load_said(tx, tap.run_id) is None or tap.theme not in shown:
        return Message("customers/stale_button", by.language)
    storage.themes.correct(tx, tap.run_id, tap.theme, about=bool(tap.about), staff_id=by.user_id, now=now)
    return open_reason(tx, now=now, rules=rules, by=by, run_id=tap.run_id)
