"""Badges inside pictures: PNG and SVG, byte-exact.

Open Badges 2.0, "Baking"; Open Badges 3.0, section 5.3. One picture can carry an award in both versions side by side:
as `assertion` (2.0) and as `credential` (3.0). Only the badge is spliced in or cut out; every other byte of the picture
stays as it was. Whatever the bytes, the only error is BakingError with a `BakingCode`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openbadges.baking import png, svg
from openbadges.errors import BakingCode, BakingError

MAX_PICTURE = 10_000_000
MAX_ASSERTION = 1_000_000

__all__ = ["MAX_ASSERTION", "MAX_PICTURE", "Carried", "bake", "carried", "picture_type", "unbake"]


@dataclass(frozen=True, slots=True)
class Carried:
    """What a picture carries: a 2.0 assertion (JSON text, JWS or URL), a 3.0 credential (JSON text or VC-JWT)."""

    assertion: str | None
    credential: str | None


def bake(picture: bytes, assertion: str | None, *, credential: str | None = None) -> bytes:
    """The picture with the badge inside, in place of any badge that was there, of either version.

    `assertion`: the JSON text of a hosted Assertion, a compact JWS, or the URL of an assertion (Open Badges 2.0).
    `credential`: the JSON text of an OpenBadgeCredential with its proof, or a VC-JWT (Open Badges 3.0). Raises
    BakingError: `not_an_image`, `truncated`, `corrupt`, `too_large`, `hostile`, `unsupported_encoding`,
    `bad_assertion`. Check sums of the picture's own chunks are not verified.
    """
    given = {"assertion": assertion, "credential": credential}
    texts = {kind: _checked(text) for kind, text in given.items() if text is not None}
    if not texts:
        raise BakingError(BakingCode.BAD_ASSERTION, reason="empty_or_nul")
    return (png.bake if picture_type(picture) == "png" else svg.bake)(picture, texts)


def unbake(picture: bytes) -> str:
    """The 2.0 assertion in a picture, as it was baked: JSON text, compact JWS or (legacy) URL.

    Raises BakingError: as `bake`, and `no_badge`, `several_badges`, or `other_version` for a picture
    that carries an Open Badges 3.0 credential only.
    """
    found = _parts(picture)
    text = _one(found, "assertion")
    if text is None:
        other = any(part.kind == "credential" for part in found)
        raise BakingError(BakingCode.OTHER_VERSION if other else BakingCode.NO_BADGE)
    if not text:
        raise BakingError(BakingCode.NO_BADGE, reason="empty")
    return text


def carried(picture: bytes) -> Carried:
    """Everything that a picture carries, at least one of the two.

    Raises BakingError: as `bake`, `no_badge`, and `several_badges` with `kind` for two of one kind.
    """
    found = _parts(picture)
    assertion, credential = (_one(found, kind) for kind in ("assertion", "credential"))
    if not assertion and not credential:
        empty = {} if assertion is None and credential is None else {"reason": "empty"}
        raise BakingError(BakingCode.NO_BADGE, **empty)
    return Carried(assertion or None, credential or None)


def _parts(picture: bytes) -> Sequence[png.Part | svg.Badge]:
    return (png.parts if picture_type(picture) == "png" else svg.parts)(picture)


def _one(found: Sequence[png.Part | svg.Badge], kind: str) -> str | None:
    of_kind = [part for part in found if part.kind == kind]
    if len(of_kind) > 1:
        raise BakingError(BakingCode.SEVERAL_BADGES, count=len(of_kind), kind=kind)
    return of_kind[0].text(MAX_ASSERTION).strip() if of_kind else None


def picture_type(picture: bytes) -> str:
    """`"png"` or `"svg"`, by content. Raises BakingError `not_an_image`, `too_large` or another."""
    if len(picture) > MAX_PICTURE:
        raise BakingError(BakingCode.TOO_LARGE, limit=MAX_PICTURE)
    if picture.startswith(png.SIGNATURE):
        return "png"
    if svg.looks_like_markup(picture):
        return "svg"
    raise BakingError(BakingCode.NOT_AN_IMAGE)


def _checked(text: str) -> str:
    try:
        octets = text.encode()
    except UnicodeEncodeError:
        raise BakingError(BakingCode.BAD_ASSERTION, reason="not_utf8") from None
    if not octets.strip() or b"\0" in octets:
        raise BakingError(BakingCode.BAD_ASSERTION, reason="empty_or_nul")
    if len(octets) > MAX_ASSERTION:
        raise BakingError(BakingCode.BAD_ASSERTION, reason="too_large")
    return text
