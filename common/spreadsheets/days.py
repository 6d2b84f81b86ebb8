"""Days as people write them in lists."""

import re
from collections.abc import Iterable
from datetime import date

from common.searching import folded

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]\d{1,2}:\d{2}.*)?$")
_NUMBERS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: \d{1,2}:\d{2}.*)?$")
_WORDED = re.compile(r"(?:[a-z]+\.? )?(\d{1,2})(?:er|st|nd|rd|th)?\.?[ -]([a-z]+)\.?,?[ -](\d{4})$")
_MONTH_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january janvier jan janv", "february fevrier feb fev fevr", "march mars mar", "april avril apr avr",
            "may mai", "june juin jun", "july juillet jul juil", "august aout aug", "september septembre sep sept",
            "october octobre oct", "november novembre nov", "december decembre dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


def day_in(text: str, *, month_first: bool = False) -> date | None:
    """The day that the text names, or None. `03/04/2026` is the 3rd of April unless `month_first`.

    A day that only the other order makes possible is read in that order. A bare number is never a day: only a
    workbook knows that 46084 is one, and gives it as an ISO day.
    """
    text = folded(text)
    if found := _ISO.match(text):
        return _day(*found.groups())
    if found := _NUMBERS.match(text):
        first, second, year = found.groups()
        day, month = (second, first) if month_first else (first, second)
        return _day(year, month, day) or _day(year, day, month)
    if found := _WORDED.match(text):
        return _day(found[3], _MONTHS.get(found[2]), found[1])
    if found := _MONTH_FIRST.match(text):
        return _day(found[3], _MONTHS.get(found[1]), found[2])
    return None


def month_comes_first(texts: Iterable[str]) -> bool | None:
    """How a column writes its days: True for 12/31, False for 31/12, None where nothing tells.

    Where nothing tells, read the day first and say so.
    """
    votes = {True: 0, False: 0}
    for text in texts:
        if found := _NUMBERS.match(folded(text)):
            first, second = int(found[1]), int(found[2])
            if (first > 12) != (second > 12):
                votes[second > 12] += 1
    if votes[True] == votes[False]:
        return None
    return votes[True] > votes[False]


def may_be_mistaken(text: str) -> bool:
    """Whether the day and the month could be mistaken for one another."""
    found = _NUMBERS.match(folded(text))
    return bool(found) and int(found[1]) <= 12 and int(found[2]) <= 12 and found[1] != found[2]  # type: ignore[index]


def _day(year: str | int, month: str | int | None, day: str | int) -> date | None:
    number = int(year)
    try:
        return date(number + 2000 if number < 100 else number, int(month or 0), int(day))
    except ValueError:
        return None
