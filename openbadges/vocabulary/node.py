"""How documents of the standard become frozen dataclasses and dictionaries again, without loss.

A class of the standard is a dataclass under `Node`, in the vocabulary of one version of the standard. Each field
names its kind in its annotation; the same table reads, writes and checks. Fields that the class does not know, and
short forms (a link in place of an object, one value in place of a list), come out again as they went in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, NamedTuple, Self, get_type_hints

from openbadges.canonical import write_json
from openbadges.errors import MalformedDocument


class Problem(NamedTuple):
    """One departure from the standard: the field's path (`recipient.hashed`) and a machine code.

    Codes: `missing`, `wrong_type`, `not_object`, `not_text`, `not_boolean`, `not_number`, `not_url`,
    `not_iri`, `not_image`, `not_email`, `not_telephone`, `not_language`, `not_date_time`,
    `hashed_mismatch`; in Open Badges 3.0 also `wrong_context`, `not_integer`, `other_value`, `not_in_achievement`.
    """

    field: str
    code: str

    @property
    def structural(self) -> bool:
        """Whether something is absent or of another class, rather than badly written."""
        return self.code in ("missing", "wrong_type", "not_object")


class Kind:
    """What may stand in a field. The base kind takes anything as it is."""

    def read(self, value: Any, path: str) -> Any:
        """The Python value of a JSON value; raises MalformedDocument."""
        return value

    def write(self, value: Any) -> Any:
        """The JSON value of a Python value."""
        return value

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        """Departures from the standard in a JSON value."""
        yield from ()


class Member(NamedTuple):
    """One field of a class: attribute name, JSON name, kind, whether the standard requires it."""

    attribute: str
    term: str
    kind: Kind
    required: bool
    as_it_is: bool  # the JSON value is the Python value


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """Base of every class of the standard.

    `unrecognized_fields`: JSON members the class does not know (extensions, for one), and known
    optional ones written as null or []. `single`: JSON names of list fields written as one value.
    `bare`: the object was written as its id alone. The last two only keep the form.
    """

    TYPE: ClassVar[str | None] = None
    CONTEXT: ClassVar[Any] = None  # of a document of its own, where it names none itself
    CLASSES: ClassVar[dict[str, type[Node]]] = {}  # of the same version, by name

    unrecognized_fields: Mapping[str, Any] = field(default_factory=dict)
    single: frozenset[str] = frozenset()
    bare: bool = False

    def __init_subclass__(cls) -> None:
        cls.CLASSES[cls.__name__] = cls

    @classmethod
    def from_dict(cls, document: Mapping[str, Any], path: str = "") -> Self:
        """Read a JSON object. Raises MalformedDocument with `field`, the path of the bad member.

        Values are checked for their JSON type only; `problems` checks them against the standard.
        """
        if not isinstance(document, Mapping):
            raise MalformedDocument("not_object", field=path)
        known = {member.term: member for member in members(cls)}
        values: dict[str, Any] = {}
        rest: dict[str, Any] = {}
        single = set()
        for term, value in document.items():
            member = known.get(term)
            if member is None or (not member.required and (value is None or value == [])):
                rest[term] = value
                continue
            values[member.attribute] = member.kind.read(value, join(path, term))
            if isinstance(member.kind, Many) and not isinstance(value, list):
                single.add(term)
        for member in known.values():
            if member.attribute not in values:
                values[member.attribute] = _absent(member, path)
        return cls(**values, unrecognized_fields=rest, single=frozenset(single))

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, unknown members included; no `@context` is added."""
        written: dict[str, Any] = {}
        for member in members(type(self)):
            value = getattr(self, member.attribute)
            if value is None or (value == () and not member.required):
                continue
            json = value if member.as_it_is else member.kind.write(value)
            if member.term in self.single and len(value) == 1:
                json = json[0]
            written[member.term] = json
        return {**self.unrecognized_fields, **written} if self.unrecognized_fields else written

    def to_json(self) -> Any:
        """The object as it stands inside another: `to_dict`, or its id alone if it was so written."""
        document = self.to_dict()
        if self.bare and document.keys() <= {"id", "type"}:
            return document["id"]
        return document

    def to_document(self) -> dict[str, Any]:
        """A document of its own: `to_dict` with the `@context` of its version first, if it has none."""
        document = self.to_dict()
        if "@context" in document:
            return document
        return {
            "@context": list(self.CONTEXT) if isinstance(self.CONTEXT, tuple) else self.CONTEXT,
            **document,
        }

    def to_bytes(self) -> bytes:
        """`to_document` as compact UTF-8 JSON: the bytes that are signed or served."""
        return write_json(self.to_document())

    @classmethod
    def problems(cls, document: Any, path: str = "") -> Iterator[Problem]:
        """Every departure from the standard in a JSON object of this class, unread."""
        if not isinstance(document, Mapping):
            yield Problem(path, "not_object")
            return
        for member in members(cls):
            value = document.get(member.term)
            if value is not None:
                yield from member.kind.problems(value, join(path, member.term))
            elif member.required:
                yield Problem(join(path, member.term), "missing")
        if cls.TYPE and "type" in document and cls.TYPE not in types_of(document):
            yield Problem(join(path, "type"), "wrong_type")
        yield from cls.own_problems(document, path)

    @classmethod
    def own_problems(cls, document: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """Rules of one class that span several fields."""
        yield from ()


class Nested(Kind):
    """An object of a class of `classes`; `link` allows its id alone, read as an object with it."""

    def __init__(self, classes: dict[str, type[Node]], name: str, *, link: bool = False) -> None:
        self.classes, self.name, self.link = classes, name, link

    def read(self, value: Any, path: str) -> Any:
        cls: Any = self.classes[self.name]
        if self.link and isinstance(value, str):
            return cls(id=value, bare=True)
        return cls.from_dict(value, path)

    def write(self, value: Any) -> Any:
        return value.to_json()

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        document = {"id": value} if self.link and isinstance(value, str) else value
        return self.classes[self.name].problems(document, path)


class Link(Kind):
    """The id of an object kept elsewhere, as text, or the object itself."""

    def __init__(self, classes: dict[str, type[Node]], name: str, text: Kind) -> None:
        self.nested, self.text = Nested(classes, name), text

    def read(self, value: Any, path: str) -> Any:
        return value if isinstance(value, str) else self.nested.read(value, path)

    def write(self, value: Any) -> Any:
        return value if isinstance(value, str) else value.to_json()

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        kind = self.text if isinstance(value, str) else self.nested
        return kind.problems(value, path)


class Many(Kind):
    """A list of one kind, or one value of it; always a tuple in Python."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def read(self, value: Any, path: str) -> Any:
        return tuple(self.kind.read(item, where) for item, where in _items(value, path))

    def write(self, value: Any) -> Any:
        return [self.kind.write(item) for item in value]

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        for item, where in _items(value, path):
            yield from self.kind.problems(item, where)


class Required:
    """Marks a field that the standard requires."""


REQUIRED = Required()


_MEMBERS: dict[tuple[str, str], tuple[Member, ...]] = {}


def members(cls: type[Node]) -> tuple[Member, ...]:
    """The fields of a class in their order, from its annotations."""
    name = (cls.__module__, cls.__name__)  # a class with slots is made twice, and is the same all the same
    if name not in _MEMBERS:
        _MEMBERS[name] = tuple(sorted(_read_members(cls), key=_rank))
    return _MEMBERS[name]


def _read_members(cls: type[Node]) -> Iterator[Member]:
    # Some classes of a version name each other: those of a later module are found by their name.
    hints = get_type_hints(cls, localns=dict(cls.CLASSES), include_extras=True)
    for entry in fields(cls):
        marks = getattr(hints[entry.name], "__metadata__", ())
        for kind in (mark for mark in marks if isinstance(mark, Kind)):
            as_it_is = type(kind).write is Kind.write
            yield Member(entry.name, _term(entry.name), kind, REQUIRED in marks, as_it_is)


def _rank(member: Member) -> int:
    """What every reader looks for first comes first, a proof of it all last; the rest keeps its order."""
    first = ("@context", "id", "type")
    return first.index(member.term) if member.term in first else len(first) + (member.term == "proof")


def types_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The `type` of a JSON object as a tuple, whether written as one text or as a list."""
    written = document.get("type")
    names = written if isinstance(written, list) else [written]
    return tuple(name for name in names if isinstance(name, str))


def join(path: str, term: str) -> str:
    """`path.term`, or the term alone at the top."""
    return f"{path}.{term}" if path else term


def _term(attribute: str) -> str:
    if attribute in ("context", "language"):
        return "@" + attribute
    first, *others = attribute.split("_")
    return first + "".join(word.capitalize() for word in others)


def _items(value: Any, path: str) -> list[tuple[Any, str]]:
    if not isinstance(value, list):
        return [(value, path)]
    return [(item, f"{path}[{index}]") for index, item in enumerate(value)]


def _absent(member: Member, path: str) -> Any:
    if member.required:
        raise MalformedDocument("missing", field=join(path, member.term))
    return () if isinstance(member.kind, Many) else None
