"""What is in the files of a report."""

import csv
from datetime import date
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from bot.charts.canvas import new_figure
from bot.charts.pictures import PictureWords
from bot.domain.metrics.estimates import Estimate
from bot.exports import CountSheet, FigureRow, ReportFile, to_csv, to_pdf, to_xlsx

HEADINGS = ("Metric", "Over", "Segment", "From", "To", "Value", "Low", "High", "n", "Note")


def row(segment: str = "", *, n: int = 20, shown: bool = True, points: bool = True) -> FigureRow:
    value, low, high = (25.0, -12.5, 55.0) if points else (0.5, 0.25, 0.75)
    return FigureRow(
        metric="NPS" if points else "CSAT",
        part="whole",
        segment=segment,
        first_day=date(2026, 8, 1),
        last_day=date(2026, 10, 31),
        n=n,
        estimate=Estimate(value, low, high, n) if shown else None,
        points=points,
        note="" if shown else "hidden",
    )


def file(*figures: FigureRow, charted: int = 0) -> ReportFile:
    return ReportFile(
        title="Hoa Mai · NPS",
        subtitle="01/08 – 31/10/2026",
        figures_name="Figures",
        headings=HEADINGS,
        figures=figures,
        charted=charted,
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
    found = sheets(to_xlsx(file(row(), row("gold", n=3, shown=False))))
    assert list(found) == ["Figures", "Scores", "Sent", "Methods"]
    first, last = date(2026, 8, 1), date(2026, 10, 31)
    assert found["Figures"] == [
        list(HEADINGS),
        ["NPS", "whole", "", first, last, 25.0, -12.5, 55.0, 20.0, ""],
        ["NPS", "whole", "gold", first, last, "", "", "", 3.0, "hidden"],
    ]
    assert found["Scores"] == [["Score", "n"], [0.0, 3.0], [10.0, 1200.0]]
    assert found["Methods"][0] == ["Hoa Mai · NPS"]


@pytest.mark.parametrize(("points", "form"), [(True, "+0.0;-0.0;0"), (False, "0.0%")])
def test_values_have_the_number_format_of_their_metric(points: bool, form: str) -> None:
    content = to_xlsx(file(row(points=points)))
    styles = part(content, "xl/styles.xml")
    number = styles.split(f'formatCode="{form}"')[0].rsplit('numFmtId="', 1)[1].split('"')[0]
    used = [style.split('"')[0] for style in styles.split("<cellXfs")[1].split('numFmtId="')[1:]]
    cell = part(content, "xl/worksheets/sheet1.xml").split('r="F2" s="')[1].split('"')[0]
    assert used[int(cell)] == number


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_text_becomes_a_formula(text: str) -> None:
    content = to_xlsx(file(row(text)))
    assert sheets(content)["Figures"][1][2] == text
    assert "<f>" not in part(content, "xl/worksheets/sheet1.xml")
    (_, first) = csv.reader(StringIO(to_csv(file(row(text))).decode("utf-8-sig")))
    assert first[2] == f"'{text}"


def test_a_trend_has_a_chart_of_the_spreadsheets_own() -> None:
    content = to_xlsx(file(row(), row(), row(), charted=2))
    chart = part(content, "xl/charts/chart1.xml")
    assert chart.count("<c:ser>") == 3
    assert "Figures!$F$3:$F$4" in chart
    assert "xl/charts/chart1.xml" not in ZipFile(BytesIO(to_xlsx(file(row())))).namelist()


def test_comma_separated_values_are_for_programs() -> None:
    content = to_csv(file(row(), row("gold", n=3, shown=False)))
    assert content.startswith(b"\xef\xbb\xbf")
    _, first, second = csv.reader(StringIO(content.decode("utf-8-sig")))
    assert first == ["NPS", "whole", "", "2026-08-01", "2026-10-31", "25.0", "-12.5", "55.0", "20", ""]
    assert second[5:] == ["", "", "", "3", "hidden"]


def test_the_pages_to_print_are_the_picture_the_figures_and_the_methods() -> None:
    picture = new_figure(PictureWords(title="t", subtitle="s", no_answers="", too_few=""))
    content = to_pdf(file(*[row()] * 30), picture, "vi")
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") == 5
