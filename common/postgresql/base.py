"""Kept connections are looked at before each request that needs one (CONN_HEALTH_CHECKS).

Django asks `SELECT 1`, which costs as much as the one query of a public page. A connection that the server closed
shows it on its socket: there is something to read though nothing was asked. That look costs a system call.
"""

import select

from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus


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
