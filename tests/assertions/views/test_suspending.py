"""The page that asks before a badge is suspended, and the button that lifts it."""

import pytest
from django.test import Client

from accounts.models import User
from assertions.models import Award, Suspension
from issuers.models import Issuer
from tests.assertions.views.support import SignIn, statuses
from tests.assertions.views.visiting import words


@pytest.fixture
def page(issuer: Issuer, accepted_award: Award) -> str:
    return f"/manage/{issuer.slug}/awards/{accepted_award.pk}"


@pytest.fixture
def url(page: str) -> str:
    return f"{page}/suspend"


def test_who_may(
    signed_in: SignIn, stranger: User, viewer: User, awarder: User, url: str, client: Client
) -> None:
    assert statuses(signed_in, [stranger, viewer, awarder], url) == [404, 403, 200]
    assert client.get(url).status_code == 302
    for person, status in ((stranger, 404), (viewer, 403)):
        assert signed_in(person).post(url, {"reason": "Why."}).status_code == status
        assert signed_in(person).post(url.replace("suspend", "reinstate")).status_code == status
    assert not Suspension.objects.exists()


def test_it_says_what_will_happen_and_looking_changes_nothing(
    signed_in: SignIn, awarder: User, url: str
) -> None:
    said = words(signed_in(awarder).get(url))
    assert "Inès Marchand" in said
    assert "Verifiers elsewhere that know no suspension see it as revoked until you lift it." in said
    assert not Suspension.objects.exists()


@pytest.mark.parametrize("reason", ["", " ", "x" * 301])
def test_bad_reasons_change_nothing(signed_in: SignIn, awarder: User, url: str, reason: str) -> None:
    answer = signed_in(awarder).post(url, {"reason": reason})
    assert answer.status_code == 200
    assert b"aria-invalid" in answer.content
    assert not Suspension.objects.exists()


def test_suspended_and_lifted(signed_in: SignIn, awarder: User, viewer: User, page: str, url: str) -> None:
    client = signed_in(awarder)
    assert url in client.get(page).content.decode()
    answer = client.post(url, {"reason": "We are looking into a complaint."}, follow=True)
    said = words(answer)
    assert answer.redirect_chain == [(page, 302)]
    assert "This badge is suspended. Whoever checks it reads: “We are looking into a complaint.”" in said
    assert url not in answer.content.decode()
    assert "Lift the suspension" not in words(signed_in(viewer).get(page))
    lifted = client.post(f"{page}/reinstate", follow=True)
    assert "The badge is valid again" in words(lifted)
    assert "Suspension lifted Karim Benali" in words(lifted) or "Suspension lifted" in words(lifted)
    assert not Suspension.objects.filter(lifted_at=None).exists()


def test_twice_is_said_in_words(signed_in: SignIn, awarder: User, page: str, url: str) -> None:
    client = signed_in(awarder)
    client.post(url, {"reason": "Why."})
    assert "suspended already" in words(client.post(url, {"reason": "Why."}, follow=True))
    client.post(f"{page}/reinstate")
    assert "not suspended" in words(client.post(f"{page}/reinstate", follow=True))


def test_lists_show_it(signed_in: SignIn, awarder: User, issuer: Issuer, url: str) -> None:
    client = signed_in(awarder)
    client.post(url, {"reason": "Why."})
    listed = words(client.get(f"/manage/{issuer.slug}/awards?state=suspended"))
    assert "Inès Marchand" in listed
    assert "Suspended" in client.get(f"/manage/{issuer.slug}/awards/export").getvalue().decode()
