"""Templates that read back as they are meant, and failed rows as the same file."""

import io

import pytest
from django.utils.translation import override

from common.spreadsheets import Field, Kind, failed_rows, open_table, template

HEADERS = ["Nom", "Mail", "Groupe"]
FAILED = [
    (["Léo", "leo@exemple", "=1+1"], "The part after @ has no ending."),
    (["@SUM(A1)", "x@example.org", "B", "+more"], "-no"),
]


def written(kind: Kind, **more: str) -> bytes:
    return b"".join(failed_rows(kind, headers=HEADERS, rows=iter(FAILED), **more))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_template_is_understood_when_it_comes_back(kind: Kind, language: str) -> None:
    with override(language):
        table = open_table(io.BytesIO(template(kind, language=language)))
    wanted = set(Field) - {Field.FIRST_NAME, Field.LAST_NAME, Field.OWN}
    assert table.kind == kind
    assert set(table.mapping.values()) == wanted
    assert len(table.mapping) == len(table.headers)
    assert table.sample[0].cells[0] == "ines.marchand@example.org"


def test_the_french_csv_opens_in_a_french_spreadsheet() -> None:
    assert template(Kind.CSV, language="fr").startswith(b"\xef\xbb\xbf")
    assert b";" in template(Kind.CSV, language="fr").splitlines()[0]
    assert b"," in template(Kind.CSV, language="en").splitlines()[0]


def test_failed_rows_of_a_csv_are_a_csv_cut_the_same_way() -> None:
    lines = written(Kind.CSV, delimiter=";").decode("utf-8-sig").splitlines()
    assert lines == [
        "Nom;Mail;Groupe;What is wrong",
        "Léo;leo@exemple;'=1+1;The part after @ has no ending.",
        "'@SUM(A1);x@example.org;B;'+more;'-no",
    ]


def test_failed_rows_of_a_workbook_are_a_workbook_without_formulas() -> None:
    content = written(Kind.XLSX)
    table = open_table(io.BytesIO(content))
    assert table.kind == Kind.XLSX
    assert table.headers[:4] == [*HEADERS, "What is wrong"]
    assert next(table.rows()).cells[:4] == ["Léo", "leo@exemple", "'=1+1", "The part after @ has no ending."]


def test_what_a_workbook_cannot_hold_is_left_out() -> None:
    rows = [(["a\x0bb", "l@example.org", "x" * 40_000], "no")]
    table = open_table(io.BytesIO(b"".join(failed_rows(Kind.XLSX, headers=HEADERS, rows=rows))))
    cells = next(table.rows()).cells
    assert cells[0] == "ab"
    assert len(cells[2]) == 32_767


def test_a_file_without_headers_gets_none() -> None:
    content = b"".join(failed_rows(Kind.CSV, headers=["", ""], rows=[(["leo@exemple", ""], "no")]))
    assert content.decode("utf-8-sig").splitlines() == ["leo@exemple,,no"]
