"""Evidence to look at: a PDF of one page, written by hand, since nothing else in the product writes PDF."""

TOP, LEFT, LEADING = 760, 72, 22


def one_page_pdf(lines: tuple[str, ...]) -> bytes:
    """The lines on a page of A4, the first one large."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        _stream(_text(lines)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    return out + head + table + tail


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content)


def _text(lines: tuple[str, ...]) -> bytes:
    steps = [b"BT /F1 22 Tf %d %d Td" % (LEFT, TOP)]
    for number, line in enumerate(lines):
        size = 22 if number == 0 else 12
        steps.append(b"/F1 %d Tf (%b) Tj 0 -%d Td" % (size, _escaped(line), LEADING))
    return b"\n".join([*steps, b"ET"])


def _escaped(line: str) -> bytes:
    plain = line.replace("\u202f", "\u00a0").encode("cp1252", "replace")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
