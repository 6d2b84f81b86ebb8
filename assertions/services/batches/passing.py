"""Faults that pass are not the fault of any list: nothing is marked for them, the next sweep tries again."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from billiard.exceptions import SoftTimeLimitExceeded  # type: ignore[import-untyped]
from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)
PASSING = (OperationalError, InterfaceError, MemoryError, SoftTimeLimitExceeded)
# Of the library that speaks to S3, which is there only where a bucket is: no answer, no room for another request.
_AWAY = ("botocore.", "boto3.", "s3transfer.", "urllib3.")


def will_pass(error: Exception) -> bool:
    """Also a storage that does not answer; that the file is not there is an answer."""
    if isinstance(error, FileNotFoundError):
        return False
    origins = (kind.__module__ + "." for kind in type(error).__mro__)
    return isinstance(error, (*PASSING, OSError)) or any(one.startswith(_AWAY) for one in origins)


@contextmanager
def apart(batch_id: UUID) -> Iterator[None]:
    """What goes wrong with one batch is logged and does not hold up the others, unless nothing can go on at all."""
    try:
        yield
    except (MemoryError, SoftTimeLimitExceeded):
        raise
    except Exception:
        if not connection.is_usable():
            raise
        log.exception("The worker could not go on with batch %s", batch_id)
