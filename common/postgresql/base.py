"""PostgreSQL for pages that ask it one thing at every visit: what Django and the driver do around the question costs
several times the answer.

Kept connections are looked at before each request that needs one (CONN_HEALTH_CHECKS). Django asks `SELECT 1`, which
costs as much as the one query of a public page. A connection that the server closed shows it on its socket: there is
something to read though nothing was asked. That look costs a system call.
"""

import hashlib
import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Error
from psycopg.adapt import Transformer
from psycopg.errors import DuplicatePreparedStatement
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus

from common.postgresql import NotPrepared


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """False once the server, or something on the way to it, has closed or spoken out of turn."""
        if self.connection is None:
            return False
        link = self.connection.pgconn
        if link.status != ConnStatus.OK:
            return False
        waiting = select.poll()
        waiting.register(link.socket, select.POLLIN | select.POLLPRI)
        return not waiting.poll(0)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._statements: dict[str, tuple[bytes, Any]] = {}
        return super().get_new_connection(conn_params)

    def prepared_row(self, sql: str, parameter: object) -> tuple[Any, ...] | None:
        """The first row of a query with one parameter, or None, by a statement that the server keeps.

        Raises NotPrepared within a transaction, where queries are watched, and where the server does not know the
        statement (a pooler may have changed it for another): nothing was done then.
        """
        if self.in_atomic_block or self.queries_logged or self.execute_wrappers:
            raise NotPrepared
        self.close_if_health_check_failed()
        self.ensure_connection()
        link = self.connection.pgconn
        try:
            name, loading = self._statements.get(sql) or self._prepare(link, sql)
            result = link.exec_prepared(name, [str(parameter).encode()])
        except Error:
            raise NotPrepared from None
        if result.status != ExecStatus.TUPLES_OK:
            self._statements.clear()
            raise NotPrepared
        loading.set_pgresult(result, set_loaders=loading.pgresult is None)
        return loading.load_row(0, tuple) if result.ntuples else None

    def _prepare(self, link: Any, sql: str) -> tuple[bytes, Any]:
        """(name, what turns its rows into Python). The name says what it is: behind a pooler, another visitor may have
        left one of that name."""
        name = b"row_" + hashlib.sha256(sql.encode()).hexdigest()[:32].encode()
        answer = link.prepare(name, sql.replace("%s", "$1").encode())
        is_there = answer.error_field(DiagnosticField.SQLSTATE) == _IS_THERE
        if answer.status != ExecStatus.COMMAND_OK and not is_there:
            raise NotPrepared
        self._statements[sql] = statement = name, Transformer(self.connection)
        return statement


_IS_THERE = str(DuplicatePreparedStatement.sqlstate).encode()
