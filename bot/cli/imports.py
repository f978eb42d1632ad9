"""`touchpoint import`: bringing in what the business's other systems know."""

# ruff: noqa: PLC0415  `--help` needs none of what the commands import

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.printing import fail, note, say

if TYPE_CHECKING:
    from bot.domain.imports import Header, ImportResult, Layout
    from bot.spreadsheets import Spreadsheet

app = typer.Typer(
    no_args_is_help=True,
    help="Bring in customers and what they do, from CSV (UTF-8) or Excel. A second time changes only what differs.",
)
REASONS = {
    "missing": "is empty, and must not be",
    "unreadable": "cannot be understood",
    "too_long": "is too long",
    "in_future": "is in the future",
    "too_early": "is before it began",
    "repeated": "is in an earlier row too",
    "taken": "belongs to another customer",
    "unknown": "is no customer that was imported",
    "forgotten": "is somebody who asked to be forgotten, and is left out",
}
File = Annotated[
    Path, typer.Argument(help="A .csv or .xlsx file; its first row names the columns.", show_default=False)
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")]


@app.command()
def customers(file: File, *, dry_run: DryRun = False) -> None:
    """Import customers.

    The first row names the columns, in any order and by these names or the usual Vietnamese ones.
    [cyan]external_id[/] (mã khách) and [cyan]name[/] (họ tên) are required; phone (điện thoại), birthday (ngày sinh:
    1990-05-31, 31/05/1990 or 31/05), language (ngôn ngữ: vi or en), timezone (múi giờ), plan (gói), location (khu vực),
    title (chức danh), channel (kênh: where they came from), tags (thẻ: several, with commas between), salutation (xưng
    hô: anh or chị), csm_id (người phụ trách: a Telegram id), joined_at (ngày tham gia).

    Rows that cannot be used are listed with their number and reason, and make the exit code 1; the others are kept.
    Who asked to be forgotten is listed and left out too, which is no error.
    An empty cell leaves what is known as it is.
    """
    _import(file, "customers", dry_run=dry_run)


@app.command()
def purchases(file: File, *, dry_run: DryRun = False) -> None:
    """Import purchases, one row an invoice.

    The first row names the columns, in any order and by these names or the usual Vietnamese ones.
    [cyan]external_id[/] (mã hóa đơn), [cyan]customer_external_id[/] (mã khách), [cyan]purchased_at[/] (ngày mua) and
    [cyan]amount[/] (thành tiền; negative for a cancellation) are required; currency (tiền tệ) is the business's own
    when it is not there.

    Rows that cannot be used are listed with their number and reason, and make the exit code 1; the others are kept.
    Who asked to be forgotten is listed and left out too, which is no error.

    Silences between purchases that were long enough count as losses of their time, so that churn is right for the past
    too; nobody is written to because of them.
    """
    from bot.services.win_back import plan_past_losses

    _import(file, "purchases", dry_run=dry_run, afterwards=None if dry_run else plan_past_losses)


@app.command()
def events(file: File, *, dry_run: DryRun = False) -> None:
    """Import usage events: what customers did with the product.

    [cyan]external_id[/] (mã sự kiện), [cyan]customer_external_id[/] (mã khách), [cyan]name[/] (sự kiện) and
    [cyan]happened_at[/] (thời gian) are required; count (số lần) is 1 when it is not there.

    What has just happened may ask the customer ([cyan]triggers[/] in touchpoint.toml); what is older never does.
    Rows that cannot be used are listed with their number and reason, and make the exit code 1; the others are kept.
    """
    _import(file, "events", dry_run=dry_run)


@app.command()
def tickets(file: File, *, dry_run: DryRun = False) -> None:
    """Import tickets of your help desk; one that has just been solved asks how easy that was.

    [cyan]external_id[/] (mã yêu cầu), [cyan]customer_external_id[/] (mã khách) and [cyan]opened_at[/] (ngày mở) are
    required; solved_at (ngày xong), category (loại), cost (chi phí), currency (tiền tệ).

    Rows that cannot be used are listed with their number and reason, and make the exit code 1; the others are kept.
    """
    _import(file, "tickets", dry_run=dry_run)


@app.command()
def contracts(file: File, *, dry_run: DryRun = False) -> None:
    """Import contracts.

    [cyan]external_id[/] (mã hợp đồng), [cyan]customer_external_id[/] (mã khách), [cyan]starts_on[/] (ngày bắt đầu) and
    [cyan]price[/] (giá trị; for all of its time) are required; ends_on (ngày kết thúc: its last day), currency (tiền
    tệ), renewals (số lần gia hạn).

    Rows that cannot be used are listed with their number and reason, and make the exit code 1; the others are kept.
    """
    _import(file, "contracts", dry_run=dry_run)


@app.command()
def nps(file: File, *, dry_run: DryRun = False) -> None:
    """Import answers to NPS that another tool collected. They count in reports; nobody is called about them.

    [cyan]external_id[/] (mã trả lời), [cyan]customer_external_id[/] (mã khách), [cyan]score[/] (điểm, 0 to 10) and
    [cyan]answered_at[/] (ngày trả lời) are required; reason (lý do).

    Rows that cannot be used are listed with their number and reason, and make the exit code 1; the others are kept.
    """
    _import(file, "nps", dry_run=dry_run)


def _import(file: Path, noun: str, *, dry_run: bool, afterwards: "Callable[..., int] | None" = None) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from bot.cli.opening import open_database, read_settings
    from bot.clock import utc_now
    from bot.domain.imports import ImportResult, RowReader, read_batches
    from bot.domain.records import LAYOUTS, Noun
    from bot.services.imports import BATCH, IMPORTS

    settings = read_settings()
    layout = LAYOUTS[Noun(noun)]
    sheet, header = _open_file(file, layout)
    result = ImportResult()
    read = partial(RowReader(layout, settings.rules, utc_now()).cells, header)
    with open_database(settings) as database, Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(f"Reading {file.name}", total=sheet.row_count)
        for batch in read_batches(read, sheet.rows, size=BATCH):
            saved = database.write_now(
                IMPORTS[Noun(noun)], records=batch.records, rules=settings.rules, dry_run=dry_run
            )
            result += saved + ImportResult(errors=tuple(batch.errors))
            progress.advance(task, batch.rows)
        while afterwards and database.write_now(afterwards, rules=settings.rules, settled=timedelta(0)):
            pass
    _report(result, dry_run=dry_run)


def _open_file(file: Path, layout: "Layout[Any]") -> "tuple[Spreadsheet, Header]":
    from bot.domain.imports import read_header
    from bot.spreadsheets import UnreadableFileError, read_spreadsheet

    try:
        sheet = read_spreadsheet(file)
    except UnreadableFileError as error:
        fail(str(error))
    header = read_header(sheet.header, layout)
    if header.missing:
        fail(f"{file}: the first row must name the columns; missing: {', '.join(header.missing)}")
    if header.unknown:
        note(f"Columns that mean nothing here, read past: {', '.join(header.unknown)}")
    return sheet, header


def _report(result: "ImportResult", *, dry_run: bool) -> None:
    for error in sorted(result.errors, key=lambda error: error.row):
        value = f" “{error.value}”" if error.value else ""
        note(f"row {error.row}: {error.column}{value} {REASONS[error.reason]}")
    left_out = len({error.row for error in result.errors})
    counts = f"{result.created} new, {result.changed} changed, {result.unchanged} unchanged, {left_out} left out"
    say(f"{'A dry run, nothing is kept: ' if dry_run else ''}{counts}")
    if any(error.reason != "forgotten" for error in result.errors):
        raise typer.Exit(1)
