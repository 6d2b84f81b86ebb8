"""/unsubscribe/<token>: GET shows, POST does, whoever posts."""

import pytest
from django.test import Client

from journal.emails import unsubscribe_url
from journal.models import Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def path() -> str:
    return unsubscribe_url("ines@example.org").removeprefix("https://badges.example.org")


@pytest.fixture
def strict() -> Client:
    """As a mail client posts: without a cookie and without a CSRF token."""
    return Client(enforce_csrf_checks=True)


def test_looking_changes_nothing(client: Client, path: str):
    for method in (client.get, client.head):
        assert method(path).status_code == 200
    assert not Suppression.objects.exists()
    assert "ines@example.org" in client.get(path).content.decode()


def test_one_click_of_a_mail_client(strict: Client, path: str):
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Suppression.objects.get().address == "ines@example.org"


def test_the_page_says_so_and_can_undo_it(client: Client, path: str):
    done = client.post(path).content.decode()
    assert "no more from us" in done
    again = client.post(path, {"action": "again"}).content.decode()
    assert "No more mails?" in again
    assert not Suppression.objects.exists()


def test_it_can_be_done_twice(client: Client, path: str):
    for _time in range(2):
        assert client.post(path).status_code == 200


def test_in_french(client: Client, path: str):
    assert client.get(path, headers={"Accept-Language": "fr"})["Content-Language"] == "fr"


@pytest.mark.parametrize("token", ["x", "%C3%A9", "gAAAAABnothing"])
def test_a_link_that_is_not_whole(client: Client, token: str):
    for response in (client.get(f"/unsubscribe/{token}"), client.post(f"/unsubscribe/{token}")):
        assert response.status_code == 404
        assert "not complete" in response.content.decode()
    assert not Suppression.objects.exists()
