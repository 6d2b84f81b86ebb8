"""The organisation's outbox."""

import pytest
from django.test import Client

from accounts.models import User
from assertions.models import Award
from badges.models import Badge
from issuers.models import Issuer
from journal.models import Message
from tests.assertions.views.support import SignIn, cost, statuses
from tests.factories import make_award, make_badge


@pytest.fixture
def url(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/settings/mail"


def test_who_may(
    signed_in: SignIn, stranger: User, viewer: User, awarder: User, url: str, client: Client
) -> None:
    assert statuses(signed_in, [stranger, viewer, awarder], url) == [404, 200, 200]
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_mail_with_its_state_and_reason(
    signed_in: SignIn, awarder: User, url: str, badge: Badge, other_issuer: Issuer, language: str
) -> None:
    rows = [make_award(badge, notify=True) for _ in range(3)]
    make_award(make_badge(other_issuer), address="foreign@example.org", notify=True)
    Message.objects.about(rows[0].mail_subject).update(state="failed", reason="550 no such mailbox")
    Message.objects.about(rows[1].mail_subject).update(state="sent")
    client: Client = signed_in(awarder)
    client.cookies["django_language"] = language
    page = client.get(url).content.decode()
    assert "550 no such mailbox" in page
    assert "foreign@example.org" not in page
    assert page.count('/send-again"') == 2
    assert len(client.get(url, {"state": "failed"}).context["rows"]) == 1
    assert len(client.get(url, {"q": rows[1].recipient.address.upper()}).context["rows"]) == 1
    assert client.get(url, {"q": "\0", "state": "x", "cursor": "x"}).status_code == 200


def test_send_again_is_for_awarders_and_for_the_unanswered(
    signed_in: SignIn, awarder: User, viewer: User, url: str, badge: Badge
) -> None:
    row = make_award(badge, notify=True)
    Message.objects.update(state="failed")
    assert '/send-again"' not in signed_in(viewer).get(url).content.decode()
    back = signed_in(awarder).post(f"/manage/{row.issuer.slug}/awards/{row.pk}/send-again", {"back": "mail"})
    assert back["Location"] == url
    Award.objects.update(response="accepted")
    assert '/send-again"' not in signed_in(awarder).get(url).content.decode()


def test_it_costs_the_same_with_1_and_3_rows(signed_in: SignIn, viewer: User, url: str, badge: Badge) -> None:
    client = signed_in(viewer)
    make_award(badge, notify=True)
    one = cost(client, url)
    make_award(badge, notify=True)
    make_award(badge, notify=True)
    assert cost(client, url) == one
