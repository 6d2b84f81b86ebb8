"""Several workers at once, on real connections to the database."""

import threading
from collections import Counter

import pytest
from django.db import connection

from journal.models import Delivery
from journal.services import deliver_due_webhooks
from tests.journal.conftest import NOON, happen, hook_to
from tests.journal.receiver import Receiver


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_tell_each_event_once(receiver: Receiver) -> None:
    for name in range(3):
        hook_to(receiver.url(f"/{name}"), scope=f"issuer:{name}")
        happen(15, scope=f"issuer:{name}")
    start, failures = threading.Barrier(3), []

    def work() -> None:
        start.wait()
        try:
            deliver_due_webhooks(now=lambda: NOON)
        except Exception as error:  # noqa: BLE001  told below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deliver_due_webhooks(
        now=lambda: NOON
    )  # what one worker passed over because another was just taking its turn
    assert failures == []
    assert Counter(receiver.ids).most_common(1)[0][1] == 1
    assert len(receiver.ids) == 45
    assert set(Delivery.objects.values_list("state", "attempts")) == {(Delivery.State.DELIVERED, 1)}
