"""Mails as they are sent: a folder below templates/emails per kind, in the reader's language.

`subject.txt` becomes one line. `body.txt` extends emails/base.txt, `body.html` extends emails/base.html and is MJML:
text goes into `<mj-text css-class="ink">`; both say the same. Text is not escaped, HTML is. What templates may name:
the message's `context` and `secrets`, and

    action_url       the one button (and its address in the foot), when the sender gave it
    sender_name      who writes, when the sender gave it; else the site
    picture_src      the inline picture; `picture_alt` is the sender's
    recipient, recipient_name, language, subject, site_name, site_url
    unsubscribe_url  only in mails that nobody asked for
    parts            what goes together in one mail: for each, the context, the secrets and the organisation's own
                     words that it would have had
    own_text, own_html   an organisation's own words for the mail (settings.MAIL_WORDS), or nothing

A date in the context is ISO text; `{% load mail %}{{ issued_on|day }}` writes it for the reader.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.mime.image import MIMEImage
from email.utils import formataddr, parseaddr
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from mjml import mjml2html
from PIL import Image

from common.links import absolute_url
from common.sealing import FernetKeyProvider, KeyProvider, SealBroken, key_provider
from journal.models import LINK_KEY, LinkKey, Message

WIDEST = 400  # twice what the mail shows: sharp on every screen, light in every mailbox


@dataclass(frozen=True)
class Words:
    """What an organisation says itself in a mail: on one line, as text, and as HTML that is safe."""

    subject: str
    text: str
    html: SafeString


def words_for(messages: Sequence[Message]) -> dict[UUID, Words]:
    """The organisations' own words, by message; for all of them at once. Most mails have none."""
    find: Callable[[Sequence[Message]], dict[UUID, Words]] = import_string(settings.MAIL_WORDS)
    return find(messages)


def facts_of(words: Words | None) -> dict[str, Any]:
    """As templates name them; nothing where the organisation wrote nothing."""
    return {"own_text": words.text, "own_html": words.html} if words else {}


def write(
    message: Message, *, secrets: Mapping[str, Any], words: Words | None = None
) -> EmailMultiAlternatives:
    """The mail that `message` stands for, ready to be handed to a mail server."""
    picture = _picture(message.picture)
    facts = _facts(message) | message.context | dict(secrets)
    facts["picture_src"] = f"cid:{_content_id(message)}" if picture else ""
    facts |= facts_of(words)
    with translation.override(message.language):
        subject = words.subject if words else render_text(f"emails/{message.kind}/subject.txt", facts)
        facts["subject"] = " ".join(subject.split())
        text = render_text(f"emails/{message.kind}/body.txt", facts)
        html = render_html(f"emails/{message.kind}/body.html", facts)
    mail = EmailMultiAlternatives(
        subject=facts["subject"],
        body=text,
        from_email=_sender(facts.get("sender_name", "")),
        to=[formataddr((_one_line(message.recipient_name), message.recipient))],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=_headers(message, unsubscribe_url=facts["unsubscribe_url"]),
    )
    if settings.MAIL_PROVIDER not in ("", "postal"):  # which has no such thing
        mail.metadata = {"message": message.id.hex}  # type: ignore[attr-defined]  # anymail's: bounces come back with it
    mail.attach_alternative(html, "text/html")
    if picture:
        _attach(mail, picture, content_id=_content_id(message))
    return mail


def render_text(template: str, facts: Mapping[str, Any]) -> str:
    """Without escaping: this is not HTML. At most one blank line in a row."""
    text = get_template(template).template.render(Context(dict(facts), autoescape=False))  # type: ignore[attr-defined]
    return (
        re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip(" \t") for line in text.splitlines())).strip() + "\n"
    )


def render_html(template: str, facts: Mapping[str, Any]) -> str:
    """Raises ValueError when what the template yields is not MJML."""
    return str(mjml2html(get_template(template).render(dict(facts))))


def address_of(token: str) -> str:
    """The address that an unsubscribe link was made for; raises common.sealing.SealBroken."""
    try:
        return _link_provider().unseal(token.encode()).decode()
    except SealBroken:  # made before there was a key of its own for links
        return key_provider().unseal(token.encode()).decode()


def unsubscribe_url(address: str) -> str:
    """Works for ever, whatever becomes of the message and of the site's encryption keys; the address cannot be read in
    it."""
    return absolute_url("unsubscribe", token=_link_provider().seal(address.encode()).decode())


def _link_provider() -> KeyProvider:
    """By the key of links; where a database has none, by the site's own."""
    sealed = cache.get(LINK_KEY) or _sealed_link_key()
    return _by_link_key(sealed) if sealed else key_provider()


def _sealed_link_key() -> bytes:
    """Asked once a minute at most, not for each mail."""
    row = LinkKey.objects.order_by("pk").first()
    sealed = bytes(row.sealed) if row else b""
    if sealed:
        cache.set(LINK_KEY, sealed, timeout=60)
    return sealed


@lru_cache(maxsize=4)
def _by_link_key(sealed: bytes) -> KeyProvider:
    return FernetKeyProvider((key_provider().unseal(sealed).decode(),))


def _facts(message: Message) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "language": message.language,
        "recipient": message.recipient,
        "recipient_name": message.recipient_name,
        "unsubscribe_url": "" if message.asked_for else unsubscribe_url(message.recipient),
    }


def _headers(message: Message, *, unsubscribe_url: str) -> dict[str, str]:
    headers = {
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday notes in return
        "Content-Language": message.language,
    }
    if unsubscribe_url:
        headers |= {
            "List-Unsubscribe": f"<{unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return headers


def _sender(name: str) -> str:
    """The organisation's name, so that people recognise who writes; always the site's own address."""
    site, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((_one_line(name) or site, address))


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _content_id(message: Message) -> str:
    return f"{message.id.hex}.picture@badges"


def _attach(mail: EmailMultiAlternatives, picture: bytes, *, content_id: str) -> None:
    part = MIMEImage(picture, "png")
    part.add_header("Content-ID", f"<{content_id}>")
    part.add_header("Content-Disposition", "inline", filename="badge.png")
    mail.mixed_subtype = "related"  # type: ignore[attr-defined]
    mail.attach(part)


def _picture(name: str) -> bytes:
    return _small_png(name) if name and default_storage.exists(name) else b""


@lru_cache(maxsize=64)
def _small_png(name: str) -> bytes:
    """Named by their content in storage, so they never change; a thousand mails of a batch show the same one."""
    with default_storage.open(name) as file:
        picture = Image.open(io.BytesIO(file.read()))
    picture.thumbnail((WIDEST, WIDEST))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
