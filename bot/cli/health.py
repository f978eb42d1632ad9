"""`touchpoint health`: whether the score says who leaves, and which weights would say it better."""

# ruff: noqa: PLC0415  `--help` needs none of what the commands import

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.printing import fail, note, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.health_validation import Landmark, Validation
    from bot.domain.measures import Measure
    from bot.domain.metrics.estimates import Difference, Estimate
    from bot.domain.rules import Rules
    from storage.database import Database

app = typer.Typer(no_args_is_help=True, help="The health score: scored for the past, validated and weighed anew.")

Days = Annotated[int, typer.Option(min=7, max=730, help="In how many days after the date customers may have left.")]
Dates = Annotated[
    list[datetime] | None,
    typer.Option("--at", formats=["%Y-%m-%d"], help="A past date; may be given again. The latest possible one if not."),
]


@app.command("score-past")
def score_past(
    weeks: Annotated[int, typer.Option(min=1, max=520, help="How many weeks back.")] = 26,
) -> None:
    """Score customers who were never scored as they stood week by week, so that scores have a history. Nobody is told.

    For whoever has just imported their books: from today on the bot scores everybody every day by itself.
    """
    from bot.cli.opening import open_database, read_settings
    from bot.services import health

    settings = read_settings(with_token=False)
    after: int | None = 0
    with open_database(settings) as database:
        while after is not None:
            after = database.write_now(health.score_past, rules=settings.rules, after=after, weeks=weeks)
    say(f"Customers who had no score have one for each of the last {weeks} weeks.")


@app.command()
def validate(*, at: Dates = None, days: Days = 90) -> None:
    """Hold the score against who left after a date: AUC beside frequency and recency alone, churn by colour, lift.

    Only data from before the date are used, of those who were customers then. Refused under 30 who left.
    """
    from bot.cli.opening import open_database, read_settings

    settings, horizon = read_settings(with_token=False), timedelta(days=days)
    with open_database(settings) as database:
        for date in _dates(at, settings.rules, horizon, steps=(1,)):
            seen = _observe(database, settings.rules, date, horizon)
            _print_validation(_checked(seen, settings.rules), "the score", settings.rules, days)


@app.command()
def reweight(
    *,
    learn_at: Annotated[
        list[datetime] | None,
        typer.Option(formats=["%Y-%m-%d"], help="A past date to learn from; may be given again."),
    ] = None,
    at: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The later date on which both weights are tried.")
    ] = None,
    days: Days = 90,
) -> None:
    """Learn non-negative weights from who left after past dates, and try them on a later date beside the present ones.

    Nothing is changed: the weights are printed as the rules' file would say them, for you to take or to leave. Taken,
    they are a new version, and every score keeps the version that it was made with.
    """
    from bot.cli.opening import open_database, read_settings
    from bot.domain.health_validation import TooFewError, learn_weights

    settings, horizon = read_settings(with_token=False), timedelta(days=days)
    learning = _dates(learn_at, settings.rules, horizon, steps=(2,))
    (trying,) = _dates([at] if at else None, settings.rules, horizon, steps=(1,))
    if any(date + horizon > trying for date in learning):
        fail(f"--learn-at: what is learned must be over before the day it is tried on: leave {days} days between them")
    with open_database(settings) as database:
        landmarks = [_observe(database, settings.rules, date, horizon) for date in learning]
        trial = _observe(database, settings.rules, trying, horizon)
    try:
        learned = learn_weights(landmarks, settings.rules.health.weights)
    except TooFewError as error:
        fail(str(error))
    _print_validation(_checked(trial, settings.rules), "the present weights", settings.rules, days)
    learned_says = _checked(trial, settings.rules, weights=learned)
    _print_validation(learned_says, "the learned weights", settings.rules, days)
    _print_weights(settings.rules.health.weights, learned)


def _dates(
    given: list[datetime] | None, rules: "Rules", horizon: timedelta, *, steps: tuple[int, ...]
) -> list[datetime]:
    """The starts of the business-local days asked for, each far enough back for what came after it to be known."""
    from bot.clock import utc_now
    from bot.domain.local_time import day_start, local_date

    today = local_date(utc_now(), rules.timezone)
    days = [one.date() for one in given] if given else [today - step * horizon for step in steps]
    if any(day + horizon > today for day in days):
        fail(f"--at: {horizon.days} days must have passed since; the latest date is {today - horizon}")
    return [day_start(day, rules.timezone).astimezone(UTC) for day in days]


def _observe(database: "Database", rules: "Rules", at: datetime, horizon: timedelta) -> "Landmark":
    from bot.services.health_validation import observe

    return database.read_now(observe, rules=rules, at=at, horizon=horizon)


def _checked(landmark: "Landmark", rules: "Rules", *, weights: "Mapping[Measure, float] | None" = None) -> "Validation":
    from bot.domain.health_validation import TooFewError, validate

    try:
        return validate(landmark, rules.health, weights=weights)
    except TooFewError as error:
        fail(f"On {_day(landmark.at, rules)}: {error}")


def _day(at: datetime, rules: "Rules") -> str:
    """The business day that began then, as it was asked for: in UTC it may have been the evening before."""
    from bot.domain.local_time import local_date

    return f"{local_date(at, rules.timezone):%Y-%m-%d}"


def _print_validation(found: "Validation", of: str, rules: "Rules", days: int) -> None:
    from rich.console import Console
    from rich.table import Table

    from bot.domain.metrics.proportions import proportion

    everybody, worst = proportion(found.everybody), proportion(found.worst_tenth)
    say(f"{of.capitalize()} on {_day(found.at, rules)}, against who left in the {days} days after")
    counts = f"{found.everybody.whole} customers, {found.everybody.part} left"
    say(f"{counts}: {_percent(everybody)}; of {found.left_out} more nothing is known")
    ranks = Table("ranks by", "AUC (95 %)", "the score is better by")
    for one in found.predictors:
        ranks.add_row(one.name, _interval(one.auc), _behind(one.behind))
    colours = Table("colour", "customers", "left")
    for colour, share in found.colours.items():
        colours.add_row(colour, str(share.whole), _percent(proportion(share)))
    console = Console()
    console.print(ranks)
    console.print(colours)
    if not found.is_monotone:
        say("A better colour left more often than a worse one: these colours do not say who leaves.")
    say(f"The worst tenth: {_percent(worst)} left, {found.lift:.2f} times as many as of everybody")


def _print_weights(present: "Mapping[Measure, float]", learned: "Mapping[Measure, float]") -> None:
    note("To take the learned weights, write this into the rules' file and start the bot again:")
    say("[health.weights]")
    for measure, weight in learned.items():
        say(f"{measure} = {weight:g}  # was {present[measure]:g}")


def _interval(found: "Estimate") -> str:
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"


def _percent(found: "Estimate | None") -> str:
    return f"{found.value:.1%} ({found.low:.1%} to {found.high:.1%})" if found else "-"


def _behind(found: "Difference | None") -> str:
    if found is None:
        return ""
    verdict = "no detectable difference" if found.low <= 0 <= found.high else "better" if found.low > 0 else "worse"
    return f"{found.value:+.3f} ({found.low:+.3f} to {found.high:+.3f}): {verdict}"
