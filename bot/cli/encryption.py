"""`touchpoint encrypt`: every stored text as ENCRYPTION_KEYS says."""

# ruff: noqa: PLC0415  `--help` needs none of what the command imports

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.printing import fail, note, say

if TYPE_CHECKING:
    from storage.database import Database


def encrypt(
    *,
    new_key: Annotated[bool, typer.Option("--new-key", help="Only print a new key, for ENCRYPTION_KEYS.")] = False,
    off: Annotated[bool, typer.Option("--off", help="Decrypt everything; stop the bot first.")] = False,
) -> None:
    """Encrypt what was stored before, with the first key of ENCRYPTION_KEYS; also after a new key came before it.

    Restart the bot with the new keys first, so that it can read what this command writes; then it may go on running.
    The command works in small steps, and can be stopped at any moment: started again, it goes on where it was.
    When it says that all is done, older keys can be taken out of ENCRYPTION_KEYS.
    """
    from bot.cli.opening import open_database, read_settings
    from bot.services.encryption import settle
    from storage.encryption import sweep
    from storage.keyring import new_secret

    if new_key:
        say(new_secret())
        return
    settings = read_settings(with_token=False)
    if not settings.keyring.keys:
        fail("ENCRYPTION_KEYS: there is no key; touchpoint encrypt --new-key prints one")
    if off:
        settings = settings.writing_plain()
    with open_database(settings) as database:
        changed, unreadable = _write_all_again(database)
        settled = not unreadable and database.write_now(settle, keyring=settings.keyring)
    if unreadable:
        fail(*unreadable, f"{changed} texts were written again; these were left as they are.")
    if not settled:
        fail("The bot writes with other settings meanwhile: restart it with these, then repeat this command.")
    say(f"{changed} texts were written again; all are {'encrypted' if settings.keyring.writer else 'plain'} now.")
    if not sweep(settings.database_url):
        note("The old texts stay in the file's write-ahead log while the bot runs: stop it, and repeat this command.")


def _write_all_again(database: "Database") -> tuple[int, list[str]]:
    from rich.console import Console
    from rich.progress import Progress

    from bot.services.encryption import count_to_do, write_again

    changed = 0
    unreadable: list[str] = []
    with Progress(console=Console(stderr=True)) as progress:
        for place, total in database.read_now(count_to_do).items():
            task = progress.add_task(place, total=total)
            batch = database.write_now(write_again, place=place, after=None)
            while True:
                changed += batch.changed
                unreadable += batch.unreadable
                progress.advance(task, batch.changed)
                if batch.last is None:
                    break
                batch = database.write_now(write_again, place=place, after=batch.last)
    return changed, unreadable
