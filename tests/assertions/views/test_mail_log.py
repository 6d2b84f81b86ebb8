"""The organisation's outbox."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from assertions.models import Award
from assertions.views.mail_log import KINDS
from badges.models import Badge
from issuers.models import Issuer
from journal.models import Message
from journal.services import queue_mails
from tests.assertions.batching import awarded, people_csv
from tests.assertions.views.support import SignIn, cost, statuses
from tests.factories import NOON, make_award, make_badge
from tests.journal.conftest import letter


@pytest.fixture
def url(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/settings/mail"


def test_who_may(
    signed_in: SignIn, stranger: User, viewer: User, awarder: User, url: str, client: Client
) -> None:
    assert statuses(signed_in, [stranger, viewer, awarder], url) == [404, 200, 200]
    assert client.get(url).status_code == 302


def test_every_mail_of_an_organisation_has_a_name_for_people() -> None:
    of_accounts = {"account_notice", "address_code", "no_account", "password_code", "sign_in_code"}
    kinds = {folder.name for folder in (settings.BASE_DIR / "templates/emails").iterdir() if folder.is_dir()}
    assert set(KINDS) == kinds - of_accounts


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


def test_a_mail_that_came_back_stops_others_until_the_address_works(
    signed_in: SignIn, awarder: User, viewer: User, url: str, badge: Badge
) -> None:
    row = make_award(badge, notify=True)
    mail = Message.objects.get()
    Message.objects.update(state="sent", sent_at=mail.created_at)
    client = signed_in(awarder)
    assert "/bounced" not in signed_in(viewer).get(url).content.decode()
    assert f"{url}/{mail.pk}/bounced" in client.get(url).content.decode()
    page = client.post(f"{url}/{mail.pk}/bounced", follow=True).content.decode()
    assert "Ask the person for another address" in page
    assert f"{url}/{mail.pk}/works" in page
    assert '/send-again"' not in page
    awards = client.get(f"/manage/{badge.issuer.slug}/awards").content.decode()
    assert "Mail came back" in awards
    detail = client.get(f"/manage/{badge.issuer.slug}/awards/{row.pk}").content.decode()
    assert "Ask the person for another address" in detail
    assert len(client.get(url, {"state": "bounced"}).context["rows"]) == 1
    page = client.post(f"{url}/{mail.pk}/works", follow=True).content.decode()
    assert "is written to again" in page
    assert '/send-again"' in page
    assert "already" in client.post(f"{url}/{mail.pk}/works", follow=True).content.decode()


def test_who_may_say_that_a_mail_came_back(
    signed_in: SignIn,
    viewer: User,
    stranger: User,
    awarder: User,
    url: str,
    badge: Badge,
    other_issuer: Issuer,
) -> None:
    make_award(badge, notify=True)
    make_award(make_badge(other_issuer), notify=True)
    ours, foreign = (
        Message.objects.get(scope=badge.issuer.scope),
        Message.objects.exclude(scope=badge.issuer.scope).get(),
    )
    for act in ("bounced", "works"):
        assert signed_in(viewer).post(f"{url}/{ours.pk}/{act}").status_code == 403
        assert signed_in(stranger).post(f"{url}/{ours.pk}/{act}").status_code == 404
        assert signed_in(awarder).post(f"{url}/{foreign.pk}/{act}").status_code == 404


def test_how_many_are_where(
    signed_in: SignIn, viewer: User, url: str, badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make_award(badge, notify=True) for _ in range(4)]
    Message.objects.about(rows[0].mail_subject).update(state="failed")
    client = signed_in(viewer)
    assert client.get(url).context["counts"] == [
        ("due", "Waiting to be sent", "3"),
        ("failed", "Could not be delivered", "1"),
    ]
    monkeypatch.setattr("assertions.queries.members.MOST_COUNTED", 2)
    monkeypatch.setattr("assertions.views.mail_log.MOST_COUNTED", 2)
    page = client.get(url)
    assert page.context["counts"][0][2] == "2+"
    assert "?state=due" in page.content.decode()


@pytest.mark.parametrize(
    ("most", "words", "found"),
    [
        (200, "zoe", 1), (200, "ana.carel@exa", 1), (200, "ZOE@", 1), (200, "carel", 2), (200, "guest", 1),
        (200, "nobody", 0), (1, "example.org", 2), (1, "carel", 1), (1, "zoe", 1),
    ],
)  # fmt: skip
def test_found_by_name_or_address(
    signed_in: SignIn, viewer: User, url: str, badge: Badge, monkeypatch: pytest.MonkeyPatch, words: str, found: int,
    most: int,
) -> None:  # fmt: skip
    monkeypatch.setattr("assertions.queries.members.MOST_ADDRESSES", most)
    make_award(badge, name="Zoé Carel", address="zoe@example.org", notify=True)
    make_award(badge, name="Ana", address="ana.carel@example.org", notify=True)
    queue_mails(
        [letter(subject="invitation:5", recipient="guest@example.com", scope=badge.issuer.scope)], at=NOON
    )
    assert len(signed_in(viewer).get(url, {"q": words}).context["rows"]) == found


def test_what_of_one_batch_did_not_arrive(signed_in: SignIn, awarder: User, url: str, badge: Badge) -> None:
    batch = awarded(badge, people_csv(4), name="Spring cohort", by=awarder.actor)
    make_award(badge, notify=True)
    mails = Message.objects.filter(kind="award").order_by("recipient")
    for mail, state in zip(mails.filter(round=batch.pk), ("failed", "unknown", "bounced"), strict=False):
        Message.objects.filter(pk=mail.pk).update(state=state)
    client = signed_in(awarder)
    rows = client.get(url, {"batch": str(batch.pk), "state": "astray"}).context["rows"]
    assert {mail.state for mail, *_rest in rows} == {"failed", "unknown", "bounced"}
    page = client.get(url, {"batch": str(batch.pk)})
    assert len(page.context["rows"]) == 4
    assert "Spring cohort" in page.content.decode()
    assert "Batch done" in client.get(url).content.decode()
    assert client.get(url, {"batch": "x", "state": "astray"}).status_code == 200
