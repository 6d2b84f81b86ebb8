"""Errors that are answers: a service refuses, and says why in the reader's language."""

from collections.abc import Mapping


class Refused(Exception):
    """A service will not do it. `str(error)` is a translated sentence that tells people how to go on.

    `code` is for machines; `fields` maps a form field to its own sentence.
    """

    code = "refused"
    status = 409

    def __init__(self, message: str, *, code: str = "", fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields = dict(fields or {})


class Invalid(Refused):
    """What was asked for does not make sense as it stands: mend the named fields and ask again."""

    code = "invalid"
    status = 400
