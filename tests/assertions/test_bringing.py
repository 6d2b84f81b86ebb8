"""What people bring becomes badges to look at: links, texts, pictures, papers; each once, the likeliest first."""

import json
from typing import Any

import pytest

from assertions.models import Award
from assertions.services import bringing
from assertions.services.bringing import MOST_BADGES, Brought, as_text, badges_in, unpack
from assertions.services.pictures import baked
from tests.assertions.elsewhere import Elsewhere
from tests.common.paper_making import Pdf, docx, png_of_qr
from tests.openbadges.stage import png

SITE = "https://badges.example.org"
ONE, TWO = f"{SITE}/assertions/1", f"{SITE}/assertions/2"
OWN = f"{SITE}/assertions/ddc6ca9c-8872-491a-892e-b45d6527cc14"


def documents(*files: tuple[str, bytes], text: str = "") -> list[str | bytes]:
    return [one.document for one in unpack(texts=[text], files=files).badges]


@pytest.mark.parametrize(
    "content", [b"hello", b"{}", png(), b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff", b"\0", b"<svg"]
)
def test_a_file_without_links_is_taken_as_it_is(content: bytes) -> None:
    assert unpack(files=[("x", content)]).badges == (Brought("x", content),)


def test_a_picture_with_a_badge_is_taken_as_it_is(accepted_award: Award) -> None:
    picture = baked(accepted_award, "png", hosted=False)
    assert documents(("badge.png", picture)) == [picture]
    assert as_text(picture) == accepted_award.signed


def test_every_code_of_a_photo() -> None:
    assert documents(("wall.png", png_of_qr(ONE, TWO))) == [ONE, TWO]
    (only,) = unpack(files=[("wall.png", png_of_qr(ONE))]).badges
    assert (only.label, only.document) == ("wall.png", ONE)
    secret = png_of_qr("WIFI:S:home;P:secret;;")
    assert documents(("wifi.png", secret)) == [secret]


def test_a_text_file_with_links() -> None:
    assert documents(("links.txt", f"{ONE}\n{TWO}".encode())) == [ONE, TWO]
    assert documents(("link.txt", f"\ufeff {ONE} ".encode())) == [ONE]


def test_the_same_link_is_one_with_all_its_places() -> None:
    cv = Pdf().page(ONE, links=[f"{ONE}#top"], qr=[ONE]).page("Again", links=[f"{ONE}/"]).whole()
    (found,) = unpack(texts=[ONE], files=[("cv.pdf", cv)]).badges
    assert found.places == (ONE, "cv.pdf, page 1", "cv.pdf, QR code on page 1", "cv.pdf, page 2")
    assert not found.is_guess


def test_a_link_cut_off_by_the_end_of_a_line_is_not_another() -> None:
    long = "https://example.org/credentials/0123456789"
    cv = Pdf().page("See https://example.org/credentials/", "0123456789 there", links=[long]).whole()
    assert documents(("cv.pdf", cv)) == [long]
    coded = Pdf().page("See https://example.org/credentials/", "0123456789 there", qr=[long]).whole()
    assert documents(("cv.pdf", coded)) == [long]


def test_a_hyphen_at_the_end_of_a_line_belongs_to_the_link() -> None:
    head, tail = OWN[:-13], OWN[-13:].removeprefix("-")
    assert documents(("cv.pdf", Pdf().page(f"See {head}-", f"{tail} there").whole())) == [OWN]


@pytest.mark.parametrize(
    "below", ["/", "/match#match", "/receipt", "/register", "/evidence/1", "/qr.svg?download"]
)
def test_whatever_lies_below_a_badge_of_ours_leads_to_it(below: str) -> None:
    assert documents(text=f"{OWN}{below}") == [OWN]
    assert documents(text=f"{OWN}.png") == [f"{OWN}.png"], "which brings its own proof"
    assert documents(text=f"https://elsewhere.example/assertions/{OWN[-36:]}{below}") != [OWN]


def test_files_attached_to_a_paper() -> None:
    inner = Pdf().page(TWO).whole()
    cv = Pdf().page("Me").attach("badge.json", b'{"a": 1}').attach("inner.pdf", inner).whole()
    (found,) = unpack(files=[("cv.pdf", cv)]).badges
    assert (found.label, found.document, found.places) == ("badge.json", b'{"a": 1}', ("cv.pdf, attached",))


def test_links_among_words_are_guesses_and_bare_lists_are_meant() -> None:
    assert [one.is_guess for one in badges_in(f"My badge is at {ONE} and my site is https://me.example/x")] == [
        True, True
    ]  # fmt: skip
    assert [one.is_guess for one in badges_in(f"{ONE}, {TWO}")] == [False, False]
    assert [one.is_guess for one in unpack(files=[("cv.docx", docx(f"See {ONE}"))]).badges] == [True]


def test_the_likeliest_come_first_where_there_are_too_many() -> None:
    links = [f"https://me.example/photos/{number}" for number in range(MOST_BADGES)]
    pack = unpack(files=[("cv.docx", docx(links=[*links, "https://x.example/badge/1", ONE]))])
    assert [one.document for one in pack.badges[:2]] == [ONE, "https://x.example/badge/1"]
    assert len(pack.badges) == MOST_BADGES
    assert [one.document for one in pack.waiting] == links[-2:]


def test_what_cannot_even_be_named_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "MOST_NAMED", 5)
    pack = unpack(texts=[" ".join(f"https://example.org/{number}" for number in range(MOST_BADGES + 7))])
    assert (len(pack.badges), len(pack.waiting), pack.more) == (MOST_BADGES, 5, 2)


def test_papers_share_their_time() -> None:
    pack = unpack(files=[("cv.pdf", Pdf().page(ONE).whole())], seconds=0)
    assert pack.badges == ()
    assert pack.notes == ("“cv.pdf” is so complicated that it could not be read to its end.",)


def test_what_can_be_brought_once_more_without_its_file(elsewhere: Elsewhere, accepted_award: Award) -> None:
    document = json.dumps({"id": elsewhere.url("/award")})
    for brought in (document.encode(), document):
        assert as_text(brought) == document
    assert as_text(png()) == ""
    assert as_text("x" * 300_000) == ""


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_is_nothing(text: str) -> None:
    assert unpack(texts=[text]).badges == ()


def test_the_imprint_is_of_what_was_brought() -> None:
    import hashlib

    assert Brought("x", b"\x00\xff").sha256 == hashlib.sha256(b"\x00\xff").hexdigest()
    assert Brought("x", "é").sha256 == hashlib.sha256("é".encode()).hexdigest()
    surrogate: Any = Brought("x", "\ud800")
    assert len(surrogate.sha256) == 64
