"""Pictures are kept once, under their hash; what was only tried is forgotten."""

import hashlib
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from badges.designer import Design, PictureRefused
from badges.models import Badge, Picture
from badges.services import forget_unused_pictures, keep_drawing, keep_upload
from tests.factories import NOON

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><circle cx="50" cy="50" r="40" fill="red"/></svg>'


def png(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGBA", (width, height), "#4a3fd6").save(out, "PNG")
    return out.getvalue()


def stored(name: str) -> bytes:
    with default_storage.open(name) as file:
        return bytes(file.read())


def test_a_drawing_has_both_forms() -> None:
    picture = keep_drawing(Design(ring_text="Welding"), at=NOON)
    assert hashlib.sha256(stored(picture.svg)).hexdigest() == picture.sha256
    assert stored(picture.png).startswith(b"\x89PNG")
    assert (picture.width, picture.height) == (600, 600)


def test_the_same_drawing_is_kept_once() -> None:
    first, second = (keep_drawing(Design(), at=NOON + timedelta(n)) for n in (0, 1))
    assert first == second
    assert Picture.objects.count() == 1


def test_a_square_upload_is_kept_as_it_is() -> None:
    data = png(120, 120)
    (picture,) = keep_upload(data, at=NOON)
    assert picture.design is None
    assert picture.path.endswith(".png")
    assert (picture.width, picture.height) == (120, 120)
    assert hashlib.sha256(stored(picture.png)).hexdigest() == picture.sha256


def test_one_that_is_not_square_gives_two_to_choose_from() -> None:
    whole, centre = keep_upload(png(200, 120), at=NOON)
    assert (whole.width, centre.width) == (200, 120)
    assert whole != centre


def test_an_svg_is_kept_clean_with_its_raster() -> None:
    (picture,) = keep_upload(SVG.replace(b"<circle", b"<script>alert(1)</script><circle"), at=NOON)
    assert b"script" not in stored(picture.svg)
    assert stored(picture.png).startswith(b"\x89PNG")


def test_what_is_no_picture_is_refused_in_words() -> None:
    with pytest.raises(PictureRefused, match="neither a PNG nor an SVG"):
        keep_upload(b"hello", at=NOON)


@pytest.mark.django_db(transaction=True)
def test_only_unused_pictures_are_forgotten(published: Badge) -> None:
    unused = keep_drawing(Design(shape="star"), at=NOON)
    recent = keep_drawing(Design(shape="circle"), at=NOON + timedelta(days=2))
    assert forget_unused_pictures(before=NOON + timedelta(days=1)) == 1
    assert set(Picture.objects.values_list("pk", flat=True)) == {recent.pk, published.shown.picture_id}
    assert not default_storage.exists(unused.svg)
    assert default_storage.exists(published.shown.picture.svg)
