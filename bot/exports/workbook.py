"""A report as an Excel workbook: figures with number formats, charts of its own, counts, and how it was reckoned."""

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING

from bot.domain.figures import FigureUnit
from bot.exports.figures import CountSheet, FigureRow, ReportFile, Series

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

COUNT, DAY = "#,##0", "dd/mm/yyyy"
WIDTHS = (30, 16, 26, 12, 12, 14, 14, 14, 12, 12, 12, 12, 10, 44)
SEGMENT_COLUMN, LABEL_COLUMN, VALUE_COLUMN, UNIT_COLUMN = 2, 3, 5, 11
METHODS_WIDTH = 110
CHART_ROWS = 22
AXES = {FigureUnit.POINTS: {"min": -100, "max": 100}, FigureUnit.SHARE: {"min": 0}}


def to_xlsx(file: ReportFile) -> bytes:
    """The workbook. Texts are written as texts, so that none can be a formula."""
    from xlsxwriter import Workbook  # noqa: PLC0415  a bot at rest does not need it

    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": file.title})
        _write_figures(workbook, file)
        for sheet in file.counts:
            _write_counts(workbook, sheet)
        _write_methods(workbook, file)
    return buffer.getvalue()


def _write_figures(workbook: "Workbook", file: ReportFile) -> None:
    sheet = workbook.add_worksheet(file.figures_name)
    bold = workbook.add_format({"bold": True, "bottom": 1})
    for column, (heading, width) in enumerate(zip(file.headings, WIDTHS, strict=True)):
        sheet.write_string(0, column, heading, bold)
        sheet.set_column(column, column, width)
    codes = {COUNT, DAY, *(row.number_format for row in file.figures)}
    formats = {code: workbook.add_format({"num_format": code}) for code in sorted(codes)}
    for place, row in enumerate(file.figures, start=1):
        _write_row(sheet, place, row, formats)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(file.figures), len(WIDTHS) - 1)
    for place, series in enumerate(file.series):
        _add_chart(workbook, sheet, file, series, place)


def _write_row(sheet: "Worksheet", place: int, row: FigureRow, formats: Mapping[str, "Format"]) -> None:
    for column, text in enumerate((row.name, row.part, row.segment)):
        sheet.write_string(place, column, text)
    for column, day in enumerate((row.first_day, row.last_day), start=LABEL_COLUMN):
        sheet.write_datetime(place, column, day, formats[DAY])
    for column, number in enumerate(row.numbers, start=VALUE_COLUMN):
        if number is not None:
            sheet.write_number(place, column, number, formats[row.number_format])
    sheet.write_string(place, UNIT_COLUMN, row.unit_name)
    sheet.write_number(place, UNIT_COLUMN + 1, row.n, formats[COUNT])
    sheet.write_string(place, UNIT_COLUMN + 2, row.note)


def _add_chart(workbook: "Workbook", sheet: "Worksheet", file: ReportFile, series: Series, place: int) -> None:
    """The rows of a series with their interval, drawn by the spreadsheet itself."""
    first, last = series.first + 1, series.first + series.count
    row = file.figures[series.first]
    label = LABEL_COLUMN if series.over_time else SEGMENT_COLUMN
    labels = [file.figures_name, first, label, last, label]
    chart = workbook.add_chart({"type": "line" if series.over_time else "bar"})
    for column in range(VALUE_COLUMN, VALUE_COLUMN + (3 if series.over_time else 1)):
        line = {"color": "#0072B2"} if column == VALUE_COLUMN else {"color": "#777777", "dash_type": "dash"}
        style = {"line": line} if series.over_time else {"fill": {"color": "#0072B2"}}
        values = [file.figures_name, first, column, last, column]
        chart.add_series({"name": file.headings[column], "categories": labels, "values": values, **style})
    chart.set_y_axis({**AXES.get(row.unit, {}), "num_format": row.number_format})
    if not series.over_time:
        chart.set_x_axis({"reverse": True})
        chart.set_legend({"none": True})
    chart.set_title({"name": row.name})
    chart.show_blanks_as("gap")
    chart.set_size({"width": 900, "height": 420})
    sheet.insert_chart(1 + place * CHART_ROWS, len(WIDTHS), chart)


def _write_counts(workbook: "Workbook", counts: CountSheet) -> None:
    sheet = workbook.add_worksheet(counts.name)
    bold, number = workbook.add_format({"bold": True, "bottom": 1}), workbook.add_format({"num_format": COUNT})
    sheet.set_column(0, 0, WIDTHS[0])
    for column, heading in enumerate(counts.headings):
        sheet.write_string(0, column, heading, bold)
    for place, (label, n) in enumerate(counts.rows, start=1):
        if isinstance(label, int):
            sheet.write_number(place, 0, label)
        else:
            sheet.write_string(place, 0, label)
        sheet.write_number(place, 1, n, number)


def _write_methods(workbook: "Workbook", file: ReportFile) -> None:
    sheet = workbook.add_worksheet(file.methods_name)
    sheet.set_column(0, 0, METHODS_WIDTH, workbook.add_format({"text_wrap": True, "valign": "top"}))
    for place, line in enumerate((file.title, file.subtitle, "", *file.methods)):
        sheet.write_string(place, 0, line)
