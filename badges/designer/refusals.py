"""Why an uploaded picture is refused: a code for machines, a sentence for people that says how to mend it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid

SENTENCES: dict[str, str | Promise] = {
    "nothing": _("The file is empty. Choose the picture again."),
    "too_heavy": _("The picture is heavier than 2 MB. Export it smaller, 600 by 600 pixels is plenty."),
    "jpeg": _("This is a JPEG picture, which cannot carry a badge. Save it as PNG or SVG."),
    "gif": _("This is a GIF picture, which cannot carry a badge. Save it as PNG or SVG."),
    "webp": _("This is a WebP picture, which cannot carry a badge. Save it as PNG or SVG."),
    "avif": _("This is an AVIF or HEIC picture, which cannot carry a badge. Save it as PNG or SVG."),
    "bmp": _("This is a BMP picture, which cannot carry a badge. Save it as PNG or SVG."),
    "tiff": _("This is a TIFF picture, which cannot carry a badge. Save it as PNG or SVG."),
    "pdf": _("This is a PDF document. Export the picture as PNG or SVG."),
    "svgz": _("This SVG is compressed (SVGZ). Save it as plain SVG."),
    "format": _("This file is neither a PNG nor an SVG picture. Save the picture as PNG or SVG."),
    "truncated": _("The end of the file is missing. Export the picture again, then upload it again."),
    "corrupt": _("The file is damaged and cannot be read. Export the picture again, then upload it again."),
    "too_large": _("The picture has too many pixels. Make it 4096 pixels or less on each side."),
    "too_small": _("The picture is smaller than 90 pixels. Make it at least 90, better 600, on each side."),
    "too_thin": _("The picture is far longer than wide, or the reverse. Make it nearer to a square."),
    "animated": _("The picture is animated. Save a single, still image as PNG."),
    "bomb": _("The picture hides far more data than it shows. Export it again without metadata."),
    "svg_encoding": _("The SVG is not written in UTF-8. Save it again as “plain SVG”, in UTF-8."),
    "svg_entities": _("The SVG defines entities (DOCTYPE). Save it again as “plain SVG” or “optimised SVG”."),
    "svg_size": _("The SVG does not say its size. Export it with a width and a height, or a viewBox."),
    "svg_image": _("The SVG contains a photograph. Export the picture as PNG instead."),
    "svg_outside": _("The SVG refers to something outside itself. Embed or remove it, then export again."),
    "svg_heavy": _("The SVG is too complicated to draw safely. Simplify it, or export it as PNG."),
    "svg_nothing": _("Nothing can be seen in this picture. Check the file, or export it as PNG."),
}


class PictureRefused(Invalid):
    """The picture cannot be used; `code` is one of SENTENCES."""

    def __init__(self, code: str) -> None:
        super().__init__(str(SENTENCES[code]), code=code)
