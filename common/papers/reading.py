"""The reader's own process: a paper on stdin, what it leads to as JSON on stdout. Knows nothing of the product.

Run as a script, `python -I reading.py SECONDS`: limits itself before it opens anything.
"""

import base64
import ctypes
import html
import io
import json
import re
import resource
import sys
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import zxingcpp
from PIL import Image

MOST_MEMORY = 1_500_000_000  # bytes of address space, of which the libraries themselves take the most
MOST_PAGES = 20
MOST_TEXT = 200_000  # characters of all pages
MOST_LEADS = 400
MOST_ATTACHED = 10
MOST_ATTACHED_BYTES = 5_000_000  # of all attachments
MOST_PIXELS = 4_000_000  # of a page or a picture that is looked at for QR codes
SHARP = 150 / 72  # 150 dots per inch: a QR code of two centimetres is four dots per square
MOST_XML = 8_000_000
MOST_PICTURES = 20
LINE_END_HYPHEN = "\ufffe"  # as PDFium writes the one at the end of a line
_HREF = re.compile(r'(?:Target|xlink:href)="(https?://[^"]{4,4000})"', re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_PARAGRAPH = re.compile(r"</(?:w:p|text:p|text:h|w:tr)>|<w:(?:br|tab)/>")


class Reading:
    """What was found so far, within the limits."""

    def __init__(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        self.leads: list[dict[str, Any]] = []
        self.attached: list[tuple[str, str]] = []
        self.trouble = ""
        self._text, self._bytes = MOST_TEXT, MOST_ATTACHED_BYTES

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.deadline or len(self.leads) >= MOST_LEADS

    def lead(self, text: str, how: str, page: int = 0) -> None:
        if how == "text":
            text = text[: self._text]
            self._text -= len(text)
        if text.strip() and len(self.leads) < MOST_LEADS:
            self.leads.append({"text": text, "how": how, "page": page})

    def attach(self, name: str, content: bytes) -> None:
        if content and len(self.attached) < MOST_ATTACHED and len(content) <= self._bytes:
            self._bytes -= len(content)
            self.attached.append((name[:200], base64.b64encode(content).decode()))


def read(content: bytes, seconds: float) -> Reading:
    reading = Reading(seconds)
    try:
        if content.startswith(b"PK\x03\x04"):
            _read_archive(content, reading)
        else:
            _read_pdf(content, reading)
    except MemoryError:
        reading.trouble = "unfinished"
    except Exception:  # noqa: BLE001 - a hostile file may break any library in any way, and is then a damaged one
        reading.trouble = reading.trouble or "damaged"
    return reading


def _read_pdf(content: bytes, reading: Reading) -> None:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) in (
            pdfium_c.FPDF_ERR_PASSWORD,
            pdfium_c.FPDF_ERR_SECURITY,
        )
        reading.trouble = "locked" if locked else "damaged"
        return
    _read_attachments(document, reading)
    for number in range(len(document)):
        if reading.is_over or number == MOST_PAGES:
            reading.trouble = "too_long" if number == MOST_PAGES else "unfinished"
            return
        _read_page(document, number, reading)


def _read_attachments(document: Any, reading: Reading) -> None:
    for number in range(min(document.count_attachments(), MOST_ATTACHED)):
        attachment = document.get_attachment(number)
        try:
            reading.attach(attachment.get_name(), bytes(attachment.get_data()))
        except pdfium.PdfiumError:
            continue  # named, and not there


def _read_page(document: Any, number: int, reading: Reading) -> None:
    """A page that cannot be read leaves the others as they are."""
    try:
        page = document[number]
        for address in _annotated(document, page):
            reading.lead(address, "link", number + 1)
        text = page.get_textpage()
        for written in (*_written(text), text.get_text_range()):
            reading.lead(written.replace(LINE_END_HYPHEN, "-"), "text", number + 1)
        width, height = page.get_size()
        scale = min(SHARP, (MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        picture = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
        for code in _codes(picture):
            reading.lead(code, "qr", number + 1)
    except pdfium.PdfiumError:
        reading.trouble = "damaged"


def _annotated(document: Any, page: Any) -> Iterator[str]:
    """The addresses of the page's clickable places."""
    place, link = ctypes.c_int(0), pdfium_c.FPDF_LINK()
    for _step in range(MOST_LEADS):
        if not pdfium_c.FPDFLink_Enumerate(page, place, link):
            return
        action = pdfium_c.FPDFLink_GetAction(link)
        if action and pdfium_c.FPDFAction_GetType(action) == pdfium_c.PDFACTION_URI:
            size = pdfium_c.FPDFAction_GetURIPath(document, action, None, 0)
            buffer = ctypes.create_string_buffer(min(size, 4096))
            if pdfium_c.FPDFAction_GetURIPath(document, action, buffer, len(buffer)) <= len(buffer):
                yield buffer.value.decode("utf-8", "replace")


def _written(text: Any) -> Iterator[str]:
    """Addresses in the text, also those that a hyphen leads into the next line."""
    links = pdfium_c.FPDFLink_LoadWebLinks(text)
    if not links:
        return
    try:
        for number in range(min(pdfium_c.FPDFLink_CountWebLinks(links), MOST_LEADS)):
            size = min(pdfium_c.FPDFLink_GetURL(links, number, None, 0), 4096)
            buffer = (ctypes.c_ushort * size)()
            pdfium_c.FPDFLink_GetURL(links, number, buffer, size)
            yield bytes(buffer).decode("utf-16-le", "replace").partition("\0")[0]
    finally:
        pdfium_c.FPDFLink_CloseWebLinks(links)


def _read_archive(content: bytes, reading: Reading) -> None:
    """A Word or OpenDocument file: a zip of XML and pictures. The XML is not parsed, only looked through."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()[:2000]
        if not {"word/document.xml", "content.xml"} & set(names):
            reading.trouble = "damaged"
            return
        for name in names:
            if name in ("word/document.xml", "content.xml"):
                _read_xml(_member(archive, name), reading)
            elif name.startswith("word/_rels/") and name.endswith(".rels"):
                for address in _HREF.findall(_member(archive, name)):
                    reading.lead(html.unescape(address), "link")
        pictures = [name for name in names if name.startswith(("word/media/", "Pictures/"))]
        for name in pictures[:MOST_PICTURES]:
            if reading.is_over:
                reading.trouble = "unfinished"
                return
            _read_picture(archive, name, reading)


def _read_xml(xml: str, reading: Reading) -> None:
    for address in _HREF.findall(xml):
        reading.lead(html.unescape(address), "link")
    reading.lead(html.unescape(_TAG.sub("", _PARAGRAPH.sub("\n", xml))), "text")


def _member(archive: zipfile.ZipFile, name: str, most: int = MOST_XML) -> str:
    return _bytes(archive, name, most).decode("utf-8", "replace")


def _bytes(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """As far as the limit: sizes in an archive are only claims."""
    with archive.open(name) as member:
        return member.read(most)


def _read_picture(archive: zipfile.ZipFile, name: str, reading: Reading) -> None:
    try:
        with Image.open(io.BytesIO(_bytes(archive, name, MOST_ATTACHED_BYTES))) as picture:
            if picture.width * picture.height > MOST_PIXELS * 4:
                return
            picture.thumbnail((3000, 3000))
            for code in _codes(picture.convert("L")):
                reading.lead(code, "qr")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return  # not a picture that anyone can look at


def _codes(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture) if code.text]


def limit(seconds: float) -> None:
    """No more memory, time, files or cores than one paper needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 2, int(seconds) + 3))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    allowed = float(sys.argv[1])
    limit(allowed)
    found = read(sys.stdin.buffer.read(), allowed)
    json.dump({"leads": found.leads, "attached": found.attached, "trouble": found.trouble}, sys.stdout)
