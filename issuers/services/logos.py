"""Logos: a PNG, JPEG, WebP or SVG that somebody uploads, kept as one small PNG under the hash of its content.

Nothing of the upload itself is kept: the picture is decoded within caps and written anew.
"""

import hashlib
import subprocess
import sys
from datetime import datetime
from io import BytesIO

import py_svg_hush
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from common.actors import Actor
from common.errors import Invalid
from issuers.models import Issuer
from journal.models import Action
from journal.services import record

MAX_BYTES, MAX_PIXELS, SIDE = 2 * 1024 * 1024, 25_000_000, 512
_FORMATS = ("PNG", "JPEG", "WEBP")
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError)
_TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# A stranger's SVG is drawn in a process of its own: what is made to exhaust us exhausts only that.
_SECONDS, _MEMORY = 10, 1 << 30
_DRAW = """
import resource, sys
seconds, memory, side = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
import resvg_py
svg = sys.stdin.buffer.read().decode()
sys.stdout.buffer.write(resvg_py.svg_to_bytes(svg_string=svg, width=side, skip_system_fonts=True))
"""


class LogoRefused(Invalid):
    code = "logo_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message, fields={"logo": message})


@transaction.atomic
def set_logo(*, issuer: Issuer, content: bytes, by: Actor, at: datetime) -> Issuer:
    """The picture `content` becomes the organisation's logo. Raises LogoRefused."""
    png = logo_png(content)
    digest = hashlib.sha256(png).hexdigest()
    name = f"logos/{digest[:2]}/{digest}.png"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(png))
    return _keep(issuer, name, digest, by=by, at=at)


@transaction.atomic
def remove_logo(*, issuer: Issuer, by: Actor, at: datetime) -> Issuer:
    return _keep(issuer, "", "", by=by, at=at)


def logo_png(content: bytes) -> bytes:
    """The picture as a PNG of at most 512 pixels a side. Raises LogoRefused with what to do."""
    if not content:
        raise LogoRefused(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise LogoRefused(_("The file is larger than 2 MB. Save it smaller and try again."))
    if b"<svg" in content[:4096] or content.lstrip()[:5] == b"<?xml":
        content = _drawn(content)
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise LogoRefused(_too_large())
            small = image.convert("RGBA")
            small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    except _TOO_LARGE as error:
        raise LogoRefused(_too_large()) from error
    except _BROKEN as error:
        message = _("This is not a picture that can be read. Use a PNG, JPEG, WebP or SVG file.")
        raise LogoRefused(message) from error
    written = BytesIO()
    small.save(written, "PNG", optimize=True)
    return written.getvalue()


def _keep(issuer: Issuer, name: str, digest: str, *, by: Actor, at: datetime) -> Issuer:
    issuer = Issuer.objects.select_for_update().get(pk=issuer.pk)
    if issuer.logo_hash == digest:
        return issuer
    issuer.logo, issuer.logo_hash, issuer.stamp = name, digest, issuer.stamp + 1
    issuer.save(update_fields=["logo", "logo_hash", "stamp"])
    target = ("issuer", issuer.pk, issuer.name)
    data = {"changed": ["logo"]}
    record(scope=issuer.scope, action=Action.ISSUER_CHANGED, by=by, at=at, target=target, data=data)
    return issuer


def _drawn(svg: bytes) -> bytes:
    """A PNG of a stranger's SVG, cleaned first: no script, no reference to anything outside it."""
    command = [sys.executable, "-P", "-c", _DRAW, str(_SECONDS), str(_MEMORY), str(SIDE)]
    try:
        clean = py_svg_hush.filter_svg(svg)
        done = subprocess.run(command, input=clean, capture_output=True, timeout=_SECONDS * 2, check=True)  # noqa: S603
    except (ValueError, subprocess.SubprocessError) as error:
        message = _("This SVG cannot be drawn. Export it again as plain SVG, or use a PNG.")
        raise LogoRefused(message) from error
    return done.stdout


def _too_large() -> str:
    return _("The picture has more than 25 million pixels. Save it smaller and try again.")
