"""A report as pages to print: its picture as it is drawn in chat, then its figures and how they were reckoned."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from textwrap import wrap
from typing import TYPE_CHECKING

from babel.numbers import format_currency, format_decimal

from bot.charts.canvas import FAINT_INK, HEIGHT, INK, MARGIN, SMALL, new_figure, write
from bot.charts.pictures import Numbers, PictureWords, SharesApart
from bot.domain.figures import FigureUnit
from bot.domain.rounding import rounded
from bot.domain.written_days import written_day
from bot.exports.figures import FigureRow, ReportFile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TOP, STEP = 130, 26  # pixels
LINES = (HEIGHT - TOP - MARGIN) // STEP
LETTERS = 130
LEFTS = (32, 330, 465, 575, 685, 1125)  # of the columns, in pixels
LONGEST = (34, 15, len("30 Sept 2026"), len("30 Sept 2026"), 46, 7)


def to_pdf(file: ReportFile, picture: "Figure", locale: str) -> bytes:
    """The pages as PDF; numbers and days are written as in `locale`."""
    from matplotlib.backends.backend_pdf import PdfPages  # noqa: PLC0415  a bot at rest does not need it

    buffer = BytesIO()
    with PdfPages(buffer, metadata={"Title": file.title, "CreationDate": None}) as pages:
        pages.savefig(picture)
        for page in _pages(file, locale):
            pages.savefig(page)
    return buffer.getvalue()


def _pages(file: ReportFile, locale: str) -> Iterator["Figure"]:
    rows = [_cells(row, locale) for row in file.figures]
    for start in range(0, len(rows), LINES - 1):
        page = _page(file)
        _write_line(page, 0, _headings(file), FAINT_INK)
        for place, row in enumerate(rows[start : start + LINES - 1], start=1):
            _write_line(page, place, row, INK)
        yield page
    lines = [line for text in file.methods for line in (wrap(text, LETTERS) or [""])]
    for start in range(0, len(lines), LINES):
        page = _page(file)
        for place, line in enumerate(lines[start : start + LINES]):
            write(page, MARGIN, TOP + place * STEP, line, size=SMALL)
        yield page


def _page(file: ReportFile) -> "Figure":
    return new_figure(PictureWords(title=file.title, subtitle=file.subtitle, no_answers="", too_few=""))


def _headings(file: ReportFile) -> Sequence[str]:
    name, _part, segment, first_day, last_day, value, *_, n, _note = file.headings
    return name, segment, first_day, last_day, value, n


def _cells(row: FigureRow, locale: str) -> Sequence[str]:
    first_day, last_day = (written_day(day, locale.partition("_")[0]) for day in (row.first_day, row.last_day))
    return (
        row.name,
        row.segment,
        first_day,
        last_day,
        _value(row, locale),
        format_decimal(row.n, "#,##0", locale=locale),
    )


def _value(row: FigureRow, locale: str) -> str:
    """The value with its interval; an end that is not known is left open."""
    value, low, high, *_ = (None if one is None else _written(row, one, locale) for one in row.numbers)
    return row.note if value is None else f"{value} ({low or '?'} – {high or '?'})"


def _written(row: FigureRow, number: float, locale: str) -> str:
    if row.unit in (FigureUnit.POINTS, FigureUnit.SHARE):
        return Numbers(locale, row.unit is FigureUnit.POINTS).value(number)
    if row.unit is FigureUnit.APART:
        return SharesApart(locale, points=False).value(number)
    if row.unit is FigureUnit.MONEY:
        return format_currency(number, row.currency, locale=locale)
    return format_decimal(rounded(number, 2), "#,##0.##", locale=locale)


def _write_line(page: "Figure", place: int, cells: Sequence[str], colour: str) -> None:
    for left, longest, text in zip(LEFTS, LONGEST, cells, strict=True):
        shown = text if len(text) <= longest else f"{text[: longest - 1]}…"
        write(page, left, TOP + place * STEP, shown, size=SMALL, colour=colour)
