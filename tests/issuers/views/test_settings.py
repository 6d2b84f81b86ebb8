"""Settings: details, logo, keys."""

from collections.abc import Callable
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from issuers.models import Issuer
from journal.models import Action, Entry

pytestmark = pytest.mark.django_db
DETAILS = {"name": "Atelier Sud", "email": "hello@sud.example", "url": "sud.example", "language": "fr"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="red"/></svg>'


def png(width: int = 800, height: int = 400) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "navy").save(file, "PNG")
    return file.getvalue()


def test_access(issuer: Issuer, climb: Callable[..., None]):
    base = f"/manage/{issuer.slug}/settings"
    climb(base, 200, 403, 403, 403)
    climb(f"{base}/keys", 200, 200, 200, 200)
    climb(f"{base}/logo", 302, 403, 403, 403, post={"remove": "1"})


def test_details_are_changed(issuer: Issuer, owner: User, signed_in: Callable[[User], Client]):
    response = signed_in(owner).post(f"/manage/{issuer.slug}/settings", DETAILS, follow=True)
    assert "The details are saved" in response.content.decode()
    issuer.refresh_from_db()
    assert (issuer.name, issuer.url, issuer.language) == ("Atelier Sud", "https://sud.example", "fr")
    assert issuer.description == ""


IN_TWO = DETAILS | {
    "languages": ["en", "fr"], "description_fr": "Une école du quartier.", "description_en": "A school next door.",
}  # fmt: skip


def test_it_says_in_which_languages_it_publishes_and_what_it_does_in_each(
    issuer: Issuer, owner: User, signed_in: Callable[[User], Client]
):
    page, path = signed_in(owner), f"/manage/{issuer.slug}/settings"
    page.post(path, IN_TWO)
    issuer.refresh_from_db()
    assert (issuer.description, issuer.translations) == (
        "Une école du quartier.",
        {"en": "A school next door."},
    )
    assert issuer.publishes_in == ["fr", "en"]
    assert Entry.objects.get(action=Action.ISSUER_CHANGED).data["changed"] == [
        "description", "email", "language", "name", "translations", "url",
    ]  # fmt: skip
    shown = BeautifulSoup(page.get(path).content, "html.parser")
    texts = [(area["lang"], area.text.strip()) for area in shown.select("textarea")]
    assert texts == [("fr", "Une école du quartier."), ("en", "A school next door.")]
    labels = [shown.find("label", attrs={"for": f"id_description_{code}"}).text for code in ("fr", "en")]
    assert labels == [
        "What the organisation does (French) (optional)",
        "What the organisation does (English) (optional)",
    ]
    ticked = shown.select("input[name=languages][checked]")
    assert {box["value"] for box in ticked} == {"en", "fr"}


def test_another_usual_language_takes_its_own_description_with_it(
    issuer: Issuer, owner: User, signed_in: Callable[[User], Client]
):
    page, path = signed_in(owner), f"/manage/{issuer.slug}/settings"
    page.post(path, IN_TWO)
    page.post(path, IN_TWO | {"language": "en"})
    issuer.refresh_from_db()
    assert (issuer.description, issuer.translations) == (
        "A school next door.",
        {"fr": "Une école du quartier."},
    )
    assert issuer.publishes_in == ["en", "fr"]


def test_words_in_a_language_that_is_not_chosen_are_not_thrown_away(
    issuer: Issuer, owner: User, signed_in: Callable[[User], Client]
):
    page, path = signed_in(owner), f"/manage/{issuer.slug}/settings"
    answer = page.post(path, IN_TWO | {"languages": ["fr"]})
    assert answer.context["form"].errors == {
        "description_en": [
            "English is not among the languages that you publish in: choose it, or empty this."
        ]
    }
    assert "A school next door." in answer.content.decode()
    page.post(path, IN_TWO | {"languages": [], "description_en": ""})
    issuer.refresh_from_db()
    assert (issuer.languages, issuer.translations) == (["fr"], {})
    said = page.get(f"/manage/{issuer.slug}/journal").content.decode()
    assert "languages" in said


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Give the organisation’s name."),
        ("email", "x", "name@example.org"),
        ("url", "javascript://x", "https://"),
        ("url", "ftp://sud.example", "https://"),
        ("language", "xx", "valid choice"),
        ("name", "\x00", "Null"),
        ("languages", ["fr", "xx"], "xx"),
        ("description_en", "x" * 2001, "2000"),
    ],
)
def test_bad_details_are_said_at_the_field(
    issuer: Issuer, owner: User, signed_in: Callable[[User], Client], field: str, value: object, says: str
):
    response = signed_in(owner).post(f"/manage/{issuer.slug}/settings", DETAILS | {field: value})
    assert response.status_code == 200
    assert says in str(response.context["form"].errors[field])
    issuer.refresh_from_db()
    assert issuer.name == "Atelier Nord"


@pytest.mark.parametrize("content", [png(), SVG])
def test_a_logo_is_written_anew_and_served(
    issuer: Issuer, owner: User, signed_in: Callable[[User], Client], client: Client, content: bytes
):
    upload = SimpleUploadedFile("logo", content)
    response = signed_in(owner).post(f"/manage/{issuer.slug}/settings/logo", {"logo": upload})
    assert response.status_code == 302
    issuer.refresh_from_db()
    served = client.get(issuer.logo_path)
    assert (served.status_code, served["Content-Type"]) == (200, "image/png")
    assert served["Access-Control-Allow-Origin"] == "*"
    with Image.open(BytesIO(served.content)) as image:
        assert image.size == (512, 256)
    assert Entry.objects.get(action=Action.ISSUER_CHANGED).data == {"changed": ["logo"]}
    assert client.get(issuer.logo_path, headers={"If-None-Match": served["ETag"]}).status_code == 304


def test_a_logo_is_removed(issuer: Issuer, owner: User, signed_in: Callable[[User], Client], client: Client):
    page, path = signed_in(owner), f"/manage/{issuer.slug}/settings/logo"
    page.post(path, {"logo": SimpleUploadedFile("logo.png", png())})
    page.post(path, {"remove": "1"})
    issuer.refresh_from_db()
    assert issuer.logo == ""
    assert client.get(f"/issuers/{issuer.slug}/logo.png").status_code == 404


HUGE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x86\xa0\x00\x01\x86\xa0\x08\x06\x00\x00\x00"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"not a picture",
        png()[:300],
        HUGE + b"\x00" * 50,
        b"<svg",
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 99999999"><rect width="1" height="9"/></svg>',
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><svg>&a;</svg>",
        b"x" * (2 * 1024 * 1024 + 1),
    ],
    ids=["empty", "gif", "text", "cut", "bomb", "svg-cut", "svg-thin", "svg-entity", "large"],
)
def test_what_is_no_logo_is_refused_in_words(
    issuer: Issuer, owner: User, signed_in: Callable[[User], Client], content: bytes
):
    response = signed_in(owner).post(
        f"/manage/{issuer.slug}/settings/logo", {"logo": SimpleUploadedFile("logo.png", content)}
    )
    assert response.status_code == 200
    assert response.context["logo_form"].errors["logo"]
    issuer.refresh_from_db()
    assert issuer.logo == ""


def test_scripts_do_not_survive(issuer: Issuer):
    from issuers.services.logos import logo_png

    hostile = SVG.replace(b"<rect", b'<script>alert(1)</script><image href="file:///etc/passwd"/><rect', 1)
    assert logo_png(hostile).startswith(b"\x89PNG")


def test_keys_are_shown_without_their_private_half(
    issuer: Issuer, viewer: User, signed_in: Callable[[User], Client]
):
    page = signed_in(viewer).get(f"/manage/{issuer.slug}/settings/keys").content.decode()
    assert "RS256" in page
    assert "Ed25519" in page
    assert "BEGIN PUBLIC KEY" in page
    assert "PRIVATE" not in page


@pytest.mark.parametrize(("language", "words"), [("en", "Public contact address"), ("fr", 'lang="fr"')])
def test_both_languages(
    issuer: Issuer, owner: User, signed_in: Callable[[User], Client], language: str, words: str
):
    headers = {"Accept-Language": language}
    client = signed_in(owner)
    client.cookies["django_language"] = language
    assert words in client.get(f"/manage/{issuer.slug}/settings", headers=headers).content.decode()


def test_mails_that_go_out_on_their_own_can_be_turned_off(
    issuer: Issuer, owner: User, signed_in: Callable[[User], Client], climb: Callable[..., None]
):
    url = f"/manage/{issuer.slug}/settings/mails"
    climb(url, 302, 403, 403, 403, post={"sends_reminders": "on"})
    issuer.refresh_from_db()
    assert (issuer.sends_reminders, issuer.sends_expiry_notices) == (True, False)
    page = signed_in(owner).post(url, {"sends_expiry_notices": "on"}, follow=True).content.decode()
    assert "It holds from now on" in page
    issuer.refresh_from_db()
    assert (issuer.sends_reminders, issuer.sends_expiry_notices) == (False, True)
    changes = [
        entry.data["changed"] for entry in Entry.objects.filter(action=Action.ISSUER_CHANGED).order_by("pk")
    ]
    assert changes == [["sends_expiry_notices"], ["sends_expiry_notices", "sends_reminders"]]
