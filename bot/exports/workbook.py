"""A report as an Excel workbook: figures with number formats, a chart of its own, counts, and how it was reckoned."""

from io import BytesIO
from typing import TYPE_CHECKING

from bot.exports.figures import CountSheet, FigureRow, ReportFile

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

POINTS, SHARE, COUNT, DAY = "+0.0;-0.0;0", "0.0%", "#,##0", "dd/mm/yyyy"
WIDTHS = (28, 16, 24, 12, 12, 10, 10, 10, 10, 40)
VALUE_COLUMN, LABEL_COLUMN = 5, 3
METHODS_WIDTH = 110


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
    formats = {name: workbook.add_format({"num_format": name}) for name in (POINTS, SHARE, COUNT, DAY)}
    for column, (heading, width) in enumerate(zip(file.headings, WIDTHS, strict=True)):
        sheet.write_string(0, column, heading, bold)
        sheet.set_column(column, column, width)
    for place, row in enumerate(file.figures, start=1):
        _write_row(sheet, place, row, formats)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(file.figures), len(WIDTHS) - 1)
    if file.charted > 1:
        _add_chart(workbook, sheet, file)


def _write_row(sheet: "Worksheet", place: int, row: FigureRow, formats: dict[str, "Format"]) -> None:
    for column, text in enumerate((row.metric, row.part, row.segment)):
        sheet.write_string(place, column, text)
    for column, day in enumerate((row.first_day, row.last_day), start=LABEL_COLUMN):
        sheet.write_datetime(place, column, day, formats[DAY])
    if row.estimate is not None:
        values = (row.estimate.value, row.estimate.low, row.estimate.high)
        for column, value in enumerate(values, start=VALUE_COLUMN):
            sheet.write_number(place, column, value, formats[POINTS if row.points else SHARE])
    sheet.write_number(place, VALUE_COLUMN + 3, row.n, formats[COUNT])
    sheet.write_string(place, VALUE_COLUMN + 4, row.note)


def _add_chart(workbook: "Workbook", sheet: "Worksheet", file: ReportFile) -> None:
    """The last rows as a line with its interval, drawn by the spreadsheet itself."""
    last = len(file.figures)
    first = last - file.charted + 1
    labels = [file.figures_name, first, LABEL_COLUMN, last, LABEL_COLUMN]
    chart = workbook.add_chart({"type": "line"})
    for column in range(VALUE_COLUMN, VALUE_COLUMN + 3):
        line = {"color": "#0072B2"} if column == VALUE_COLUMN else {"color": "#777777", "dash_type": "dash"}
        values = [file.figures_name, first, column, last, column]
        chart.add_series({"name": file.headings[column], "categories": labels, "values": values, "line": line})
    low, high = file.figures[-1].scale
    chart.set_y_axis({"min": low, "max": high, "num_format": POINTS if file.figures[-1].points else SHARE})
    chart.set_title({"name": file.title})
    chart.show_blanks_as("gap")
    chart.set_size({"width": 900, "height": 420})
    sheet.insert_chart(1, len(WIDTHS), chart)


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
