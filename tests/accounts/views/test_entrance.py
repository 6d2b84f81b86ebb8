"""Coming in: by code, by password; and what strangers learn about who has an account: nothing."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from common.addresses import normalise, problem_with
from journal.models import Message
from tests.accounts.codes import code_for, last_mail
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LOGIN, CODE, SIGNUP = "/accounts/login/", "/accounts/login/code/confirm/", "/accounts/signup/"
PASSWORD = "correct horse battery"


@pytest.fixture
def person() -> User:
    return make_user("Inès Marchand", email="ines@example.org")


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def plain(response: HttpResponse, address: str) -> str:
    """The page, without what differs from one visit to the next anyway."""
    html = response.content.decode().replace(address, "")
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", html)


def test_signing_in_by_code(client: Client, person: User):
    response = client.post(LOGIN, {"login": " Ines@Example.org "})
    assert response["Location"] == CODE
    assert not is_signed_in(client)
    response = client.post(CODE, {"code": code_for("ines@example.org").lower().replace("-", " ")})
    assert response["Location"] == "/manage/"
    assert is_signed_in(client)


def test_the_mail_goes_first_and_to_anyone(client: Client, person: User):
    client.post(LOGIN, {"login": "ines@example.org"})
    mail = last_mail("ines@example.org")
    assert (mail.kind, mail.scope, mail.asked_for, mail.state) == (
        "sign_in_code",
        "site",
        True,
        Message.State.DUE,
    )


def test_the_mail_speaks_the_language_of_the_page(client: Client, person: User):
    client.post(LOGIN, {"login": "ines@example.org"}, headers={"Accept-Language": "fr"})
    assert last_mail("ines@example.org").language == "fr"


def test_one_returns_to_where_one_was_going(client: Client, person: User):
    asked = client.get("/accounts/email/")
    assert asked["Location"] == f"{LOGIN}?next=/accounts/email/"
    page = client.get(asked["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/accounts/email/">' in page
    response = client.post(LOGIN, {"login": "ines@example.org", "next": "/accounts/email/"})
    assert response["Location"] == f"{CODE}?next=%2Faccounts%2Femail%2F"
    wrong = client.post(response["Location"], {"code": "BBB-BBB", "next": "/accounts/email/"})
    assert 'name="next" value="/accounts/email/"' in wrong.content.decode()
    code = code_for("ines@example.org")
    assert client.post(CODE, {"code": code, "next": "/accounts/email/"})["Location"] == "/accounts/email/"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "https://badges.example.org@evil.example/",
    ],
)
def test_one_is_not_led_elsewhere(client: Client, person: User, target: str):
    response = client.post(LOGIN, {"login": "ines@example.org", "next": target})
    client.post(response["Location"], {"code": code_for("ines@example.org"), "next": target})
    assert is_signed_in(client)
    assert "evil" not in client.get(f"{LOGIN}?next={target}").headers.get("Location", "")


def test_a_known_and_an_unknown_address_get_the_same_answer(person: User):
    answers = []
    for address in ("ines@example.org", "nobody@example.org"):
        client = Client()
        sent = client.post(LOGIN, {"login": address})
        page = client.get(sent["Location"])
        wrong = client.post(CODE, {"code": "BBB-BBB"})
        again = client.post(CODE, {"action": "resend"}, follow=True)
        pages = [(step.status_code, plain(step, address)) for step in (page, wrong, again)]
        answers.append([sent["Location"], *pages])
    assert answers[0] == answers[1]


def test_who_has_no_account_is_told_so_by_mail(client: Client):
    client.post(LOGIN, {"login": "nobody@example.org"})
    mail = last_mail("nobody@example.org")
    assert mail.kind == "no_account"
    assert (
        mail.context["action_url"] == "https://badges.example.org/accounts/signup/?email=nobody%40example.org"
    )
    assert not User.objects.exists()


def test_three_wrong_codes_end_it(client: Client, person: User):
    client.post(LOGIN, {"login": "ines@example.org"})
    code = code_for("ines@example.org")
    for _time in range(3):
        client.post(CODE, {"code": "BBB-BBB"})
    client.post(CODE, {"code": code})
    assert not is_signed_in(client)


def test_a_code_works_for_fifteen_minutes_and_once(client: Client, person: User):
    for minutes, works in ((14, True), (16, False)):
        browser = Client()
        browser.post(LOGIN, {"login": "ines@example.org"})
        code = code_for("ines@example.org")
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            browser.post(CODE, {"code": code})
            assert is_signed_in(browser) is works
    other = Client()
    other.post(LOGIN, {"login": "ines@example.org"})
    other.post(CODE, {"code": code})
    assert not is_signed_in(other)


def test_another_code_replaces_the_one_before(client: Client, person: User):
    client.post(LOGIN, {"login": "ines@example.org"})
    first = code_for("ines@example.org")
    page = client.post(CODE, {"action": "resend"}, follow=True).content.decode()
    assert "Another code is on its way" in page
    client.post(CODE, {"code": first})
    assert not is_signed_in(client)
    client.post(CODE, {"code": code_for("ines@example.org")})
    assert is_signed_in(client)


def test_whoever_comes_back_can_use_another_address(client: Client, person: User):
    client.post(LOGIN, {"login": "typo@example.org"})
    assert client.get(LOGIN).status_code == 200
    client.post(LOGIN, {"login": "ines@example.org"})
    client.post(CODE, {"code": code_for("ines@example.org")})
    assert is_signed_in(client)


def test_asking_for_codes_is_limited(person: User):
    answers = [Client().post(LOGIN, {"login": "ines@example.org"}).status_code for _time in range(5)]
    assert answers[:3] == [302, 302, 302]
    assert answers[-1] == 200
    assert Message.objects.count() == 3


def test_a_closed_account_gets_no_code(client: Client):
    make_user(email="closed@example.org", is_active=False)
    client.post(LOGIN, {"login": "closed@example.org"})
    assert last_mail("closed@example.org").kind == "no_account"


@pytest.mark.parametrize(
    "address", ["", "ines", "a@b", "x" * 300 + "@example.org", "ines@example.org\nBcc: x@example.org"]
)
def test_what_is_no_address_is_said_beside_the_field(client: Client, address: str):
    for path, field in ((LOGIN, "login"), (SIGNUP, "email")):
        page = client.post(path, {field: address})
        assert page.status_code == 200
        assert 'aria-invalid="true"' in page.content.decode()
        assert page.context["form"].errors[field] == [problem_with(normalise(address))]
        assert "valid email" not in page.content.decode()
    assert not Message.objects.exists()


def test_signing_up_takes_an_address_and_a_code(client: Client):
    page = client.get(f"{SIGNUP}?email=new@example.org&next=/accounts/email/").content.decode()
    assert 'value="new@example.org"' in page
    sent = client.post(
        SIGNUP, {"email": "New@Example.org", "time_zone": "Asia/Tokyo", "next": "/accounts/email/"}
    )
    assert sent["Location"] == f"{CODE}?next=%2Faccounts%2Femail%2F"
    done = client.post(sent["Location"], {"code": code_for("new@example.org")})
    assert done["Location"] == "/accounts/email/"
    user = User.objects.get()
    assert (user.email, user.time_zone, user.has_usable_password()) == (
        "new@example.org",
        "Asia/Tokyo",
        False,
    )
    assert user.emailaddress_set.get().verified


def test_signing_up_with_a_known_address_signs_in(client: Client, person: User):
    client.post(SIGNUP, {"email": "ines@example.org"})
    client.post(CODE, {"code": code_for("ines@example.org")})
    assert is_signed_in(client)
    assert User.objects.count() == 1


def test_signing_up_tells_nobody_who_has_an_account(person: User):
    answers = []
    for address in ("ines@example.org", "nobody@example.org"):
        client = Client()
        sent = client.post(SIGNUP, {"email": address})
        page = plain(client.get(sent["Location"]), address)
        answers.append((sent["Location"], page, last_mail(address).kind))
    assert answers[0] == answers[1]


@pytest.mark.django_db(transaction=True)
def test_signing_up_waits_for_the_disk_as_often_for_either(person: User):
    """What takes longest is a commit: one more of them would tell the addresses apart by a watch."""
    commits = []
    for address in (person.email, "nobody@example.org"):
        with CaptureQueriesContext(connection) as queries:
            assert Client().post(SIGNUP, {"email": address}).status_code == 302
        commits.append(sum(query["sql"] == "COMMIT" for query in queries))
    assert commits[0] == commits[1] > 0


def test_a_made_up_time_zone_is_ignored(client: Client):
    client.post(SIGNUP, {"email": "new@example.org", "time_zone": "Mars/Olympus"})
    assert User.objects.get().time_zone == "Europe/Paris"


def test_signing_in_by_password(client: Client, person: User):
    person.set_password(PASSWORD)
    person.save()
    wrong = client.post(
        "/accounts/login/password/", {"login": "ines@example.org", "password": "something else"}
    )
    assert "do not belong together" in wrong.content.decode()
    right = {"login": "ines@example.org", "password": PASSWORD, "next": "/accounts/email/"}
    assert client.post("/accounts/login/password/", right)["Location"] == "/accounts/email/"
    assert is_signed_in(client)


def test_guessing_passwords_is_limited(person: User):
    person.set_password(PASSWORD)
    person.save()
    for _time in range(6):
        Client().post("/accounts/login/password/", {"login": "ines@example.org", "password": "guess"})
    last = Client().post("/accounts/login/password/", {"login": "ines@example.org", "password": PASSWORD})
    assert last.status_code in (200, 429)


def test_a_forgotten_password(client: Client, person: User):
    sent = client.post("/accounts/password/reset/", {"email": "ines@example.org"})
    done = client.post(sent["Location"], {"code": code_for("ines@example.org")})
    client.post(done["Location"], {"password1": PASSWORD, "password2": PASSWORD})
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert last_mail("ines@example.org").context["event"] == "password_changed"


def test_a_forgotten_password_tells_nobody_who_has_an_account(person: User):
    answers = []
    for address in ("ines@example.org", "nobody@example.org"):
        client = Client()
        sent = client.post("/accounts/password/reset/", {"email": address})
        page = plain(client.get(sent["Location"]), address)
        answers.append((sent["Location"], page))
    assert answers[0] == answers[1]


def test_the_address_of_allauth_for_codes_leads_to_ours(client: Client):
    assert client.get("/accounts/login/code/?next=/verify")["Location"] == f"{LOGIN}?next=%2Fverify"


def test_who_is_signed_in_is_sent_on(client: Client, person: User):
    client.force_login(person)
    for path in (LOGIN, SIGNUP, "/accounts/login/password/"):
        assert client.get(f"{path}?next=/accounts/email/")["Location"] == "/accounts/email/"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "path", [LOGIN, SIGNUP, "/accounts/login/password/", "/accounts/password/reset/", "/accounts/inactive/"]
)
def test_pages_of_the_entrance(client: Client, path: str, language: str):
    response = client.get(path, headers={"Accept-Language": language})
    assert (response.status_code, response["Content-Language"]) == (200, language)


def test_signing_out(client: Client, person: User):
    client.force_login(person)
    assert "Sign out?" in client.get("/accounts/logout/").content.decode()
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert not is_signed_in(client)
