"""Everything on one award, and what can be done about it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, Evidence, FormerSignature, NameRequest, Recipient
from badges.models import Badge
from issuers.models import Issuer
from journal.models import Message
from tests.assertions.views.support import SignIn, statuses
from tests.factories import NOON, make_award


@pytest.fixture
def row(badge: Badge) -> Award:
    return make_award(badge, address="ines@example.org", notify=True, narrative="You **did** it.")


@pytest.fixture
def url(issuer: Issuer, row: Award) -> str:
    return f"/manage/{issuer.slug}/awards/{row.pk}"


@pytest.fixture
def karim(awarder: User, signed_in: SignIn) -> Client:
    return signed_in(awarder)


def test_who_may(
    signed_in: SignIn, stranger: User, viewer: User, awarder: User, url: str, client: Client, row: Award,
    other_issuer: Issuer,
) -> None:  # fmt: skip
    assert statuses(signed_in, [stranger, viewer, awarder], url) == [404, 200, 200]
    assert client.get(url).status_code == 302
    assert signed_in(stranger).get(f"/manage/{other_issuer.slug}/awards/{row.pk}").status_code == 404
    assert "Revoke" not in signed_in(viewer).get(url).content.decode()


@pytest.mark.parametrize("act", ["send-again", "undo", "revoke"])
def test_who_may_act(signed_in: SignIn, stranger: User, viewer: User, url: str, act: str) -> None:
    assert [signed_in(one).post(f"{url}/{act}").status_code for one in (stranger, viewer)] == [404, 403]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_all_of_it_is_told(karim: Client, url: str, row: Award, language: str) -> None:
    karim.cookies["django_language"] = language
    Evidence.objects.create(award=row, position=1, url="https://example.org/film", name="The film")
    former = Recipient.objects.create(address="old@example.org", created_at=NOON)
    FormerSignature.objects.create(
        award=row, recipient=former, salt="x", signed="x", signing_key=row.signing_key, replaced_at=NOON
    )
    NameRequest.objects.create(award=row, name="Agnès Dupont", created_at=NOON)
    Message.objects.update(state="failed", reason="550 no such mailbox")
    page = karim.get(url).content.decode()
    for words in (
        "ines@example.org",
        "old@example.org",
        "<strong>did</strong>",
        "The film",
        "Agnès Dupont",
        "550 no such mailbox",
        f"/assertions/{row.pk}",
    ):
        assert words in page, words
    assert f'lang="{language}"' in page


@pytest.mark.parametrize(
    "fields",
    [
        {"response": "accepted", "responded_at": NOON},
        {"response": "declined", "responded_at": NOON, "response_note": "Not mine."},
        {"response": "not_me", "responded_at": NOON},
        {"expires_at": NOON},
        {"revoked_at": NOON, "revocation_reason": "Mistake.", "revocation_note": "Private."},
    ],
)
def test_every_state(karim: Client, url: str, row: Award, fields: dict[str, object]) -> None:
    Award.objects.filter(pk=row.pk).update(**fields)
    page = karim.get(url).content.decode()
    for words in ("response_note", "revocation_reason", "revocation_note"):
        assert str(fields.get(words, "")) in page


def test_sent_again(karim: Client, url: str) -> None:
    on_its_way = karim.post(f"{url}/send-again", follow=True)
    assert "on its way already" in on_its_way.content.decode()
    Message.objects.update(state="sent")
    assert "ines@example.org" in karim.post(f"{url}/send-again", follow=True).content.decode()
    assert Message.objects.filter(kind="award").count() == 2


def test_a_wrong_address_is_mended(karim: Client, url: str, row: Award) -> None:
    back = karim.post(f"{url}/send-again", {"address": "agnes@example.org"})
    fresh = Award.objects.get(recipient__address="agnes@example.org")
    assert back["Location"].endswith(f"/awards/{fresh.pk}")
    row.refresh_from_db()
    assert row.revoked_at
    odd = karim.post(
        f"/manage/{row.issuer.slug}/awards/{fresh.pk}/send-again", {"address": "agnes"}, follow=True
    )
    assert "has no @" in odd.content.decode()


def test_revoked_and_undone(karim: Client, url: str, row: Award) -> None:
    assert "What will happen" in karim.get(f"{url}/revoke").content.decode()
    assert "Say why." in karim.post(f"{url}/revoke").content.decode()
    done = karim.post(f"{url}/revoke", {"reason": "Mistake.", "note": "Ticket 12."})
    assert done["Location"] == url
    page = karim.get(url).content.decode()
    assert "Undo" in page
    assert "Ticket 12." in page
    karim.post(f"{url}/undo")
    row.refresh_from_db()
    assert row.revoked_at is None


def test_too_late_to_undo(karim: Client, url: str, row: Award) -> None:
    Award.objects.filter(pk=row.pk).update(revoked_at=timezone.now() - timedelta(hours=1))
    assert ">Undo<" not in karim.get(url).content.decode()
    assert "15 minutes only" in karim.post(f"{url}/undo", follow=True).content.decode()


def test_revoking_twice_says_so(karim: Client, url: str, row: Award) -> None:
    Award.objects.filter(pk=row.pk).update(revoked_at=NOON)
    assert "revoked already" in karim.get(f"{url}/revoke", follow=True).content.decode()
