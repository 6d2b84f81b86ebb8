"""CSV that no spreadsheet takes for a formula."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"  # the last four: full width
_STARTS_A_FORMULA = re.compile(rf"'*[{_SIGNS}\t\r\n]")
# Whichever of these parts the cells: a file with commas is cut at semicolons by a French spreadsheet, and a quoted line
# break ends the line for whoever sees no quotes. Always a match, sign or not, so that no run is looked at twice.
_AFTER_A_SEPARATOR = re.compile(rf"""((?:^|[;,|\t\r\n])[\s"]*)([{_SIGNS}]?)""")


def neutralised(value: object) -> str:
    """The cell as text; an apostrophe keeps what looks like a formula from being one. `restored` undoes it."""
    text = "" if value is None else str(value)
    return f"'{text}" if _STARTS_A_FORMULA.match(text) else text


def restored(cell: str) -> str:
    """The cell as it was before `neutralised`: what comes back mended says what it said."""
    return cell[1:] if cell[:1] == "'" and _STARTS_A_FORMULA.match(cell) else cell


def defused(value: object) -> str:
    """As `neutralised`, and no part of the cell is a formula either, wherever a spreadsheet cuts it. For files that
    are only read: nothing undoes it."""
    return _AFTER_A_SEPARATOR.sub(_with_apostrophe, neutralised(value))


def _with_apostrophe(found: re.Match[str]) -> str:
    return f"{found[1]}'{found[2]}" if found[2] else found[0]


def csv_lines(
    rows: Iterable[Sequence[object]], *, delimiter: str = ",", cell: Callable[[object], str] = defused
) -> Iterator[str]:
    """The rows as CSV, line by line, with the mark by which spreadsheets know UTF-8."""
    writer = csv.writer(_Echo(), delimiter=delimiter)
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


class _Echo:
    def write(self, line: str) -> str:
        return line
