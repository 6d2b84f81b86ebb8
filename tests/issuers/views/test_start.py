"""Sign-up: two answers, a code, and the first badge."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from issuers.models import Issuer, Membership
from tests.factories import make_user
from tests.issuers.codes import code_for

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    from django.core.cache import cache

    cache.clear()


def begin(client: Client, address: str = "new@example.org", name: str = "Atelier Neuf") -> str:
    response = client.post("/start/", {"email": address, "name": name})
    assert response.status_code == 302
    return response["Location"]


def test_from_nothing_to_the_first_badge():
    client = Client()
    code_page = begin(client)
    assert client.get(code_page).status_code == 200
    then = client.post(code_page, {"code": code_for("new@example.org")})
    assert then["Location"] == "/start/finish/"
    landed = client.get(then["Location"])
    assert landed["Location"] == "/manage/atelier-neuf/badges/new"
    issuer = Issuer.objects.get()
    assert (issuer.name, issuer.email) == ("Atelier Neuf", "new@example.org")
    assert issuer.url == "https://badges.example.org/issuers/atelier-neuf"
    assert issuer.memberships.get().role == Membership.Role.OWNER
    assert client.get("/start/finish/")["Location"] == "/manage/"
    assert Issuer.objects.count() == 1


def test_the_new_person_has_proved_the_address_and_reads_in_their_language():
    client = Client(headers={"Accept-Language": "fr"})
    code_page = begin(client)
    client.post(code_page, {"code": code_for("new@example.org")}, follow=True)
    user = User.objects.get()
    assert user.emailaddress_set.get().verified
    assert user.language == "fr"
    assert Issuer.objects.get().language == "fr"


def test_who_has_an_account_gets_another_organisation():
    person = make_user(email="known@example.org")
    client = Client()
    client.post(begin(client, " Known@Example.org"), {"code": code_for("known@example.org")}, follow=True)
    assert person.memberships.get().issuer.name == "Atelier Neuf"


def test_nothing_is_made_without_the_code():
    client = Client()
    location = begin(client)
    client.post(location, {"code": "000000"}, follow=True)
    assert client.get("/start/finish/")["Location"].startswith("/accounts/login/")
    assert not Issuer.objects.exists()


def test_signed_in_only_the_name_is_asked(owner: User, signed_in: SignIn):
    page = signed_in(owner)
    assert "email" not in page.get("/start/").context["form"].fields
    response = page.post("/start/", {"name": "Second"})
    assert response["Location"] == "/manage/second/badges/new"
    assert owner.memberships.get(issuer__slug="second").role == Membership.Role.OWNER


@pytest.mark.parametrize("data", [{}, {"email": "x", "name": "A"}, {"email": "a@b.example", "name": " "}])
def test_bad_answers_are_said_at_the_field(data: dict[str, str]):
    response = Client().post("/start/", data)
    assert response.status_code == 200
    assert response.context["form"].errors


@pytest.mark.parametrize(
    ("typed", "says"), [("", "is missing"), ("mona", "has no @"), ("mona@workshop", "no ending such as .org")]
)
def test_an_address_is_asked_for_in_words_that_say_what_to_mend(typed: str, says: str):
    page = Client().post("/start/", {"email": typed, "name": "The Workshop"}).content.decode()
    assert says in page
    assert f'value="{typed}"' in page or not typed
    assert 'value="The Workshop"' in page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_both_languages(language: str):
    client = Client()
    client.cookies["django_language"] = language
    page = client.get("/start/?email=me@example.org")
    assert f'lang="{language}"' in page.content.decode()
    assert "me@example.org" in page.content.decode()


@pytest.mark.parametrize(("told", "kept"), [("Asia/Tokyo", "Asia/Tokyo"), ("Nowhere/Else", "Europe/Paris")])
def test_times_are_shown_as_they_are_where_the_person_is(told: str, kept: str):
    page = Client().get("/start/").content.decode()
    assert "data-time-zone" in page
    assert "js/time-zone.js" in page
    Client().post("/start/", {"email": "new@example.org", "name": "Atelier Neuf", "time_zone": told})
    assert User.objects.get().time_zone == kept


def test_a_nameless_person_is_asked_once_more_where_it_matters(
    signed_in: SignIn, issuer: Issuer, owner: User
):
    words = "What is your name?"
    assert words not in signed_in(owner).get(f"/manage/{issuer.slug}/").content.decode()
    User.objects.filter(pk=owner.pk).update(name="")
    assert words in signed_in(owner).get(f"/manage/{issuer.slug}/").content.decode()
