"""Templates that read back as they are meant, and failed rows as the same file."""

import csv
import io
import time

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from common.spreadsheets import (
    Field,
    Kind,
    csv_lines,
    failed_rows,
    neutralised,
    open_table,
    restored,
    template,
)

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


@pytest.mark.parametrize("between", [";", ",", "\t", "|", "\n", "\r\n", "; ", ';"', ";\u00a0", ";;"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d"])
def test_an_export_holds_no_formula_wherever_it_is_cut(between: str, sign: str) -> None:
    """French spreadsheets cut at semicolons what was written with commas."""
    name = f"Dupont{between}{sign}cmd|'/C calc'!A0"
    line = "".join(csv_lines([[name, "dupont@example.org", f" {sign}1"]])).removeprefix("\ufeff")
    assert next(csv.reader(io.StringIO(line, newline="")))[0] == f"Dupont{between}'{sign}cmd|'/C calc'!A0"
    for delimiter in ";,\t|":
        for row in csv.reader(line.splitlines(), delimiter=delimiter, quoting=csv.QUOTE_NONE):
            assert not [
                cell for cell in row if cell.strip('" \u00a0').startswith(("=", "+", "-", "@", "\uff1d"))
            ]


def test_what_is_no_formula_is_exported_as_it_is() -> None:
    cells = ["Jean-Paul; Anne-Marie, a=b", "l@example.org|x", "'", "", "1, 2", "d'Arc;'=already"]
    lines = "".join(csv_lines([cells, [None, 7]])).removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(lines))) == [cells, ["", "7"]]


def test_a_long_run_of_separators_costs_no_time() -> None:
    began = time.perf_counter()
    list(csv_lines([["\t" * 200_000, ", " * 100_000]]))
    assert time.perf_counter() - began < 5


@given(st.text(alphabet="'=+-@;,|\t\n\r \uff1dx", max_size=8))
def test_what_is_neutralised_is_restored(cell: str) -> None:
    assert restored(neutralised(cell)) == cell


@pytest.mark.parametrize("kind", Kind)
def test_failed_rows_come_back_as_they_were(kind: Kind) -> None:
    cells = ["Dupont;=1+1", "'=typed as text", "''+more", "a, -b", "=1", "@x", "'quoted'", "x|=y"]
    content = b"".join(failed_rows(kind, headers=[f"H{n}" for n in range(8)], rows=[(cells, "no")]))
    assert [restored(cell) for cell in next(open_table(io.BytesIO(content)).rows()).cells[:8]] == cells
