"""Text files of people: which encoding, which delimiter, and rows one by one, however long the file is."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from common.addresses import split_named
from common.errors import Invalid

MOST_BYTES = 200 * 1024 * 1024
LONGEST_LINE = 1024 * 1024
DELIMITERS = (",", ";", "\t", "|")
PEOPLE = "people"
"""In the place of a delimiter: lines such as `Name <address>`, or addresses one after the other."""

_CHUNK = 256 * 1024
_SAMPLE = 64 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Parts of a list on one line: cut after each address.
_ADDRESSED = re.compile(r"[^,;\t]*@[^,;\t]*")
_QUOTED_NAME = re.compile(r'^\s*"[^"]*"\s*<')
# What no spreadsheet writes into text; one byte in a hundred is more than an accident.
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
_MOST_CONTROLS = 0.01


@dataclass(frozen=True)
class Text:
    """What is known of a text file before its rows are read."""

    encoding: str
    delimiter: str


def examine(file: BinaryIO) -> Text:
    """Reads the file once from end to end, in pieces. Raises Invalid with what to mend."""
    file.seek(0)
    sample = file.read(_SAMPLE)
    encoding = _encoding(file, sample)
    head = codecs.getincrementaldecoder(encoding)(errors="replace").decode(sample)
    _refuse_what_is_no_text(file, encoding)
    return Text(encoding, _delimiter(head))


def records(file: BinaryIO, text: Text) -> Iterator[list[str]]:
    """The cells of each record, blank ones too: their place is their number."""
    file.seek(0)
    lines = io.TextIOWrapper(
        io.BufferedReader(_Kept(file), _CHUNK), encoding=text.encoding, errors="strict", newline=""
    )
    if text.delimiter == PEOPLE:
        yield from _people(lines)
        return
    reader = csv.reader(lines, delimiter=text.delimiter, skipinitialspace=text.delimiter in ",;")
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Invalid(
                _(
                    "Line %(line)s has a cell that does not end. A quotation mark without its partner is the"
                    " usual reason: mend it, and try again."
                )
                % {"line": reader.line_num},
                code="endless_cell",
            ) from None


def delimiter_of(file: BinaryIO) -> str:
    """From the first lines; accents do not matter."""
    file.seek(0)
    sample = file.read(_SAMPLE)
    marked = next((name for mark, name in _MARKS if sample.startswith(mark)), "")
    return _delimiter(sample.decode(marked or _wide(sample) or "utf-8", errors="replace"))


def _encoding(file: BinaryIO, sample: bytes) -> str:
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if wide := _wide(sample):
        return wide
    if b"\0" in sample or len(_CONTROLS.findall(sample)) > len(sample) * _MOST_CONTROLS:
        raise no_table()  # a picture, a PDF: what its accents look like does not matter
    odd, has_utf8 = _first_that_is_not_utf8(file)
    if odd is None:
        return "utf-8"
    if has_utf8:
        raise Invalid(
            _(
                "This file mixes two ways of writing accents (around line %(line)s). Open it in your spreadsheet,"
                " mend the broken letters and save it as “CSV UTF-8”."
            )
            % {"line": odd},
            code="mixed_encodings",
        )
    return _one_byte_encoding(file)


def _wide(sample: bytes) -> str:
    """UTF-16 without its mark: every second byte of plain text is zero."""
    pairs = len(sample) // 2
    if pairs < 4 or b"\0" not in sample:
        return ""
    for name, start in (("utf-16-le", 1), ("utf-16-be", 0)):
        if sample[start::2].count(0) > pairs * 0.6 and sample[1 - start :: 2].count(0) == 0:
            return name
    return ""


def _first_that_is_not_utf8(file: BinaryIO) -> tuple[int | None, bool]:
    """(line of the first bytes that are not UTF-8 or None, whether letters in UTF-8 are in the file too)."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    line, odd, has_utf8 = 1, None, False
    while chunk := file.read(_CHUNK):
        text = decoder.decode(chunk)
        if not text.isascii():
            if odd is None and "\ufffd" in text:
                odd = line + text.count("\n", 0, text.index("\ufffd"))
            has_utf8 = has_utf8 or bool(re.search(r"[^\x00-\x7f\ufffd]", text))
        line += text.count("\n")
    if "\ufffd" in decoder.decode(b"", final=True) and odd is None:
        odd = line
    return odd, has_utf8


def _one_byte_encoding(file: BinaryIO) -> str:
    """Windows or the old Macintosh, judged by lines with accents; Windows unless it cannot be."""
    accented = b"\n".join(islice(_accented_lines(file), 400))[:_SAMPLE]
    best = from_bytes(accented, cp_isolation=["cp1252", "mac_roman"]).best()
    if best is not None and best.encoding == "mac_roman":
        return "mac_roman"
    return "cp1252" if _decodes(file, "cp1252") else "mac_roman"


def _accented_lines(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield from (line for line in re.split(rb"[\r\n]+", chunk) if not line.isascii())


def _decodes(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_what_is_no_text(file: BinaryIO, encoding: str) -> None:
    """Walks to the end once more: every byte decodes, no zero byte, no line without end."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    line, on_this_line = 1, 0
    while True:
        chunk = file.read(_CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            raise _not_as_it_says(line) from None
        if "\0" in text:
            raise no_table()
        last = max(text.rfind("\n"), text.rfind("\r"))
        on_this_line = on_this_line + len(text) if last < 0 else len(text) - last - 1
        if on_this_line > LONGEST_LINE:
            raise _endless_line(line + text.count("\n"))
        line += text.count("\n")
        if not chunk:
            return


def no_table() -> Invalid:
    return Invalid(
        _("This is not a table. Save the list as CSV or XLSX in your spreadsheet, and choose that file."),
        code="no_table",
    )


def _not_as_it_says(line: int) -> Invalid:
    return Invalid(
        _(
            "The letters around line %(line)s cannot be read. Open the file in your spreadsheet and save it as"
            " “CSV UTF-8” or XLSX."
        )
        % {"line": line},
        code="unreadable_letters",
    )


def _endless_line(line: int) -> Invalid:
    return Invalid(
        _(
            "Line %(line)s is longer than a million characters. Each person needs a line of their own: save the"
            " list as CSV or XLSX again."
        )
        % {"line": line},
        code="endless_line",
    )


def _delimiter(head: str) -> str:
    """The one that cuts the first lines most evenly; `PEOPLE` for lists as mail programs write them."""
    lines = [line for line in head.splitlines(keepends=True)[:100] if line.strip()]
    if len(lines) > 1 and len(head) >= _SAMPLE // 2:
        lines = lines[:-1]
    if lines and all(_is_people(line) for line in lines):
        return PEOPLE
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _is_people(line: str) -> bool:
    """`Name <address>`, or nothing but addresses in a row."""
    cells = [cell.strip(" \"'") for cell in re.split(r"[,;\t]", line.strip()) if cell.strip(" \"'")]
    if not cells:
        return False
    if "<" in line and ">" in line:
        return line.count("<") == line.count("@") or bool(_QUOTED_NAME.match(line))
    return len(cells) > 1 and all("@" in cell and " " not in cell for cell in cells)


def _evenness(lines: list[str], delimiter: str) -> float:
    """How many cells most lines have, times the share of lines that have so many. 0: it cuts nothing."""
    try:
        found = csv.reader(lines, delimiter=delimiter)
        widths = [len(cells) for cells in found if cells]
    except csv.Error:
        return 0
    most = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
    return 0 if most < 2 else widths.count(most) / len(widths) + min(most, 50) / 1000


def _people(lines: io.TextIOWrapper) -> Iterator[list[str]]:
    for line in lines:
        pieces = _ADDRESSED.findall(line) if line.count("@") > 1 else [line]
        for piece in pieces:
            name, address = split_named(piece.strip())
            yield [name, address] if name or address else []


class _Kept(io.RawIOBase):
    """The file for a reader that would close it at its end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
