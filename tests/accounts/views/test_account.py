"""One's own account: profile, addresses, sessions, leaving."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import User
from common.actors import SYSTEM
from issuers.models import Invitation, Issuer
from issuers.services import accept_invitation, invite_member
from journal.models import Entry
from journal.services import broken_links
from tests.accounts.codes import code_for, last_mail
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
ADDRESSES, VERIFY = "/accounts/email/", "/accounts/confirm-email/"
PAGES = [
    "/accounts/profile/", ADDRESSES, "/accounts/sessions/", "/accounts/2fa/", "/accounts/password/set/",
    "/accounts/delete/", "/accounts/logout/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
]  # fmt: skip


@pytest.fixture
def person() -> User:
    return make_user("Inès Marchand", email="ines@example.org")


@pytest.fixture
def me(signed_in: SignIn, person: User) -> Client:
    return signed_in(person)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_of_the_account(me: Client, path: str, language: str):
    me.cookies["django_language"] = language
    response = me.get(path)
    assert (response.status_code, response["Content-Language"]) == (200, language)


@pytest.mark.parametrize("path", [path for path in PAGES if "logout" not in path])
def test_strangers_are_asked_to_sign_in(path: str):
    assert Client().get(path)["Location"].startswith("/accounts/login/?next=")


def test_changing_the_profile(me: Client, person: User):
    me.cookies["django_language"] = "en"
    response = me.post(
        "/accounts/profile/", {"name": "Inès M.", "language": "fr", "time_zone": "Europe/Paris"}
    )
    assert response["Location"] == "/accounts/profile/"
    person.refresh_from_db()
    assert (person.name, person.language, person.time_zone) == ("Inès M.", "fr", "Europe/Paris")
    assert me.get("/accounts/profile/")["Content-Language"] == "fr"


@pytest.mark.parametrize(
    "wrong", [{"time_zone": "Mars/Olympus"}, {"language": "xx"}, {"name": "x" * 201}, {"time_zone": ""}]
)
def test_a_profile_that_cannot_be(me: Client, person: User, wrong: dict[str, str]):
    data = {"name": "Inès", "language": "en", "time_zone": "Europe/Paris"} | wrong
    assert 'aria-invalid="true"' in me.post("/accounts/profile/", data).content.decode()
    assert User.objects.get(pk=person.pk).name == "Inès Marchand"


def test_another_address_is_added_by_a_code(me: Client, person: User):
    sent = me.post(ADDRESSES, {"action_add": "", "email": "Ines@Work.example"})
    assert sent["Location"] == VERIFY
    assert not EmailAddress.objects.filter(email="ines@work.example").exists()
    assert last_mail("ines@work.example").kind == "address_code"
    me.post(VERIFY, {"code": code_for("ines@work.example")})
    added = EmailAddress.objects.get(email="ines@work.example")
    assert (added.user, added.verified, added.primary) == (person, True, False)


def test_the_main_address_can_be_changed_and_the_other_removed(me: Client, person: User):
    EmailAddress.objects.create(user=person, email="ines@work.example", verified=True)
    me.post(ADDRESSES, {"action_remove": "", "email": "ines@example.org"})
    assert person.emailaddress_set.count() == 2
    me.post(ADDRESSES, {"action_primary": "", "email": "ines@work.example"})
    person.refresh_from_db()
    assert person.email == "ines@work.example"
    me.post(ADDRESSES, {"action_remove": "", "email": "ines@example.org"})
    assert [row.email for row in person.emailaddress_set.all()] == ["ines@work.example"]
    assert last_mail("ines@work.example").context["event"] == "address_removed"


def test_adding_an_address_tells_nobody_whose_it_is(me: Client, person: User):
    make_user(email="taken@example.org")
    answers = []
    for address in ("taken@example.org", "free@example.org"):
        sent = me.post(ADDRESSES, {"action_add": "", "email": address})
        page = me.get(sent["Location"]).content.decode()
        answers.append((sent["Location"], len(page.replace(address, "")), last_mail(address).kind))
    assert answers[0] == answers[1]


def test_nobody_elses_address_can_be_taken(me: Client, person: User):
    make_user(email="taken@example.org")
    me.post(ADDRESSES, {"action_add": "", "email": "taken@example.org"})
    page = me.post(VERIFY, {"code": code_for("taken@example.org")})
    assert "belongs to another account" in page.content.decode()
    assert person.emailaddress_set.count() == 1


def test_five_addresses_are_enough(me: Client, person: User):
    for number in range(4):
        EmailAddress.objects.create(user=person, email=f"ines{number}@example.org", verified=True)
    assert "Add an address" not in me.get(ADDRESSES).content.decode()
    me.post(ADDRESSES, {"action_add": "", "email": "one@more.example"})
    assert person.emailaddress_set.count() == 5


def test_sessions_elsewhere_can_be_ended(person: User):
    browsers = []
    for agent in ("Mozilla/5.0 (X11; Linux) Firefox/140.0", "Mozilla/5.0 (iPhone) Safari/600"):
        browser = Client(headers={"User-Agent": agent})
        browser.post("/accounts/login/", {"login": "ines@example.org"})
        browser.post("/accounts/login/code/confirm/", {"code": code_for("ines@example.org")})
        browsers.append(browser)
    page = browsers[0].get("/accounts/sessions/").content.decode()
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    browsers[0].post("/accounts/sessions/")
    assert browsers[0].get("/accounts/profile/").status_code == 200
    assert browsers[1].get("/accounts/profile/").status_code == 302


def test_leaving_needs_the_address_typed(me: Client, person: User):
    assert (
        'aria-invalid="true"'
        in me.post("/accounts/delete/", {"address": "other@example.org"}).content.decode()
    )
    assert User.objects.filter(pk=person.pk).exists()


def test_leaving_erases_the_person(me: Client, person: User, issuer: Issuer):
    now = timezone.now()
    invited = invite_member(issuer=issuer, address="ines@example.org", role="viewer", by=SYSTEM, at=now)
    accept_invitation(invitation=invited, user=person, at=now)
    me.post("/accounts/login/", {"login": "x@example.org"})
    response = me.post("/accounts/delete/", {"address": " INES@example.org"}, follow=True)
    assert "Your account is deleted" in response.content.decode()
    assert not User.objects.filter(pk=person.pk).exists()
    assert not EmailAddress.objects.filter(email="ines@example.org").exists()
    assert not Invitation.objects.filter(address="ines@example.org").exists()
    assert me.get("/accounts/profile/").status_code == 302
    line = Entry.objects.get(scope="site")
    assert (line.action, line.actor_label, line.target_label) == ("accounts.account.deleted", "", "")
    assert list(broken_links("site")) == []


def test_the_last_owner_hands_over_first(signed_in: SignIn, issuer: Issuer, owner: User, editor: User):
    page = signed_in(owner).post("/accounts/delete/", {"address": owner.email}).content.decode()
    assert "Atelier Nord" in page
    assert User.objects.filter(pk=owner.pk).exists()
    assert issuer.memberships.filter(user=owner).exists()
