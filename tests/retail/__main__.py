"""`python -m tests.retail`: the run on real input of docs/retail.md."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tests.retail import conversion
from tests.retail.causes import run as causes_of
from tests.retail.figures import tell
from tests.retail.run import run as play

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Import a real shop's books and survey its customers."
)


@app.command()
def prepare(
    source: Annotated[Path, typer.Argument(help="online_retail.csv or online_retail.csv.gz", show_default=False)],
    folder: Annotated[Path, typer.Argument(help="Where customers.csv and purchases.csv go.", show_default=False)],
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day that is to be today; the real one when not given."),
    ] = None,
) -> None:
    """Turn the data into the two files that `touchpoint import` takes; the last day becomes the day before --as-of."""
    summary = conversion.prepare(source, folder, as_of=(as_of or datetime.now(UTC)).date())
    for what, value in asdict(summary).items():
        typer.echo(f"{what.replace('_', ' ')}: {value}")


@app.command()
def run(
    folder: Annotated[Path, typer.Argument(help="The folder that `prepare` wrote to.", show_default=False)],
    *,
    year: Annotated[bool, typer.Option("--year", help="Go on until a year has passed; takes some minutes.")] = False,
) -> None:
    """Import both files into a fresh database, survey a hundred customers, read /report, and check every figure."""
    if disagreements := asyncio.run(play(folder, typer.echo, year=year)):
        typer.echo(f"Disagreements: {', '.join(disagreements)}")
        raise typer.Exit(1)


@app.command()
def figures(
    folder: Annotated[Path, typer.Argument(help="The folder that `prepare` wrote to.", show_default=False)],
) -> None:
    """Import both files into a fresh database and print every figure of money, as docs/numbers.md has them."""
    tell(folder, typer.echo)


@app.command()
def causes(
    folder: Annotated[Path, typer.Argument(help="The folder that `prepare` wrote to.", show_default=False)],
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day that `prepare` was given.")],
) -> None:
    """Make up answers and owners that have nothing to do with who stays, and read the pages that look for it."""
    causes_of(folder, typer.echo, now=as_of.replace(hour=2, tzinfo=UTC))


if __name__ == "__main__":
    app()
