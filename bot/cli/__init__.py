"""The command line. Each command imports what it needs when it runs, so that `--help` answers at once."""

# ruff: noqa: PLC0415  imports inside the commands are the point of this package

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import encryption, health, imports, planning, staff
from bot.cli.printing import fail, note, say

app = typer.Typer(
    name="touchpoint",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, and one of those is the token
    rich_markup_mode="rich",
    help=(
        "[bold]Touchpoint[/] takes care of customers in Telegram: surveys answered with one tap, success plans, "
        "birthdays, win-back, and honest numbers.\n\n"
        "Try it without a token: [cyan]touchpoint demo[/]. To go live: copy .env.example to .env, write the token that "
        "@BotFather gives you into it, then [cyan]touchpoint doctor[/] and [cyan]touchpoint run[/]."
    ),
)
app.add_typer(imports.app, name="import")
app.add_typer(staff.app, name="staff")
app.add_typer(planning.app, name="plan")
app.add_typer(health.app, name="health")
app.command()(encryption.encrypt)


@app.command()
def demo(
    port: Annotated[
        int, typer.Option(help="Where the page is served, on this machine only; 0 takes any free port.")
    ] = 8800,
    keep: Annotated[
        Path | None, typer.Option(help="A folder to keep the playground's database in; otherwise it goes with it.")
    ] = None,
) -> None:
    """Try everything in the browser, without a token or a network: 200 customers, a year, and a clock to move."""
    from bot.cli.opening import read_settings
    from bot.playground import demo
    from bot.settings import SettingsError

    settings = read_settings(with_token=False)
    try:
        demo.run(settings, port=port, keep=keep, say=say)
    except SettingsError as error:
        fail(*error.problems)


@app.command()
def run() -> None:
    """Run the bot on Telegram until Ctrl+C or SIGTERM. Brings the database up to date first."""
    from bot.cli.opening import prepare_database, read_settings
    from bot.settings import SettingsError

    settings = read_settings()
    try:
        settings.require_token()
        prepare_database(settings.database_url)
        import bot.app

        bot.app.run(settings)
    except SettingsError as error:
        fail(*error.problems)


@app.command()
def migrate() -> None:
    """Bring the database up to date; `run` does so by itself, and twice does no harm."""
    from bot.cli.opening import prepare_database, read_settings
    from storage.migrate import head

    prepare_database(read_settings().database_url)
    say(f"The database is up to date (revision {head()}).")


@app.command()
def link(
    external_id: Annotated[str, typer.Argument(help="The customer's id in your own books, as it was imported.")],
) -> None:
    """Print a link that ties a customer's Telegram to their record. It works once: send it to that customer only."""
    import secrets

    from bot.cli.opening import open_database, read_settings
    from bot.identity import UnknownTokenError, UnreachableError, ask_identity
    from bot.services.links import create_link
    from bot.settings import SettingsError

    settings = read_settings()
    try:
        username = ask_identity(settings).username
    except SettingsError as error:
        fail(*error.problems)
    except (UnknownTokenError, UnreachableError) as error:
        fail(f"BOT_TOKEN: {error}")
    code = secrets.token_urlsafe(24)
    with open_database(settings) as database:
        until = database.write_now(create_link, external_id=external_id, rules=settings.rules, code=code)
    if until is None:
        fail(f"There is no customer with the id {external_id}: touchpoint import customers brings them in.")
    say(f"https://t.me/{username}?start={code}")
    note(f"It works once, until {until:%Y-%m-%d}.")


@app.command()
def audit(
    who: Annotated[str, typer.Argument(help="Only this customer or member of staff: an id or a part of a name.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many entries at most, the newest first.")] = 50,
) -> None:
    """Print who of the staff did what, to whom and when, looks at profiles included."""
    from zoneinfo import ZoneInfo

    from rich.console import Console
    from rich.table import Table

    from bot.cli.opening import open_database, read_settings
    from bot.services.audit import list_entries

    settings = read_settings()
    with open_database(settings) as database:
        entries = database.read_now(list_entries, query=who, limit=limit)
    table = Table("when", "staff", "command", "whom")
    for one in entries:
        when = f"{one.happened_at.astimezone(ZoneInfo(settings.rules.timezone)):%Y-%m-%d %H:%M}"
        customer = "" if one.customer_id is None else f"{one.customer_name or '(forgotten)'} #{one.customer_id}"
        colleague = "" if one.colleague_id is None else f"{one.colleague_name} {one.colleague_id}".strip()
        by = f"{one.staff_name} {one.staff_id}".strip() if one.staff_id else "(command line)"
        table.add_row(when, by, one.command, customer or colleague)
    Console().print(table)


@app.command()
def doctor() -> None:
    """Examine settings, database, token, clock and backlog: each line is ok, or says what to do. Exit code 1 if any."""
    from bot.clock import utc_now
    from bot.doctor import examine
    from bot.identity import ask_identity
    from bot.logs import set_up_logging
    from bot.settings import examine_settings

    settings, problems = examine_settings(now=utc_now())
    set_up_logging(settings.log_level, secrets=settings.secrets())
    findings = examine(settings, problems, ask_identity=ask_identity, now=utc_now)
    healthy = True
    for finding in findings:
        mark = typer.style("ok", fg="green") if finding.in_order else typer.style("!!", fg="red")
        say(f"{mark}  {finding.subject:<12} {finding.words}")
        healthy = healthy and finding.in_order
    raise typer.Exit(0 if healthy else 1)
