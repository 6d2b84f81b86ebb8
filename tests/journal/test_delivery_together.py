"""Several deliverers at once, on real connections to the database."""

import threading

import pytest
from django.db import connection

from journal.models import Message
from journal.services import deliver_due
from tests.journal.conftest import NOON, letter, queue
from tests.journal.smtp_server import Server


@pytest.mark.django_db(transaction=True)
def test_two_deliverers_never_send_a_mail_twice(server: Server):
    queue(*(letter(number) for number in range(40)))
    start, failures = threading.Barrier(4), []

    def deliver() -> None:
        start.wait()
        try:
            deliver_due(now=lambda: NOON)
        except Exception as error:  # noqa: BLE001  told below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(server.ids) == len(set(server.ids)) == 40
    assert set(Message.objects.values_list("state", "attempts")) == {(Message.State.SENT, 1)}
