"""What lists of awards are narrowed to, and what is done with those that were ticked."""

import uuid
from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from assertions.queries import ASTRAY, AwardFilter, AwardState
from journal.models import Message

SORTS = ("-issued", "issued", "name", "-name")
MOST_TICKED = 100


def award_filter(asked: QueryDict) -> AwardFilter:
    """What the address asks for; whatever cannot be understood does not narrow the list."""
    state, sort = asked.get("state", ""), asked.get("sort", "")
    return AwardFilter(
        words=_text(asked.get("q", "")),
        badge=_uuid(asked.get("badge", "")),
        batch=_uuid(asked.get("batch", "")),
        state=state if state in AwardState.values else "",
        sort=sort if sort in SORTS else "-issued",
    )


def mail_filter(asked: QueryDict) -> dict[str, str]:
    state = asked.get("state", "")
    state = state if state in Message.State.values or state == ASTRAY else ""
    return {"words": _text(asked.get("q", "")), "state": state, "batch": _uuid(asked.get("batch", ""))}


def search_words(asked: QueryDict) -> str:
    return _text(asked.get("q", ""))


def ticked(posted: QueryDict) -> list[str]:
    """The ids that were ticked, each once."""
    found: Iterable[str] = (_uuid(value) for value in posted.getlist("award"))
    return list(dict.fromkeys(value for value in found if value))[:MOST_TICKED]


class SuspendForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everyone who checks the badge can read it, its holder too."),
        max_length=300,
        error_messages={"required": _("Say why. The reason is shown to whoever checks the badge.")},
    )


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everyone who checks the badge can read it, and the person gets it by mail."),
        max_length=300,
        error_messages={"required": _("Say why. The reason is shown to whoever checks the badge.")},
    )
    note = forms.CharField(
        label=_("Private note"),
        help_text=_("For the members of your organisation only."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _text(value: str) -> str:
    """A NUL character cannot be looked for in a database."""
    return value.replace("\0", "").strip()[:200]


def _uuid(value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError:
        return ""
