"""The claim link: three clicks, no field, no account, no script; and nothing for anybody else."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assertions.models import AddressChange, Award, Claim, LinkRequest, NameRequest
from assertions.services import AssessmentInput, EvidenceInput, revoke
from badges.models import Badge
from common.actors import SYSTEM
from common.tokens import token_hash
from journal.models import Message
from tests.assertions.views.visiting import browser, claim_link, words
from tests.factories import make_accepted, make_award

PAGES = ["", "/decline", "/not-me", "/name", "/address"]


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    cache.clear()


# Looking ----------------------------------------------------------------------------------------------


def test_the_offer(badge: Badge) -> None:
    award = make_award(badge, name="Inès Marchand", narrative="You got **them** talking.")
    said = words(browser().get(claim_link(award)))
    for text in (
        "Well done, Inès Marchand!", "This badge is yours.", "Run a workshop", "You got them talking.", "Atelier Nord",
        "3 March 2026", "Accept my badge", "No account needed.", "2 criteria", "Prepare a plan",
        "What happens when you accept", "Use another address", "This is not me", "Decline",
    ):  # fmt: skip
        assert text in said


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_spends_nothing(waiting_award: Award, page: str, method: str) -> None:
    link = claim_link(waiting_award)
    for _look in range(3):
        getattr(browser(), method)(f"{link}{page}")
    waiting_award.refresh_from_db()
    assert waiting_award.response == Award.Response.WAITING
    assert Claim.objects.filter(spent_at=None).exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_a_post_of_a_machine_spends_nothing(waiting_award: Award, page: str) -> None:
    """Without the token of a form that a person saw."""
    strict = Client(enforce_csrf_checks=True)
    assert (
        strict.post(
            f"{claim_link(waiting_award)}{page}", {"name": "x", "address": "x@example.org"}
        ).status_code
        == 403
    )
    waiting_award.refresh_from_db()
    assert waiting_award.response == Award.Response.WAITING
    assert not AddressChange.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_the_address_is_a_key_and_kept_out_of_caches(waiting_award: Award, page: str) -> None:
    response = browser().get(f"{claim_link(waiting_award)}{page}")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    # A stricter one makes browsers send `Origin: null`, which the CSRF check refuses.
    assert response["Referrer-Policy"] == "same-origin"


def test_in_the_recipients_language_unless_the_visitor_chose(badge: Badge) -> None:
    award = make_award(badge, language="fr")
    link = claim_link(award)
    french = browser("en").get(link)
    assert french["Content-Language"] == "fr"
    assert '<html lang="fr"' in french.content.decode()
    assert "Run a workshop (fr)" in words(french)
    chooser = browser("en")
    chooser.cookies["django_language"] = "en"
    assert '<html lang="en"' in chooser.get(link).content.decode()
    accepting = browser("en")
    after = accepting.post(link, follow=True)
    assert '<html lang="fr"' in after.content.decode()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_in_both_languages(badge: Badge, page: str, language: str) -> None:
    response = browser().get(f"{claim_link(make_award(badge, language=language))}{page}")
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()


def test_it_says_how_it_was_assessed_and_links_the_evidence(badge: Badge) -> None:
    """Before anything is accepted, the person sees all that the badge will say about them."""
    award = make_award(
        badge,
        evidence=[
            EvidenceInput(url="https://example.org/film", name="A film"),
            EvidenceInput(narrative="In words."),
        ],
        assessments=[AssessmentInput(1, "4 of 5", "Karim Benali")],
    )
    page = browser().get(claim_link(award)).content.decode()
    assert '<a href="https://example.org/film"' in page
    assert "In words." in page
    assert "Level reached: 4 of 5." in page
    assert "Assessed by Karim Benali." in page


# Accepting --------------------------------------------------------------------------------------------


def test_mail_page_accept_share(waiting_award: Award) -> None:
    """No cookie before, no field, one POST: and LinkedIn is one click away."""
    client = Client(enforce_csrf_checks=True, headers={"Accept": "text/html"})
    link = claim_link(waiting_award)
    form = client.get(link).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert token
    accepted = client.post(link, {"csrfmiddlewaretoken": token[1]})
    assert (accepted.status_code, accepted["Location"]) == (302, f"/yours/{waiting_award.pk}")
    shared = client.get(accepted["Location"]).content.decode()
    assert "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME" in shared
    waiting_award.refresh_from_db()
    assert waiting_award.response == Award.Response.ACCEPTED


def test_accepting_signs_nobody_in(waiting_award: Award, db: None) -> None:
    client = browser()
    client.post(claim_link(waiting_award))
    assert "_auth_user_id" not in client.session


def test_on_the_same_browser_the_spent_link_leads_to_the_badge(waiting_award: Award) -> None:
    client, link = browser(), claim_link(waiting_award)
    client.post(link)
    for page in PAGES:
        again = client.get(f"{link}{page}")
        assert (again.status_code, again["Location"]) == (302, f"/yours/{waiting_award.pk}")
    assert browser().get(link).status_code == 404


def test_who_accepted_gets_in_again_on_another_device(accepted_award: Award) -> None:
    link, other = claim_link(accepted_award), browser()
    assert "Welcome back, Inès Marchand." in words(other.get(link))
    assert other.post(link)["Location"] == f"/yours/{accepted_award.pk}"
    assert "It is yours. Show it." in words(other.get(f"/yours/{accepted_award.pk}"))


# Spent ------------------------------------------------------------------------------------------------


def spent_links(badge: Badge) -> dict[str, str]:
    links = {why: claim_link(make_award(badge)) for why in ("used", "expired", "revoked", "declined")}
    claims = {why: Claim.objects.get(token_hash=token_hash(link[7:])) for why, link in links.items()}
    browser().post(links["used"])
    Claim.objects.filter(pk=claims["expired"].pk).update(expires_at=claims["expired"].created_at)
    revoke(awards=[claims["revoked"].award], reason="Mistake.", by=SYSTEM, at=timezone.now())
    browser().post(f"{links['declined']}/decline")
    return {"unknown": "/claim/nothing", **links}


@pytest.mark.parametrize("method", ["get", "post"])
def test_one_answer_for_unknown_used_and_expired(badge: Badge, method: str) -> None:
    """The same page, after the same questions to the database."""
    answers = {}
    for name, link in spent_links(badge).items():
        for page in PAGES:
            client = browser()
            with CaptureQueriesContext(connection) as queries:
                response = getattr(client, method)(f"{link}{page}")
            body = re.sub(
                r'(name="csrfmiddlewaretoken" value=")\w+|/claim/[\w/-]+', r"\1", response.content.decode()
            )
            answers[name, page] = (response.status_code, len(queries), body)
    assert len(set(answers.values())) == 1
    assert next(iter(answers.values()))[0] == 404


def test_the_answer_offers_a_fresh_link(db: None) -> None:
    response = browser().get("/claim/nothing")
    assert "Links to a badge work once, for thirty days." in words(response)
    assert 'action="/claim"' in response.content.decode()


@pytest.mark.parametrize("token", ["x" * 3000, "%00", "é", "..", "a.b.c", "%F0%9F%98%80", "' OR 1=1 --"])
def test_any_text_may_stand_in_a_link(db: None, token: str) -> None:
    assert browser().get(f"/claim/{token}").status_code in (404, 200 if token == ".." else 404)


@pytest.mark.usefixtures("one_moment")
def test_guessing_is_limited_and_opening_is_not(badge: Badge, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"claim": "3/m"}
    client = Client(REMOTE_ADDR="203.0.113.30", headers={"Accept": "text/html"})
    assert [client.get(f"/claim/{uuid.uuid4()}").status_code for _guess in range(5)] == [
        404,
        404,
        404,
        429,
        429,
    ]
    assert client.get(claim_link(make_award(badge))).status_code == 200
    assert 0 < int(client.get(f"/claim/{uuid.uuid4()}")["Retry-After"]) <= 60


# Turning down -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "response"), [("/decline", Award.Response.DECLINED), ("/not-me", Award.Response.NOT_ME)]
)
def test_turning_down_after_being_told_what_it_means(waiting_award: Award, page: str, response: str) -> None:
    client, link = browser(), claim_link(waiting_award)
    assert "What will happen" in words(client.get(f"{link}{page}"))
    done = client.post(f"{link}{page}", {"note": "I was ill that day."})
    assert "Thank you. Nothing more to do." in words(done)
    assert waiting_award.issuer.email in words(done)
    waiting_award.refresh_from_db()
    assert (waiting_award.response, waiting_award.response_note) == (response, "I was ill that day.")
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("page", ["/decline", "/not-me"])
def test_a_note_that_is_too_long_is_said_at_the_field(waiting_award: Award, page: str) -> None:
    response = browser().post(f"{claim_link(waiting_award)}{page}", {"note": "x" * 501})
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.content.decode()
    waiting_award.refresh_from_db()
    assert waiting_award.response == Award.Response.WAITING


@pytest.mark.parametrize("page", ["/decline", "/not-me"])
def test_what_was_accepted_is_not_declined_by_a_fresh_link(accepted_award: Award, page: str) -> None:
    link = claim_link(accepted_award)
    response = browser().post(f"{link}{page}", {"note": ""})
    assert (response.status_code, response["Location"]) == (302, link)
    accepted_award.refresh_from_db()
    assert accepted_award.response == Award.Response.ACCEPTED


# Name and address -------------------------------------------------------------------------------------


def test_mending_the_name(waiting_award: Award) -> None:
    client, link = browser(), claim_link(waiting_award)
    assert 'value="Inès Marchand"' in client.get(f"{link}/name").content.decode()
    after = client.post(f"{link}/name", {"name": "Inés Marchand"}, follow=True)
    assert "Your name is mended." in words(after)
    assert "Well done, Inés Marchand!" in words(after)


def test_another_name_waits_for_the_awarder(waiting_award: Award) -> None:
    link = claim_link(waiting_award)
    after = browser().post(f"{link}/name", {"name": "Agnès Dupont"}, follow=True)
    assert "Atelier Nord has to agree to this name. You will get a mail." in words(after)
    assert "Atelier Nord has to agree to “Agnès Dupont”." in words(after)
    assert NameRequest.objects.get().name == "Agnès Dupont"


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "\u200b"])
def test_a_name_that_is_none_is_said_at_the_field(waiting_award: Award, name: str) -> None:
    response = browser().post(f"{claim_link(waiting_award)}/name", {"name": name})
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.content.decode()


def test_messages_are_in_the_language_of_the_page(badge: Badge) -> None:
    """The visitor's browser is English, the page is French: the two do not mix."""
    from django.utils import translation

    link = claim_link(make_award(badge, language="fr"))
    after = browser("en").post(f"{link}/name", {"name": "Inés Marchand"}, follow=True)
    with translation.override("fr"):
        assert translation.gettext("Your name is mended.") in words(after)


def test_another_address_is_asked_for_by_mail(waiting_award: Award) -> None:
    after = browser().post(
        f"{claim_link(waiting_award)}/address", {"address": " New@Example.org "}, follow=True
    )
    assert "A mail is on its way to new@example.org. Open it and confirm." in words(after)
    mail = Message.objects.get()
    assert (mail.kind, mail.recipient) == ("address_change", "new@example.org")
    waiting_award.refresh_from_db()
    assert waiting_award.recipient.address == "ines@example.org"


@pytest.mark.parametrize("address", ["", "nonsense", "ines@example.org", "a@b", "x" * 260 + "@example.org"])
def test_an_address_that_makes_no_sense_is_said_at_the_field(waiting_award: Award, address: str) -> None:
    response = browser().post(f"{claim_link(waiting_award)}/address", {"address": address})
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.content.decode()
    assert not Message.objects.exists()


@pytest.mark.usefixtures("one_moment")
@pytest.mark.parametrize(("limit", "may_others"), [("new_link", False), ("new_link_visitor", True)])
def test_nobody_sends_mails_to_strangers_by_it(
    waiting_award: Award, settings: Any, limit: str, may_others: bool
) -> None:
    """Limited by visitor, and by badge and address."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {limit: "2/h"}
    link = claim_link(waiting_award)

    def ask(address: str, visitor: str) -> Any:
        client = Client(REMOTE_ADDR=visitor, headers={"Accept": "text/html"})
        return client.post(f"{link}/address", {"address": address})

    addresses = ["a typo", "x0@example.org", "x1@example.org", "x2@example.org"]
    answers = [ask(address, "203.0.113.31") for address in addresses]
    assert [answer.status_code for answer in answers] == [400, 302, 302, 400]
    assert "Many mails went out in a short time. Try again in an hour." in words(answers[-1])
    assert 'value="x2@example.org"' in answers[-1].content.decode()
    assert ask("x4@example.org", "203.0.113.32").status_code == (302 if may_others else 400)
    assert AddressChange.objects.count() == 1


# A fresh link -----------------------------------------------------------------------------------------


def fresh(address: str, visitor: str = "203.0.113.40") -> Any:
    return Client(REMOTE_ADDR=visitor, headers={"Accept": "text/html"}).post("/claim", {"address": address})


@pytest.fixture
def holder(badge: Badge) -> Award:
    return make_accepted(badge, address="holder@example.org")


def test_whether_there_are_badges_is_not_told(
    holder: Award, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    answers = []
    for address in ("holder@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks() as kicks:
            response = fresh(address)
        body = words(response).replace(address, "ADDRESS")
        answers.append((response.status_code, body, len(queries), len(kicks)))
    assert answers[0] == answers[1]
    assert "If badges were awarded to ADDRESS" in answers[0][1]
    assert LinkRequest.objects.count() == 2
    assert not Message.objects.exists()  # that is the worker's


def test_the_worker_is_told_no_address(
    holder: Award, django_capture_on_commit_callbacks: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from assertions import tasks

    told: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks.answer_link_requests, "delay", lambda *args: told.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        fresh("holder@example.org")
    assert told == [()]


@pytest.mark.parametrize("address", ["", "nonsense", "a@b", "é" * 300])
def test_what_is_no_address(db: None, address: str) -> None:
    response = fresh(address)
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.content.decode()
    assert not LinkRequest.objects.exists()


def test_what_is_far_too_long_for_an_address_is_not_said_back(db: None) -> None:
    response = fresh("x" * 9000)
    assert "This address is longer than 254 characters." in words(response)
    assert response.content.decode().count("x" * 9000) == 1  # in the field


@pytest.mark.usefixtures("one_moment")
def test_asking_is_limited_by_visitor(db: None, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"new_link_visitor": "2/h"}
    answers = [fresh(address) for address in ("a typo", "a1@example.org", "a2@example.org", "a3@example.org")]
    assert [answer.status_code for answer in answers] == [400, 200, 200, 429]


@pytest.mark.usefixtures("one_moment")
def test_asking_is_limited_by_address_without_saying_so(db: None, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"new_link": "2/h"}
    answers = [fresh("holder@example.org", f"203.0.113.{n}") for n in range(4)]
    assert {response.status_code for response in answers} == {200}
    assert LinkRequest.objects.count() == 2


def test_the_form_for_a_fresh_link(db: None) -> None:
    assert "Find my badges" in words(browser().get("/claim"))
