"""Pictures over HTTP: for ever the same, readable from anywhere, an SVG can do nothing but be seen."""

import pytest
from django.test import Client
from django.urls import reverse

from badges.models import Picture
from badges.services import keep_upload
from tests.badges.test_pictures import SVG, png
from tests.factories import NOON, make_picture

pytestmark = pytest.mark.django_db


def url(picture: Picture, kind: str) -> str:
    return reverse("picture", kwargs={"sha256": picture.pk, "kind": kind})


def test_addresses() -> None:
    picture = make_picture()
    assert url(picture, "png") == f"/pictures/{picture.pk}.png"
    assert picture.path == f"/pictures/{picture.pk}.svg"


@pytest.mark.parametrize(("kind", "media_type"), [("png", "image/png"), ("svg", "image/svg+xml")])
def test_kept_for_ever_and_readable_from_anywhere(client: Client, kind: str, media_type: str) -> None:
    answer = client.get(url(make_picture(), kind))
    assert answer.status_code == 200
    assert answer["Content-Type"] == media_type
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Access-Control-Allow-Origin"] == "*"
    again = client.get(url(make_picture(), kind), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_svg_is_in_a_sandbox(client: Client) -> None:
    answer = client.get(url(make_picture(), "svg"))
    assert answer["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_an_uploaded_svg_is_a_file_to_save(client: Client) -> None:
    (picture,) = keep_upload(SVG, at=NOON)
    assert client.get(url(picture, "svg"))["Content-Disposition"].startswith("attachment")
    assert picture.path.endswith(".png")


def test_an_uploaded_png_has_an_svg_around_it(client: Client) -> None:
    (picture,) = keep_upload(png(120, 120), at=NOON)
    assert b"data:image/png;base64," in client.get(url(picture, "svg")).content


@pytest.mark.parametrize(
    "path", ["/pictures/" + "0" * 64 + ".png", "/pictures/xyz.png", "/pictures/" + "0" * 64 + ".gif"]
)
def test_what_is_not_there(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_only_reading(client: Client) -> None:
    assert client.post(url(make_picture(), "png")).status_code == 405
    assert client.head(url(make_picture(), "png")).status_code == 200
    assert client.options(url(make_picture(), "png")).status_code == 204
