"""The words of an organisation in its badges' mails: plain text, Markdown and a few placeholders, nothing that runs."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from assertions.models import MailText
from badges.models import Badge
from common.actors import Actor
from common.errors import Invalid
from common.markdown import render_markdown
from journal.emails import Words, render_text
from journal.models import Action, Message
from journal.services import record
from journal.templatetags.mail import day

LONGEST_SUBJECT, LONGEST_BODY = 150, 4000
# What a text may name, and where the mail's context has it.
PLACEHOLDERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "name": ("recipient_name", str),
    "badge": ("badge_name", str),
    "organisation": ("issuer_name", str),
    "date": ("issued_on", day),
    "expires": ("expires_on", day),
    "description": ("badge_description", str),
}
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


@transaction.atomic
def save_text(
    *, badge: Badge, kind: str, language: str, subject: str, body: str, by: Actor, at: datetime
) -> MailText:
    """Mails of this kind and language say this from now on, also those that wait. Raises Invalid."""
    subject, body = " ".join(tidy(subject).split()), tidy(body)
    _check(subject, body)
    text, _made = MailText.objects.update_or_create(
        badge=badge, kind=kind, language=language,
        defaults={"subject": subject, "body": body, "updated_at": at, "updated_by_label": by.label},
    )  # fmt: skip
    _record(Action.MAIL_TEXT_CHANGED, badge, kind, language, by=by, at=at)
    return text


@transaction.atomic
def reset_text(*, badge: Badge, kind: str, language: str, by: Actor, at: datetime) -> bool:
    """Back to the usual words; whether there were others."""
    deleted, _rows = MailText.objects.filter(badge=badge, kind=kind, language=language).delete()
    if deleted:
        _record(Action.MAIL_TEXT_RESET, badge, kind, language, by=by, at=at)
    return bool(deleted)


def usual_text(kind: str, language: str) -> tuple[str, str]:
    """(subject, body) that mails have where the organisation wrote nothing, with placeholders."""
    facts = {field: f"{{{name}}}" for name, (field, _as_text) in PLACEHOLDERS.items()}
    with translation.override(language):
        subject = render_text(f"emails/{kind}/subject.txt", facts)
        body = render_text(f"emails/{kind}/words.txt", facts)
    return " ".join(subject.split()), body.strip()


def own_words(messages: Sequence[Message]) -> dict[UUID, Words]:
    """What organisations wrote for these mails: one query for all of them, none where no badge is spoken of."""
    badges = {
        m.context["badge_id"] for m in messages if m.kind in MailText.Kind.values and "badge_id" in m.context
    }
    if not badges:
        return {}
    texts = {
        (str(text.badge_id), text.kind, text.language): text
        for text in MailText.objects.filter(badge__in=badges)
    }
    found = {m: texts.get((m.context.get("badge_id", ""), m.kind, m.language)) for m in messages}
    return {m.pk: words_of(text.subject, text.body, m) for m, text in found.items() if text}


def words_of(subject: str, body: str, message: Message) -> Words:
    """A text with the placeholders filled for one mail."""
    with translation.override(message.language):
        facts = {
            name: as_text(message.context.get(field, "")) for name, (field, as_text) in PLACEHOLDERS.items()
        }
    return Words(subject=_fill(subject, facts), text=_fill(body, facts), html=_html(body, facts))


def tidy(text: str) -> str:
    """Without what no mail can hold: control characters and halves of letters."""
    lines = text.replace("\r\n", "\n").strip()
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


def check_text(subject: str, body: str) -> dict[str, str]:
    """By field, what is wrong with a text, in words."""
    problems = {"subject": _problem(subject, LONGEST_SUBJECT), "body": _problem(body, LONGEST_BODY)}
    return {field: problem for field, problem in problems.items() if problem}


def _check(subject: str, body: str) -> None:
    if problems := check_text(subject, body):
        raise Invalid(next(iter(problems.values())), code="mail_text", fields=problems)


def _problem(text: str, longest: int) -> str:
    if not text.strip():
        return _("Write something, or go back to the usual words.")
    if len(text) > longest:
        return _("This is longer than %(count)s characters.") % {"count": longest}
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    for match in _BRACES.finditer(text):
        if match[1] is None:
            return _("A brace has no partner. Placeholders are written %(known)s.") % {"known": known}
        if match[1] not in PLACEHOLDERS:
            words = _("“%(wrong)s” is not a placeholder. There are %(known)s.")
            return words % {"wrong": match[0], "known": known}
    return ""


def _fill(text: str, facts: Mapping[str, Any]) -> str:
    return _BRACES.sub(lambda match: str(facts.get(match[1], match[0])), text)


def _html(body: str, facts: Mapping[str, Any]) -> SafeString:
    """Filled after Markdown was made of it: what is filled in is never read as Markdown or HTML."""
    filled = _fill(render_markdown(body), {name: escape(value) for name, value in facts.items()})
    return mark_safe(filled)  # noqa: S308  the text was cleaned, what is filled in is escaped


def _record(action: Action, badge: Badge, kind: str, language: str, *, by: Actor, at: datetime) -> None:
    record(
        scope=badge.issuer.scope, action=action, by=by, at=at, target=("badge", badge.pk, str(badge)),
        data={"kind": kind, "language": language},
    )  # fmt: skip
