"""API writes that are asked twice and done once (IdempotentCall rows)."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common.errors import Refused
from issuers.models import ApiToken, IdempotentCall

KEPT = timedelta(days=1)
SEALED = "sealed answer"  # the member of a kept answer that is sealed as a whole
# A call that has not answered by now died with its process; what it wrote was taken back with it.
GIVEN_UP = timedelta(minutes=5)


class CallStillRuns(Refused):
    code = "idempotency_key_running"


class KeyUsedOtherwise(Refused):
    code = "idempotency_key_reused"
    status = 422


def reserve_call(*, token: ApiToken, key: str, request_hash: str, at: datetime) -> IdempotentCall:
    """The row of this call: without a status where it is to be done, with the answer where it was done."""
    for _attempt in range(3):
        try:
            with transaction.atomic():
                return IdempotentCall.objects.create(
                    token=token, key=key, request_hash=request_hash, created_at=at
                )
        except IntegrityError:
            earlier = IdempotentCall.objects.filter(token=token, key=key).first()
        if earlier is None or _has_passed(earlier, at=at):
            continue  # it has just gone: the next attempt takes its place
        if earlier.request_hash != request_hash:
            raise KeyUsedOtherwise(_("This Idempotency-Key was used for another request. Choose a new one."))
        if earlier.status is not None:
            return earlier
        break
    raise CallStillRuns(_("The first call with this Idempotency-Key still runs. Ask again in a moment."))


def finish_call(call: IdempotentCall, *, status: int, body: Any) -> None:
    """Keeps the answer, in the transaction of the write itself."""
    if not IdempotentCall.objects.filter(pk=call.pk, status=None).update(status=status, body=body):
        raise CallStillRuns(_("This call took too long and was taken over. Ask again in a moment."))


def abandon_call(call: IdempotentCall) -> None:
    """Nothing was written: the key is free again."""
    IdempotentCall.objects.filter(pk=call.pk, status=None).delete()


def forget_calls(*, at: datetime) -> int:
    """Drops what is older than a day; how many."""
    return IdempotentCall.objects.filter(created_at__lt=at - KEPT).delete()[0]


def forget_answers(*, about: Collection[UUID], issuers: Collection[int]) -> int:
    """Drops kept answers of these organisations' calls that name one of these rows, and those that are sealed, which
    nobody can look into; how many."""
    kept = IdempotentCall.objects.filter(token__issuer__in=issuers)
    named = [row.pk for row in kept.filter(body__isnull=False).iterator() if _names(row.body, about)]
    return kept.filter(Q(pk__in=named) | Q(body__has_key=SEALED)).delete()[0]


def _names(body: Any, rows: Collection[UUID]) -> bool:
    said = json.dumps(body)
    return any(str(row) in said for row in rows)


def _has_passed(call: IdempotentCall, *, at: datetime) -> bool:
    limit = KEPT if call.status is not None else GIVEN_UP
    if call.created_at > at - limit:
        return False
    IdempotentCall.objects.filter(pk=call.pk, status=call.status).delete()
    return True
