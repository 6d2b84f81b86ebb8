"""What the mail provider tells: taken in at a guarded door, matched to one mail."""

import base64
import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent, tracking
from django.conf import LazySettings
from django.test import Client
from django.urls import path
from django.utils import timezone

from common.actors import SYSTEM
from common.errors import Refused
from journal.emails import write
from journal.models import Action, Entry, Message, Suppression
from journal.queries import is_suppressed, suppressed
from journal.services import deliver_due, subscribe_again, unsubscribe
from journal.services.bouncing import address_works, mark_bounced
from journal.services.leasing import claim_lot, settle_sent
from journal.views import bouncing
from tests.journal.conftest import NOON, letter, queue
from tests.journal.smtp_server import Server

pytestmark = pytest.mark.django_db
State, Reason = Message.State, Message.Reason
SECRET = "postbox:a-long-secret"
ADDRESS = "ines1@example.org"


def sent(**fields: Any) -> Message:
    [message] = queue(letter(**fields))
    Message.objects.update(state=State.SENT, sent_at=NOON)
    return message


def tell(message: Message | None, event_type: str, **facts: Any) -> None:
    given = {"message": message.id.hex} if message else {}
    event = AnymailTrackingEvent(
        **{"event_type": event_type, "metadata": given, "recipient": ADDRESS} | facts
    )
    tracking.send(sender=None, event=event, esp_name="Test")


def test_a_hard_bounce_ends_it_and_closes_the_address(server: Server) -> None:
    message = sent()
    tell(message, "bounced", reject_reason="invalid", mta_response="550 5.1.1 No such\n user")
    message.refresh_from_db()
    assert (message.state, message.explanation) == (State.BOUNCED, "550 5.1.1 No such user")
    queue(letter(2, recipient=ADDRESS), letter(3, recipient=ADDRESS, scope="issuer:2"))
    queue(letter(4, recipient=ADDRESS, asked_for=True))
    assert dict(deliver_due(now=lambda: NOON)) == {State.FAILED: 2, State.SENT: 1}
    refused = Message.objects.filter(state=State.FAILED).first()
    assert "another address" in (refused.explanation if refused else "")
    entry = Entry.objects.get(action=Action.MAIL_BOUNCED)
    assert ADDRESS not in json.dumps([entry.target_label, entry.target_id, entry.data])


def test_a_complaint_is_the_readers_word() -> None:
    message = sent()
    tell(message, "complained")
    assert Message.objects.get().state == State.BOUNCED
    assert is_suppressed(ADDRESS)
    with pytest.raises(Refused):
        address_works(message=message, by=SYSTEM, at=NOON)
    subscribe_again(ADDRESS)
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("event_type", "facts"),
    [("deferred", {}), ("bounced", {"reject_reason": "timed_out"}), ("rejected", {"reject_reason": "spam"})],
)
def test_what_passes_is_noted_and_no_more(event_type: str, facts: dict[str, str]) -> None:
    message = sent()
    tell(message, event_type, mta_response="452 Mailbox full", **facts)
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.SENT, "452 Mailbox full")
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("event_type", ["delivered", "opened", "queued"])
def test_good_news_change_nothing(event_type: str) -> None:
    message = sent()
    tell(message, event_type, mta_response="250 OK")
    assert Message.objects.values().get(pk=message.pk)["reason"] == ""


def test_an_address_alone_matches_nothing() -> None:
    sent()
    tell(None, "bounced")
    tell(None, "bounced", metadata={"message": "x" * 32}, message_id="<0123.letter@elsewhere>")
    tell(SimpleNamespace(id=SimpleNamespace(hex="0" * 32)), "bounced")  # type: ignore[arg-type]
    assert Message.objects.get().state == State.SENT
    assert not Suppression.objects.exists()


def test_our_message_id_matches() -> None:
    message = sent()
    tell(None, "bounced", message_id=message.message_id)
    assert Message.objects.get().state == State.BOUNCED


def test_a_provider_that_is_faster_than_we_are() -> None:
    queue()
    lot = claim_lot(at=NOON)
    tell(lot[0], "bounced")
    settle_sent(lot, at=NOON)
    assert Message.objects.get().state == State.BOUNCED


def test_told_twice_it_is_taken_in_once() -> None:
    message = sent()
    tell(message, "bounced", mta_response="550 first")
    tell(message, "bounced", mta_response="550 second")
    assert Message.objects.get().reason == "550 first"
    assert Entry.objects.count() == 1


def test_by_hand_it_holds_for_one_organisation_until_it_works() -> None:
    message = sent()
    mark_bounced(message=message, by=SYSTEM, at=NOON)
    assert suppressed([(ADDRESS, "issuer:1"), (ADDRESS, "issuer:2")]) == {(ADDRESS, "issuer:1"): "returned"}
    assert not is_suppressed(ADDRESS)
    with pytest.raises(Refused):
        mark_bounced(message=message, by=SYSTEM, at=NOON)
    address_works(message=message, by=SYSTEM, at=NOON)
    assert not Suppression.objects.exists()
    assert Message.objects.get().state == State.BOUNCED


def test_what_a_reader_wants_outlasts_what_machines_say() -> None:
    message = sent()
    tell(message, "bounced")
    unsubscribe(ADDRESS, at=NOON)
    assert is_suppressed(ADDRESS)
    Message.objects.update(state=State.SENT)
    tell(message, "bounced")
    assert is_suppressed(ADDRESS)
    with pytest.raises(Refused):
        address_works(message=message, by=SYSTEM, at=NOON + timedelta(days=1))


def test_unsubscribed_at_the_provider() -> None:
    tell(sent(), "unsubscribed")
    assert is_suppressed(ADDRESS)
    assert Message.objects.get().state == State.SENT


@pytest.mark.parametrize("provider", ["", "postmark", "postal"])
def test_the_provider_gets_the_key_of_the_mail(settings: LazySettings, provider: str) -> None:
    settings.MAIL_PROVIDER = provider
    message = sent()
    expected = {"message": message.id.hex} if provider == "postmark" else None
    assert getattr(write(message, secrets={}), "metadata", None) == expected


@pytest.mark.parametrize(
    ("provider", "secret", "doors"),
    [
        ("", SECRET, 0),
        ("postmark", "", 0),
        ("postmark", SECRET, 1),
        ("mandrill", SECRET, 1),
        ("console", SECRET, 0),
    ],
)
def test_the_door_is_there_only_with_a_provider_and_a_secret(
    settings: LazySettings, provider: str, secret: str, doors: int
) -> None:
    settings.MAIL_PROVIDER, settings.ANYMAIL_WEBHOOK_SECRET = provider, secret
    assert len(bouncing.urls()) == doors


urlpatterns: list[Any] = []


def test_the_door_asks_for_the_secret(settings: LazySettings, client: Client) -> None:
    settings.MAIL_PROVIDER, settings.ANYMAIL_WEBHOOK_SECRET = "postmark", SECRET
    urlpatterns[:] = [*bouncing.urls(), path("unsubscribe/<str:token>", bouncing.hear, name="unsubscribe")]
    settings.ROOT_URLCONF = __name__
    message = sent()
    told = {
        "RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "Email": ADDRESS, "ID": 1,
        "MessageID": "a-b-c", "BouncedAt": timezone.now().isoformat(), "Description": "gone",
        "Metadata": {"message": message.id.hex},
    }  # fmt: skip
    assert client.get("/mail-events").status_code == 405
    for credentials in ("", "postbox:wrong"):
        header = {"Authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}
        answer = client.post("/mail-events", told, content_type="application/json", headers=header)
        assert answer.status_code == 400
    assert Message.objects.get().state == State.SENT
    header = {"Authorization": f"Basic {base64.b64encode(SECRET.encode()).decode()}"}
    assert (
        client.post("/mail-events", told, content_type="application/json", headers=header).status_code == 200
    )
    assert Message.objects.get().state == State.BOUNCED
