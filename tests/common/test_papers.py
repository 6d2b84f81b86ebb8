"""Papers that strangers bring are read by a process of its own: whatever is in them, it ends, and says how far."""

import io
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from common import papers
from common.papers import Lead, Paper, is_paper, read_paper
from tests.common.paper_making import Pdf, docx, png_of_qr

URL = "https://example.org/badges/1"


def found(content: bytes, how: str) -> list[str]:
    return [lead.text for lead in read_paper(content).leads if lead.how == how]


def test_a_pdf_tells_its_links_its_text_and_its_codes() -> None:
    paper = read_paper(Pdf().page("Inès Marchand", links=[URL]).page("Two", qr=[f"{URL}/qr"]).whole())
    assert paper.trouble == ""
    assert Lead(URL, "link", 1) in paper.leads
    assert Lead(f"{URL}/qr", "qr", 2) in paper.leads
    assert [lead.text for lead in paper.leads if lead.how == "text"] == ["Inès Marchand", "Two"]


def test_an_address_in_the_text_of_a_pdf() -> None:
    assert URL in found(Pdf().page(f"see {URL} there").whole(), "text")


def test_attached_files() -> None:
    paper = read_paper(Pdf().page("x").attach("a.json", b"{}").attach("b.bin", b"\x00" * 6_000_000).whole())
    assert paper.attached == (("a.json", b"{}"),), "what is too large stays where it is"


def test_a_word_file() -> None:
    content = docx(
        "Tom & Jerry", links=[f"{URL}?a=1&b=2"], pictures=[png_of_qr("https://a.example/1"), b"junk"]
    )
    assert found(content, "link") == [f"{URL}?a=1&b=2"]
    assert found(content, "text") == ["Tom & Jerry\n"]
    assert found(content, "qr") == ["https://a.example/1"]


def test_an_opendocument_file() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", f'<text:p><text:a xlink:href="{URL}">badge</text:a></text:p>')
    assert found(out.getvalue(), "link") == [URL]


def test_a_long_paper_is_read_in_part_and_says_so() -> None:
    pdf = Pdf()
    for number in range(22):
        pdf.page(f"page {number}")
    paper = read_paper(pdf.whole())
    assert paper.trouble == "too_long"
    assert len(paper.leads) == 20


def test_a_page_as_large_as_a_field() -> None:
    content = Pdf().page("x", links=[URL]).whole().replace(b"[0 0 595 842]", b"[0 0 14400 14400]")
    assert URL in found(content, "link")


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7", b"%PDF-1.7\n" + os.urandom(2000), b"PK\x03\x04", b"PK\x03\x04" + b"\xff" * 500,
        Pdf().page("x").whole()[:300], Pdf().page("x").whole().replace(b"xref", b"xxxx").replace(b"Kids", b"Kid0"),
        Pdf().page("x").whole().replace(b"/Kids[", b"/Kids[2 0 R "),
    ],
)  # fmt: skip
def test_damaged_papers_are_only_damaged(content: bytes) -> None:
    assert read_paper(content).trouble in ("damaged", "")


def test_an_archive_that_is_no_paper() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("badge.json", "{}")
    assert read_paper(out.getvalue()).trouble == "damaged"


def test_a_bomb_is_read_no_further_than_the_limit() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w:t>" + b"a" * 200_000_000)
    assert len(out.getvalue()) < 1_000_000
    started = time.monotonic()
    paper = read_paper(out.getvalue())
    assert sum(len(lead.text) for lead in paper.leads) <= 200_000
    assert time.monotonic() - started < papers.MOST_SECONDS + papers.GRACE


def test_a_reader_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    endless = tmp_path / "reading.py"
    endless.write_text("while True: pass")
    monkeypatch.setattr(papers, "_READER", endless)
    monkeypatch.setattr(papers, "GRACE", 0.1)
    started = time.monotonic()
    assert read_paper(b"%PDF-1.7", seconds=0.4) == Paper(trouble="unfinished")
    assert time.monotonic() - started < 5


def test_a_reader_is_told_no_secret_and_gets_little_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What runs there knows nothing of the environment; the real reader limits itself before it opens anything."""
    nosy = tmp_path / "reading.py"
    nosy.write_text(
        "import json, os; print(json.dumps({'leads': [], 'attached': [], 'trouble': ' '.join(os.environ)}))"
    )
    monkeypatch.setattr(papers, "_READER", nosy)
    assert "SECRET_KEY" not in read_paper(b"%PDF-1.7").trouble
    limits = (
        "import runpy, sys; from common.papers import reading; reading.limit(1); bytearray(2_000_000_000)"
    )
    done = subprocess.run([sys.executable, "-c", limits], check=False, capture_output=True)
    assert b"MemoryError" in done.stderr


def test_without_time_nothing_is_begun() -> None:
    started = time.monotonic()
    assert read_paper(Pdf().page("x").whole(), seconds=0) == Paper(trouble="unfinished")
    assert time.monotonic() - started < 1


def test_readers_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(papers, "_READING", threading.BoundedSemaphore(1))
    with papers._READING:
        assert read_paper(Pdf().page("x").whole(), seconds=0.2) == Paper(trouble="unfinished")


def test_what_a_paper_looks_like() -> None:
    assert is_paper(b"%PDF-1.4")
    assert is_paper(b"\xef\xbb\xbf\n%PDF-1.4")
    assert is_paper(docx("x"))
    assert not is_paper(b"\x89PNG")
    assert not is_paper(b"x" * 2000 + b"%PDF-")
