"""One door to whatever people bring: CSV, XLSX or pasted lines, told apart by what is in them."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from common.errors import Invalid
from common.spreadsheets import texts
from common.spreadsheets.columns import Field, guess_mapping, is_address, known_headers
from common.spreadsheets.texts import MOST_BYTES, Text
from common.spreadsheets.workbooks import Workbook, refuse_old_formats

MOST_COLUMNS = 200
MOST_ROWS = 1_000_000
SAMPLE_ROWS = 200
_TITLES_ABOVE = 20


class Kind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class Row(NamedTuple):
    number: int
    """As the spreadsheet shows it: the first line is 1, blank lines count."""
    cells: list[str]
    """As they stand in the file; at least as many as there are headers."""


class Table:
    """A list of people that can be read from its start, or from where it was left, as often as needed.

    `headers` are those of the file, empty texts where it has none; `has_headers` tells which.
    """

    def __init__(self, file: BinaryIO, kind: Kind, text: Text | None) -> None:
        self.kind, self._file, self._text = kind, file, text
        self._book = Workbook(file) if kind == Kind.XLSX else None
        first = list(islice(self._filled(), SAMPLE_ROWS + _TITLES_ABOVE))
        if not first:
            raise Invalid(_("The file is empty. Choose one with a line for each person."), code="empty")
        self._header = _header_of(first)
        named = [row for row in first if row.number > self._header_number][:SAMPLE_ROWS]
        width = max(len(row.cells) for row in first)
        self.headers = [cell.strip() for cell in _padded(self._header.cells if self._header else [], width)]
        self.sample = [Row(row.number, _padded(row.cells, width)) for row in named]
        self._refuse_what_leads_nowhere()

    @property
    def has_headers(self) -> bool:
        return self._header is not None

    @property
    def delimiter(self) -> str:
        """By which the cells of a CSV are cut; a comma where none is known."""
        found = self._text.delimiter if self._text else ""
        return found if found in texts.DELIMITERS else ","

    @cached_property
    def mapping(self) -> dict[int, Field]:
        """What each column seems to hold."""
        return guess_mapping(self.headers, [row.cells for row in self.sample])

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """The people, in the order of the file; with `after`, those below the row of that number."""
        width, start = len(self.headers), max(after, self._header_number)
        count = 0
        for number, cells in self._filled():
            if number <= self._header_number:
                continue
            count += 1
            if count > MOST_ROWS:
                raise Invalid(
                    _(
                        "More than %(most)s rows. Cut the file in two, and award the parts one after the other."
                    )
                    % {"most": f"{MOST_ROWS:,}"},
                    code="too_many_rows",
                )
            if number > start:
                yield Row(number, _padded(cells, width))

    @property
    def _header_number(self) -> int:
        return self._header.number if self._header else 0

    def _filled(self) -> Iterator[Row]:
        """Rows with something in them."""
        for number, cells in self._records():
            if len(cells) > MOST_COLUMNS:
                cells = _cut(cells)
            if "".join(cells).strip():
                yield Row(number, cells)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        if self._book is not None:
            return self._book.records()
        assert self._text is not None  # noqa: S101  one of the two is there
        return enumerate(texts.records(self._file, self._text), start=1)

    def _refuse_what_leads_nowhere(self) -> None:
        if not self.sample:
            raise Invalid(
                _("The file has a line of headers and nobody below it. Add a line for each person."),
                code="header_only",
            )
        if Field.ADDRESS not in self.mapping.values():
            raise Invalid(
                _("No column with e-mail addresses was found. Add one with the header “E-mail”."),
                code="no_addresses",
            )


def open_table(file: BinaryIO, *, name: str = "") -> Table:
    """The table in `file`, which must be seekable and stay open. Raises Invalid with a sentence that says what to mend.

    `name` is what the person called it; nothing is believed of it.
    """
    file.seek(0, 2)
    size = file.tell()
    if not size:
        raise Invalid(_("The file is empty. Choose one with a line for each person."), code="empty")
    if size > MOST_BYTES:
        raise Invalid(
            _("The file is larger than %(most)s MB. Cut it in two.") % {"most": MOST_BYTES // 1024**2},
            code="too_large",
        )
    file.seek(0)
    start = file.read(8)
    if start.startswith(b"PK"):
        return Table(file, Kind.XLSX, None)
    refuse_old_formats(file, start)
    return Table(file, Kind.CSV, texts.examine(file))


def shape_of(file: BinaryIO) -> tuple[Kind, str]:
    """(kind, delimiter) of a file that was opened before, from its first bytes alone."""
    file.seek(0)
    if file.read(2) == b"PK":
        return Kind.XLSX, ","
    found = texts.delimiter_of(file)
    return Kind.CSV, found if found in texts.DELIMITERS else ","


def _header_of(rows: list[Row]) -> Row | None:
    """The line with most known names above the first address: titles may stand over it."""
    above: list[Row] = []
    for row in rows[:_TITLES_ABOVE]:
        if any(is_address(cell) for cell in row.cells):
            break
        above.append(row)
    named = max(above, key=lambda row: known_headers(row.cells), default=None)
    if named is not None and known_headers(named.cells):
        return named
    # Names nobody knows above a column of addresses; without an address in sight, the first line.
    return above[-1] if above and len(above) < len(rows[:_TITLES_ABOVE]) else (above[0] if above else None)


def _padded(cells: list[str], width: int) -> list[str]:
    return cells if len(cells) >= width else cells + [""] * (width - len(cells))


def _cut(cells: list[str]) -> list[str]:
    """Without the empty end that formatting leaves; refused where people wrote so far to the right."""
    last = max((index for index, cell in enumerate(cells) if cell.strip()), default=-1)
    if last >= MOST_COLUMNS:
        raise Invalid(
            _("The table has more than %(most)s columns. Keep those that are needed, and try again.")
            % {"most": MOST_COLUMNS},
            code="too_many_columns",
        )
    return cells[: last + 1]
