"""Visitors with a browser, and what a page says to them."""

import html
import json
import re
from datetime import datetime

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from assertions.models import Award
from assertions.services import open_claims
from assertions.services.correcting import ask_address_change
from common.sealing import key_provider
from journal.models import Message

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def browser(language: str = "en") -> Client:
    """A browser of its own: no cookie yet."""
    return Client(headers={"Accept": BROWSER, "Accept-Language": language})


def words(response: HttpResponse) -> str:
    """The text of a page, on one line, without tags; curly quotes as they are."""
    body = response.content.decode()
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", body, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def claim_link(award: Award) -> str:
    """A fresh link, good for thirty days from now on."""
    return f"/claim/{open_claims([award], at=timezone.now())[award.pk]}"


def asked(award: Award, address: str = "ines.new@example.net", *, at: datetime | None = None) -> str:
    """The token of the mail that asks the new address to confirm."""
    change = ask_address_change(award=award, address=address, at=at or timezone.now())
    mail = Message.objects.about(f"address_change:{change.pk}").get()
    assert (mail.recipient, mail.asked_for) == (address, True)
    secrets = json.loads(key_provider().unseal(bytes(mail.sealed or b"")))
    return str(secrets["action_url"]).rpartition("/")[2]
