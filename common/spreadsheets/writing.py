"""Tables for people to fill in, and those that come back to be mended."""

import io
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from common.spreadsheets.neutral import csv_lines, neutralised
from common.spreadsheets.tables import Kind

_CHUNK = 64 * 1024
_LONGEST_CELL = 32_767
"""What a workbook can hold."""


def template(kind: Kind, *, language: str) -> bytes:
    """A list to fill in, in the reader's language: headers and one example, in a workbook with notes beside them."""
    rows = [[header for header, _note, _example in _columns()], [example for *_, example in _columns()]]
    if kind == Kind.CSV:
        return "".join(csv_lines(rows, delimiter=";" if language == "fr" else ",")).encode()
    book = Workbook(write_only=True)
    people = _sheet(book, _("People"))
    for index, _column in enumerate(rows[0], start=1):
        people.column_dimensions[get_column_letter(index)].width = 28
    people.append([_bold(people, header) for header in rows[0]])
    people.append(rows[1])
    notes = _sheet(book, _("Notes"))
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 28, 90
    notes.append([_bold(notes, _("Column")), _bold(notes, _("What to write"))])
    for header, note, _example in _columns():
        notes.append([header, note])
    with _saved(book) as saved:
        return saved.read()


def failed_rows(
    kind: Kind, *, headers: Sequence[str], rows: Iterable[tuple[Sequence[str], str]], delimiter: str = ","
) -> Iterator[bytes]:
    """The same file once more, with only the rows that failed and a last column that says why, piece by piece.

    `rows` are (cells, sentence). What could be taken for a formula is neutralised, and no more than that: cells that
    are cut as those of the list were come back mended, and must say what they said.
    """
    width = len(headers)
    head = [[*headers, _("What is wrong")]] if any(headers) else []
    lines = (
        [*(list(cells) + [""] * (width - len(cells)))[: max(width, len(cells))], why] for cells, why in rows
    )
    if kind == Kind.CSV:
        table = _after(head, lines)
        yield from (line.encode() for line in csv_lines(table, delimiter=delimiter, cell=neutralised))
        return
    book = Workbook(write_only=True)
    sheet = _sheet(book, _("People"))
    for line in _after(head, lines):
        sheet.append([_cell(cell) for cell in line])
    with _saved(book) as saved:
        while piece := saved.read(_CHUNK):
            yield piece


def _columns() -> list[tuple[str, str, str]]:
    """(header, what to write, example); the headers are those that are recognised when the list comes back."""
    return [
        (_("E-mail"), _("Needed. Where the badge is sent."), "ines.marchand@example.org"),
        (_("Name"), _("As it is to stand on the badge’s page."), "Inès Marchand"),
        (
            _("Narrative"),
            _("Why this person earned it, in the mail and on the badge’s page."),
            _("Led the workshop of 3 March."),
        ),
        (
            _("Evidence"),
            _("Links to what shows it, with a space between two."),
            "https://example.org/work https://example.org/film",
        ),
        (_("Date of award"), _("Such as 2026-03-03. Empty: the day on which it is awarded."), "2026-03-03"),
        (_("Valid until"), _("Such as 2029-03-03. Empty: as the badge says."), ""),
        (_("Language"), _("fr or en: the language of the mail. Empty: that of the badge."), "fr"),
    ]


def _after(head: list[list[str]], lines: Iterable[list[str]]) -> Iterator[list[str]]:
    yield from head
    yield from lines


def _sheet(book: Workbook, title: str) -> Any:
    """Of a workbook that is only written: rows go to the disk one by one."""
    return book.create_sheet(title)


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def _cell(text: str) -> str:
    return neutralised(ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST_CELL])


def _saved(book: Workbook) -> io.BufferedIOBase:
    file = TemporaryFile()  # noqa: SIM115  it is read after this, and goes when it is closed
    book.save(file)
    file.seek(0)
    return file
