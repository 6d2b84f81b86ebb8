"""The health check of kept connections: it notices what `SELECT 1` would notice, without asking."""

import pytest
from django.db import OperationalError, connection, connections

pytestmark = [pytest.mark.needs_postgres, pytest.mark.django_db(transaction=True)]


def backend_of(link) -> int:
    with link.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def terminate(pid: int) -> None:
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    finally:
        other.close()


def test_a_connection_that_answers_is_kept() -> None:
    before = backend_of(connection)
    assert connection.is_usable()
    assert backend_of(connection) == before


def test_a_connection_that_the_server_closed_is_replaced() -> None:
    before = backend_of(connection)
    terminate(before)
    assert not connection.is_usable()
    connection.close_if_unusable_or_obsolete()
    connection.health_check_enabled, connection.health_check_done = True, False
    assert backend_of(connection) != before


def test_without_the_look_the_query_fails() -> None:
    terminate(backend_of(connection))
    with pytest.raises(OperationalError):
        backend_of(connection)
    connection.close()


def test_a_closed_connection_is_not_usable() -> None:
    connection.close()
    assert not connection.is_usable()
