"""Papers as people send them, written by hand: PDF with links, text, QR codes and attached files; Word files."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

import segno
from PIL import Image


class Pdf:
    """A PDF of one or several pages; objects are numbered as they come."""

    def __init__(self) -> None:
        self._objects: list[bytes] = [b"", b""]  # catalogue and pages, written at the end
        self._pages: list[int] = []
        self._attached: list[tuple[str, int]] = []

    def page(self, *lines: str, links: Sequence[str] = (), qr: Sequence[str] = ()) -> "Pdf":
        """Text in lines, clickable places that lead to `links`, and a picture of a QR code for each of `qr`."""
        annotations = [self._link(url, number) for number, url in enumerate(links)]
        pictures = [self._picture(text) for text in qr]
        text = " T* ".join(f"({line.translate({40: '', 41: '', 92: ''})}) Tj" for line in lines)
        drawn = "".join(
            f"q 120 0 0 120 {50 + 140 * n} 100 cm /P{n} Do Q " for n, _picture in enumerate(pictures)
        )
        content = self._stream(f"BT /F1 10 Tf 12 TL 40 780 Td {text} ET {drawn}".encode("latin-1"))
        font = self._add(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
        named = "".join(f"/P{n} {number} 0 R" for n, number in enumerate(pictures))
        self._pages.append(self._add(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {content} 0 R"
            f"/Annots[{' '.join(f'{number} 0 R' for number in annotations)}]"
            f"/Resources<</Font<</F1 {font} 0 R>>/XObject<<{named}>>>>>>".encode()
        ))  # fmt: skip
        return self

    def attach(self, name: str, content: bytes) -> "Pdf":
        file = self._stream(content, "/Type/EmbeddedFile")
        self._attached.append((name, self._add(f"<</Type/Filespec/F({name})/EF<</F {file} 0 R>>>>".encode())))
        return self

    def whole(self) -> bytes:
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        names = "".join(f"({name}) {number} 0 R" for name, number in self._attached)
        self._objects[0] = (
            f"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[{names}]>>>>>>".encode()
        )
        self._objects[1] = f"<</Type/Pages/Count {len(self._pages)}/Kids[{kids}]>>".encode()
        out, places = bytearray(b"%PDF-1.7\n"), []
        for number, content in enumerate(self._objects, start=1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, start)
        return bytes(out)

    def _link(self, url: str, number: int) -> int:
        box = f"40 {400 + 20 * number} 200 {415 + 20 * number}"
        return self._add(
            f"<</Type/Annot/Subtype/Link/Rect[{box}]/A<</S/URI/URI({url})>>/Border[0 0 0]>>".encode()
        )

    def _picture(self, text: str) -> int:
        picture = qr_picture(text)
        size = f"/Width {picture.width}/Height {picture.height}/BitsPerComponent 8/ColorSpace/DeviceGray"
        return self._stream(picture.tobytes(), f"/Type/XObject/Subtype/Image{size}")

    def _stream(self, content: bytes, more: str = "") -> int:
        head = f"<<{more}/Length {len(content)}>>stream\n".encode()
        return self._add(head + content + b"\nendstream")

    def _add(self, content: bytes) -> int:
        self._objects.append(content)
        return len(self._objects)


def qr_picture(text: str) -> Image.Image:
    out = io.BytesIO()
    segno.make(text, micro=False, error="l").save(out, kind="png", scale=4)
    return Image.open(out).convert("L")


def png_of_qr(*texts: str) -> bytes:
    """A photo with several codes beside each other."""
    pictures = [qr_picture(text) for text in texts]
    sheet = Image.new(
        "L", (sum(p.width + 40 for p in pictures), max(p.height for p in pictures) + 40), "white"
    )
    left = 20
    for picture in pictures:
        sheet.paste(picture, (left, 20))
        left += picture.width + 40
    out = io.BytesIO()
    sheet.save(out, format="PNG")
    return out.getvalue()


def docx(*paragraphs: str, links: Sequence[str] = (), pictures: Sequence[bytes] = ()) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    relations = "".join(
        f'<Relationship Id="r{number}" TargetMode="External" Target="{escape(url)}"/>'
        for number, url in enumerate(links)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document><w:body>{body}</w:body></w:document>")
        archive.writestr("word/_rels/document.xml.rels", f"<Relationships>{relations}</Relationships>")
        for number, picture in enumerate(pictures):
            archive.writestr(f"word/media/image{number}.png", picture)
    return out.getvalue()
