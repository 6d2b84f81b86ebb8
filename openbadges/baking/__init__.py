"""Badges inside pictures: PNG and SVG, byte-exact.

Open Badges 2.0, "Baking". Only the badge is spliced in or cut out; every other byte of the picture
stays as it was. Whatever the bytes, the only error is BakingError with a `BakingCode`.
"""

from __future__ import annotations

from openbadges.baking import png, svg
from openbadges.errors import BakingCode, BakingError

MAX_PICTURE = 10_000_000
MAX_ASSERTION = 1_000_000

__all__ = ["MAX_ASSERTION", "MAX_PICTURE", "bake", "picture_type", "unbake"]


def bake(picture: bytes, assertion: str) -> bytes:
    """The picture with the assertion inside, in place of any badge that was there.

    `assertion`: the JSON text of a hosted Assertion, a compact JWS, or the URL of an assertion.
    Raises BakingError: `not_an_image`, `truncated`, `corrupt`, `too_large`, `hostile`,
    `unsupported_encoding`, `bad_assertion`. Check sums of the picture's own chunks are not verified.
    """
    text = _octets(assertion)
    if picture_type(picture) == "png":
        return png.bake(picture, text)
    return svg.bake(picture, text.decode())


def unbake(picture: bytes) -> str:
    """The assertion in a picture, as it was baked: JSON text, compact JWS or (legacy) URL.

    Raises BakingError: as `bake`, and `no_badge`, `several_badges`, or `other_version` for a picture
    that carries an Open Badges 3.0 credential only.
    """
    read = png.unbake if picture_type(picture) == "png" else svg.unbake
    text = read(picture, MAX_ASSERTION).strip()
    if not text:
        raise BakingError(BakingCode.NO_BADGE, reason="empty")
    return text


def picture_type(picture: bytes) -> str:
    """`"png"` or `"svg"`, by content. Raises BakingError `not_an_image`, `too_large` or another."""
    if len(picture) > MAX_PICTURE:
        raise BakingError(BakingCode.TOO_LARGE, limit=MAX_PICTURE)
    if picture.startswith(png.SIGNATURE):
        return "png"
    if svg.looks_like_markup(picture):
        return "svg"
    raise BakingError(BakingCode.NOT_AN_IMAGE)


def _octets(assertion: str) -> bytes:
    try:
        octets = assertion.encode()
    except UnicodeEncodeError:
        raise BakingError(BakingCode.BAD_ASSERTION, reason="not_utf8") from None
    if not octets.strip() or b"\0" in octets:
        raise BakingError(BakingCode.BAD_ASSERTION, reason="empty_or_nul")
    if len(octets) > MAX_ASSERTION:
        raise BakingError(BakingCode.BAD_ASSERTION, reason="too_large")
    return octets
