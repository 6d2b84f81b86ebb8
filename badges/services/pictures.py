"""Keeping pictures: each is stored once, under its hash, and never changed."""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from badges.designer import Design, draw_png, draw_svg, read_picture, square
from badges.models import Picture


@transaction.atomic
def keep_drawing(design: Design, *, at: datetime) -> Picture:
    """The picture of a design, drawn where it is not kept yet."""
    svg = draw_svg(design)
    kept = Picture.objects.filter(pk=_sha256(svg)).first()
    return kept or _keep(svg=svg, png=draw_png(design), side=600, design=design, at=at)


@transaction.atomic
def keep_upload(data: bytes, *, at: datetime) -> tuple[Picture, ...]:
    """The picture that somebody brought. One that is not square gives two to choose from: whole, with
    margins, and cropped to its centre. Raises badges.designer.PictureRefused."""
    read = read_picture(data)
    if read.is_square:
        return (_keep_bytes(read.data, at=at),)
    return _keep_bytes(square(read.data, "pad"), at=at), _keep_bytes(square(read.data, "crop"), at=at)


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
    kept = Picture.objects.filter(pk=_sha256(read.data)).first()
    return kept or _keep(svg=read.data if is_svg else b"", png=read.png, side=read.width, design=None, at=at)


def _keep(*, svg: bytes, png: bytes, side: int, design: Design | None, at: datetime) -> Picture:
    sha256 = _sha256(svg or png)
    picture, _created = Picture.objects.get_or_create(
        pk=sha256,
        defaults={
            "png": _store(f"pictures/{sha256[:2]}/{sha256}.png", png),
            "svg": _store(f"pictures/{sha256[:2]}/{sha256}.svg", svg) if svg else "",
            "width": side,
            "height": side,
            "design": design.to_dict() if design else None,
            "created_at": at,
        },
    )
    return picture


def _store(name: str, content: bytes) -> str:
    """The same content under the same name: there is nothing to overwrite."""
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(content))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
