"""The objects inside the documents of Open Badges 2.0, named as the standard names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from openbadges.recipients import hash_identity, is_hash
from openbadges.v2.node import Node
from openbadges.vocabulary import REQUIRED, Many, Problem, join
from openbadges.vocabulary.kinds import BOOLEAN, EMAIL, IMAGE, IRI, LANGUAGE, TELEPHONE, TEXT, TYPES, URL

Type = str | tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityObject(Node):
    """Who an assertion is for (Open Badges 2.0, "IdentityObject").

    `type`: the property that identifies (`email`, `url`, `telephone`); `identity`: its value, or
    with `hashed` an IdentityHash over value and `salt`.
    """

    type: Annotated[Type, TYPES, REQUIRED] = "email"
    identity: Annotated[str, TEXT, REQUIRED]
    hashed: Annotated[bool, BOOLEAN, REQUIRED]
    salt: Annotated[str | None, TEXT] = None

    @classmethod
    def hashing(cls, identity: str, salt: str, *, type: str = "email") -> Self:
        """The hashed form of a plain identity, which is used exactly as given."""
        return cls(type=type, identity=hash_identity(identity, salt), hashed=True, salt=salt)

    @classmethod
    def own_problems(cls, document: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """A hash must be called one; a plain identity must be what its type says."""
        identity, hashed = document.get("identity"), document.get("hashed")
        if not isinstance(identity, str) or not isinstance(hashed, bool):
            return
        if is_hash(identity) != hashed:
            yield Problem(join(path, "hashed"), "hashed_mismatch")
        elif not hashed:
            kind = {"email": EMAIL, "url": URL, "telephone": TELEPHONE}.get(str(document.get("type")))
            yield from kind.problems(identity, join(path, "identity")) if kind else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class VerificationObject(Node):
    """How to verify (Open Badges 2.0, "VerificationObject").

    In an Assertion: `type` HostedBadge or SignedBadge (or hosted, signed), `creator` the id of the
    signing key. In a Profile: `starts_with`, `allowed_origins` for the ids of hosted assertions.
    """

    type: Annotated[Type, TYPES, REQUIRED]
    creator: Annotated[str | None, IRI] = None
    verification_property: Annotated[str | None, TEXT] = None
    starts_with: Annotated[tuple[str, ...], Many(URL)] = ()
    allowed_origins: Annotated[tuple[str, ...], Many(TEXT)] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Image(Node):
    """A picture: `id` is its URL or `data:` URI, `caption` a text in its place ("Image")."""

    id: Annotated[str, IMAGE, REQUIRED]
    type: Annotated[Type | None, TYPES] = None
    caption: Annotated[str | None, TEXT] = None
    author: Annotated[str | None, IRI] = None

    @classmethod
    def link(cls, url: str) -> Self:
        """A picture written as its URL alone."""
        return cls(id=url, bare=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Criteria(Node):
    """What was asked for: a page (`id`), Markdown (`narrative`), or both ("Criteria")."""

    id: Annotated[str | None, IRI] = None
    type: Annotated[Type | None, TYPES] = None
    narrative: Annotated[str | None, TEXT] = None

    @classmethod
    def link(cls, url: str) -> Self:
        """Criteria written as the URL of their page alone."""
        return cls(id=url, bare=True)

    @classmethod
    def own_problems(cls, document: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """One of `id` and `narrative` must be there."""
        if document.get("id") is None and document.get("narrative") is None:
            yield Problem(join(path, "narrative"), "missing")


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence(Node):
    """What shows that the criteria were met: a page (`id`) and/or a Markdown story ("Evidence")."""

    id: Annotated[str | None, IRI] = None
    type: Annotated[Type | None, TYPES] = None
    narrative: Annotated[str | None, TEXT] = None
    name: Annotated[str | None, TEXT] = None
    description: Annotated[str | None, TEXT] = None
    genre: Annotated[str | None, TEXT] = None
    audience: Annotated[str | None, TEXT] = None

    @classmethod
    def link(cls, url: str) -> Self:
        """Evidence written as the URL of its page alone."""
        return cls(id=url, bare=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignmentObject(Node):
    """A line of a framework that the badge speaks to ("AlignmentObject")."""

    target_name: Annotated[str, TEXT, REQUIRED]
    target_url: Annotated[str, URL, REQUIRED]
    type: Annotated[Type | None, TYPES] = None
    target_description: Annotated[str | None, TEXT] = None
    target_framework: Annotated[str | None, TEXT] = None
    target_code: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Related(Node):
    """Another object that is this one in another language or version (`related`)."""

    id: Annotated[str, IRI, REQUIRED]
    type: Annotated[Type | None, TYPES] = None
    language: Annotated[str | None, LANGUAGE] = None

    @classmethod
    def link(cls, url: str) -> Self:
        """A related object written as its id alone."""
        return cls(id=url, bare=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class RevokedAssertion(Node):
    """One entry of a RevocationList: the assertion's `id` (or `uid`) and why it was revoked."""

    id: Annotated[str | None, IRI] = None
    uid: Annotated[str | None, TEXT] = None
    revocation_reason: Annotated[str | None, TEXT] = None

    @classmethod
    def own_problems(cls, document: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """One of `id` and `uid` must be there."""
        if document.get("id") is None and document.get("uid") is None:
            yield Problem(join(path, "id"), "missing")
