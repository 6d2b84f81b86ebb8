"""The page of one webhook: its deliveries, found, looked at, sent again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from common.actors import SYSTEM
from issuers.models import Issuer
from journal.models import Delivery, Entry, EventType, Webhook
from journal.services import Event, make_webhook, pause_webhook, queue_events, send_test_event

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
State = Delivery.State


@pytest.fixture
def hook(issuer: Issuer) -> Webhook:
    return make_webhook(
        scope=issuer.scope,
        url="https://example.org/in",
        events=EventType.values,
        by=SYSTEM,
        at=timezone.now(),
    )[0]


@pytest.fixture
def url(issuer: Issuer, hook: Webhook) -> str:
    return f"/manage/{issuer.slug}/webhooks/{hook.pk}"


def happen(
    hook: Webhook, count: int = 1, kind: EventType = EventType.AWARD_CREATED, **changes: object
) -> list[Delivery]:
    events = [Event({"award": {"id": str(number), "words": "<b>é</b>"}}) for number in range(count)]
    known = set(Delivery.objects.values_list("pk", flat=True))
    queue_events(events, scope=hook.scope, kind=kind, at=timezone.now())
    rows = Delivery.objects.exclude(pk__in=known).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=ids).update(**changes or {"attempts": 0})
    return list(Delivery.objects.filter(pk__in=ids).order_by("pk"))


def test_access(url: str, hook: Webhook, climb: Callable[..., None]) -> None:
    [row] = happen(hook)
    climb(url, 200, 403, 403, 403)
    climb(f"{url}/deliveries/{row.pk}", 200, 403, 403, 403)
    for act in ("/test", "/again", f"/deliveries/{row.pk}/again"):
        climb(f"{url}{act}", 302, 403, 403, 403, post={})


def test_each_event_with_what_became_of_it(url: str, hook: Webhook, owner: User, signed_in: SignIn) -> None:
    client = signed_in(owner)
    assert "Nothing was sent yet" in client.get(url).content.decode()
    happen(hook, state=State.DELIVERED, status=204)
    happen(hook, kind=EventType.AWARD_REVOKED, state=State.FAILED, trouble="timeout")
    happen(hook, state=State.LEASED)
    page = client.get(url).content.decode()
    assert "No answer in time." in page
    assert ">204<" in page
    assert page.count("/again") == 3, "two rows and the form for all that failed: one is being sent"
    assert len(client.get(url, {"state": "failed"}).context["page"]) == 1
    assert len(client.get(url, {"state": "due"}).context["page"]) == 1
    assert len(client.get(url, {"kind": "award.revoked"}).context["page"]) == 1
    one = Delivery.objects.last()
    assert [row.pk for row in client.get(url, {"q": one.event_id}).context["page"]] == [one.pk]
    assert "No delivery fits" in client.get(url, {"q": "msg_none"}).content.decode()
    assert client.get(url, {"q": "\0", "state": "x", "kind": "x", "cursor": "x"}).status_code == 200


def test_many_are_turned_over_page_by_page(url: str, hook: Webhook, owner: User, signed_in: SignIn) -> None:
    happen(hook, 60)
    client = signed_in(owner)
    first = client.get(url).context["page"]
    second = client.get(url, {"cursor": first.next}).context["page"]
    assert (len(first), len(second)) == (50, 10)
    assert not {row.pk for row in first} & {row.pk for row in second}


def test_request_and_answer_are_shown_as_text(
    url: str, hook: Webhook, owner: User, signed_in: SignIn
) -> None:
    [row] = happen(
        hook,
        state=State.DELIVERED,
        status=200,
        answer="<script>x</script>",
        tried_at=timezone.now(),
        took_ms=12,
    )
    page = signed_in(owner).get(f"{url}/deliveries/{row.pk}").content.decode()
    assert "&lt;script&gt;x" in page
    assert "&lt;b&gt;é" in page
    assert row.event_id in page


def test_one_is_sent_again_with_its_id(url: str, hook: Webhook, owner: User, signed_in: SignIn) -> None:
    [row] = happen(hook, state=State.FAILED, attempts=10)
    answer = signed_in(owner).post(f"{url}/deliveries/{row.pk}/again", follow=True)
    assert "sent again, with the same id" in answer.content.decode()
    again = Delivery.objects.get()
    assert (again.state, again.attempts, again.event_id) == (State.DUE, 0, row.event_id)
    Delivery.objects.update(state=State.LEASED)
    answer = signed_in(owner).post(f"{url}/deliveries/{row.pk}/again", follow=True)
    assert "being sent right now" in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_day_is_filled_in_as_browsers_read_it(
    url: str, hook: Webhook, owner: User, signed_in: SignIn, language: str
) -> None:
    happen(hook)
    client = signed_in(owner)
    client.cookies["django_language"] = language
    a_week_ago = (timezone.localdate() - timedelta(days=7)).isoformat()
    assert f'value="{a_week_ago}"' in client.get(url).content.decode()


def test_all_that_failed_since_a_day(url: str, hook: Webhook, owner: User, signed_in: SignIn) -> None:
    today = timezone.localdate()
    happen(hook, 3, state=State.FAILED)
    happen(hook, 2, state=State.FAILED, created_at=timezone.now() - timedelta(days=9))
    happen(hook, 1, state=State.DELIVERED)
    client = signed_in(owner)
    answer = client.post(f"{url}/again", {"since": (today - timedelta(days=7)).isoformat()}, follow=True)
    assert "3 events are sent again." in answer.content.decode()
    assert Delivery.objects.filter(state=State.DUE).count() == 3
    assert Entry.objects.last().data == {"events": 3}
    assert "Choose the day" in client.post(f"{url}/again", {"since": "soon"}, follow=True).content.decode()


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_of_the_calendar(
    url: str, hook: Webhook, owner: User, signed_in: SignIn, since: str
) -> None:
    happen(hook, 1, state=State.FAILED)
    answer = signed_in(owner).post(f"{url}/again", {"since": since}, follow=True)
    assert answer.status_code == 200
    assert Delivery.objects.filter(state=State.DUE).count() == (since == "0001-01-01")


def test_a_test_event_leads_to_its_page(url: str, hook: Webhook, owner: User, signed_in: SignIn) -> None:
    answer = signed_in(owner).post(f"{url}/test")
    row = Delivery.objects.get()
    assert answer["Location"] == f"{url}/deliveries/{row.pk}"
    assert row.kind == Webhook.TEST


def test_nothing_is_sent_by_one_that_is_paused(
    url: str, hook: Webhook, owner: User, signed_in: SignIn
) -> None:
    [row] = happen(hook, state=State.FAILED)
    pause_webhook(webhook=hook, by=SYSTEM, at=timezone.now())
    client = signed_in(owner)
    for path in ("/test", "/again", f"/deliveries/{row.pk}/again"):
        answer = client.post(f"{url}{path}", {"since": "2026-01-01"}, follow=True)
        assert "Resume it first" in answer.content.decode()
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.FAILED}


def test_another_webhooks_delivery_is_not_there(
    url: str, hook: Webhook, issuer: Issuer, owner: User, signed_in: SignIn
) -> None:
    other, _secret = make_webhook(
        scope=issuer.scope, url="https://example.net/", events=["award.created"], by=SYSTEM, at=timezone.now()
    )
    row = send_test_event(webhook=other, at=timezone.now())
    assert signed_in(owner).get(f"{url}/deliveries/{row.pk}").status_code == 404
    assert signed_in(owner).post(f"{url}/deliveries/{row.pk}/again").status_code == 404


def test_it_costs_the_same_with_1_and_3(url: str, hook: Webhook, owner: User, signed_in: SignIn) -> None:
    client = signed_in(owner)

    def cost() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    happen(hook)
    one = cost()
    happen(hook, 2)
    assert cost() == one
