"""The operator's list of trusted issuers: two ways to write it, each fault with its line, read again when changed."""

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from common.trusted_issuers import LARGEST, ListRefused, read_list, trusted_issuers

LINES = """\ufeff# Who we know
https://badges.example.com/issuers/1   École   d’Ici

did:web:valmont.example:issuers:a\tUniversité de Valmont
  https://nord.example/*  Atelier Nord  # the name goes on
"""
FOUND = {
    "https://badges.example.com/issuers/1": "École d’Ici",
    "did:web:valmont.example:issuers:a": "Université de Valmont",
    "https://nord.example/*": "Atelier Nord # the name goes on",
}


@pytest.fixture
def file(tmp_path: Path, settings: Any) -> Path:
    settings.TRUSTED_ISSUERS = str(tmp_path / "issuers.txt")
    return tmp_path / "issuers.txt"


def test_lines(file: Path):
    file.write_text(LINES)
    assert read_list(file) == FOUND


def test_json(file: Path):
    file.write_text(json.dumps(FOUND, indent=2))
    assert read_list(file) == FOUND


def test_an_empty_file_lists_nobody(file: Path):
    file.write_text("")
    assert read_list(file) == {}


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("# a\nexample.org  Name", 2, "neither a web address nor a DID"),
        ("javascript://x  Name", 1, "neither"),
        ("https://  Name", 1, "neither"),
        ("https://*  Everybody", 1, "neither"),
        ("https://*.example.org/  Name", 1, "neither"),
        ("https://a.example/x*  Name", 1, "neither"),
        ("did:web:*  Everybody", 1, "neither"),
        ("https://a.example/1", 1, "has no name"),
        ("https://a.example/1  " + "x" * 201, 1, "longer than"),
        ("https://a.example/1 A\n\nhttps://a.example/1 B", 3, "twice"),
        ('{"https://a.example/1": "A",\n "x": "B"}', 2, "neither"),
        ('{"https://a.example/1": "A",\n "https://a.example/1": "B"}', 2, "twice"),
        ('{"https://a.example/1": 7}', 1, "has no name"),
        ('{"https://a.example/1": "A",\n oops}', 2, "not JSON"),
        ('["https://a.example/1"]', 1, "not an object"),
        ("[" * 100_000, 0, "not JSON"),
    ],
)
def test_every_fault_has_its_line(file: Path, content: str, line: int, says: str):
    file.write_text(content)
    with pytest.raises(ListRefused) as refused:
        read_list(file)
    problem = refused.value.problems[0]
    assert (problem.line, says in problem.text) == (line, True)


def test_bytes_that_are_no_text(file: Path):
    file.write_bytes(b"# fine\nhttps://a.example/1 \xff")
    with pytest.raises(ListRefused, match="line 2: this is not UTF-8"):
        read_list(file)


def test_what_is_no_file(file: Path):
    with pytest.raises(ListRefused, match="cannot be read"):
        read_list(file)
    with pytest.raises(ListRefused, match="cannot be read"):
        read_list(file.parent)
    file.write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(ListRefused, match="larger than"):
        read_list(file)


def test_without_the_setting_nobody_is_listed(settings: Any):
    settings.TRUSTED_ISSUERS = ""
    assert trusted_issuers() == {}


def test_it_is_read_again_when_it_changes(file: Path):
    file.write_text("https://a.example/1 A")
    assert trusted_issuers() == {"https://a.example/1": "A"}
    before = trusted_issuers()
    assert trusted_issuers() is before
    file.write_text("https://a.example/1 B")
    os.utime(file, ns=(1, 1))
    assert trusted_issuers() == {"https://a.example/1": "B"}


def test_a_bad_change_leaves_what_was_read_before(file: Path, caplog: pytest.LogCaptureFixture):
    file.write_text("https://a.example/1 A")
    assert len(trusted_issuers()) == 1
    file.write_text("nonsense and more")
    for _visit in range(3):
        assert len(trusted_issuers()) == 1
    assert len([entry for entry in caplog.records if "line 1" in str(entry.msg % entry.args)]) == 1
    file.unlink()
    assert len(trusted_issuers()) == 1


def test_a_bad_file_from_the_beginning_lists_nobody(file: Path, caplog: pytest.LogCaptureFixture):
    file.write_text("nonsense and more")
    assert trusted_issuers() == {}
    assert "cannot be used" in caplog.text


def test_manage_check_names_the_line(file: Path):
    file.write_text("https://a.example/1 A\nnonsense")
    [error] = [found for found in run_checks() if found.id == "badgeplatform.E001"]
    assert error.msg.startswith(f"{file}, line 2: ")
    file.write_text("https://a.example/1 A")
    assert not [found for found in run_checks() if found.id == "badgeplatform.E001"]


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("trusted_issuers", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_and_checks(file: Path, settings: Any):
    file.write_text(LINES)
    assert said().splitlines()[0] == "Atelier Nord # the name goes on  https://nord.example/*"
    assert said("--check").strip() == f"{file}: 3 issuers."
    file.write_text("one\ntwo")
    with pytest.raises(CommandError, match=r"line 1: (?s:.)*line 2: "):
        said("--check")
    settings.TRUSTED_ISSUERS = ""
    with pytest.raises(CommandError, match="names no file"):
        said()
