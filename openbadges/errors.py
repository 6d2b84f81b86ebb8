"""What can go wrong in the standard's room: one small tree, machine codes, no sentence for people.

Every error carries a `code` (stable, for programs) and `facts` (the details of this one case). The
rooms above turn both into words. An invalid badge is not an error: `verifying.verify` answers with a
report. Errors are for misuse and for bytes that cannot be read at all.
"""

from __future__ import annotations

from enum import StrEnum


class OpenBadgesError(Exception):
    """Root of the tree. `code`: machine code; `facts`: JSON-like details of this case."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = str(code)
        self.facts: dict[str, object] = facts
        details = " ".join(f"{name}={value!r}" for name, value in facts.items())
        super().__init__(f"{self.code} {details}".rstrip())


class MalformedDocument(OpenBadgesError):
    """A JSON text or document without the shape the standard asks for (`facts["field"]`: where)."""


class MalformedSignature(OpenBadgesError):
    """A token that is not an acceptable compact JWS, or whose algorithm or key type is refused."""


class WrongSignature(OpenBadgesError):
    """A well-formed token that this key did not sign."""


class UnusableKey(OpenBadgesError):
    """A PEM text or key object that cannot be read, is of another kind, or is too weak."""


class FetchFailed(OpenBadgesError):
    """Raised by the `fetch` callable given to `verify` when no HTTP answer could be had.

    Suggested codes: `refused` (address not allowed), `timeout`, `too_large`, `unreachable`, `tls`.
    """

    def __init__(self, code: str = "unreachable", **facts: object) -> None:
        super().__init__(code, **facts)


class BakingCode(StrEnum):
    """Why a picture could not be baked or read."""

    NOT_AN_IMAGE = "not_an_image"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    TOO_LARGE = "too_large"
    NO_BADGE = "no_badge"
    SEVERAL_BADGES = "several_badges"
    HOSTILE = "hostile"
    UNSUPPORTED_ENCODING = "unsupported_encoding"
    OTHER_VERSION = "other_version"
    BAD_ASSERTION = "bad_assertion"


class BakingError(OpenBadgesError):
    """A picture that cannot be baked or read; `code` is one of `BakingCode`."""

    def __init__(self, code: BakingCode, **facts: object) -> None:
        super().__init__(code.value, **facts)
