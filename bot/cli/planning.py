"""`touchpoint plan`: what the clock is about to do."""

# ruff: noqa: PLC0415  `--help` needs none of what the commands import

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.printing import fail, note

if TYPE_CHECKING:
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
    table = Table("when", "customer", "what", "held by", "until")
    for one in touchpoints:
        when, until = (_local(at, settings.rules.timezone) for at in (one.when, one.until))
        table.add_row(when, one.customer_name, one.kind, one.rule or "", until or ("never sent" if one.rule else ""))
    Console().print(table)
    note(f"{len(touchpoints)} in the next {days} days, in the time of {settings.rules.timezone}.")


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
