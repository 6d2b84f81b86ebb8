"""Files as people's spreadsheets write them."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

PEOPLE = (
    ("Nom", "Adresse e-mail"),
    ("Inès Marchand", "ines@example.org"),
    ("Léo Nguyen", "leo@example.org"),
)


def text(*lines: str, encoding: str = "utf-8", end: str = "\n") -> io.BytesIO:
    return io.BytesIO("".join(line + end for line in lines).encode(encoding))


def workbook(rows: Sequence[Sequence[Any]], *, before: int = 0) -> io.BytesIO:
    """The rows on the last of `before` + 1 sheets; those before are empty."""
    book = Workbook(write_only=True)
    for number in range(before):
        book.create_sheet(f"Empty {number}")
    sheet = book.create_sheet("People")
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file


def changed(file: io.BytesIO, part: str, content: bytes) -> io.BytesIO:
    """The workbook with another content in one of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return made
