"""What arrives when nobody means well: texts, files and numbers that forms were not made for."""

from io import BytesIO

from hypothesis import strategies as st

NASTY = (
    "\0", "a\0b", "\r\nBcc: all@example.org", "\u202etxt.exe", "\ufeff", "𝕏 ﬁ ﷺ", "e\u0301" * 40, "👩‍👩‍👧‍👦",
    "'\"><script>alert(1)</script>", "{{ 7*7 }}{% x %}", "%s%n%d{0}", "../../../../etc/passwd", "=cmd|' /C calc'!A1",
    "-1", "0", "1e999", "NaN", "9" * 400, "٣", "0x10", "1_000", " ", "null", "[]", "{}", "true",
    "2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59+14:00", "2026-03-03T12:00",
    "javascript:alert(1)", "http://[", "http://[::1]:99999/", "https://exa mple.org/\u2028", "https://" + "a" * 5000,
    "//example.org", "a@b", "@", "x@" + "a" * 300 + ".org", "Name <a@example.org>; \"b\" <b@example.org>,,",
    "00000000-0000-0000-0000-000000000000", "ff" * 32, "eyJhbGciOiJub25lIn0.e30.", "a.b.c", '{"@context": 1}',
    "<svg onload=alert(1)>", "# " * 3000, "[" * 5000, "*_`~" * 2000, "a\n" * 6000, "x" * 300_000,
)  # fmt: skip
texts = st.one_of(st.text(max_size=80), st.sampled_from(NASTY), st.text("0123456789-+:TZ. ", max_size=30))

PNG, SVG = b"\x89PNG\r\n\x1a\n", b'<svg xmlns="http://www.w3.org/2000/svg">'
ENTITY = b'<!DOCTYPE x [<!ENTITY a "b">]>'
FILES = (
    b"", b"\0", PNG, PNG + b"\0\0\0\rIHDR" + b"\xff" * 40, SVG, SVG + b"<g>" * 5000, ENTITY + SVG, b"%PDF-",
    b"%PDF-1.7\n" + b"\xff" * 500, b"GIF89a" + b"\xff" * 20, b"\xff\xd8\xff\xe0", b"PK\x03\x04", b"{", b"[" * 10_000,
    b'{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"}', b"a.b.c", b"http://127.0.0.1/",
    b"\xed\xa0\x80",
)  # fmt: skip
NAMES = (
    "badge.png",
    "badge.svg",
    "x.json",
    "",
    "..",
    "../../x.png",
    "é" * 200 + ".png",
    "a\0b.pdf",
    "con.png;.exe",
)


class Upload(BytesIO):
    """A file as the test client sends it; its name is nobody's promise."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name


files = st.builds(Upload, st.one_of(st.sampled_from(FILES), st.binary(max_size=300)), st.sampled_from(NAMES))
