"""Reports as files: a spreadsheet, comma-separated values, or a page to print. Every word is handed in by the caller.

XlsxWriter and matplotlib are imported when the first file is made, since a bot at rest needs neither.
"""

from bot.exports.comma_separated import to_csv as to_csv
from bot.exports.figures import (
    CountSheet as CountSheet,
    FigureRow as FigureRow,
    ReportFile as ReportFile,
    Series as Series,
)
from bot.exports.printed import to_pdf as to_pdf
from bot.exports.workbook import to_xlsx as to_xlsx
