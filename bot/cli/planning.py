"""`touchpoint plan`: what the clock is about to do."""

# ruff: noqa: PLC0415  `--help` needs none of what the commands import

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.printing import fail, note

if TYPE_CHECKING:
    from bot.domain.audiences import Segment
    from bot.domain.rules import PlanTemplate, Rules
    from bot.domain.simulation import Load
    from storage.database import Database

app = typer.Typer(no_args_is_help=True, help="What will be sent to whom and when, and what is held by which rule.")


@app.callback()
def plan() -> None:
    """Typer makes a group of one command only when it has a callback."""


@app.command("next")
def next_touchpoints(
    days: Annotated[int, typer.Option(min=1, max=365, help="How many days to look ahead.")] = 7,
    customer: Annotated[str, typer.Option(help="Only this customer: an id of yours, a phone number or a name.")] = "",
) -> None:
    """List what will be sent, the earliest first; nothing is sent by asking."""
    from rich.console import Console
    from rich.table import Table

    from bot.cli.opening import open_database, read_settings
    from bot.services.planning import upcoming

    settings = read_settings()
    with open_database(settings) as database:
        customer_id = _find(database, customer) if customer else None
        touchpoints = database.read_now(upcoming, rules=settings.rules, days=days, customer_id=customer_id)
    if not touchpoints:
        note(f"Nothing will be sent in the next {days} days; --days looks further ahead.")
        note("Only who has linked their Telegram is written to: touchpoint link EXTERNAL_ID makes the link.")
        return
    table = Table("when", "customer", "what", "held by", "until")
    for one in touchpoints:
        when, until = (_local(at, settings.rules.timezone) for at in (one.when, one.until))
        table.add_row(when, one.customer_name, one.kind, one.rule or "", until or ("never sent" if one.rule else ""))
    Console().print(table)
    note(f"{len(touchpoints)} in the next {days} days, in the time of {settings.rules.timezone}.")


@app.command("simulate")
def simulate_touchpoints(
    days: Annotated[int, typer.Option(min=1, max=1095, help="How many days to live through.")] = 365,
    customers: Annotated[int | None, typer.Option(min=1, help="A stable sample of so many customers.")] = None,
    segment: Annotated[
        list[str] | None, typer.Option(help="Only customers with plan=…, location=… or csm=…; may be given again.")
    ] = None,
    as_if_linked: Annotated[
        bool, typer.Option("--as-if-linked", help="As if every customer had linked their Telegram today.")
    ] = False,
    with_plan: Annotated[
        str, typer.Option(help="As if every customer without a success plan began this one today: a plan's key.")
    ] = "",
) -> None:
    """Count the messages of each kind that a customer would get in the days to come, under the rules as they are.

    Purchases and closed interactions of the last year come again, milestones are reached on their day, and nobody
    answers, so every reminder and offer follows. Nothing is sent or kept.
    """
    from time import perf_counter

    from bot.cli.opening import open_database, read_settings
    from bot.clock import utc_now
    from bot.domain.simulation import loads, simulate
    from bot.services.simulation import UnknownSegmentError, load_lives

    settings, began = read_settings(with_token=False), perf_counter()
    asked = {
        "segments": _segments(segment or []),
        "template": _template(settings.rules, with_plan) if with_plan else None,
    }
    with open_database(settings) as database:
        try:
            lives = database.read_now(
                load_lives, rules=settings.rules, limit=customers, as_if_linked=as_if_linked, **asked
            )
        except UnknownSegmentError as error:
            fail(f"{error}; there are: {', '.join(error.known) or 'none'}")
    if not lives:
        fail("There are no such customers who have linked their Telegram; --as-if-linked counts everybody in.")
    log = simulate(lives, settings.rules, now=utc_now(), days=days)
    _print_loads(loads(log, len(lives)))
    note(f"{len(lives)} customers, {len(log)} messages in {days} days; {perf_counter() - began:.1f} s.")


def _segments(texts: list[str]) -> "list[Segment]":
    from bot.domain.audiences import parse_segment

    segments = [parse_segment(text) for text in texts]
    if None in segments:
        fail("--segment: write it as plan=gold, location=Huế or csm=Lan")
    return [segment for segment in segments if segment]


def _template(rules: "Rules", key: str) -> "PlanTemplate":
    found = next((template for template in rules.plans if template.key == key), None)
    if found is None:
        fail(f"--with-plan: there are the plans {', '.join(template.key for template in rules.plans)}")
    return found


def _print_loads(loads: "list[Load]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("messages", "in all", "median", "95th percentile", "most", "most in 7 days")
    for one in loads:
        counts = (f"{one.total:,}", f"{one.median:g}", str(one.p95), str(one.most), str(one.most_in_a_week))
        table.add_row(one.kind or "of any kind", *counts)
    Console().print(table)


def _local(instant: datetime | None, timezone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}" if instant else ""


def _find(database: "Database", query: str) -> int:
    from bot.services.portfolio import find_customers

    matches = database.read_now(find_customers, query=query)
    if not matches:
        fail(f"No customer matches “{query}”.")
    if len(matches) > 1:
        fail(f"Several customers match “{query}”:", *(f"  {one.name} ({one.external_id or '-'})" for one in matches))
    return matches[0].customer_id
