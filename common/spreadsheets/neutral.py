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


def csv_lines(rows: Iterable[Sequence[object]], *, delimiter: str = ",") -> Iterator[str]:
    """The rows as CSV, line by line, with the mark by which spreadsheets know UTF-8."""
    writer = csv.writer(_Echo(), delimiter=delimiter)
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([neutralised(cell) for cell in row])


class _Echo:
    def write(self, line: str) -> str:
        return line
