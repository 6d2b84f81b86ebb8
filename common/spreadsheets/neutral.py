"""CSV that no spreadsheet takes for a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence

_STARTS_A_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # the last four: full width


def neutralised(value: object) -> str:
    """The cell as text; an apostrophe keeps what looks like a formula from being one."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def restored(cell: str) -> str:
    """The cell as it was before `neutralised`: what comes back mended says what it said."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_STARTS_A_FORMULA) else cell


def csv_lines(rows: Iterable[Sequence[object]], *, delimiter: str = ",") -> Iterator[str]:
    """The rows as CSV, line by line, with the mark by which spreadsheets know UTF-8."""
    writer = csv.writer(_Echo(), delimiter=delimiter)
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([neutralised(cell) for cell in row])


class _Echo:
    def write(self, line: str) -> str:
        return line
