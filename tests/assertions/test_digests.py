"""Several badges for one person in one mail."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assertions.models import Award
from assertions.services import revoke
from assertions.services.claiming import accept, claim_for, decline
from assertions.services.reminding import remind_due
from assertions.services.texts import save_text
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Issuer
from journal.models import Message
from journal.services import deliver_due
from journal.services.bouncing import mark_bounced
from journal.services.delivery import unsealed
from journal.services.leasing import LEASE, claim_lot
from tests.factories import NOON, make_award, make_badge
from tests.journal.smtp_server import DROP_AFTER_DATA, Server, running

State = Message.State
INES = "ines@example.org"


@pytest.fixture
def server(settings: LazySettings) -> Iterator[Server]:
    server = Server()
    with running(server) as port:
        settings.EMAIL_BACKEND = "journal.services.smtp.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
        yield server


def awarded(issuer: Issuer, *names: str, address: str = INES, **fields: Any) -> list[Award]:
    return [make_award(make_badge(issuer, name), address=address, notify=True, **fields) for name in names]


def text(server: Server, number: int = 0) -> str:
    return str(server.received[number].get_body(("plain",)).get_content())  # type: ignore[union-attr]


def sweep(seconds: float = 0) -> dict[str, int]:
    at = NOON + timedelta(seconds=seconds)
    return dict(deliver_due(now=lambda: at))


def tokens(words: str) -> list[str]:
    return re.findall(r"/claim/(\S+)", words)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_one_mail_with_a_button_for_each(server: Server, issuer: Issuer, language: str) -> None:
    rows = awarded(issuer, "One", "Two", "Three <b>", language=language, narrative="She *did* it.")
    assert sweep() == {State.SENT: 1}
    [mail] = server.received
    html = str(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]
    assert all(row.version.text(language).name in text(server) for row in rows)
    assert "Three &lt;b&gt;" in html
    assert "List-Unsubscribe" in mail
    links = tokens(text(server))
    assert {claim_for(link, at=NOON).award for link in links} == set(rows)
    assert html.count(f"/claim/{links[0]}") == 1
    digest = Message.objects.get(kind="award_digest")
    assert mail["Message-ID"] == digest.message_id
    members = Message.objects.filter(digest=digest).values_list("kind", "state", "sent_at", "sealed")
    assert list(members) == [("award", State.SENT, NOON, None)] * 3


def test_who_has_one_gets_the_usual_mail(server: Server, issuer: Issuer, other_issuer: Issuer) -> None:
    awarded(issuer, "One")
    awarded(issuer, "Two", address="else@example.org")
    awarded(issuer, "Three", language="fr")
    awarded(other_issuer, "Four")
    assert sweep() == {State.SENT: 4}
    assert not Message.objects.filter(kind="award_digest").exists()


def test_a_refusal_for_now_holds_all_of_them_and_keeps_the_id(server: Server, issuer: Issuer) -> None:
    server.plan = ["450 Busy"]
    rows = awarded(issuer, "One", "Two", "Three")
    assert sweep() == {State.DUE: 1}
    digest = Message.objects.get(kind="award_digest")
    facts = Message.objects.filter(digest=digest).values_list("state", "reason", "due_at")
    assert list(facts) == [(State.DUE, "450 Busy", digest.due_at)] * 3
    links = tokens_of(digest)
    decline(token=links[0], at=NOON)  # by a link from elsewhere: it is not asked about again
    assert sweep(60) == {State.SENT: 1}
    assert server.ids == [digest.message_id]
    assert len(tokens(text(server))) == len(rows) - 1


def tokens_of(digest: Message) -> list[str]:
    return [unsealed(member)["action_url"].rpartition("/")[2] for member in digest.members.all()]


def test_nothing_is_sent_where_all_was_taken_back(server: Server, issuer: Issuer) -> None:
    server.plan = ["450 Busy"]
    rows = awarded(issuer, "One", "Two")
    sweep()
    revoke(awards=rows, reason="Mistake", by=SYSTEM, at=NOON)
    assert sweep(60) == {}
    assert server.received == []
    assert not Message.objects.exists()


def test_a_refusal_for_good_shows_on_each(server: Server, issuer: Issuer) -> None:
    server.plan = ["550 No such mailbox"]
    awarded(issuer, "One", "Two")
    assert sweep() == {State.FAILED: 1}
    assert set(Message.objects.values_list("state", "reason")) == {(State.FAILED, "550 No such mailbox")}


def test_a_doubt_repeats_the_same_mail(server: Server, issuer: Issuer) -> None:
    server.plan = [DROP_AFTER_DATA]
    awarded(issuer, "One", "Two")
    sweep()
    assert sweep(60) == {State.SENT: 1}
    assert len(server.ids) == 2
    assert len(set(server.ids)) == 1


def test_a_killed_worker_leaves_it_whole(server: Server, issuer: Issuer) -> None:
    awarded(issuer, "One", "Two")
    [digest] = claim_lot(at=NOON)
    assert digest.kind == "award_digest"
    assert sweep((LEASE + timedelta(seconds=1)).total_seconds()) == {State.SENT: 1}
    assert server.ids == [digest.message_id]
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}


def test_one_that_came_back_came_back_for_all(server: Server, issuer: Issuer) -> None:
    awarded(issuer, "One", "Two")
    sweep()
    member = Message.objects.filter(kind="award").first()
    assert member
    mark_bounced(message=member, by=SYSTEM, at=NOON)
    assert set(Message.objects.values_list("state", flat=True)) == {State.BOUNCED}


def test_answers_are_one_by_one(server: Server, issuer: Issuer) -> None:
    awarded(issuer, "One", "Two")
    sweep()
    first, second = tokens(text(server))
    assert accept(token=first, at=NOON).response == Award.Response.ACCEPTED
    assert decline(token=second, at=NOON).response == Award.Response.DECLINED


def test_a_pace_keeps_them_together(server: Server, issuer: Issuer, settings: LazySettings) -> None:
    settings.MAIL_RATE_PER_DOMAIN = 1
    awarded(issuer, "One", "Two", "Three")
    assert deliver_due(now=lambda: NOON, seconds=0.5) == {State.SENT: 1}
    assert len(tokens(text(server))) == 3


def test_looking_for_company_is_one_query_for_a_lot(badge: Badge) -> None:
    def cost(people: int) -> int:
        for _ in range(people):
            make_award(badge, notify=True)
        with CaptureQueriesContext(connection) as queries:
            assert len(claim_lot(at=NOON)) == people
        return len(queries)

    assert cost(1) == cost(6)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_badge_speaks_in_the_words_of_its_organisation(
    server: Server, issuer: Issuer, language: str
) -> None:
    rows = awarded(issuer, "One", "Two", language=language)
    for other in ("en", "fr"):
        body = "Dear {name}, **{badge}** is <yours>." if other == language else "The other language."
        save_text(
            badge=rows[0].badge, kind="award", language=other, subject="Bravo", body=body, by=SYSTEM, at=NOON
        )
    assert sweep() == {State.SENT: 1}
    [mail] = server.received
    html = str(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]
    name, usual = rows[0].version.text(language), rows[1].version.text(language)
    assert f"**{name.name}** is <yours>." in text(server)
    assert f"<strong>{name.name}</strong> is &lt;yours&gt;." in html
    assert "The other language." not in text(server)
    assert text(server).count(usual.description) == 1, "who wrote nothing keeps the usual words"
    assert len(tokens(text(server))) == 2


@pytest.mark.parametrize("language", ["en", "fr"])
def test_who_has_answered_none_of_several_is_reminded_in_one_mail(
    server: Server, issuer: Issuer, language: str
) -> None:
    rows = awarded(issuer, "One", "Two", language=language)
    save_text(
        badge=rows[0].badge, kind="reminder", language=language, subject="x", body="Still **there**, {name}?",
        by=SYSTEM, at=NOON,
    )  # fmt: skip
    sweep()
    week = timedelta(days=7)
    assert remind_due(now=lambda: NOON + week) == 2
    assert sweep(week.total_seconds()) == {State.SENT: 1}
    mail = server.received[1]
    assert mail["Message-ID"].strip() == Message.objects.get(kind="reminder_digest").message_id
    said, html = text(server, 1), str(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]
    assert all(row.version.text(language).name in said for row in rows)
    assert "Still **there**" in said
    assert "Still <strong>there</strong>" in html
    assert {claim_for(link, at=NOON + week).award for link in tokens(said)} == set(rows)
    assert "2 badges" in mail["Subject"]
