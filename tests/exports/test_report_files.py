"""What is in the files of a report."""

import csv
from collections.abc import Sequence
from datetime import date
from io import BytesIO, StringIO
from itertools import pairwise
from math import inf
from typing import Any
from zipfile import ZipFile

import pytest
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from python_calamine import CalamineWorkbook

from bot.charts.canvas import new_figure
from bot.charts.pictures import PictureWords
from bot.domain.figures import FigureUnit
from bot.domain.metrics.estimates import Difference, Estimate
from bot.domain.written_days import LOCALES, written_day
from bot.exports import CountSheet, FigureRow, ReportFile, Series, to_csv, to_pdf, to_xlsx

HEADINGS = ("Figure", "Over", "Segment", "From", "To", "Value", "Low", "High", "Change", "-", "+", "Unit", "n", "Note")
NO_CHANGE = ("", "", "")
COLUMNS = 6  # of the printed table


def row(
    segment: str = "",
    *,
    n: int = 20,
    value: tuple[float, float, float] | None = (25.0, -12.5, 55.0),
    unit: FigureUnit = FigureUnit.POINTS,
    currency: str = "",
    change: Difference | None = None,
    first_day: date = date(2026, 8, 1),
) -> FigureRow:
    return FigureRow(
        name=unit,
        part="whole",
        segment=segment,
        first_day=first_day,
        last_day=date(2026, 10, 31),
        unit=unit,
        unit_name="points",
        n=n,
        estimate=Estimate(*value, n) if value else None,
        change=change,
        currency=currency,
        note="" if value else "hidden",
    )


def file(*figures: FigureRow, series: Sequence[Series] = ()) -> ReportFile:
    return ReportFile(
        title="Hoa Mai · NPS",
        subtitle="01/08 – 31/10/2026",
        figures_name="Figures",
        headings=HEADINGS,
        figures=figures,
        series=series,
        counts=[
            CountSheet("Scores", ("Score", "n"), [(0, 3), (10, 1200)]),
            CountSheet("Sent", ("Step", "n"), [("=a", 1)]),
        ],
        methods_name="Methods",
        methods=["NPS = …"] * 30,
    )


def sheets(content: bytes) -> dict[str, Any]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def part(content: bytes, name: str) -> str:
    return ZipFile(BytesIO(content)).read(name).decode()


def test_a_workbook_holds_figures_counts_and_methods_as_numbers_and_days() -> None:
    found = sheets(to_xlsx(file(row(change=Difference(3, 1, 5)), row("gold", n=3, value=None))))
    assert list(found) == ["Figures", "Scores", "Sent", "Methods"]
    first, last = date(2026, 8, 1), date(2026, 10, 31)
    assert found["Figures"] == [
        list(HEADINGS),
        ["points", "whole", "", first, last, 25.0, -12.5, 55.0, 3.0, 1.0, 5.0, "points", 20.0, ""],
        ["points", "whole", "gold", first, last, "", "", "", *NO_CHANGE, "points", 3.0, "hidden"],
    ]
    assert found["Scores"] == [["Score", "n"], [0.0, 3.0], [10.0, 1200.0]]
    assert found["Methods"][0] == ["Hoa Mai · NPS"]


@pytest.mark.parametrize(
    ("unit", "currency", "form", "written"),
    [
        (FigureUnit.POINTS, "", "+0.0;-0.0;0", 2500.0),
        (FigureUnit.SHARE, "", "0.0%", 2500.0),
        (FigureUnit.APART, "", "+0.0%;-0.0%;0%", 2500.0),
        (FigureUnit.MONEY, "VND", "#,##0 &quot;VND&quot;", 2500.0),
        (FigureUnit.MONEY, "USD", "#,##0.00 &quot;USD&quot;", 25.0),
        (FigureUnit.DAYS, "", "0.0", 2500.0),
    ],
)
def test_values_have_the_number_format_of_their_unit(
    unit: FigureUnit, currency: str, form: str, written: float
) -> None:
    content = to_xlsx(file(row(unit=unit, currency=currency, value=(2500, 2000, 3000))))
    styles = part(content, "xl/styles.xml")
    number = styles.split(f'formatCode="{form}"')[0].rsplit('numFmtId="', 1)[1].split('"')[0]
    used = [style.split('"')[0] for style in styles.split("<cellXfs")[1].split('numFmtId="')[1:]]
    cell = part(content, "xl/worksheets/sheet1.xml").split('r="F2" s="')[1].split('"')[0]
    assert used[int(cell)] == number
    assert sheets(content)["Figures"][1][5] == written


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    content = to_xlsx(file(row(text)))
    assert sheets(content)["Figures"][1][2].replace("_x000D_", "\r") == text
    assert "<f>" not in part(content, "xl/worksheets/sheet1.xml")
    (_, first) = csv.reader(StringIO(to_csv(file(row(text))).decode("utf-8-sig"), newline=""))
    assert first[2] == f"'{text}"


def test_a_series_has_a_chart_of_the_spreadsheets_own() -> None:
    rows = [row(), row(), row("a", unit=FigureUnit.SHARE), row("b", unit=FigureUnit.SHARE)]
    content = to_xlsx(file(*rows, series=[Series(0, 2, over_time=True), Series(2, 2, over_time=False)]))
    line, bars = part(content, "xl/charts/chart1.xml"), part(content, "xl/charts/chart2.xml")
    assert (line.count("<c:ser>"), bars.count("<c:ser>")) == (3, 1)
    assert "Figures!$F$2:$F$3" in line
    assert "Figures!$F$4:$F$5" in bars
    assert "Figures!$C$4:$C$5" in bars
    assert "xl/charts/chart1.xml" not in ZipFile(BytesIO(to_xlsx(file(row())))).namelist()


def test_an_end_that_is_not_known_stays_empty() -> None:
    endless = file(row(unit=FigureUnit.DAYS, value=(3, 2, inf)))
    assert sheets(to_xlsx(endless))["Figures"][1][5:8] == [3.0, 2.0, ""]
    (_, first) = csv.reader(StringIO(to_csv(endless).decode("utf-8-sig")))
    assert first[5:8] == ["3.0", "2.0", ""]


def test_comma_separated_values_are_for_programs() -> None:
    content = to_csv(file(row(), row("gold", n=3, value=None)))
    assert content.startswith(b"\xef\xbb\xbf")
    _, first, second = csv.reader(StringIO(content.decode("utf-8-sig")))
    days = ["2026-08-01", "2026-10-31"]
    assert first == ["points", "whole", "", *days, "25.0", "-12.5", "55.0", *NO_CHANGE, "points", "20", ""]
    assert second[5:] == ["", "", "", *NO_CHANGE, "points", "3", "hidden"]


def test_the_pages_to_print_are_the_picture_the_figures_and_the_methods() -> None:
    picture = new_figure(PictureWords(title="t", subtitle="s", no_answers="", too_few=""))
    every = [row(unit=unit, currency="VND", value=(3, 2, inf)) for unit in FigureUnit]
    content = to_pdf(file(*every, *[row(value=None)] * 23), picture, "vi")
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") == 5


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_day_of_the_printed_table_is_whole_and_no_cell_runs_into_the_next(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[Figure] = []
    monkeypatch.setattr(PdfPages, "savefig", lambda _, page: pages.append(page))
    days = [date(2026, month, 28) for month in range(1, 13)]
    billions = (1_705_465_000, 1_546_112_242, 1_864_817_758)
    rows = [row("Trên 60 tuổi", unit=FigureUnit.MONEY, currency="VND", value=billions, first_day=day) for day in days]
    to_pdf(file(*rows), new_figure(PictureWords(title="", subtitle="", no_answers="", too_few="")), LOCALES[language])
    texts = pages[1].texts[2 + COLUMNS :]
    lines = [texts[place : place + COLUMNS] for place in range(0, len(texts), COLUMNS)]
    assert [line[2].get_text() for line in lines] == [written_day(day, language) for day in days]
    for line in lines:
        ends = [cell.get_window_extent() for cell in line]
        assert all(left.x1 < right.x0 for left, right in pairwise(ends))
