"""XLSX workbooks: measured before they are opened, then read row by row."""

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from common.errors import Invalid
from common.spreadsheets.texts import no_table

MOST_PACKED = 40 * 1024 * 1024
MOST_UNPACKED = 300 * 1024 * 1024
MOST_SHEETS = 50
MOST_CELLS = 2_000_000
"""Of the rectangle around all that is filled in: the reader lays it out in memory."""

_CHUNK = 512 * 1024
_FILLED = re.compile(rb"""<(?:\w+:)?c\b[^<>]*?\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,9})["'][^<>]*(?<!/)>""")
# A formula whose value nobody ever worked out: written by a program, and not saved by a spreadsheet since.
_NO_VALUE = re.compile(
    rb"""<(?:\w+:)?c\b(?![^<>]*\st\s*=)[^<>]*>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<>]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_LONGEST_TAGS = 4000
_PROTECTED = "EncryptedPackage".encode("utf-16-le")


def refuse_old_formats(file: BinaryIO, start: bytes) -> None:
    """XLS, and XLSX with a password, which hides in the same envelope."""
    if not start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return
    file.seek(0)
    if _PROTECTED in file.read(4 * 1024 * 1024):
        raise Invalid(
            _("This workbook is protected by a password. Save a copy without the password, and choose that."),
            code="protected",
        )
    raise _other_format("XLS")


class Workbook:
    """The first sheet with something in it."""

    def __init__(self, file: BinaryIO) -> None:
        content = _whole(file)  # a storage that does not answer says nothing of the workbook
        columns = _measured(content)
        content.seek(0)
        try:
            self._book = CalamineWorkbook.from_filelike(content)
            self._sheet = self._first_sheet()
        except (CalamineError, ValueError, OSError) as problem:
            raise _unreadable() from problem
        self.columns = columns

    def _first_sheet(self) -> CalamineSheet | None:
        found = self._book.sheets_metadata
        sheets = [one for one in found if one.typ == SheetTypeEnum.WorkSheet]
        for one in sorted(sheets, key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible):
            sheet = self._book.get_sheet_by_name(one.name)
            if sheet.start is not None:
                return sheet
        return None

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """(number as the spreadsheet shows it, cells from column A on) of each row."""
        if self._sheet is None or self._sheet.start is None:
            return
        margin = [""] * self._sheet.start[1]
        # `iter_rows` starts at the top of the sheet, in the first column that is used.
        for number, cells in enumerate(self._sheet.iter_rows(), start=1):
            yield number, margin + [_text(cell) for cell in cells]


def _whole(file: BinaryIO) -> io.BytesIO:
    """As it is packed."""
    file.seek(0, io.SEEK_END)
    if file.tell() > MOST_PACKED:
        raise _too_large()
    file.seek(0)
    return io.BytesIO(file.read())


def _measured(file: io.BytesIO) -> int:
    """The widest sheet's number of columns. Nothing is unpacked in memory before this has passed."""
    try:
        with zipfile.ZipFile(file) as packed:
            return _measure(packed)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as problem:
        raise _unreadable() from problem


def _measure(packed: zipfile.ZipFile) -> int:
    parts = packed.infolist()
    names = {part.filename for part in parts}
    _refuse_other_packages(packed, names)
    if sum(part.file_size for part in parts) > MOST_UNPACKED or len(parts) > 5000:
        raise _too_large()
    sheets = [
        part for part in parts if re.fullmatch(r"/?xl/worksheets/[^/]+\.xml", part.filename, re.IGNORECASE)
    ]
    if len(sheets) > MOST_SHEETS:
        raise Invalid(
            _("This workbook has more than %(most)s sheets. Save the one with the people by itself.")
            % {"most": MOST_SHEETS},
            code="too_many_sheets",
        )
    for part in parts:
        if part not in sheets:
            _walk(packed, part)
    return max((_measure_sheet(packed, sheet) for sheet in sheets), default=0)


def _walk(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """To its end, where a wrong size or sum comes out: the sizes that were added up are true."""
    with packed.open(part) as stream:
        while stream.read(_CHUNK):
            pass


def _measure_sheet(packed: zipfile.ZipFile, sheet: zipfile.ZipInfo) -> int:
    top, bottom, left, right, tail = 10**9, 0, 10**9, 0, b""
    columns: dict[bytes, int] = {}
    with packed.open(sheet) as stream:
        while chunk := stream.read(_CHUNK):
            piece = tail + chunk
            for letters, digits in _FILLED.findall(piece):
                if letters not in columns:
                    columns[letters] = _column(letters)
                row = int(digits)
                top, bottom = min(top, row), max(bottom, row)
            if _NO_VALUE.search(piece):
                raise _not_worked_out()
            tail = piece[-_LONGEST_TAGS:]
    if columns:
        left, right = min(columns.values()), max(columns.values())
    cells = max(bottom - top + 1, 0) * max(right - left + 1, 0)
    if cells > MOST_CELLS:
        raise Invalid(
            _(
                "This sheet is too large to be read as XLSX: its rows times its columns are more than %(most)s cells."
                " Remove what is far from the list, or save it as CSV."
            )
            % {"most": f"{MOST_CELLS:,}"},
            code="too_many_cells",
        )
    return right


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _refuse_other_packages(packed: zipfile.ZipFile, names: set[str]) -> None:
    if "xl/workbook.xml" in names or "/xl/workbook.xml" in names:
        return
    if "mimetype" in names and b"opendocument.spreadsheet" in packed.read("mimetype")[:200]:
        raise _other_format("ODS")
    if "xl/workbook.bin" in names:
        raise _other_format("XLSB")
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        raise _other_format("Numbers")
    raise no_table()


def _other_format(name: str) -> Invalid:
    words = _(
        "This is a file in the %(format)s format. Open it in your spreadsheet and save it as XLSX or CSV."
    )
    return Invalid(words % {"format": name}, code="other_format")


def _unreadable() -> Invalid:
    return Invalid(
        _("This workbook cannot be read: it is damaged or cut off. Save it again as XLSX or CSV."),
        code="unreadable",
    )


def _not_worked_out() -> Invalid:
    return Invalid(
        _(
            "This workbook holds formulas that were never worked out: their cells would be read as empty. Open it in"
            " your spreadsheet, save it, and choose it again."
        ),
        code="not_worked_out",
    )


def _too_large() -> Invalid:
    return Invalid(
        _("This workbook is too large to be read as XLSX. Save the sheet with the people as CSV."),
        code="too_large",
    )


def _text(value: object) -> str:
    """The cell as people read it: days as ISO days, whole numbers without a point."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    return str(value)
