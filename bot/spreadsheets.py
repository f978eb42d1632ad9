"""Reading a CSV or XLSX file as rows of text, whichever program wrote it."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

DELIMITERS = ",;\t"


class UnreadableFileError(Exception):
    """The file is no table that can be read; the message says what to do."""


@dataclass(frozen=True)
class Spreadsheet:
    """A table: its header, and its rows with the numbers that a spreadsheet program shows (the first is 2)."""

    header: Sequence[str]
    rows: Iterator[tuple[int, Sequence[str]]]
    row_count: int


def read_spreadsheet(path: Path) -> Spreadsheet:
    """Read a table by its file's suffix: .csv, .tsv or .txt, or else an Excel workbook's first sheet.

    Raises:
        UnreadableFileError: it is neither.
    """
    try:
        rows = _csv_rows(path) if path.suffix.lower() in {".csv", ".tsv", ".txt"} else _excel_rows(path)
    except OSError as error:
        raise UnreadableFileError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"{path}: is not UTF-8; save it as “CSV UTF-8”, or as .xlsx") from error
    except (CalamineError, csv.Error) as error:
        raise UnreadableFileError(f"{path}: is not a table that can be read ({error})") from error
    if not rows:
        raise UnreadableFileError(f"{path}: is empty; the first row must name the columns")
    return Spreadsheet(rows[0], enumerate(rows[1:], start=2), len(rows) - 1)


def _csv_rows(path: Path) -> list[list[str]]:
    text = path.read_text(encoding="utf-8-sig")
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _excel_rows(path: Path) -> list[list[str]]:
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return [[_as_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _as_text(cell: object) -> str:
    """A cell as a person would type it; Excel keeps every number as a float."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date | datetime) else str(cell)
