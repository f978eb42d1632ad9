"""What the command line prints: results to stdout, everything else to stderr."""

from typing import NoReturn

import typer


def say(line: str) -> None:
    """A result, for people and for other programs."""
    typer.echo(line)


def note(line: str) -> None:
    """Something to know beside the result."""
    typer.echo(line, err=True)


def fail(*lines: str) -> NoReturn:
    """Say what is wrong and what to do, and leave with exit code 1."""
    for line in lines:
        typer.secho(line, err=True, fg=typer.colors.RED)
    raise typer.Exit(1)
