"""The scalar kinds that fields of the standard may have, in any version of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from openbadges.errors import MalformedDocument
from openbadges.vocabulary import values
from openbadges.vocabulary.node import Kind, Problem


class Text(Kind):
    """A text; `rule` says whether it is well written, `code` names the problem when it is not."""

    def __init__(self, rule: Callable[[str], bool] | None = None, code: str = "not_text") -> None:
        self.rule, self.code = rule, code

    def read(self, value: Any, path: str) -> str:
        if not isinstance(value, str):
            raise MalformedDocument("not_text", field=path)
        return value

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(path, "not_text")
        elif self.rule is not None and not self.rule(value):
            yield Problem(path, self.code)


class Plain(Kind):
    """A value of one of a few JSON types."""

    def __init__(self, *types: type, code: str) -> None:
        self.types, self.code = types, code

    def read(self, value: Any, path: str) -> Any:
        if type(value) not in self.types:
            raise MalformedDocument(self.code, field=path)
        return value

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        if type(value) not in self.types:
            yield Problem(path, self.code)


class Types(Kind):
    """The `type` of an object: one text, or a list of texts kept as a tuple."""

    def read(self, value: Any, path: str) -> str | tuple[str, ...]:
        if next(self.problems(value, path), None):
            raise MalformedDocument("not_text", field=path)
        return tuple(value) if isinstance(value, list) else str(value)

    def write(self, value: Any) -> Any:
        return list(value) if isinstance(value, tuple) else value

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        names = value if isinstance(value, list) and value else [value]
        if not all(isinstance(name, str) for name in names):
            yield Problem(path, "not_text")


class OneOf(Kind):
    """A text of a list of words, or one that starts with `ext:` where the standard lets words be added."""

    def __init__(self, *words: str, extensible: bool = False) -> None:
        self.words, self.extensible = frozenset(words), extensible

    def read(self, value: Any, path: str) -> str:
        return TEXT.read(value, path)

    def problems(self, value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(path, "not_text")
        elif value not in self.words and not (self.extensible and value.startswith("ext:")):
            yield Problem(path, "other_value")


class Contexts(Kind):
    """The `@context` of a document: whatever it is, with a list kept as a tuple."""

    def read(self, value: Any, path: str) -> Any:
        return tuple(value) if isinstance(value, list) else value

    def write(self, value: Any) -> Any:
        return list(value) if isinstance(value, tuple) else value


ANY = Kind()
CONTEXTS = Contexts()
TEXT = Text()
URL = Text(values.is_url, "not_url")
IRI = Text(values.is_iri, "not_iri")
IMAGE = Text(values.is_image, "not_image")
EMAIL = Text(values.is_email, "not_email")
TELEPHONE = Text(values.is_telephone, "not_telephone")
LANGUAGE = Text(values.is_language, "not_language")
DATE_TIME = Text(values.is_date_time, "not_date_time")
BOOLEAN = Plain(bool, code="not_boolean")
NUMBER = Plain(int, float, code="not_number")
VERSION = Plain(str, int, float, code="not_text")
TYPES = Types()
