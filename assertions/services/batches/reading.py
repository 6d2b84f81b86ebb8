"""One row of a file, as a person to be awarded: what its cells say, or what is wrong with them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.dateparse import parse_datetime

from assertions.models import Batch, BatchRow
from assertions.models.faults import Fault, fault
from assertions.services.correcting import tidy_name
from assertions.services.making import EARLIEST, LATEST, EvidenceInput, Nomination
from common.addresses import fault_of, normalise, split_named
from common.languages import CODES
from common.searching import folded
from common.spreadsheets import Field, day_in

MOST_EVIDENCE = 20
LONGEST_NARRATIVE = 4000
LONGEST_NAME = 200
LONGEST_LINK = 500
# Most names and links are as plain as this, and need no closer look.
_PLAIN_NAME = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ'’.-]+(?: [A-Za-zÀ-ÖØ-öø-ÿ'’.-]+)*")
_PLAIN_LINK = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?:/[\w./%&=?+-]*)?", re.ASCII
)
_BETWEEN_LINKS = re.compile(r"[\s;|]+|,(?=\s*https?://)")
_LANGUAGES = {
    "francais": "fr", "french": "fr", "fra": "fr", "fre": "fr", "anglais": "en", "english": "en", "eng": "en",
}  # fmt: skip
_is_link = URLValidator(schemes=["http", "https"])


@dataclass
class Reading:
    """What a row says. Where `problems` has something, nobody can be awarded by it."""

    address: str = ""
    name: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, Any] = field(default_factory=dict)
    """field -> a fault (models/faults.py)"""


class Reader:
    """Reads rows by the mapping of one batch. `at` is when the badges would be awarded."""

    def __init__(self, batch: Batch, *, at: datetime) -> None:
        self._month_first, self._at = batch.month_first, at
        self._issued_on, self._expires_at, self._zone = batch.issued_on, batch.expires_at, batch.zone
        by_field: dict[str, list[int]] = {}
        for index, name in sorted((int(index), name) for index, name in batch.mapping.items()):
            by_field.setdefault(name, []).append(index)
        self._address = by_field.pop(Field.ADDRESS, [-1])[0]
        self._names = [by_field.pop(name, []) for name in (Field.FIRST_NAME, Field.LAST_NAME, Field.NAME)]
        self._name = [index for found in self._names for index in found]
        own = by_field.pop(Field.OWN, [])
        self._own = [(index, batch.headers[index] if index < len(batch.headers) else "") for index in own]
        self._others = [(name, found) for name, found in by_field.items() if name in _READERS]

    def read(self, cells: Sequence[str]) -> Reading:
        read = Reading()
        address = cells[self._address].strip() if 0 <= self._address < len(cells) else ""
        self._read_address(address, read)
        self._read_name(cells, read)
        for name, columns in self._others:
            if text := "\n".join(cells[index].strip() for index in columns if index < len(cells)).strip():
                _READERS[name](self, text, read)
        if self._own:
            self._read_own(cells, read)
        if "expires_at" in read.data or "issued_on" in read.data or self._expires_at:
            self._compare_days(read)
        return read

    def _read_address(self, text: str, read: Reading) -> None:
        address = normalise(text)
        if "<" in address:
            name, inner = split_named(text)
            if not fault_of(normalise(inner)):
                address, read.name = normalise(inner), tidy_name(name)[:LONGEST_NAME]
        if code := fault_of(address):
            read.problems["address"] = {"code": code, "address": address[:100]}
        else:
            read.address = address

    def _read_name(self, cells: Sequence[str], read: Reading) -> None:
        name = " ".join(cells[index] for index in self._name if index < len(cells)).strip()
        if name and not _PLAIN_NAME.fullmatch(name):
            name = tidy_name(name)
        if len(name) > LONGEST_NAME:
            read.problems["name"] = fault(Fault.NAME_LONG)
        elif name:
            read.name = name

    def _read_own(self, cells: Sequence[str], read: Reading) -> None:
        """Below the narrative, a line each: `**Grade**: A`."""
        said = [(header, cells[index].strip()) for index, header in self._own if index < len(cells)]
        lines = [f"**{header}**: {text}" if header else text for header, text in said if text]
        if lines:
            before = [read.data["narrative"]] if "narrative" in read.data else []
            self._read_narrative("\n\n".join(before + lines), read)

    def _read_narrative(self, text: str, read: Reading) -> None:
        if len(text) > LONGEST_NARRATIVE:
            read.problems["narrative"] = fault(Fault.NARRATIVE_LONG)
        else:
            read.data["narrative"] = text

    def _read_evidence(self, text: str, read: Reading) -> None:
        links = [link for link in _BETWEEN_LINKS.split(text) if link]
        if len(links) > MOST_EVIDENCE:
            read.problems["evidence"] = fault(Fault.LINKS_MANY)
            return
        for link in links:
            if len(link) > LONGEST_LINK or not _link(link):
                read.problems["evidence"] = fault(Fault.NO_LINK, link=link[:100])
                return
        read.data["evidence"] = links

    def _read_issued_on(self, text: str, read: Reading) -> None:
        day = _day(text, self._month_first)
        if day is None:
            read.problems["issued_on"] = fault(Fault.NO_DAY, text=text[:40])
            return
        if day > (self._at + timedelta(days=1)).date():
            read.problems["issued_on"] = fault(Fault.DAY_TO_COME, day=day.isoformat())
            return
        # Noon, so that the day is the same in nearly all of the world; never later than now.
        read.data["issued_on"] = min(datetime.combine(day, time(12), UTC), self._at).isoformat()

    def _read_expires_on(self, text: str, read: Reading) -> None:
        day = _day(text, self._month_first)
        if day is None:
            read.problems["expires_on"] = fault(Fault.NO_DAY, text=text[:40])
        else:
            # The end of the day where they are who brought the list, as where one awards by hand.
            read.data["expires_at"] = datetime.combine(day, time(23, 59, 59), self._zone).isoformat()

    def _read_language(self, text: str, read: Reading) -> None:
        code = language_code(text)
        if code:
            read.data["language"] = code
        else:
            read.problems["language"] = fault(Fault.NO_LANGUAGE, text=text[:40], codes=", ".join(CODES))

    def _compare_days(self, read: Reading) -> None:
        if {"issued_on", "expires_on"} & read.problems.keys():
            return
        issued = parse_datetime(read.data.get("issued_on", "")) or self._issued_on or self._at
        expires = parse_datetime(read.data.get("expires_at", "")) or self._expires_at
        if expires and expires <= issued:
            read.problems["expires_on"] = fault(Fault.EXPIRES_FIRST)
        elif expires and expires <= self._at:
            read.problems["expires_on"] = fault(Fault.EXPIRED)
        elif expires and expires > LATEST:
            read.problems["expires_on"] = fault(Fault.EXPIRES_LATE)
        if issued < EARLIEST:
            read.problems["issued_on"] = fault(Fault.ISSUED_EARLY)


_READERS: Mapping[str, Any] = {
    Field.NARRATIVE.value: Reader._read_narrative,
    Field.EVIDENCE.value: Reader._read_evidence,
    Field.ISSUED_ON.value: Reader._read_issued_on,
    Field.EXPIRES_ON.value: Reader._read_expires_on,
    Field.LANGUAGE.value: Reader._read_language,
}


def nomination_of(row: BatchRow) -> Nomination:
    """Who is to be awarded by the row, with the defaults of its batch where it says nothing."""
    return nominated(row.batch, row.address, row.name, row.data)


def nominated(batch: Batch, address: str, name: str, data: Mapping[str, Any]) -> Nomination:
    """The same, of what a row holds."""
    return Nomination(
        address=address,
        name=name,
        narrative=data.get("narrative") or batch.narrative,
        evidence=[EvidenceInput(url=link) for link in data.get("evidence", ())],
        issued_on=_moment(data.get("issued_on", "")) or batch.issued_on,
        expires_at=_moment(data.get("expires_at", "")) or batch.expires_at,
        language=data.get("language") or batch.language,
    )


def language_code(text: str) -> str:
    """`FR-ca`, `Français`, `french` → `fr`; empty where it is none of ours."""
    word = folded(text)
    code = _LANGUAGES.get(word, re.split(r"[-_]", word)[0])
    return code if code in CODES else ""


@lru_cache(maxsize=4096)
def _day(text: str, month_first: bool) -> date | None:
    return day_in(text, month_first=month_first)


@lru_cache(maxsize=4096)
def _moment(text: str) -> datetime | None:
    return parse_datetime(text)


def _link(text: str) -> bool:
    if _PLAIN_LINK.fullmatch(text):
        return True
    try:
        _is_link(text)
    except ValidationError:
        return False
    return True
