"""What columns hold: by their French and English names, and by what is in them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.spreadsheets import Field, day_in, fitting, guess_mapping, month_comes_first


def guessed(headers: list[str], *rows: list[str]) -> dict[int, str]:
    return {index: field.value for index, field in guess_mapping(headers, rows).items()}


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ("Nom;Prénom;Adresse e-mail", "last_name first_name address"),
        ("NOM;COURRIEL", "name address"),
        ("Prénom;Nom de famille;Mél", "first_name last_name address"),
        ("Nom et prénom;Adresse électronique;Motif;Preuves", "name address narrative evidence"),
        ("First Name;Surname;Email Address*;Evidence URL", "first_name last_name address evidence"),
        ("Name;First name;E-mail", "last_name first_name address"),
        ("full_name;email;issue_date;expiry_date;lang", "name address issued_on expires_on language"),
        ("E-mail;Date d’attribution;Valable jusqu’au;Langue", "address issued_on expires_on language"),
        ("E-mail;Lien;Lien", "address evidence evidence"),
    ],
)
def test_columns_are_known_by_their_names(headers: str, fields: str) -> None:
    named = headers.split(";")
    row = ["i@example.org" if field == "address" else "words" for field in fields.split()]
    assert guessed(named, row) == dict(enumerate(fields.split()))


@pytest.mark.parametrize("remark", ["Nom (facultatif)", "Lien(s) de preuve", "Langue préférée [fr, en]"])
def test_what_stands_in_brackets_is_a_remark(remark: str) -> None:
    assert guessed(["E-mail", remark], ["i@example.org", "words"])[1] in ("name", "evidence", "language")


@pytest.mark.parametrize("header", ["Note", "Notes", "Note (sur 20)"])
def test_marks_and_notes_are_not_published_unasked(header: str) -> None:
    assert guessed(["E-mail", header], ["i@example.org", "12,5"]) == {0: "address"}


def test_unknown_columns_are_left_alone() -> None:
    assert guessed(["E-mail", "Groupe", "Téléphone"], ["i@example.org", "B", "0600000000"]) == {0: "address"}


def test_a_street_is_no_address_where_another_column_is_full_of_them() -> None:
    rows = [["Inès", "3, rue des Lilas", "i@example.org"], ["Léo", "5, quai Nord", "l@example.org"]]
    assert guessed(["Nom", "Adresse", "Contact"], *rows) == {0: "name", 2: "address"}


def test_a_file_without_names_of_columns_is_known_by_what_is_in_it() -> None:
    row = ["Inès Marchand", "i@example.org", "https://example.org/work", "03/03/2026"]
    assert guessed([""] * 4, row) == {0: "name", 1: "address", 2: "evidence", 3: "issued_on"}


def test_a_column_of_broken_addresses_is_one_of_addresses() -> None:
    assert guessed(["", ""], ["Inès", "i@example"], ["Léo", "l@exemple.org"]) == {0: "name", 1: "address"}


def test_a_column_full_of_addresses_called_name_is_no_name() -> None:
    assert guessed(["Name"], ["i@example.org"], ["l@example.org"]) == {0: "address"}


def test_what_was_chosen_before_is_found_again_by_the_names_of_columns() -> None:
    remembered = {"groupe": "own", "mail pro": "address", "x": "nonsense"}
    assert fitting(remembered, ["Mail  PRO", "X", "GROUPE"]) == {0: Field.ADDRESS, 2: Field.OWN}


@given(
    st.lists(st.text(max_size=12), max_size=8),
    st.lists(st.lists(st.text(max_size=20), max_size=8), max_size=5),
)
def test_any_table_has_a_mapping(headers: list[str], rows: list[list[str]]) -> None:
    mapping = guess_mapping(headers, rows)
    single = [field for field in mapping.values() if field not in (Field.EVIDENCE, Field.OWN)]
    assert set(mapping) <= set(range(len(headers)))
    assert len(single) == len(set(single))


THE_THIRD = date(2026, 4, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-03", "2026-04-03 09:30:00", "2026-04-03T09:30:00+02:00", "2026/4/3", "03/04/2026", "3.4.2026",
        "3-4-26", "3 avril 2026", "3 April 2026", "April 3, 2026", "April 3rd, 2026", "vendredi 3 avril 2026",
        "3 avr. 2026", " 03/04/2026 ",
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(text: str) -> None:
    assert day_in(text) == THE_THIRD


def test_the_column_tells_which_comes_first() -> None:
    assert day_in("04/03/2026", month_first=True) == THE_THIRD
    assert day_in("1er mars 2026") == date(2026, 3, 1)
    assert month_comes_first(["04/03/2026", "12/31/2026"]) is True
    assert month_comes_first(["04/03/2026", "31/12/2026"]) is False
    assert month_comes_first(["04/03/2026", "2026-12-31", ""]) is None


def test_a_day_that_only_the_other_order_makes_possible_is_read_so() -> None:
    assert day_in("12/31/2026") == date(2026, 12, 31)
    assert day_in("31/12/2026", month_first=True) == date(2026, 12, 31)


@pytest.mark.parametrize(
    "text", ["", "46084", "tomorrow", "31/02/2026", "2026", "3 brumaire 2026", "0/0/0", "１/２"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_in(text) is None


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_comes_back(day: date) -> None:
    assert day_in(day.isoformat()) == day_in(f"{day:%d/%m/%Y}") == day
    assert day_in(f"{day:%m/%d/%Y}", month_first=True) == day


@given(st.text("0123456789/-. :TZjanvierst,", max_size=20))
def test_any_text_is_a_day_or_none(text: str) -> None:
    assert day_in(text) is None or isinstance(day_in(text), date)
