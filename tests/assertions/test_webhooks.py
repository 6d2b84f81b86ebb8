"""What webhooks are told of awards, in the transaction of the act, and as little of people as will do."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from assertions.models import Award
from assertions.services import Nomination, award_many, batches, open_claims, revoke, undo_revocation
from assertions.services.claiming import accept, decline, disown, show_again, withdraw
from assertions.services.replacing import award_instead
from badges.models import Badge
from common.actors import SYSTEM
from common.tokens import new_token
from issuers.models import Issuer
from journal.models import Delivery, EventType, Webhook
from journal.services import make_webhook
from tests.assertions.batching import confirmed, people_csv, work
from tests.factories import NOON, make_accepted, make_award, make_badge

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)
SITE = "https://badges.example.org"


def listen(issuer: Issuer, *, events: list[str] | None = None, **fields: Any) -> Webhook:
    return make_webhook(
        scope=issuer.scope, url="https://example.org/in", events=events or EventType.values, by=SYSTEM, at=NOON,
        **fields,
    )[0]  # fmt: skip


def told(hook: Webhook | None = None) -> list[dict[str, Any]]:
    rows = Delivery.objects.filter(webhook=hook) if hook else Delivery.objects.all()
    return [json.loads(row.payload) for row in rows.order_by("pk")]


def link(row: Award) -> str:
    return open_claims([row], at=NOON)[row.pk]


def test_an_award(badge: Badge) -> None:
    listen(badge.issuer)
    row = make_award(badge, address="ines@example.org", name="Inès Marchand")
    [event] = told()
    assert event == {
        "type": "award.created",
        "timestamp": "2026-03-03T12:00:00Z",
        "data": {
            "award": {
                "id": str(row.pk), "url": f"{SITE}/assertions/{row.pk}", "state": "waiting",
                "issued_on": "2026-03-03T12:00:00Z", "expires_on": None, "responded_on": None, "revoked_on": None,
                "revocation_reason": "",
            },
            "badge": {
                "id": str(badge.pk), "url": f"{SITE}/badges/{badge.pk}", "version": 1,
                "version_url": f"{SITE}/badges/{badge.pk}/v/1",
            },
            "issuer": {"slug": badge.issuer.slug, "url": f"{SITE}/issuers/{badge.issuer.slug}"},
        },
    }  # fmt: skip


def test_what_is_personal_is_told_only_on_request_and_a_name_only_once_accepted(badge: Badge) -> None:
    quiet = listen(badge.issuer)
    knowing = listen(badge.issuer, tells_personal_data=True)
    row = make_award(badge, address="ines@example.org", name="Inès Marchand")
    accept(token=link(row), at=LATER)
    other = make_award(badge, address="leo@example.org", name="Léo Nguyen")
    decline(token=link(other), at=LATER, note="Ce n’est pas pour moi, Léo")
    plain = json.dumps(told(quiet), ensure_ascii=False)
    assert [word for word in ("ines@", "leo@", "Marchand", "Nguyen", "pas pour moi") if word in plain] == []
    created, accepted, _created, declined = told(knowing)
    assert created["data"]["recipient"] == {"email": "ines@example.org", "name": None}
    assert accepted["data"]["recipient"] == {"email": "ines@example.org", "name": "Inès Marchand"}
    assert declined["data"]["recipient"] == {"email": "leo@example.org", "name": None}
    assert declined["data"]["note"] == "Ce n’est pas pour moi, Léo"
    ids = [
        set(Delivery.objects.filter(webhook=hook).values_list("event_id", flat=True))
        for hook in (quiet, knowing)
    ]
    assert ids[0] == ids[1], "one event has one id, whoever is told"


def test_every_answer_of_a_recipient(badge: Badge) -> None:
    listen(badge.issuer)
    rows = [make_award(badge) for _ in range(3)]
    accept(token=link(rows[0]), at=LATER)
    decline(token=link(rows[1]), at=LATER)
    disown(token=link(rows[2]), at=LATER)
    mine = Award.objects.get(pk=rows[0].pk)
    withdraw(award=mine, at=LATER)
    show_again(award=mine, at=LATER)
    answers = [(one["type"], one["data"].get("reason"), one["data"]["award"]["state"]) for one in told()[3:]]
    assert answers == [
        ("award.accepted", None, "accepted"),
        ("award.declined", "declined", "declined"),
        ("award.declined", "not_me", "not_me"),
        ("award.declined", "withdrawn", "withdrawn"),
        ("award.accepted", None, "accepted"),
    ]


def test_revoked_and_reinstated(badge: Badge) -> None:
    listen(badge.issuer)
    row = make_accepted(badge)
    revoke(awards=[row], reason="By mistake.", note="a secret", by=SYSTEM, at=LATER)
    undo_revocation(award=row, by=SYSTEM, at=LATER)
    _created, revoked, reinstated = told()
    assert revoked["type"] == "award.revoked"
    assert revoked["data"]["award"]["state"] == "revoked"
    assert revoked["data"]["award"]["revoked_on"] == "2026-03-03T12:05:00Z"
    assert revoked["data"]["award"]["revocation_reason"] == "By mistake."
    assert "a secret" not in json.dumps(revoked)
    assert reinstated["type"] == "award.reinstated"
    assert reinstated["data"]["award"]["state"] == "accepted"
    assert reinstated["data"]["award"]["revocation_reason"] == ""


def test_awarded_anew_at_another_address_is_two_events(badge: Badge) -> None:
    listen(badge.issuer)
    award_instead(award=make_award(badge), address="right@example.org", by=SYSTEM, at=LATER)
    assert [one["type"] for one in told()] == ["award.created", "award.revoked", "award.created"]


@pytest.mark.parametrize("ending", ["done", "cancelled"])
def test_a_finished_batch(badge: Badge, settings, tmp_path, ending: str) -> None:
    settings.MEDIA_ROOT = tmp_path
    listen(badge.issuer, events=["batch.finished"])
    batch = confirmed(badge, people_csv(3) + "nobody,Wrong\n", name="Spring")
    batches.issue_chunk(batch_id=batch.pk, at=NOON, size=2)
    if ending == "cancelled":
        batches.cancel_rest(batch=batch, by=SYSTEM, at=NOON)
    work(batch)
    [event] = told()
    rest = {"awarded": 3, "cancelled": 0} if ending == "done" else {"awarded": 2, "cancelled": 1}
    counts = {"ready": 0, "wrong": 1, "duplicate": 0, "refused": 0} | rest
    assert event["data"]["batch"] == {
        "id": str(batch.pk), "url": f"{SITE}/api/v1/batches/{batch.pk}/", "name": "Spring", "counts": counts,
        "finished_on": event["data"]["batch"]["finished_on"],
    }  # fmt: skip
    assert counts == batch.counts


def test_only_those_who_want_it_in_that_organisation_are_told(badge: Badge, other_issuer: Issuer) -> None:
    listen(other_issuer)
    listen(badge.issuer, events=["award.revoked"])
    make_award(badge)
    assert told() == []


def test_what_is_taken_back_is_not_told(badge: Badge) -> None:
    listen(badge.issuer)
    with transaction.atomic():
        make_award(badge)
        transaction.set_rollback(True)
    assert told() == []


def test_an_answer_that_came_too_late_is_not_told(badge: Badge) -> None:
    listen(badge.issuer)
    row = make_award(badge)
    accept(token=link(row), at=LATER)
    with pytest.raises(Exception, match="cannot be used"):
        accept(token=new_token(), at=LATER)
    assert len(told()) == 2


def _cost(badge: Badge, count: int) -> int:
    people = [Nomination(f"{new_token()}@example.org".lower()) for _ in range(count)]
    with CaptureQueriesContext(connection) as queries:
        award_many(badge=badge, nominations=people, by=SYSTEM, at=NOON)
    return len(queries)


def test_awards_by_the_hundred_are_one_insert(issuer: Issuer) -> None:
    badge = make_badge(issuer)
    _cost(badge, 1)  # the key is parsed, the journal has begun
    silent = _cost(badge, 100)
    listen(issuer)
    assert _cost(badge, 100) - silent <= 3, "who listens, and one insert (SQLite cuts it in two)"
    assert Delivery.objects.count() == 100
