"""The health check of kept connections: it notices what `SELECT 1` would notice, without asking."""

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from common.postgresql import NotPrepared

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


def asked(parameter: object) -> tuple | None:
    return connection.prepared_row(
        "SELECT n, n * 2 FROM generate_series(1, 3) AS n WHERE n = (%s)::int", parameter
    )


def test_a_kept_statement_gives_the_row_of_its_parameter() -> None:
    assert [asked(number) for number in (1, 3, 9)] == [(1, 2), (3, 6), None]


def test_a_new_connection_prepares_its_statements_anew() -> None:
    assert asked(1) == (1, 2)
    connection.close()
    assert asked(2) == (2, 4)


def test_a_statement_that_another_visitor_left_behind_a_pooler_is_used() -> None:
    assert asked(1) == (1, 2)
    connection._statements.clear()
    assert asked(2) == (2, 4)


def test_where_a_pooler_forgot_the_statement_it_is_said_and_mended() -> None:
    assert asked(1) == (1, 2)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(NotPrepared):
        asked(1)
    assert asked(1) == (1, 2)


def test_within_a_transaction_or_under_watch_the_ordinary_way_is_taken() -> None:
    with transaction.atomic(), pytest.raises(NotPrepared):
        asked(1)
    with CaptureQueriesContext(connection), pytest.raises(NotPrepared):
        asked(1)


def test_a_row_is_read_from_a_connection_that_was_closed_meanwhile() -> None:
    """As at the begin of a request: the look at the socket finds the closed connection, and another is opened."""
    before = backend_of(connection)
    assert asked(1) == (1, 2)
    terminate(before)
    connection.health_check_enabled, connection.health_check_done = True, False
    assert asked(2) == (2, 4)
