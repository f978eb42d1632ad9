"""Comma-separated values for other programs: plain numbers with a decimal point, days as ISO 8601."""

import csv
from collections.abc import Iterator
from io import StringIO

from bot.exports.figures import FigureRow, ReportFile

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def to_csv(file: ReportFile) -> bytes:
    """The figures, a line each; UTF-8 with the mark by which Excel knows it."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(file.headings)
    writer.writerows(list(_cells(row)) for row in file.figures)
    return f"{BYTE_ORDER_MARK}{buffer.getvalue()}".encode()


def _cells(row: FigureRow) -> Iterator[str]:
    yield from (harmless(text) for text in (row.name, row.part, row.segment))
    yield from (row.first_day.isoformat(), row.last_day.isoformat())
    yield from ("" if number is None else repr(number) for number in row.numbers)
    yield harmless(row.unit_name)
    yield str(row.n)
    yield harmless(row.note)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP, "CSV Injection"): with a quote in front where it might."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text
