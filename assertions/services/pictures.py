"""Pictures with a badge inside: made here, and read from photos of a QR code that leads to one."""

import io
import threading

import zxingcpp
from PIL import Image, UnidentifiedImageError

from assertions.documents import hosted_assertion_json
from assertions.models import Award
from badges.queries.pictures import picture_bytes
from openbadges import bake

LARGEST_SIDE = 3000  # of a photo that is looked at for its QR code
MOST_PIXELS = 16_000_000
MOST_PIXELS_OF_JPEG = 80_000_000  # decoded at the size that is wanted, others whole
TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
# A photo takes up to 200 MB while it is looked at: the others wait for that fraction of a second.
_LOOKING = threading.BoundedSemaphore(2)


def baked(award: Award, kind: str, *, hosted: bool = False, credential: str | None = None) -> bytes:
    """The badge's picture, png or svg, with the signed assertion inside, or with its hosted form; and beside it the
    Open Badges 3.0 credential, JSON or token, where one is given."""
    proof = hosted_assertion_json(award.pk, award.signed).decode() if hosted else award.signed
    return bake(picture_bytes(award.version.picture, kind), proof, credential=credential)


def qr_text(picture: bytes) -> str:
    """The web address in the first QR code of a picture that holds one, or an empty string."""
    return next((text for text in qr_texts(picture) if text.startswith(("http://", "https://"))), "")


def qr_texts(picture: bytes) -> list[str]:
    """What the QR codes of a picture say; none where it is no picture, or one that is too large to be looked at."""
    try:
        with _LOOKING:
            found = zxingcpp.read_barcodes(_on_paper(picture))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, *TOO_LARGE):
        return []
    return [code.text for code in found if code.text]


def _on_paper(picture: bytes) -> Image.Image:
    """In grey and on white, no larger than codes need; raises ValueError where it is too large to be looked at."""
    with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
        most = MOST_PIXELS_OF_JPEG if image.format == "JPEG" else MOST_PIXELS
        if image.width * image.height > most:
            raise ValueError("too many pixels")
        image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        drawn = image.convert("RGBA")
    paper = Image.new("RGBA", drawn.size, "white")
    return Image.alpha_composite(paper, drawn).convert("L")
