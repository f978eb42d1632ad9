"""`touchpoint staff`: who may do what in chat."""

# ruff: noqa: PLC0415  `--help` needs none of what the commands import

from typing import Annotated

import typer

from bot.cli.printing import fail, note, say
from bot.domain.messages import Language
from bot.domain.roles import Role

app = typer.Typer(
    no_args_is_help=True,
    help="Who works here: add, list, remove. [dim]The ids in ADMIN_IDS are admins anyway.[/]",
)
UserId = Annotated[int, typer.Argument(help="The numeric Telegram id; @userinfobot tells each person theirs.")]


@app.command()
def add(
    user_id: UserId,
    name: Annotated[str, typer.Argument(help="How colleagues see them.")],
    role: Annotated[
        Role, typer.Option(help="csm < manager < admin: each may do what the ones before it may.")
    ] = Role.CSM,
    language: Annotated[Language, typer.Option(help="What the bot speaks to them.")] = Language.VI,
) -> None:
    """Add a member of staff, or change their name, role and language."""
    from bot.cli.opening import open_database, read_settings
    from bot.services.staff import add_staff

    with open_database(read_settings()) as database:
        database.write_now(add_staff, user_id=user_id, name=name, role=role, language=language)
    say(f"{name} ({user_id}) is {role}.")


@app.command("list")
def list_staff() -> None:
    """Everybody who works here, with their role."""
    from rich.console import Console
    from rich.table import Table

    from bot.cli.opening import open_database, read_settings
    from bot.services.staff import list_staff

    settings = read_settings()
    with open_database(settings) as database:
        staff = database.read_now(list_staff)
    if not staff and not settings.rules.admin_ids:
        note("Nobody works here yet: touchpoint staff add ID NAME, or ADMIN_IDS in .env.")
        return
    table = Table("id", "name", "role", "language")
    for one in staff:
        role = Role.ADMIN if one.user_id in settings.rules.admin_ids else one.role
        table.add_row(str(one.user_id), one.name, role, one.language)
    for user_id in sorted(settings.rules.admin_ids - {one.user_id for one in staff}):
        table.add_row(str(user_id), "(ADMIN_IDS)", Role.ADMIN, settings.rules.language)
    Console().print(table)


@app.command()
def remove(user_id: UserId) -> None:
    """Take a person's role away."""
    from bot.cli.opening import open_database, read_settings
    from bot.services.staff import remove_staff

    settings = read_settings()
    with open_database(settings) as database:
        removed = database.write_now(remove_staff, rules=settings.rules, user_id=user_id)
    if not removed:
        fail(f"Nobody here has the id {user_id}: touchpoint staff list shows everybody.")
    say(f"{user_id} works here no more.")
    if user_id in settings.rules.admin_ids:
        fail("They are still an admin by ADMIN_IDS: take the id out there too.")
