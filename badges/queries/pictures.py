"""The bytes of a badge's picture, as PNG and as SVG, for baking and showing."""

from base64 import b64encode
from functools import lru_cache

from django.core.files.storage import default_storage

from badges.models import Picture


def picture_bytes(picture: Picture, kind: str) -> bytes:
    """`kind`: png or svg. A picture that was uploaded as a PNG gives an SVG that holds it."""
    if kind == "svg" and not picture.svg:
        return _around_png(stored_bytes(picture.png), picture.width, picture.height)
    return stored_bytes(picture.svg if kind == "svg" else picture.png)


@lru_cache(maxsize=64)  # content-addressed: what is kept under a name never changes
def stored_bytes(name: str) -> bytes:
    with default_storage.open(name) as file:
        return bytes(file.read())


def _around_png(png: bytes, width: int, height: int) -> bytes:
    size = f'width="{width}" height="{height}"'
    image = f'<image {size} href="data:image/png;base64,{b64encode(png).decode()}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}">{image}</svg>'.encode()
