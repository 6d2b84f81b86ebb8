"""Django's PostgreSQL backend, whose health check does not cost a query. Named in DATABASES as the ENGINE."""


class NotPrepared(Exception):
    """The server cannot be asked by a kept statement now: ask in the ordinary way."""
