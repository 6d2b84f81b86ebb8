"""What can be wrong with a row of a list: a code and facts are kept, and said in the language of whoever reads.

A fault is JSON: `{"code": "no_at", "address": "zoe"}`. Rows of earlier times hold a sentence instead, shown as it is.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _


class Fault(models.TextChoices):
    """The label is the sentence; what stands in %(...)s are facts of the fault."""

    ADDRESS_MISSING = "address_missing", _("An e-mail address is missing.")
    NO_AT = "no_at", _("“%(address)s” has no @. An address looks like name@example.org.")
    NO_ENDING = "no_ending", _("The part after @ has no ending such as .org.")
    PLAIN_LETTERS = (
        "plain_letters",
        _(
            "“%(address)s” has accents or letters of another alphabet before the @: no mail can be sent there."
        ),
    )
    NO_ADDRESS = "no_address", _("“%(address)s” is not an e-mail address.")
    ADDRESS_LONG = "address_long", _("This address is longer than 254 characters.")
    NAME_LONG = "name_long", _("This name is longer than 200 characters.")
    NARRATIVE_LONG = "narrative_long", _("This text is longer than 4,000 characters.")
    LINKS_MANY = "links_many", _("There are more than 20 links.")
    NO_LINK = "no_link", _("“%(link)s” is not a link. A link looks like https://example.org/work.")
    NO_DAY = "no_day", _("“%(text)s” is not a date. Write it as 2026-03-31.")
    DAY_TO_COME = "day_to_come", _("%(day)s is in the future.")
    NO_LANGUAGE = (
        "no_language",
        _("“%(text)s” is not a language that mails are written in here: %(codes)s."),
    )
    EXPIRES_FIRST = "expires_before_issue", _("The badge would expire before it is awarded.")
    EXPIRED = "expired", _("The badge would have expired already.")
    EXPIRES_LATE = (
        "expires_too_late",
        _("This date is too far away. Leave it empty for a badge that does not expire."),
    )
    ISSUED_EARLY = "issued_too_early", _("The date of award is before the year 1900.")
    ISSUED_IN_FUTURE = "issued_in_future", _("The date of award is in the future.")
    DOUBLE = "double", _("This address is in the list twice.")
    ALREADY_HELD = "already_held", _("Already holds this badge.")
    LEFT_OUT = "left_out", _("Left out.")
    UNEXPECTED = (
        "unexpected",
        _("This row could not be awarded. The operator finds the reason in the log."),
    )


def fault(what: Fault, **facts: str) -> dict[str, str]:
    """As it is kept with the row. A day is ISO text."""
    return {"code": what.value, **facts}


def sentence_of(kept: Any) -> str:
    """What a fault says, in the language that is active."""
    if not isinstance(kept, Mapping):
        return str(kept)
    code = str(kept.get("code", ""))
    if code not in Fault.values:
        return str(kept.get("words", ""))
    facts = {name: str(value) for name, value in kept.items()}
    if "day" in facts:
        facts["day"] = date_format(date.fromisoformat(facts["day"]), "DATE_FORMAT")
    return str(Fault(code).label) % facts
