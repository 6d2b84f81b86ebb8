"""After awarding: who got it, where the mails are, who was left out and is mended there."""

import pytest
from django.test import Client

from accounts.models import User
from assertions.models import Award
from badges.models import Badge
from issuers.models import Issuer
from journal.models import Message
from tests.assertions.views.support import SignIn, cost, statuses


def award_people(client: Client, issuer: Issuer, badge: Badge, people: str) -> str:
    """Through the page; the address of the result."""
    url = f"/manage/{issuer.slug}/badges/{badge.pk}/award"
    draft = client.post(url, {"people": people, "narrative": "Well done."}).context["draft"]
    rows = {"name": [row.name for row in draft.rows], "address": [row.address for row in draft.rows]}
    sent = {
        **draft.carried(),
        **rows,
        "narrative": "Well done.",
        "round": str(draft.round_id),
        "act": "award",
    }
    return client.post(url, sent)["Location"]


@pytest.fixture
def karim(awarder: User, signed_in: SignIn) -> Client:
    return signed_in(awarder)


def test_who_may(
    karim: Client,
    issuer: Issuer,
    badge: Badge,
    signed_in: SignIn,
    stranger: User,
    viewer: User,
    client: Client,
) -> None:
    url = award_people(karim, issuer, badge, "ines@example.org")
    assert statuses(signed_in, [stranger, viewer], url) == [404, 403]
    assert client.get(url).status_code == 302
    assert karim.get(url).status_code == 200


def test_it_follows_the_mails(karim: Client, issuer: Issuer, badge: Badge) -> None:
    url = award_people(karim, issuer, badge, "ines@example.org\nleo@example.org")
    page = karim.get(url).content.decode()
    assert "2 badges awarded" in page
    assert "every 3s" in page
    Message.objects.filter(recipient="leo@example.org").update(state="failed", reason="550 no such mailbox")
    Message.objects.filter(recipient="ines@example.org").update(state="sent")
    page = karim.get(url).content.decode()
    assert "every 3s" not in page
    assert "550 no such mailbox" in page
    leo = Award.objects.get(recipient__address="leo@example.org")
    again = karim.post(f"/manage/{issuer.slug}/awards/{leo.pk}/send-again", {"back": "result"})
    assert again["Location"] == url


def test_who_was_left_out_is_mended_there(karim: Client, issuer: Issuer, badge: Badge) -> None:
    url = award_people(karim, issuer, badge, "ines@example.org\nLéo Nguyen, leo@example")
    left_out = karim.get(url).context["left_out"]
    assert [row[1] for row in left_out["rows"]] == ["leo@example"]
    assert dict(left_out["carried"])["narrative"] == ["Well done."]
    other = award_people(karim, issuer, badge, "maya@example.org")
    assert karim.get(other).context["left_out"] is None


def test_it_costs_the_same_with_1_and_3_rows(karim: Client, issuer: Issuer, badge: Badge) -> None:
    one = award_people(karim, issuer, badge, "a@example.org")
    three = award_people(karim, issuer, badge, "b@example.org\nc@example.org\nd@example.org")
    assert cost(karim, one) == cost(karim, three)


def test_an_unknown_round(karim: Client, issuer: Issuer) -> None:
    assert (
        karim.get(f"/manage/{issuer.slug}/awards/round/{'0' * 8}-0000-4000-8000-{'0' * 12}").status_code
        == 404
    )
