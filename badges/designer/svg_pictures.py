"""Uploaded SVG: cleaned by py-svg-hush, then checked again by our own list of what is allowed."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element
from xml.parsers import expat

import py_svg_hush

from .refusals import PictureRefused

NAMESPACE = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
DEEPEST, MOST_ELEMENTS, MOST_DRAWN = 60, 20_000, 60_000
_DRAWN = frozenset(["path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "use"])
_GROUPS = frozenset(
    ["svg", "g", "a", "switch", "tspan", "textPath", "linearGradient", "radialGradient", "stop"]
)
_FILTERS = frozenset(["feBlend", "feColorMatrix", "feComposite", "feDropShadow", "feFlood", "feGaussianBlur"])
_FILTER_PARTS = frozenset(
    ["feComponentTransfer", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feMerge", "feMergeNode"]
)
_HIDDEN = frozenset(["defs", "symbol", "clipPath", "mask", "pattern", "filter", "style", "title", "desc"])
_ALLOWED = _DRAWN | _GROUPS | _FILTERS | _FILTER_PARTS | _HIDDEN | {"feOffset"}
_DOCTYPE = re.compile(r"<!DOCTYPE\s+svg(?:\s+PUBLIC\s+\"-//W3C//DTD SVG [^\"<>]*\"\s+\"[^\"<>]*\")?\s*>")
_ENCODING = re.compile(r"<\?xml[^>]*\bencoding\s*=\s*[\"']([^\"']*)[\"']")
_URL = re.compile(r"url\s*\(\s*[\"']?\s*([^\"')\s]*)", re.IGNORECASE)
_UNSAFE_STYLE = re.compile(
    r"@import|@font-face|//|\\|<|expression|javascript|image-set|src\s*\(", re.IGNORECASE
)
_LENGTH = re.compile(r"\s*\+?([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*(px|pt|pc|mm|cm|in|em|ex|rem)?\s*\Z")
_UNITS = {
    "px": 1,
    "pt": 4 / 3,
    "pc": 16,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "in": 96,
    "em": 16,
    "ex": 8,
    "rem": 16,
}


@dataclass(frozen=True)
class Svg:
    root: Element
    width: float
    height: float

    @property
    def has_words(self) -> bool:
        return self.root.find(".//text") is not None

    @property
    def is_square(self) -> bool:
        return abs(self.width - self.height) <= max(self.width, self.height) / 1000

    def to_bytes(self) -> bytes:
        return ET.tostring(self.root, encoding="utf-8", short_empty_elements=True) + b"\n"


def read_svg(data: bytes) -> Svg:
    """The picture cleaned, with a size and a viewBox. Raises PictureRefused."""
    text = _text(data)
    survey = _survey(text)
    root = _parse(_hushed(text))
    _restore_curves(root, survey.curves)
    _refuse_and_prune(root)
    _refuse_nothing(root)
    _refuse_heavy(root)
    width, height = _sized(root)
    return Svg(root, width, height)


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise PictureRefused("svg_encoding") from error
    declared = _ENCODING.match(text)
    if declared and declared[1].lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise PictureRefused("svg_encoding")
    return _DOCTYPE.sub("", text, count=1)  # the standard's own DOCTYPE, without entities, does no harm


class _Survey:
    """Counts what is in the file, without building anything, and refuses what no picture needs."""

    def __init__(self) -> None:
        self.depth = self.elements = 0
        self.curves: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.elements == 1 and name != f"{NAMESPACE}}}svg":
            raise PictureRefused("format")
        if self.depth > DEEPEST or self.elements > MOST_ELEMENTS:
            raise PictureRefused("svg_heavy")
        if name in (f"{NAMESPACE}}}image", f"{NAMESPACE}}}feImage"):
            raise PictureRefused("svg_image")
        if name == f"{NAMESPACE}}}textPath":
            self.curves.append(attributes.get("href") or attributes.get(f"{XLINK}}}href", ""))

    def end(self, _name: str) -> None:
        self.depth -= 1

    def doctype(self, name: str, *_parts: object) -> None:
        raise PictureRefused("svg_entities" if name.endswith("svg") else "format")


def _survey(text: str) -> _Survey:
    survey = _Survey()
    try:
        survey.parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        if not survey.elements:
            raise PictureRefused("format") from error
        raise PictureRefused("corrupt" if text.endswith("svg>") else "truncated") from error
    except (UnicodeError, ValueError) as error:
        raise PictureRefused("corrupt") from error
    return survey


def _hushed(text: str) -> str:
    try:
        clean = py_svg_hush.filter_svg(text.encode()).decode()
    except ValueError as error:
        raise PictureRefused("corrupt") from error
    head, found, rest = clean.partition("<svg")
    if "xmlns=" in rest.partition(">")[0]:
        return clean
    return f'{head}{found} xmlns="{NAMESPACE}"{rest}'  # hush forgets the namespace of <svg:svg>


def _parse(text: str) -> Element:
    try:
        return ET.fromstring(text)  # noqa: S314 (surveyed: no DTD, no entity, bounded)
    except ET.ParseError as error:
        raise PictureRefused("corrupt") from error


def _restore_curves(root: Element, curves: list[str]) -> None:
    """Hush forgets which curve a text follows, and the words would vanish without a word."""
    texts = [element for element in root.iter() if _local(element.tag) == "textPath"]
    if len(texts) != len(curves):
        raise PictureRefused("corrupt")
    for element, curve in zip(texts, curves, strict=True):
        element.set("href", curve)


def _refuse_and_prune(root: Element) -> None:
    """Keeps allowed elements and attributes, without prefixes; refuses what points outside."""
    for element in list(root.iter()):
        for child in list(element):
            if _local(child.tag) not in _ALLOWED:
                element.remove(child)
    for element in root.iter():
        element.tag = _local(element.tag)
        element.attrib = dict(filter(None, (_attribute(*item) for item in element.attrib.items())))
        if element.tag == "a":
            element.tag, element.attrib = "g", {k: v for k, v in element.attrib.items() if k != "href"}
        if element.tag == "style":
            _refuse_style(element.text or "")
    root.set("xmlns", NAMESPACE)


def _local(tag: object) -> str:
    if not isinstance(tag, str):
        return ""
    namespace, found, name = tag.rpartition("}")
    return name if not found or namespace == "{" + NAMESPACE else ""


def _attribute(name: str, value: str) -> tuple[str, str] | None:
    if name == f"{{{XLINK}}}href":
        name = "href"
    if name.startswith(("{", "on", "xmlns")) or ":" in name:
        return None
    if name == "href":
        if not value.startswith("#"):
            raise PictureRefused("svg_outside")
        return name, value
    _refuse_style(value)
    return name, value


def _refuse_style(text: str) -> None:
    if _UNSAFE_STYLE.search(text) or any(not url.startswith("#") for url in _URL.findall(text)):
        raise PictureRefused("svg_outside")


def _refuse_nothing(root: Element) -> None:
    if root.tag != "svg" or not _visible(root):
        raise PictureRefused("svg_nothing")


def _visible(element: Element) -> list[Element]:
    found = [element] if element.tag in _DRAWN else []
    for child in element:
        if child.tag not in _HIDDEN:
            found += _visible(child)
    return found


def _refuse_heavy(root: Element) -> None:
    """Counts what would be drawn once every reference is followed; a reference to itself is refused."""
    named = {element.get("id"): element for element in root.iter() if element.get("id")}
    weights: dict[Element, int] = {}
    open_ones: set[Element] = set()

    def weigh(element: Element) -> int:
        if element in open_ones or len(open_ones) > DEEPEST * 4:
            raise PictureRefused("svg_heavy")
        if element not in weights:
            open_ones.add(element)
            weights[element] = (
                1 + sum(map(weigh, element)) + sum(weigh(named[n]) for n in _references(element, named))
            )
            open_ones.discard(element)
        return min(weights[element], MOST_DRAWN + 1)

    if weigh(root) > MOST_DRAWN:
        raise PictureRefused("svg_heavy")


def _references(element: Element, named: dict[str | None, Element]) -> list[str]:
    urls = (url for value in element.attrib.values() if "url" in value for url in _URL.findall(value))
    hrefs = [element.get("href", "")] if element.tag != "textPath" else []
    return [name for name in (found.removeprefix("#") for found in (*urls, *hrefs)) if name in named]


def _sized(root: Element) -> tuple[float, float]:
    """Width and height in pixels; both they and the viewBox are then written on the root."""
    box = view_box(root)
    width, height = (_length(root.get(name)) for name in ("width", "height"))
    if box and not (width and height):
        width, height = _from_box(width, height, box)
    if not (width and height):
        raise PictureRefused("svg_size")
    if max(width, height) > min(width, height) * 5:
        raise PictureRefused("too_thin")
    if not box:
        root.set("viewBox", f"0 0 {width:g} {height:g}")
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    return width, height


def _from_box(width: float, height: float, box: tuple[float, float, float, float]) -> tuple[float, float]:
    if width:
        return width, width * box[3] / box[2]
    return (height * box[2] / box[3], height) if height else (box[2], box[3])


def _length(value: str | None) -> float:
    found = _LENGTH.match((value or "")[:40])
    length = float(found[1]) * _UNITS[found[2] or "px"] if found else 0.0
    return length if 0.01 <= length <= 100_000 else 0.0


def view_box(root: Element) -> tuple[float, float, float, float] | None:
    try:
        left, top, width, height = (
            float(part) for part in re.split(r"[\s,]+", root.get("viewBox", "")[:200].strip())
        )
    except ValueError:
        return None
    sound = all(abs(part) <= 1e6 for part in (left, top)) and all(
        0.001 <= part <= 1e6 for part in (width, height)
    )
    return (left, top, width, height) if sound else None


def squared_svg(svg: Svg, how: str) -> bytes:
    """The viewBox made square around its centre: smaller ("crop") or larger ("pad")."""
    box = view_box(svg.root)
    if box is None:
        raise PictureRefused("svg_size")
    left, top, width, height = box
    scale = min(svg.width / width, svg.height / height)  # as preserveAspectRatio does by default
    across, down = svg.width / scale, svg.height / scale
    side = min(across, down) if how == "crop" else max(across, down)
    root = Element("svg", svg.root.attrib)
    root.extend(svg.root)
    root.set("viewBox", f"{left + (width - side) / 2:g} {top + (height - side) / 2:g} {side:g} {side:g}")
    root.attrib.pop("preserveAspectRatio", None)
    for name in ("width", "height"):
        root.set(name, f"{min(svg.width, svg.height) if how == 'crop' else max(svg.width, svg.height):g}")
    return Svg(root, side, side).to_bytes()
