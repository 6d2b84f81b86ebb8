"""Awarding a batch: each row once, whatever fails in between, and the books are right at every moment."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import User
from assertions.models import Award, Batch, BatchRow, Claim
from assertions.services import batches
from badges.models import Badge
from common.actors import SYSTEM
from journal.emails import write
from journal.models import Action, Entry, Message
from journal.services import broken_links
from openbadges import jws, keys
from tests.assertions.batching import awarded, confirmed, counts_fit, people_csv, row_of, states, work
from tests.factories import make_award, make_badge, make_issuer


def test_each_row_gets_one_award_one_link_and_one_mail(badge: Badge, owner: User) -> None:
    batch = awarded(badge, people_csv(30), by=owner.actor)
    assert (batch.state, batch.awarded, batch.ready) == (Batch.State.DONE, 30, 0)
    assert counts_fit(batch)
    rows = BatchRow.objects.filter(batch=batch)
    assert (
        {row.award_id for row in rows}
        == {row.pk for row in rows}
        == set(Award.objects.values_list("pk", flat=True))
    )
    assert Message.objects.filter(kind="award").count() == Claim.objects.count() == 30
    assert set(Award.objects.values_list("round", "awarded_by_label")) == {(batch.pk, "Olga Owner")}


def test_what_is_signed_verifies_and_says_what_the_row_said(badge: Badge) -> None:
    text = (
        "email,name,narrative,evidence,language,Grade\n"
        "ines@example.org,Inès Marchand,She **listened**.,https://example.org/film https://example.org/plan,fr,A\n"
    )
    batch = awarded(badge, text)
    row = Award.objects.get()
    payload = json.loads(jws.verify(row.signed, keys.load_public_key(row.signing_key.public_pem)).payload)
    assert payload["id"] == f"urn:uuid:{row_of(batch, 2).pk}"
    assert payload["narrative"] == "She **listened**."
    assert [one["id"] for one in payload["evidence"]] == [
        "https://example.org/film",
        "https://example.org/plan",
    ]
    assert (row.recipient_name, row.language) == ("Inès Marchand", "fr")
    assert [one.url for one in row.evidence.all()] == ["https://example.org/film", "https://example.org/plan"]


def test_who_was_awarded_since_the_list_was_checked_is_left_out(badge: Badge) -> None:
    batch = confirmed(badge, people_csv(25))
    make_award(badge, address="person7@example.org")
    work(batch)
    assert (batch.state, batch.awarded, batch.duplicate) == (Batch.State.DONE, 24, 1)
    assert (row_of(batch, 9).code, row_of(batch, 9).reason) == ("already_held", "Already holds this badge.")
    assert counts_fit(batch)


def test_one_bad_row_is_found_and_refused_alone(badge: Badge, caplog: pytest.LogCaptureFixture) -> None:
    """A text that no journal of checks foresaw: the database itself turns the row down."""
    batch = confirmed(badge, people_csv(30))
    BatchRow.objects.filter(batch=batch, number=12).update(data={"language": "x" * 11})
    if connection.vendor == "sqlite":  # which takes any length: let it stumble over a date
        BatchRow.objects.filter(batch=batch, number=12).update(data={"issued_on": 5})
    work(batch)
    assert (batch.state, batch.awarded, batch.refused) == (Batch.State.DONE, 29, 1)
    assert (row_of(batch, 12).state, row_of(batch, 12).code) == (BatchRow.State.REFUSED, "unexpected")
    assert "could not be awarded" in caplog.text
    assert counts_fit(batch)
    assert Message.objects.filter(kind="award").count() == 29


def test_where_every_row_fails_the_fault_is_not_theirs(
    badge: Badge, caplog: pytest.LogCaptureFixture
) -> None:
    batch = confirmed(badge, people_csv(25))
    badge.issuer.keys.update(sealed_private=b"not sealed by us")
    work(batch)
    assert batch.state == Batch.State.PAUSED
    assert "operator" in batch.problem
    assert (batch.ready, batch.refused) == (25, 0)
    assert not Award.objects.exists()
    assert "could not be awarded" in caplog.text


def test_a_database_that_is_away_marks_no_row(badge: Badge, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = confirmed(badge, people_csv(25))

    def gone(*_given: Any, **_named: Any) -> None:
        raise OperationalError("the connection was closed")

    monkeypatch.setattr("assertions.services.batches.issuing.make_awards", gone)
    with pytest.raises(OperationalError):
        batches.issue_chunk(batch_id=batch.pk, at=timezone.now())
    monkeypatch.undo()
    assert states(batch) == ["ready"] * 25
    assert work(batch).awarded == 25


def test_an_archived_badge_pauses_the_batch_and_says_why(badge: Badge) -> None:
    batch = confirmed(badge, people_csv(2))
    Badge.objects.filter(pk=badge.pk).update(state=Badge.State.ARCHIVED)
    work(batch)
    assert (batch.state, batch.ready) == (Batch.State.PAUSED, 2)
    assert "archived" in batch.problem
    Badge.objects.filter(pk=badge.pk).update(state=Badge.State.PUBLISHED)
    batches.resume(batch=batch, by=SYSTEM, at=timezone.now())
    assert (work(batch).state, batch.awarded, batch.problem) == (Batch.State.DONE, 2, "")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_who_brought_the_list_is_told_that_it_does_not_go_on(
    badge: Badge, owner: User, language: str
) -> None:
    with translation.override(language):
        batch = confirmed(badge, people_csv(2), by=owner.actor)
    Badge.objects.filter(pk=badge.pk).update(state=Badge.State.ARCHIVED)
    work(batch)
    Badge.objects.filter(pk=badge.pk).update(state=Badge.State.PUBLISHED)
    batches.resume(batch=batch, by=owner.actor, at=timezone.now())
    Badge.objects.filter(pk=badge.pk).update(state=Badge.State.ARCHIVED)
    work(batch)
    [message] = Message.objects.filter(kind="batch_paused")  # not again for the same trouble
    mail = write(message, secrets={})
    assert message.recipient == owner.email
    for text in (str(mail.body), str(mail.alternatives[0][0])):
        assert batch.problem in text.replace("\n", " ")
        assert f"/manage/{badge.issuer.slug}/batches/{batch.pk}" in text


def test_what_is_under_way_when_the_batch_is_paused_is_taken_back(
    badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = confirmed(badge, people_csv(3))
    from assertions.services.batches import issuing

    real = issuing.make_awards

    def paused_meanwhile(**named: Any) -> Any:
        outcome = real(**named)
        Batch.objects.filter(pk=batch.pk).update(state=Batch.State.PAUSED)
        return outcome

    monkeypatch.setattr(issuing, "make_awards", paused_meanwhile)
    assert batches.issue_chunk(batch_id=batch.pk, at=timezone.now()) == 0
    assert not Award.objects.exists()
    assert states(batch) == ["ready"] * 3


def test_the_journal_has_one_short_line_for_each_chunk(badge: Badge) -> None:
    batch = confirmed(badge, people_csv(50))
    for _chunk in range(2):
        batches.issue_chunk(batch_id=batch.pk, at=timezone.now(), size=25)
    lines = Entry.objects.filter(action=Action.AWARDS_CREATED, target_kind="batch")
    assert [line.data["count"] for line in lines.order_by("number")] == [25, 25]
    assert all(len(json.dumps(line.data)) < 400 for line in lines)
    assert "person" not in json.dumps([line.data for line in lines])
    assert list(broken_links(badge.issuer.scope)) == []


def test_who_brought_the_list_is_told_once_that_it_is_done(badge: Badge, owner: User) -> None:
    batch = awarded(badge, people_csv(3) + "nobody,No One\n", by=owner.actor)
    mail = Message.objects.get(kind="batch_done")
    assert (mail.recipient, mail.context["awarded"], mail.context["failed"]) == ("owner@example.org", 3, 1)
    assert not batches.finish(batch_id=batch.pk, at=timezone.now())
    assert Message.objects.filter(kind="batch_done").count() == 1
    assert Entry.objects.filter(action=Action.BATCH_FINISHED).count() == 1


def test_who_has_left_the_organisation_is_told_nothing_more(badge: Badge, awarder: User) -> None:
    batch = confirmed(badge, people_csv(3), by=awarder.actor)
    awarder.memberships.all().delete()
    assert work(batch).state == Batch.State.DONE
    assert not Message.objects.filter(kind="batch_done").exists()


def test_without_notification_nobody_is_written_to(badge: Badge) -> None:
    awarded(badge, people_csv(3), options=batches.Options(notify=False))
    assert Award.objects.count() == 3
    assert not Message.objects.filter(kind="award").exists()


def test_what_goes_for_all_stands_where_a_row_says_nothing(badge: Badge) -> None:
    text = "email,narrative,language\na@example.org,Own words.,fr\nb@example.org,,\n"
    expires = timezone.now() + timedelta(days=30)
    awarded(badge, text, options=batches.Options(language="en", narrative="For all.", expires_at=expires))
    said = {row.recipient.address[0]: row for row in Award.objects.select_related("recipient")}
    assert (said["a"].narrative, said["a"].language) == ("Own words.", "fr")
    assert (said["b"].narrative, said["b"].language) == ("For all.", "en")
    assert {row.expires_at for row in said.values()} == {expires}


@pytest.mark.django_db(transaction=True)
def test_five_hundred_awards_cost_at_most_25_queries() -> None:
    batch = confirmed(make_badge(make_issuer()), people_csv(500))
    with CaptureQueriesContext(connection) as queries:
        assert batches.issue_chunk(batch_id=batch.pk, at=timezone.now()) == 500
    most = 25 if connection.vendor == "postgresql" else 80
    assert len(queries) <= most, [query["sql"][:90] for query in queries]


def test_the_mail_that_it_is_done_says_how_many_and_where_to_look(badge: Badge, owner: User) -> None:
    batch = awarded(badge, people_csv(2) + "person0@example.org,Twice\nnobody,No One\n", by=owner.actor)
    mail = write(Message.objects.get(kind="batch_done"), secrets={})
    html = str(mail.alternatives[0][0])
    assert mail.subject == "“people.csv” is done"
    for text in (str(mail.body), html):
        assert "2 people were awarded the badge" in text
        assert "1 row was left out" in text
        assert "1 row could not be awarded" in text
        assert f"/manage/{badge.issuer.slug}/batches/{batch.pk}" in text
