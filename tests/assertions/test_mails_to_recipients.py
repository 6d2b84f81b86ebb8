"""The mails of this room as they are sent: in both languages, both parts saying the same, strangers' words harmless."""

import json

import pytest
from bs4 import BeautifulSoup
from django.core.mail import EmailMultiAlternatives

from accounts.models import User
from assertions.models import Award, NameRequest
from assertions.services import decide_name, revoke
from assertions.services.correcting import correct_name
from badges.models import Badge
from common.actors import SYSTEM
from common.sealing import key_provider
from journal.emails import write
from journal.models import Message
from tests.factories import NOON, make_accepted, make_award


def written(kind: str) -> EmailMultiAlternatives:
    message = Message.objects.get(kind=kind)
    return write(message, secrets=json.loads(key_provider().unseal(bytes(message.sealed))))


def html_of(mail: EmailMultiAlternatives) -> str:
    return str(mail.alternatives[0][0])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_award(badge: Badge, language: str) -> None:
    make_award(badge, address="ines@example.org", narrative="You **led** it.", language=language, notify=True)
    mail = written("award")
    name = "Run a workshop" if language == "en" else "Run a workshop (fr)"
    assert name in mail.subject
    assert "Atelier Nord" in mail.subject
    for part in (mail.body, html_of(mail)):
        assert "/claim/" in part
        assert name in part
        assert "Inès Marchand" in part
    assert "<strong>led</strong>" in html_of(mail)
    assert "You **led** it." in mail.body
    assert "cid:" in html_of(mail)
    assert "List-Unsubscribe" in mail.extra_headers
    assert "fonts.googleapis" not in html_of(mail)


def test_words_of_strangers_are_harmless(badge: Badge) -> None:
    name = "<mj-raw><script>alert(1)</script></mj-raw>\nBcc: all@example.org"
    make_award(
        badge, name=name, narrative='<img src=x onerror="alert(1)"> [x](javascript:alert(1))', notify=True
    )
    mail = written("award")
    page = BeautifulSoup(html_of(mail), "html.parser")
    assert not page.find_all("script")
    assert not [name for element in page.find_all() for name in element.attrs if name.startswith("on")]
    assert not [link for link in page.find_all("a") if link.get("href", "").startswith("javascript")]
    assert "alert(1)" in page.get_text()
    assert "\n" not in mail.subject
    assert mail.message()["Bcc"] is None


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_revocation(badge: Badge, language: str) -> None:
    row = make_accepted(badge, language=language)
    revoke(awards=[row], reason="Awarded to <b>the wrong</b> list.", by=SYSTEM, at=NOON)
    mail = written("revoked")
    assert "Awarded to <b>the wrong</b> list." in mail.body
    assert "Awarded to &lt;b&gt;the wrong&lt;/b&gt; list." in html_of(mail)
    for part in (mail.body, html_of(mail)):
        assert f"/assertions/{row.pk}" in part
        assert row.issuer.email in part
    assert "cid:" not in html_of(mail)


@pytest.mark.parametrize("approve", [True, False])
def test_the_name(accepted_award: Award, approve: bool) -> None:
    asked = NameRequest.objects.create(award=accepted_award, name="Agnès Dupont", created_at=NOON)
    decide_name(request=asked, approve=approve, by=SYSTEM, at=NOON)
    mail = written("name_decided")
    assert ("Agnès Dupont" if approve else "Inès Marchand") in mail.subject
    for part in (mail.body, html_of(mail)):
        assert "Agnès Dupont" in part
        assert f"/assertions/{accepted_award.pk}" in part


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_question_about_a_name(badge: Badge, owner: User, language: str) -> None:
    User.objects.filter(pk=owner.pk).update(language=language)
    row = make_accepted(badge)
    correct_name(award=row, name="Agnès O'Dupont", at=NOON)
    mail = write(Message.objects.get(kind="name_asked"), secrets={})
    assert "Agnès O'Dupont" in mail.subject
    assert "Inès Marchand" in mail.subject
    page = f"/manage/{row.issuer.slug}/awards/{row.pk}"
    for part in (mail.body, BeautifulSoup(html_of(mail), "html.parser").get_text()):
        assert "Agnès O'Dupont" in part
        assert page in part
        assert ("Run a workshop (fr)" if language == "fr" else "Run a workshop") in part
