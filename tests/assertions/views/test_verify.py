"""/verify: whatever strangers bring is judged in words, and nothing of it is kept."""

import io
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import segno
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assertions.documents import award_url
from assertions.forms import uploads
from assertions.models import Award
from assertions.services import revoke, verification
from assertions.services.bringing import badges_in
from assertions.services.correcting import confirm_address_change
from assertions.services.pictures import baked
from badges.models import Badge
from common.actors import SYSTEM
from openbadges import bake
from tests.assertions.elsewhere import EARNER, Elsewhere
from tests.assertions.views.visiting import asked, browser, words
from tests.common.paper_making import Pdf, docx, png_of_qr
from tests.factories import NOON, make_accepted, make_award
from tests.openbadges.stage import SVG, png

SITE = "https://badges.example.org"


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    cache.clear()


def bring(
    text: str = "", *files: bytes, names: tuple[str, ...] = (), address: str = "", **client: Any
) -> Any:
    sent: dict[str, Any] = {"text": text, "address": address}
    labels = names or tuple(f"file{number}.png" for number in range(len(files)))
    sent["uploads"] = [SimpleUploadedFile(name, file) for name, file in zip(labels, files, strict=True)]
    return browser(**client).post("/verify", sent)


# The page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_empty_page_teaches(db: None, language: str) -> None:
    response = browser(language).get("/verify")
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()
    assert 'enctype="multipart/form-data"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_nothing_brought_is_said(db: None) -> None:
    response = bring()
    assert response.status_code == 400
    assert "Give a link, a text or a file." in words(response)


def test_it_works_from_any_page_and_without_a_cookie(accepted_award: Award) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"Accept": "text/html"})
    assert strict.post("/verify", {"text": award_url(accepted_award.pk)}).status_code == 200
    assert not strict.cookies


# One badge --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["address", "query", "token", "hosted", "png", "svg", "photo", "text file"])
def test_a_badge_of_ours_in_every_form(accepted_award: Award, form: str) -> None:
    url = award_url(accepted_award.pk)
    photo = io.BytesIO()
    segno.make(url, micro=False).save(photo, kind="png", scale=5)
    response = {
        "address": lambda: bring(url),
        "query": lambda: browser().get("/verify", {"url": url}),
        "token": lambda: bring(accepted_award.signed),
        "hosted": lambda: bring(browser().get(url, headers={"Accept": "application/json"}).content.decode()),
        "png": lambda: bring("", baked(accepted_award, "png", hosted=False)),
        "svg": lambda: bring("", baked(accepted_award, "svg", hosted=True)),
        "photo": lambda: bring("", photo.getvalue(), names=("photo.jpg",)),
        "text file": lambda: bring("", url.encode(), names=("link.txt",)),
    }[form]()
    said = words(response)
    assert response.status_code == 200
    assert (
        "This badge is valid. Run a workshop , awarded by Atelier Nord to Inès Marchand on 3 March 2026."
        in said
    )
    assert "Not revoked, not expired" in said
    page = response.content.decode()
    assert f'href="{url}"' in page
    assert f'src="{accepted_award.version.picture.path}"' in page


def test_the_name_is_shown_only_once_accepted(waiting_award: Award) -> None:
    said = words(bring(waiting_award.signed))
    assert "This badge is valid." in said
    assert "Marchand" not in said


def test_in_the_readers_language(accepted_award: Award) -> None:
    assert "Run a workshop (fr)" in words(bring(accepted_award.signed, language="fr"))


def test_whose_badge_it_is(accepted_award: Award) -> None:
    assert "It was awarded to this address" in words(
        bring(accepted_award.signed, address="Ines@Example.org ")
    )
    other = words(bring(accepted_award.signed, address="sam@example.org"))
    assert "This badge was awarded to someone else, or to another address." in other
    wrong = bring(accepted_award.signed, address="nonsense")
    assert wrong.status_code == 400
    assert "<details" in wrong.content.decode()
    assert " open>" in wrong.content.decode()


def test_revoked_and_not_public(badge: Badge) -> None:
    revoked, declined = make_accepted(badge), make_accepted(badge, name="Sam Stone")
    revoke(awards=[revoked], reason="Mistake.", by=SYSTEM, at=NOON)
    Award.objects.filter(pk=declined.pk).update(response=Award.Response.DECLINED)
    for brought in (award_url(revoked.pk), revoked.signed):
        said = words(bring(brought))
        assert "This badge was revoked. Run a workshop" in said
        assert "Reason: Mistake." in said
    for brought in (award_url(declined.pk), declined.signed, f"{award_url(declined.pk)}.png"):
        response = bring(brought)
        assert "This badge is not public." in words(response)
        for private in ("Run a workshop", "Sam Stone", str(declined.pk)):
            assert private not in words(response).replace(brought, "")


def test_an_earlier_edition_verifies_and_says_what_it_is(accepted_award: Award) -> None:
    old = accepted_award.signed
    confirm_address_change(token=asked(accepted_award, at=NOON), at=NOON)
    said = words(bring(old))
    assert "This badge is valid." in said
    assert "An earlier edition of this badge." in said
    accepted_award.refresh_from_db()
    assert "An earlier edition" not in words(bring(accepted_award.signed))


def test_an_imitation_of_ours_gets_nothing_of_ours(accepted_award: Award, elsewhere: Elsewhere) -> None:
    response = bring(elsewhere.signed(id=f"urn:uuid:{accepted_award.pk}"))
    said = words(response)
    assert "This badge is intact, but its issuer is not known here." in said
    assert "Inès" not in said
    assert award_url(accepted_award.pk) not in response.content.decode()


# Badges of others -------------------------------------------------------------------------------------


def test_a_badge_of_another_site(db: None, elsewhere: Elsewhere) -> None:
    said = words(bring(elsewhere.url("/award"), address=EARNER))
    assert (
        "This badge is intact, but its issuer is not known here. First aid , awarded by Riverside College"
        in said
    )
    assert "Its site 127.0.0.1" in said
    assert "Six hours of practice." in said
    assert "Anyone can take any name." in said


def test_a_forgery_is_not_told_as_if_it_were_true(db: None, elsewhere: Elsewhere) -> None:
    head, payload, signature = elsewhere.signed().split(".")
    said = words(bring(f"{head}.{payload}.{'A' * len(signature)}"))
    assert (
        "This badge is not valid. It calls itself “First aid”. It names Riverside College as its issuer."
        in said
    )
    assert "awarded by Riverside" not in said


def test_what_strangers_wrote_stays_text(db: None, elsewhere: Elsewhere) -> None:
    evil = "<script>alert(1)</script>"
    elsewhere.pages["/badge"] = elsewhere.badge(
        name=evil,
        description=evil,
        criteria={
            "id": "javascript:alert(2)",
            "narrative": f"{evil} [x](javascript:alert(3)) [y](https://ok.example)",
        },
    )
    elsewhere.pages["/issuer"] = elsewhere.issuer(name=evil)
    token = elsewhere.signed(
        narrative=evil, evidence=[{"id": "javascript:alert(4)", "name": evil, "narrative": evil}]
    )
    body = bring(token).content.decode()
    assert evil not in body
    assert 'href="javascript' not in body.lower()
    assert '<a href="https://ok.example" rel="nofollow noopener noreferrer">' in body


def test_long_texts_are_shortened(db: None, elsewhere: Elsewhere) -> None:
    elsewhere.pages["/badge"] = elsewhere.badge(description="long " * 100_000)
    assert len(bring(elsewhere.signed()).content) < 100_000


@pytest.mark.parametrize(
    "written", ["2026-02-31T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "x"]
)
def test_dates_that_are_none(db: None, elsewhere: Elsewhere, written: str) -> None:
    assert bring(elsewhere.signed(issuedOn=written, expires=written)).status_code == 200


def test_a_site_that_does_not_answer_is_amber(db: None, elsewhere: Elsewhere) -> None:
    elsewhere.http.shutdown()
    elsewhere.http.server_close()
    response = bring(elsewhere.url("/award"))
    assert "This badge could not be verified." in words(response)
    assert "verdict warn" in response.content.decode()
    assert "further checks depend on what is missing" in words(response)


@pytest.mark.parametrize(
    ("brought", "said"),
    [
        ("hello", "No badge could be read from this."),
        ("{}", "This is not an Open Badge."),
        ('{"@context": "https://www.w3.org/ns/credentials/v2"}', "This is not an Open Badge."),
        ("{", "No badge could be read from this."),
        ("http://127.0.0.1/x", "private network"),
        ("https://", "No badge could be read from this."),
        (f"{SITE}/", "There is a web page at this address, but no badge that can be read."),
        (f"{SITE}/assertions/{uuid.UUID(int=0)}", "This badge is not valid."),
        ("e30.e30.e30", "No badge could be read from this."),
        ("e30.e30." + "e30" * 9, "This badge is not valid."),
    ],
)
def test_what_is_no_badge_is_said_in_words(db: None, brought: str, said: str) -> None:
    assert said in words(bring(brought))


@pytest.mark.parametrize("file", [png(), SVG, b"GIF89a", b"\xff\xd8\xff\xe0", b"\0" * 100])
def test_files_that_carry_no_badge(db: None, file: bytes) -> None:
    response = bring("", file)
    assert response.status_code == 200
    assert "verdict warn" in response.content.decode()


# Several ----------------------------------------------------------------------------------------------


def test_several_badges_begin_with_a_table(badge: Badge) -> None:
    good, bad = make_accepted(badge), make_accepted(badge)
    revoke(awards=[bad], reason="Mistake.", by=SYSTEM, at=NOON)
    response = bring(f"{award_url(good.pk)}\n{award_url(bad.pk)}", png(), names=("picture.png",))
    body, said = response.content.decode(), words(response)
    assert "What became of these badges" in said
    assert body.index("<table") < body.index('class="verdict')
    for word in (">valid<", ">revoked<", ">no badge<"):
        assert word in body
    assert "picture.png" in said
    assert [f'id="badge-{number}"' in body for number in (1, 2, 3, 4)] == [True, True, True, False]


def test_a_curriculum_vitae_pasted_whole(badge: Badge) -> None:
    one, two = make_accepted(badge), make_accepted(badge)
    text = f"""Inès Marchand, ines@example.org
    Badges: «{award_url(one.pk)}», ({SITE.removeprefix("https://")}/assertions/{two.pk}).
    Again: {award_url(one.pk)}! Also e.g. this and that; 3.4.2"""
    found = badges_in(text)
    assert [brought.document for brought in found] == [award_url(one.pk), award_url(two.pk)]
    assert words(bring(text)).count("This badge is valid.") == 2


def test_more_than_thirty_wait_for_another_visit(db: None) -> None:
    """Named, and verified by a button."""
    response = bring(" ".join(f"{SITE}/assertions/{uuid.UUID(int=number)}" for number in range(32)))
    said = words(response)
    assert response.status_code == 200
    assert "30 badges were looked at: not valid (30)." in said
    assert "There was no time or no room left for 2 badges." in said
    again = again_in(response)
    assert again == [f"{SITE}/assertions/{uuid.UUID(int=number)}" for number in (30, 31)]
    assert "2 badges were looked at" in words(browser().post("/verify", {"again": again}))


def test_what_there_was_no_time_for_is_named(accepted_award: Award, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs nobody's answer but our own is verified all the same."""
    monkeypatch.setattr(verification, "PATIENCE", 0)
    picture = bake(png(), "https://example.org/in-a-picture")
    response = bring(f"{award_url(accepted_award.pk)} https://example.org/b", picture, address=EARNER)
    assert response.status_code == 200
    assert "Some of them were not looked at yet. There was no time or no room left for 2 badges." in words(
        response
    )
    assert "One badge was looked at" in words(response)
    assert again_in(response) == ["https://example.org/b", "https://example.org/in-a-picture"]
    assert f'name="address" value="{EARNER}"' in response.content.decode()


def again_in(response: Any) -> list[str]:
    return re.findall(r'name="again" value="([^"]*)"', response.content.decode())


def test_a_whole_cv_in_one_table(badge: Badge, elsewhere: Elsewhere) -> None:
    """Links, text, QR codes and attached files of a PDF; what is found twice is one row; other links are not rows."""
    linked, written, photographed = (make_accepted(badge) for _number in range(3))
    elsewhere.pages["/me"] = "<h1>My site</h1>"
    cv = Pdf()
    cv.page("Badges", award_url(written.pk), links=[award_url(linked.pk), elsewhere.url("/me")])
    cv.page("More", links=[award_url(linked.pk)], qr=[award_url(photographed.pk), award_url(linked.pk)])
    cv.attach("first-aid.jws", elsewhere.signed().encode())
    response = bring("", cv.whole(), names=("cv.pdf",), address=EARNER)
    said = words(response)
    assert "4 badges were looked at: other address (3), issuer unknown (1)." in said
    assert "cv.pdf, page 1; cv.pdf, page 2; cv.pdf, QR code on page 2" in said
    assert "cv.pdf, QR code on page 2" in said
    assert "cv.pdf, attached" in said
    assert "1 other link was looked at: it leads to no badge" in said
    assert "There is a web page at this address" in said
    assert response.content.decode().count('data-label="Theirs">yes<') == 1


def test_a_word_file_and_a_photo_of_two_codes(badge: Badge) -> None:
    awards = [make_accepted(badge) for _number in range(4)]
    urls = [award_url(award.pk) for award in awards]
    paper = docx(f"See {urls[0]}.", links=[urls[1]])
    said = words(bring("", paper, png_of_qr(*urls[2:]), names=("cv.docx", "wall.png")))
    assert "4 badges were looked at: valid (4)." in said
    assert said.count("wall.png, QR code") == 2


@pytest.mark.parametrize("file", [b"%PDF-1.7", b"PK\x03\x04nothing", Pdf().page("Nothing here").whole()])
def test_papers_without_a_badge(db: None, file: bytes) -> None:
    response = bring("", file, names=("cv.pdf",))
    assert response.status_code == 200
    assert "No badge was found in it." in words(response)
    assert "“cv.pdf”" in words(response)


def test_twenty_one_files_are_too_many(db: None) -> None:
    response = bring("", *[b"x"] * 21)
    assert response.status_code == 400
    assert "more than twenty files" in words(response)


# Files ------------------------------------------------------------------------------------------------


def test_files_never_touch_the_disk(accepted_award: Award, settings: Any, tmp_path: Path) -> None:
    """Also those that Django would have put into a temporary folder."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")
    large = baked(accepted_award, "png", hosted=False) + b"\0" * 3_000_000
    assert bring("", large).status_code == 200
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_is_too_large_is_refused_by_name(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
    response = bring("", b"x" * 1001, names=("holiday.png",))
    assert response.status_code == 400
    assert "“holiday.png” is too large: 10 MB at most each, 25 MB together." in words(response)
    assert bring("", b"x" * 1000).status_code == 200


def test_files_that_are_too_large_together(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES_TOGETHER", 1000)
    assert bring("", b"x" * 600, b"y" * 600).status_code == 400
    assert bring("", b"x" * 500, b"y" * 500).status_code == 200


def test_names_of_files_stay_text(db: None) -> None:
    response = bring("", png(), png(), names=('<b>"x".png', "../../etc/passwd"))
    assert "<b>" not in response.content.decode()


# Bounds -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("one_moment")
@pytest.mark.parametrize("method", ["get", "post"])
def test_many_verifications_are_refused_and_looking_is_not(db: None, settings: Any, method: str) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"verify": "2/m"}
    client = Client(REMOTE_ADDR="203.0.113.50", headers={"Accept": "text/html"})
    sent = {"text": "hello"} if method == "post" else {"url": "hello"}
    assert [getattr(client, method)("/verify", sent).status_code for _try in range(3)] == [200, 200, 429]
    assert client.get("/verify").status_code == 200


def test_head_looks_nothing_up(db: None, elsewhere: Elsewhere) -> None:
    assert browser().head("/verify", {"url": elsewhere.url("/award")}).status_code == 200
    assert elsewhere.asked == []


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods(db: None, method: str) -> None:
    assert getattr(browser(), method)("/verify").status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_more_badges_cost_more_only_by_themselves(
    badge: Badge, count: int, django_assert_max_num_queries: Any
) -> None:
    text = "\n".join(award_url(make_accepted(badge).pk) for _number in range(count))
    with django_assert_max_num_queries(25 * count):
        bring(text)


# Anything -----------------------------------------------------------------------------------------------

ANY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["@context", "type", "id", "badge", "recipient", "verification", "issuedOn", "evidence"])
        | st.text(max_size=5),
        inner,
        max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@pytest.fixture
def no_limit(settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"verify": "1000000/m"}


@ANY
@given(text=st.text(max_size=300), address=st.text(max_size=30))
@example(text="\ud800", address="")
@example(text="https://[", address="")
@example(text="https://badges.example.org:99999/x", address="")
@example(text="HTTPS://BADGES.EXAMPLE.ORG/assertions/x", address="\x00")
@example(text="https://badges.example.org/assertions/\x00", address="a@b.c")
@example(text="[" * 5000, address="")
def test_any_text(db: None, no_limit: None, text: str, address: str) -> None:
    sendable = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    assert bring(sendable, address=address.encode(errors="replace").decode()).status_code in (200, 400)
    assert browser().get("/verify", {"url": sendable}).status_code in (200, 400)


@ANY
@given(
    file=st.binary(max_size=300),
    head=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"<svg ", b"\xff\xd8\xff", b"{"]),
)
def test_any_bytes(db: None, no_limit: None, file: bytes, head: bytes) -> None:
    assert bring("", head + file).status_code in (200, 400)


@ANY
@given(document=JSON)
def test_any_json_of_the_standard(db: None, no_limit: None, document: Any) -> None:
    members = document if isinstance(document, dict) else {"badge": document}
    text = json.dumps({"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"} | members)
    assert bring(text).status_code in (200, 400)


@ANY
@given(
    place=st.integers(min_value=0),
    flip=st.integers(min_value=1, max_value=255),
    kind=st.sampled_from(["png", "svg"]),
)
def test_any_damage_to_a_picture(db: None, no_limit: None, place: int, flip: int, kind: str) -> None:
    picture = bytearray(bake(png() if kind == "png" else SVG, "https://badges.example.org/assertions/x"))
    picture[place % len(picture)] ^= flip
    assert bring("", bytes(picture)).status_code in (200, 400)


def test_bodies_that_are_no_forms(db: None) -> None:
    client = browser()
    for kind in (
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/json",
        "text/plain",
        "x",
    ):
        assert client.post("/verify", b"\xff\0--x", content_type=kind).status_code == 400


def test_a_signed_award_of_ours_with_every_byte_cut_off(badge: Badge) -> None:
    token = make_award(badge).signed
    for length in range(0, len(token), 97):
        assert bring(token[:length] or "x").status_code == 200
        cache.clear()


def test_an_edited_copy_is_told_from_the_original(accepted_award: Award) -> None:
    url = award_url(accepted_award.pk)
    copy = json.loads(Client().get(f"/assertions/{accepted_award.pk}").content)
    assert "This badge is valid." in words(bring(json.dumps(copy)))
    copy["narrative"] = "Did everything alone."
    said = words(bring(json.dumps(copy)))
    assert "The copy you have differs from the badge that was awarded." in said
    assert "This badge is valid." not in said
    assert f'href="{url}"' in bring(json.dumps(copy)).content.decode()


def test_an_empty_file_is_named(db: None) -> None:
    response = bring("", b"", names=("nothing.png",))
    assert response.status_code == 400
    assert "“nothing.png” is empty." in words(response)


def test_a_word_with_two_dots_is_no_forgery(db: None) -> None:
    said = words(bring("a.b.c"))
    assert "No badge could be read from this" in said
    assert "This badge is not valid." not in said
