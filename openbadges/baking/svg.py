"""Badges in SVG: `<openbadges:credential>` (3.0) and `<openbadges:assertion>` (2.0), first inside the root.

Open Badges 2.0, "Baking", SVG; Open Badges 3.0, section 5.3.2. Both standards mean their own namespace by the prefix
`openbadges`, and tools of both look for that very prefix. So the root declares the one of 2.0, and the element of 3.0
declares its own. The expat parser only tells where things are; the text is cut and
joined at those places, so the drawing is never written anew. Document types with declarations of
their own, and entities, are refused; a plain reference to the SVG document type is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from xml.parsers import expat

from openbadges.canonical import read_json_object
from openbadges.errors import BakingCode, BakingError, MalformedDocument

NAMESPACE = "http://openbadges.org"
NAMESPACE_OF_3 = "https://purl.imsglobal.org/ob/v3p0"

_PREFIX = "openbadges"
_NAMESPACES = {"assertion": NAMESPACE, "credential": NAMESPACE_OF_3}
_KINDS = {
    f"{NAMESPACE} assertion": "assertion",
    f"{NAMESPACE_OF_3} credential": "credential",
    "https://purl.imsglobal.org/spec/ob/v3p0 credential": "credential",  # as some bakers write it
}
_ROOTS = ("http://www.w3.org/2000/svg svg", "svg")
_ENCODINGS = ("utf-8", "utf8", "us-ascii", "ascii")
_MARKS_OF_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_TAG_END = re.compile(rb"""[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")
_TAG_NAME = re.compile(rb"<[^\s/>]+")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REMEMBERED = 262_144


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge element: its kind, its first byte, the byte after its last, and what it says."""

    kind: str
    begin: int
    end: int
    verify: str
    body: str

    def text(self, limit: int) -> str:
        """A JWS in the `verify` attribute, else the body, else the address in the attribute."""
        verify, body = self.verify.strip(), self.body.strip()
        text = body if body and not _is_token(verify) else verify
        if len(text) > limit:
            raise BakingError(BakingCode.TOO_LARGE, limit=limit)
        return text


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are: first byte of the root's tag, the byte after it, the badges."""

    root_begin: int
    root_end: int
    prefix: str | None
    badges: tuple[Badge, ...]


def looks_like_markup(picture: bytes) -> bool:
    """Whether the first character that is not blank is `<`, in UTF-8 or UTF-16."""
    start = picture[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") or picture.startswith(_MARKS_OF_UTF16)


def bake(picture: bytes, texts: Mapping[str, str]) -> bytes:
    """The SVG with the badges (by kind) first inside the root; badges that were there are cut out."""
    # An award run bakes one drawing many times; large drawings are not worth keeping in memory.
    layout = (_remembered if len(picture) <= _REMEMBERED else _read)(picture)
    name = _tag_name(picture, layout.root_begin)
    cut = layout.root_begin + len(name)
    pieces = [picture[:cut]]
    meaning = layout.prefix
    if meaning is None:
        meaning = NAMESPACE if "assertion" in texts else NAMESPACE_OF_3
        pieces.append(_declaration(meaning).encode())
    elements = [_element(kind, text, meaning) for kind, text in sorted(texts.items(), reverse=True)]
    element = "".join(elements).encode()
    if picture[layout.root_end - 2 : layout.root_end] == b"/>":
        closing = b"</" + name[1:] + b">"
        pieces += [picture[cut : layout.root_end - 2], b">", element, closing]
    else:
        pieces += [picture[cut : layout.root_end], element]
    start = layout.root_end
    for badge in layout.badges:
        pieces.append(picture[start : badge.begin])
        start = badge.end
    return b"".join([*pieces, picture[start:]])


def parts(picture: bytes) -> list[Badge]:
    """The badge elements, wherever they are."""
    return list(_read(picture).badges)


def _is_token(verify: str) -> bool:
    return verify.count(".") == 2 and ":" not in verify and "/" not in verify


def _declaration(namespace: str) -> str:
    return f' xmlns:{_PREFIX}="{namespace}"'


def _element(kind: str, text: str, meaning: str) -> str:
    """`meaning`: the namespace that the prefix has on the root."""
    namespace = _NAMESPACES[kind]
    opening = f"<{_PREFIX}:{kind}{'' if meaning == namespace else _declaration(namespace)}"
    if not text.lstrip().startswith("{"):
        if _NOT_XML.search(text):
            raise BakingError(BakingCode.BAD_ASSERTION, reason="characters")
        return f'{opening} verify="{_escape(text.strip())}"/>'
    # Inside JSON, a character that XML cannot hold may be written as an escape.
    body = _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    body = body.replace("]]>", "]]]]><![CDATA[>")
    # In 3.0 the attribute is for tokens only: a document in the body stands for itself.
    verify = f' verify="{_escape(_address(text))}"' if kind == "assertion" else ""
    return f"{opening}{verify}><![CDATA[{body}]]></{_PREFIX}:{kind}>"


def _address(text: str) -> str:
    try:
        document = read_json_object(text)
    except MalformedDocument as problem:
        raise BakingError(BakingCode.BAD_ASSERTION, reason=problem.code) from None
    address = document.get("id")
    if not isinstance(address, str) or _NOT_XML.search(address):
        raise BakingError(BakingCode.BAD_ASSERTION, reason="no_id")
    return address


def _escape(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = text.replace('"', "&quot;").replace("\t", "&#9;")
    return text.replace("\n", "&#10;").replace("\r", "&#13;")


def _tag_name(picture: bytes, begin: int) -> bytes:
    found = _TAG_NAME.match(picture, begin)
    return found[0] if found else b"<"


def _read(picture: bytes) -> Layout:
    if picture.startswith(_MARKS_OF_UTF16):
        raise BakingError(BakingCode.UNSUPPORTED_ENCODING, encoding="utf-16")
    return _Reader(picture).layout()


@lru_cache(maxsize=16)
def _remembered(picture: bytes) -> Layout:
    return _read(picture)


class _Reader:
    """One pass of expat over a drawing, noting byte positions."""

    def __init__(self, picture: bytes) -> None:
        self.picture = picture
        self.root: tuple[int, int] | None = None
        self.prefix: str | None = None
        self.badges: list[Badge] = []
        self.inside = ""  # the badge element that is open, by its full name
        self.open: tuple[int, int, str] = (0, 0, "")
        self.text: list[str] = []
        self.parser = self._parser()

    def layout(self) -> Layout:
        """The positions, once the whole drawing was read."""
        try:
            self.parser.Parse(self.picture, True)
        except expat.ExpatError as problem:
            if self.root is None:
                raise BakingError(BakingCode.NOT_AN_IMAGE) from None
            raise BakingError(_code(problem), reason=expat.ErrorString(problem.code)) from None
        if self.root is None:
            raise BakingError(BakingCode.NOT_AN_IMAGE)
        return Layout(*self.root, self.prefix, tuple(self.badges))

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.XmlDeclHandler = self._xml
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._entity
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartElementHandler = self._start
        return parser

    def _xml(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise BakingError(BakingCode.UNSUPPORTED_ENCODING, encoding=encoding)

    def _doctype(self, name: str, system: str | None, public: str | None, own: bool) -> None:
        if own:
            raise BakingError(BakingCode.HOSTILE, reason="doctype")

    def _entity(self, *args: object) -> None:
        raise BakingError(BakingCode.HOSTILE, reason="entity")

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        if self.root is None and prefix == _PREFIX:
            self.prefix = uri or ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        begin = self.parser.CurrentByteIndex
        if self.root is None:
            if name not in _ROOTS:
                raise BakingError(BakingCode.NOT_AN_IMAGE)
            self.root = (begin, self._tag_end(begin))
            self._skip_elements_if_no_badge_can_follow()
        elif name in _KINDS:
            self._start_badge(name, begin, attributes)

    def _start_badge(self, name: str, begin: int, attributes: dict[str, str]) -> None:
        if self.inside:
            raise BakingError(BakingCode.HOSTILE, reason="nested")
        self.inside = name
        self.open = (begin, self._tag_end(begin), attributes.get("verify", ""))
        self.text = []
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.text.append

    def _end(self, name: str) -> None:
        if name != self.inside:
            return
        begin, tag_end, verify = self.open
        end = tag_end
        if self.picture[tag_end - 2 : tag_end] != b"/>":
            end = self._tag_end(self.parser.CurrentByteIndex)
        self.badges.append(Badge(_KINDS[name], begin, end, verify, "".join(self.text)))
        self.inside = ""
        self.parser.EndElementHandler = None
        self.parser.CharacterDataHandler = None

    def _skip_elements_if_no_badge_can_follow(self) -> None:
        # Only a name space written out, or spelt with character references, can make a badge.
        if not any(mark in self.picture for mark in (b"openbadges", b"/ob/v3p0", b"&#")):
            self.parser.StartElementHandler = None

    def _tag_end(self, begin: int) -> int:
        found = _TAG_END.match(self.picture, begin)
        if found is None:
            raise BakingError(BakingCode.CORRUPT, reason="tag")
        return found.end()


def _code(problem: expat.ExpatError) -> BakingCode:
    ends = (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
    return BakingCode.TRUNCATED if expat.ErrorString(problem.code) in ends else BakingCode.CORRUPT
