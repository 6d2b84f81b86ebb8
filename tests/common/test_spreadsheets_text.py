"""CSV and pasted lists: any encoding, any delimiter, and what leads nowhere is refused in words."""

import io
import random

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid
from common.spreadsheets import Field, Kind, csv_lines, neutralised, open_table, restored
from tests.common.files_of_people import text


def cells(file: io.BytesIO, after: int = 0) -> list[tuple[int, list[str]]]:
    return [tuple(row) for row in open_table(file).rows(after=after)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_whatever_spreadsheets_write_is_read(encoding: str, end: str, delimiter: str) -> None:
    lines = ["Prénom|Nom|Adresse e-mail", "Inès|Marchand|ines@example.org", "François|Lefèvre|f@example.org"]
    table = open_table(text(*(line.replace("|", delimiter) for line in lines), encoding=encoding, end=end))
    assert table.kind == Kind.CSV
    assert table.headers == ["Prénom", "Nom", "Adresse e-mail"]
    assert [row.cells for row in table.rows()] == [
        ["Inès", "Marchand", "ines@example.org"],
        ["François", "Lefèvre", "f@example.org"],
    ]
    assert table.delimiter == delimiter


def test_an_accent_far_below_decides_the_encoding_of_all() -> None:
    plain = [f"Person {number};p{number}@example.org" for number in range(20_000)]
    file = text("Name;E-mail", *plain, "Zoé Lefèvre;zoe@example.org", encoding="cp1252")
    assert cells(file, after=20_001) == [(20_002, ["Zoé Lefèvre", "zoe@example.org"])]


def test_two_encodings_in_one_file_are_told_with_the_line() -> None:
    mixed = "Nom;Mail\nInès;i@example.org\n".encode() + "Léo;l@example.org\n".encode("cp1252")
    with pytest.raises(Invalid, match="line 3"):
        open_table(io.BytesIO(mixed))


def test_rows_have_the_number_that_the_spreadsheet_shows() -> None:
    file = text(
        "Liste", "", "Name,E-mail", '"Inès\nMarchand",i@example.org', ",", "", "Léo,l@example.org,,more"
    )
    assert cells(file) == [
        (4, ["Inès\nMarchand", "i@example.org", "", ""]),
        (7, ["Léo", "l@example.org", "", "more"]),
    ]
    assert open_table(file).headers == ["Name", "E-mail", "", ""]


def test_a_row_that_is_too_short_is_filled_up() -> None:
    assert cells(text("Name,E-mail,Why", "Léo,l@example.org")) == [(2, ["Léo", "l@example.org", ""])]


def test_a_killed_worker_goes_on_where_it_stopped() -> None:
    file = text("Name,E-mail", *(f"P{n},p{n}@example.org" for n in range(50)))
    everything = cells(file)
    assert cells(file, after=30) == [row for row in everything if row[0] > 30]


TWO = [("Inès Marchand", "ines@example.org"), ("Léo", "leo@example.org")]


@pytest.mark.parametrize(
    ("pasted", "people"),
    [
        ("Inès Marchand <ines@example.org>\nLéo <leo@example.org>", TWO),
        ("ines@example.org\nleo@example.org", [("ines@example.org",), ("leo@example.org",)]),
        ("ines@example.org; leo@example.org", [("", "ines@example.org"), ("", "leo@example.org")]),
        ("Inès\tines@example.org\nLéo\tleo@example.org", [("Inès", "ines@example.org"), ("Léo", "leo@example.org")]),
        ('"Marchand, Inès" <ines@example.org>', [("Marchand, Inès", "ines@example.org")]),
    ],
)  # fmt: skip
def test_pasted_people_come_through_the_same_door(pasted: str, people: list[tuple[str, ...]]) -> None:
    table = open_table(io.BytesIO(pasted.encode()))
    assert [tuple(row.cells) for row in table.rows()] == people
    assert not table.has_headers
    assert Field.ADDRESS in table.mapping.values()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n ; ; \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"Name;E-mail\n", "header_only"),
        (b"Name;Town\nLeo;Nantes\n", "no_addresses"),
        (b"\x00\x01\x02binary\xff" * 50, "no_table"),
        (b"name,mail\nLeo,l@example.org\n" + b"\x00" * 9, "no_table"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "no_table"),
        (b"%PDF-1.7 \x00\xe2\xe3" * 20, "no_table"),
        ("é".encode() + bytes(range(1, 256)) * 20, "no_table"),
        (b"Name;E-mail\n" + b"x" * 40_000_000, "endless_line"),
        (b'Name;E-mail\n"Leo;l@example.org\n' + b"Ines;i@example.org\n" * 20_000, "endless_cell"),
        (b"E-mail" + b";x" * 300 + b"\nl@example.org" + b";y" * 300, "too_many_columns"),
        ("﻿Name;E-mail\n".encode() + "Zoé;z@example.org\n".encode("cp1252"), "unreadable_letters"),
        (b"\xff\xfeN\x00a", "unreadable_letters"),
        (b"\xff\xfeN\x00a\x00\x00\xd8", "unreadable_letters"),
    ],
)
def test_what_leads_nowhere_is_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused, override("en"):
        open_table(io.BytesIO(content))
    assert refused.value.code == code
    assert refused.value.message.endswith(".")


def test_the_limit_of_columns_is_said() -> None:
    with pytest.raises(Invalid, match="200 columns"):
        open_table(text("E-mail" + ";x" * 299, "l@example.org" + ";y" * 299))


def test_formatting_far_to_the_right_is_no_column() -> None:
    assert open_table(text("Name,E-mail" + "," * 400, "Léo,l@example.org" + "," * 400)).headers == [
        "Name",
        "E-mail",
    ]


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)


@given(st.lists(st.tuples(names, names), min_size=1, max_size=30), st.sampled_from(",;\t"))
def test_what_we_write_comes_back(rows: list[tuple[str, str]], delimiter: str) -> None:
    table = [("Name", "E-mail", "Why"), *((name, "a@example.org", why) for name, why in rows)]
    written = "".join(csv_lines(table, delimiter=delimiter, cell=neutralised)).encode()
    read = [[restored(cell) for cell in row.cells] for row in open_table(io.BytesIO(written)).rows()]
    assert [[cell.strip() for cell in row] for row in read] == [
        [cell.strip() for cell in row] for row in table[1:]
    ]


@given(st.one_of(st.binary(max_size=3000), st.text(',;"\n\r\té@x. <>\0', max_size=500).map(str.encode)))
def test_any_bytes_are_a_table_or_are_refused(content: bytes) -> None:
    try:
        table = open_table(io.BytesIO(content))
        numbers = [row.number for row in table.rows()]
    except Invalid:
        return
    assert numbers == sorted(set(numbers))
    assert numbers


def test_a_file_cut_off_anywhere_is_a_table_or_is_refused() -> None:
    whole = "Prénom;Mail\n" + "".join(f"Zoé {n};z{n}@example.org\n" for n in range(50))
    content = whole.encode("utf-16")
    for end in random.Random(7).sample(range(len(content)), 60):
        try:
            count = len(list(open_table(io.BytesIO(content[:end])).rows()))
        except Invalid:
            continue
        assert 0 < count <= 50


def test_a_million_lines_use_little_memory() -> None:
    file = io.BytesIO(b"Name;E-mail\n" + b"Some Person;some.person@example.org\n" * 200_000)
    import tracemalloc

    tracemalloc.start()
    table = open_table(file)
    assert sum(1 for _row in table.rows()) == 200_000
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000
