"""Each planted violation is found in an organisation's keys and logo."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from common.actors import SYSTEM
from common.sealing import key_provider
from issuers.models import Issuer, SigningKey
from issuers.services import checking, rotate_key
from issuers.services.logos import set_logo
from openbadges import keys
from tests.factories import NOON
from tests.planting import codes


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def found() -> set[str]:
    return codes(checking.CHECKS, at=NOON)


def test_nothing_where_all_is_well(issuer: Issuer) -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("sealed", "code"),
    [
        (lambda: b"sealed with a key that was lost", "key.sealed"),
        (lambda: key_provider().seal(b"no key at all"), "key.unreadable"),
        (lambda: key_provider().seal(keys.private_key_pem(keys.generate_ed25519_key())), "key.mismatch"),
    ],
)
def test_a_key_that_does_not_open_or_fit(issuer: Issuer, sealed, code: str) -> None:
    SigningKey.objects.filter(algorithm="EdDSA").update(sealed_private=sealed())
    assert found() == {code}


def test_an_organisation_that_cannot_sign(issuer: Issuer) -> None:
    SigningKey.objects.filter(algorithm="RS256").update(state="retired", sealed_private=b"")
    assert found() == {"issuer.no_key"}


def test_the_private_half_of_a_key_that_signs_no_more(issuer: Issuer) -> None:
    rotate_key(key=issuer.keys.get(algorithm="EdDSA"), by=SYSTEM, at=NOON)
    assert found() == set()
    SigningKey.objects.filter(state="retired").update(sealed_private=b"left over")
    assert found() == {"key.not_erased"}


def test_a_logo_that_is_gone_or_another(issuer: Issuer) -> None:
    picture = BytesIO()
    Image.new("RGB", (32, 32), "navy").save(picture, "PNG")
    name = set_logo(issuer=issuer, content=picture.getvalue(), by=SYSTEM, at=NOON).logo
    assert found() == set()
    Path(default_storage.path(name)).write_bytes(b"another")
    assert found() == {"logo.file"}
    default_storage.delete(name)
    assert found() == {"logo.file"}
