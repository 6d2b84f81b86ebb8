"""XLSX: what people see in the cells is what is read; bombs and foreign formats are refused before they are opened."""

import datetime as dt
import io
import tracemalloc
import zipfile

import pytest

from common.errors import Invalid
from common.spreadsheets import Kind, open_table
from tests.common.files_of_people import PEOPLE, changed, workbook

SHEET = "xl/worksheets/sheet1.xml"
ENVELOPE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(file: io.BytesIO) -> Invalid:
    with pytest.raises(Invalid) as refused:
        open_table(file)
    return refused.value


def test_cells_are_read_as_people_see_them() -> None:
    moment = dt.datetime(2026, 3, 3, 9, 30)
    row = ["Inès", "i@example.org", dt.date(2026, 3, 3), moment, 75001.0, 12.5, True, None, 46084]
    table = open_table(workbook([["Nom", "Mail", "Date", "h", "n", "x", "o", "z", "s"], row]))
    assert table.kind == Kind.XLSX
    assert next(table.rows()).cells == [
        "Inès", "i@example.org", "2026-03-03", "2026-03-03 09:30:00", "75001", "12.5", "TRUE", "", "46084",
    ]  # fmt: skip


def test_a_formula_gives_the_value_that_was_kept_with_it() -> None:
    sheet = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Mail</t></is></c></row>'
        b'<row r="2"><c r="A2" t="str"><f>B2&amp;"@example.org"</f><v>ines@example.org</v></c></row>'
        b"</sheetData></worksheet>"
    )
    assert [row.cells for row in open_table(changed(workbook(PEOPLE), SHEET, sheet)).rows()] == [
        ["ines@example.org"]
    ]


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="A2"><f>B2&amp;"@example.org"</f><v></v></c>',
        b'<c r="A2" s="1"><f>B2</f><v/></c>',
        b'<x:c r="A2"><x:f t="shared" si="0"/></x:c>',
    ],
)
def test_a_formula_that_was_never_worked_out_is_no_empty_cell(cell: bytes) -> None:
    sheet = b'<worksheet xmlns="x"><sheetData><row r="2">' + cell + b"</row></sheetData></worksheet>"
    for before in (b"", b" " * (512 * 1024 - 70)):  # also where the file is read in two pieces
        file = changed(workbook(PEOPLE), SHEET, sheet.replace(b"<row", before + b"<row"))
        assert refusal(file).code == "not_worked_out"


def test_a_formula_whose_value_is_an_empty_text_is_one() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>leo@example.org</t></is></c>'
        b'<c r="B1" t="str"><f>IF(A1="","x","")</f><v></v></c></row></sheetData></worksheet>'
    )
    rows = [row.cells for row in open_table(changed(workbook(PEOPLE), SHEET, sheet)).rows()]
    assert rows == [["leo@example.org", ""]]


def test_the_first_sheet_with_something_in_it_is_read_and_rows_keep_their_numbers() -> None:
    rows = [[], [None, "Participants"], [], *([None, *row] for row in PEOPLE[:2]), [], [None, *PEOPLE[2]]]
    table = open_table(workbook(rows, before=2))
    assert table.headers == ["", "Nom", "Adresse e-mail"]
    assert [tuple(row) for row in table.rows()] == [
        (5, ["", "Inès Marchand", "ines@example.org"]),
        (7, ["", "Léo Nguyen", "leo@example.org"]),
    ]
    assert [row.number for row in table.rows(after=5)] == [7]


def test_a_sheet_that_would_fill_the_memory_is_refused_before_it_is_laid_out() -> None:
    far = workbook([*PEOPLE, *([] for _line in range(20))])
    cells = b'<c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    sheet = b'<worksheet xmlns="x"><sheetData><row r="1">' + cells + b"</sheetData></worksheet>"
    tracemalloc.start()
    assert refusal(changed(far, SHEET, sheet)).code == "too_many_cells"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_empty_cells_far_away_are_only_formatting() -> None:
    sheet = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Mail</t></is></c><c r="XFD1" s="0"/></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>i@example.org</t></is></c></row>'
        b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData></worksheet>'
    )
    assert [row.cells for row in open_table(changed(workbook(PEOPLE), SHEET, sheet)).rows()] == [
        ["i@example.org"]
    ]


def test_a_bomb_is_refused_by_its_size() -> None:
    file = workbook(PEOPLE)
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/media/bomb", "w") as part,
    ):
        for _megabyte in range(310):
            part.write(bytes(1024 * 1024))
    assert refusal(file).code == "too_large"


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(changed(workbook(PEOPLE), SHEET, b" " * 5_000_000).getvalue())
    true, false = (5_000_000).to_bytes(4, "little"), (500).to_bytes(4, "little")
    assert content.count(true) == 2
    assert refusal(io.BytesIO(content.replace(true, false))).code == "unreadable"


def test_too_many_sheets_and_columns_are_refused_with_their_limits() -> None:
    sheets = refusal(workbook(PEOPLE, before=60))
    columns = refusal(workbook([["Mail", *"x" * 299], ["i@example.org", *"y" * 299]]))
    assert (sheets.code, columns.code) == ("too_many_sheets", "too_many_columns")
    assert "50 sheets" in sheets.message
    assert "200 columns" in columns.message


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_workbook_cut_off_is_refused(share: float) -> None:
    content = workbook(PEOPLE).getvalue()
    assert refusal(io.BytesIO(content[: int(len(content) * share)])).code == "unreadable"


def test_a_workbook_with_nobody_in_it_is_refused() -> None:
    assert refusal(workbook([])).code == "empty"
    assert refusal(workbook([["Nom", "Adresse e-mail"]])).code == "header_only"


def package(*names: str, mimetype: str = "") -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        if mimetype:
            packed.writestr("mimetype", mimetype)
        for name in names:
            packed.writestr(name, "<x/>")
    return file


@pytest.mark.parametrize(
    ("file", "code", "word"),
    [
        (io.BytesIO(ENVELOPE + b"\0" * 2000), "other_format", "XLS "),
        (io.BytesIO(ENVELOPE + "EncryptedPackage".encode("utf-16-le")), "protected", "password"),
        (package(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "other_format", "ODS"),
        (package("Index/Document.iwa"), "other_format", "Numbers"),
        (package("xl/workbook.bin"), "other_format", "XLSB"),
        (package("word/document.xml"), "no_table", "not a table"),
        (package("xl/workbook.xml"), "unreadable", "damaged"),
        (io.BytesIO(b"PK\x03\x04" + b"rubbish" * 99), "unreadable", "damaged"),
    ],
)
def test_other_formats_are_told_how_to_mend(file: io.BytesIO, code: str, word: str) -> None:
    refused = refusal(file)
    assert refused.code == code
    assert word in refused.message
