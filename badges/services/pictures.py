"""Keeping pictures: each is stored once, under its hash, and never changed."""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from badges.designer import Design, DesignError, draw_png, draw_svg, read_picture, square
from badges.models import Picture

SIZE = 600


@transaction.atomic
def keep_drawing(design: Design, *, at: datetime) -> Picture:
    """The picture of a design, drawn where it is not kept yet."""
    svg = draw_svg(design)
    kept = _whole(_sha256(svg), svg)
    if kept is None:
        return _keep(svg=svg, png=draw_png(design), side=SIZE, design=design, at=at)
    if kept.design != design.to_dict() and not _draws(kept.design, svg):  # it came from elsewhere
        kept.design = design.to_dict()
        kept.save(update_fields=["design"])
    return kept


@transaction.atomic
def keep_upload(data: bytes, *, at: datetime) -> tuple[Picture, ...]:
    """The picture that somebody brought. One that is not square gives two to choose from: whole, with
    margins, and cropped to its centre. Raises badges.designer.PictureRefused."""
    read = read_picture(data)
    if read.is_square:
        return (_keep_bytes(read.data, at=at),)
    return _keep_bytes(square(read.data, "pad"), at=at), _keep_bytes(square(read.data, "crop"), at=at)


def facts_of(content: bytes, *, design: object) -> tuple[int, dict[str, str] | None]:
    """Side and design of a picture that comes from another installation: as they would be here, whatever is said beside
    it. Raises badges.designer.PictureRefused."""
    said = _design(design)
    if said and draw_svg(said) == content:
        return SIZE, said.to_dict()
    read = read_picture(content)
    # What we clean and keep as it is was uploaded; other drawings may be ours from earlier, when we drew otherwise.
    return read.width, said.to_dict() if said and read.data != content else None


@transaction.atomic
def forget_unused_pictures(*, before: datetime) -> int:
    """Deletes pictures that no version shows: tried in a form, and left. Gives how many."""
    unused = Picture.objects.filter(created_at__lt=before, versions=None)
    rows = list(unused.select_for_update(of=("self",))[:500])
    Picture.objects.filter(pk__in=[row.pk for row in rows]).delete()
    names = [name for row in rows for name in (row.png, row.svg) if name]
    transaction.on_commit(lambda: _delete(names))
    return len(rows)


def _delete(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _keep_bytes(data: bytes, *, at: datetime) -> Picture:
    read = read_picture(data)
    is_svg = read.media_type == "image/svg+xml"
    svg = read.data if is_svg else b""
    kept = _whole(_sha256(read.data), svg)
    return kept or _keep(svg=svg, png=read.png, side=read.width, design=None, at=at)


def _whole(sha256: str, svg: bytes) -> Picture | None:
    """The picture as it is kept; nothing where a file of it is missing, as of one that came from elsewhere."""
    kept = Picture.objects.filter(pk=sha256).first()
    if kept is None or bool(kept.svg) != bool(svg):
        return None
    return kept if all(default_storage.exists(name) for name in (kept.png, kept.svg) if name) else None


def _draws(design: object, svg: bytes) -> bool:
    said = _design(design)
    return said is not None and draw_svg(said) == svg


def _design(data: object) -> Design | None:
    try:
        return Design.from_dict(data) if isinstance(data, dict) else None
    except DesignError:
        return None


def _keep(*, svg: bytes, png: bytes, side: int, design: Design | None, at: datetime) -> Picture:
    sha256 = _sha256(svg or png)
    facts = {
        "png": _store(f"pictures/{sha256[:2]}/{sha256}.png", png),
        "svg": _store(f"pictures/{sha256[:2]}/{sha256}.svg", svg) if svg else "",
        "width": side,
        "height": side,
        "design": design.to_dict() if design else None,
    }
    picture, _created = Picture.objects.update_or_create(
        pk=sha256, defaults=facts, create_defaults=facts | {"created_at": at}
    )
    return picture


def _store(name: str, content: bytes) -> str:
    """The same content under the same name: there is nothing to overwrite."""
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(content))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
