import zipfile
from pathlib import Path

import pytest

from bot.spreadsheets import Spreadsheet, UnreadableFileError, read_spreadsheet

PARTS = {
    "[Content_Types].xml": """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
        <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
        <Default Extension="xml" ContentType="application/xml"/></Types>""",
    "_rels/.rels": """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="r1" Target="xl/workbook.xml"
        Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>""",
    "xl/workbook.xml": """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
        <sheets><sheet name="Khách" sheetId="1" r:id="r1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="r1" Target="worksheets/sheet1.xml"
        Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>
        <Relationship Id="r2" Target="styles.xml"
        Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"/></Relationships>""",
    "xl/styles.xml": """<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>""",
}
SHEET = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r="1"><c r="A1" t="inlineStr"><is><t>mã khách</t></is></c><c r="B1" t="inlineStr"><is><t>số</t></is></c>
    <c r="C1" t="inlineStr"><is><t>ngày</t></is></c></row>
    <row r="3"><c r="A3"><v>17850</v></c><c r="B3"><v>12.5</v></c><c r="C3" s="1"><v>46082</v></c></row>
    <row r="4"><c r="C4" s="2"><v>46082.4375</v></c></row></sheetData></worksheet>"""


def read(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    sheet: Spreadsheet = read_spreadsheet(path)
    rows = [(number, list(cells)) for number, cells in sheet.rows]
    assert sheet.row_count == len(rows)
    return list(sheet.header), rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_csv_is_read_whatever_separates_its_columns(folder: Path, delimiter: str, mark: str) -> None:
    path = folder / "khách.csv"
    lines = [["mã", "tên"], ["K1", '"An, ""Bé""; nhỏ"'], ["K2", ""]]
    path.write_text(mark + "\r\n".join(delimiter.join(line) for line in lines), encoding="utf-8", newline="")

    assert read(path) == (["mã", "tên"], [(2, ["K1", 'An, "Bé"; nhỏ']), (3, ["K2", ""])])


def test_a_line_break_inside_a_cell_does_not_break_the_count_of_rows(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text('a,b\n"one\ntwo",x\nthree,y\n', encoding="utf-8")

    assert read(path)[1] == [(2, ["one\ntwo", "x"]), (3, ["three", "y"])]


def test_an_excel_file_is_read_as_a_person_would_type_it(folder: Path) -> None:
    path = folder / "khách.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in {**PARTS, "xl/worksheets/sheet1.xml": SHEET}.items():
            archive.writestr(name, part)

    header, rows = read(path)

    assert header == ["mã khách", "số", "ngày"]
    assert rows == [
        (2, ["", "", ""]),
        (3, ["17850", "12.5", "2026-03-01"]),
        (4, ["", "", "2026-03-01T10:30:00"]),
    ]


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("a.csv", "tên\nNguyễn".encode("utf-16"), "is not UTF-8; save it as “CSV UTF-8”"),
        ("a.csv", b"", "is empty"),
        ("a.xlsx", b"not a workbook", "is not a table that can be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(folder: Path, name: str, content: bytes, advice: str) -> None:
    (folder / name).write_bytes(content)

    with pytest.raises(UnreadableFileError, match=advice):
        read_spreadsheet(folder / name)


@pytest.mark.parametrize("name", ["nowhere.csv", "nowhere.xlsx"])
def test_a_file_that_is_not_there_says_so(folder: Path, name: str) -> None:
    with pytest.raises(UnreadableFileError, match=name):
        read_spreadsheet(folder / name)
