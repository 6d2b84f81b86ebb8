"""A code by mail for people in the middle of something: to whom it goes, and what strangers learn."""

import pytest
from django.test import Client

from accounts.models import User
from journal.models import Message
from tests.factories import make_user
from tests.issuers.codes import code_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    from django.core.cache import cache

    cache.clear()


def begin(client: Client, address: str = "new@example.org", name: str = "Atelier Neuf") -> str:
    response = client.post("/start/", {"email": address, "name": name})
    assert response.status_code == 302
    return response["Location"]


def test_the_same_answer_whether_the_address_is_known_or_not():
    make_user(email="known@example.org")
    answers = []
    for address in ("known@example.org", "unknown@example.org"):
        client = Client()
        location = begin(client, address)
        page = client.get(location).content.decode().replace(address, "ADDRESS")
        answers.append((location, len(page), Message.objects.get(recipient=address).kind))
    assert answers[0] == answers[1]


def test_a_closed_account_gets_no_code_and_the_same_answer():
    make_user(email="closed@example.org", is_active=False)
    client = Client()
    assert client.get(begin(client, "closed@example.org")).status_code == 200
    assert not Message.objects.filter(kind="sign_in_code").exists()


def test_an_address_that_another_account_only_claims_is_not_let_into_it():
    mallory = make_user(email="mallory@example.org")
    mallory.emailaddress_set.create(email="victim@example.org", verified=False)
    client = Client()
    client.post(begin(client, "victim@example.org"), {"code": code_for("victim@example.org")}, follow=True)
    assert not mallory.memberships.exists()
    assert User.objects.get(email="victim@example.org").memberships.exists()


def test_codes_are_not_sent_without_end():
    client = Client()
    for _time in range(3):
        begin(client)
    response = client.post("/start/", {"email": "new@example.org", "name": "X"})
    assert response.status_code == 200
    assert "Many codes" in response.content.decode()
