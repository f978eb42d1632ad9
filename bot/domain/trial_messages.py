"""The pages of what was tried: two wordings of a wave, and win-back against those left alone by lot."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from bot.domain.figures import Figure, FigureUnit
from bot.domain.messages import Language, Message
from bot.domain.metrics.estimates import Estimate, Verdict
from bot.domain.metrics.experiments import Standing as TrialStanding
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.metrics.roi import Return
from bot.domain.names import cut
from bot.domain.periods import Period
from bot.domain.report_messages import Report
from bot.domain.reports import NOBODY
from bot.domain.rules import WinBackRules
from bot.domain.wave_results import Comparison, Standing, VariantResult
from bot.domain.waves import Wave
from bot.domain.win_back_trials import WinBackTrial
from bot.domain.written_days import written_day

MOST_LISTED = 5
LONGEST_NAME = 24
TEST_METHODS = ("methods_tests",)
ROI_METHODS = ("methods_holdout", "methods_roi")


@dataclass(frozen=True, kw_only=True)
class WordingTest:
    """A wave that asks in two wordings, and how they stand beside each other."""

    wave: Wave
    comparison: Comparison


@dataclass(frozen=True, kw_only=True)
class DifferenceRow:
    """One row of a picture of differences: a wave's facts, its n, and the difference where it may be said."""

    facts: dict[str, object]
    n: int
    difference: Estimate | None


@dataclass(frozen=True, kw_only=True)
class DifferencesPicture:
    """Differences of shares, each with its interval, around none."""

    rows: Sequence[DifferenceRow]


@dataclass(frozen=True, kw_only=True)
class ArmsPicture:
    """The share that came back of those asked and of those left alone; hidden until the trial may be read."""

    treated: tuple[int, Estimate | None]
    control: tuple[int, Estimate | None]


def wordings_report(tests: Sequence[WordingTest], *, period: Period, language: Language) -> Report:
    """The waves of a period that try two wordings, the latest first: which was answered more, or why nobody can say."""
    listed = [_test(one) for one in tests]
    facts: dict[str, object] = {
        "period": {"first_day": period.first_day, "last_day": period.last_day},
        "tests": listed[:MOST_LISTED],
        "total": len(tests),
    }
    message = Message("reports/tests", language, facts)
    rows = [_row(one, its) for one, its in zip(tests, listed, strict=True)]
    return Report(
        message=message,
        picture=DifferencesPicture(rows=rows),
        words=message,
        period=period,
        figures=tuple(figure for one in tests for figure in _test_figures(one, language)),
        methods=TEST_METHODS,
    )


def _test(one: WordingTest) -> dict[str, object]:
    change = one.comparison.results[1].responses.change
    return {
        "kind": one.wave.kind,
        "subject": cut(one.wave.subject, LONGEST_NAME),
        "starts_on": one.wave.starts_on,
        "standing": one.comparison.standing,
        "outstanding": one.comparison.outstanding,
        "verdict": change.verdict,
        "difference": change.difference and asdict(change.difference),
        "results": [_result(each) for each in one.comparison.results],
    }


def _result(one: VariantResult) -> dict[str, object]:
    estimate = one.responses.estimate
    return {"n": one.responses.n, "estimate": estimate and asdict(estimate)}


def _row(one: WordingTest, facts: dict[str, object]) -> DifferenceRow:
    change = one.comparison.results[1].responses.change
    n = sum(each.responses.n for each in one.comparison.results)
    found = change.difference
    return DifferenceRow(
        facts=facts, n=n, difference=Estimate(found.value, found.low, found.high, n) if found else None
    )


def _test_figures(one: WordingTest, language: Language) -> Iterator[Figure]:
    name = f"{one.wave.kind.upper()} {written_day(one.wave.starts_on, language)} {one.wave.subject}".strip()
    for each in one.comparison.results:
        line = each.responses
        yield Figure(
            key=f"responses_{each.variant}",
            unit=FigureUnit.SHARE,
            n=line.n,
            estimate=line.estimate,
            change=line.change,
            segment=name,
            note="" if one.comparison.standing is Standing.FINAL else f"test_{one.comparison.standing}",
        )


def roi_report(
    found: WinBackTrial, rules: WinBackRules, *, period: Period, currency: str, language: Language
) -> Report:
    """What win-back brought against those left alone, or why that cannot be said yet, or at all."""
    trial, outcome = found.trial, found.found
    returned, standing = outcome if isinstance(outcome, Return) else None, found.standing
    treated, control = (trial.treated, trial.control) if trial else (NOBODY, NOBODY)
    readable = standing is TrialStanding.READY
    arms = [(each.whole, proportion(each) if readable else None) for each in (treated, control)]
    difference = returned.reading.difference if returned else None
    facts: dict[str, object] = {
        "standing": standing or "none",
        "holdout": rules.holdout,
        "planned": rules.planned,
        "days": rules.followed_for.days,
        "followed": trial.followed if trial else 0,
        "waiting": found.waiting,
        "treated": _arm(treated, readable=readable),
        "control": _arm(control, readable=readable),
        "difference": difference and asdict(difference),
        "verdict": _verdict(returned),
        "kept": returned and returned.kept and asdict(returned.kept),
        "roi": returned and returned.roi and asdict(returned.roi),
        "money": found.money and asdict(found.money),
        "currency": currency,
    }
    message = Message("reports/roi", language, facts)
    return Report(
        message=message,
        picture=ArmsPicture(treated=arms[0], control=arms[1]),
        words=message,
        period=period,
        figures=tuple(_roi_figures(returned, arms)),
        methods=ROI_METHODS,
    )


def _verdict(returned: Return | None) -> Verdict:
    difference = returned.reading.difference if returned else None
    if difference is None:
        return Verdict.NOT_COMPARABLE
    if difference.low > 0:
        return Verdict.UP
    return Verdict.DOWN if difference.high < 0 else Verdict.NO_CHANGE


def _arm(share: Share, *, readable: bool) -> dict[str, object]:
    """The size of a group, and what came of it only when the trial may be read."""
    estimate = proportion(share) if readable else None
    return {"n": share.whole, "part": share.part if readable else None, "estimate": estimate and asdict(estimate)}


def _roi_figures(returned: Return | None, arms: Sequence[tuple[int, Estimate | None]]) -> Iterator[Figure]:
    for key, (n, estimate) in zip(("back_asked", "back_held_out"), arms, strict=True):
        yield Figure(key=key, unit=FigureUnit.SHARE, n=n, estimate=estimate)
    if returned and returned.kept:
        yield Figure(key="won_back", unit=FigureUnit.NUMBER, n=returned.kept.n, estimate=returned.kept)
    if returned and returned.roi:
        yield Figure(key="roi", unit=FigureUnit.SHARE, n=returned.roi.n, estimate=returned.roi)
