"""Signing keys, and the secret answers of API calls, under a new encryption key."""

from collections.abc import Iterator

from common.resealing import Step, reseal_bytes, reseal_columns, reseal_in_steps
from issuers.models import IdempotentCall, SigningKey
from issuers.services.calls import SEALED


def reseal_keys() -> Iterator[Step]:
    """The private halves of the keys that sign. What others have parsed already stays good: the key is the same."""
    rows = SigningKey.objects.filter(state=SigningKey.State.ACTIVE).only("pk", "sealed_private")
    yield from reseal_in_steps(
        rows, lambda key: reseal_columns(key, "sealed_private"), columns=["sealed_private"]
    )


def reseal_answers() -> Iterator[Step]:
    """Answers that are kept for a day and hold a secret."""
    rows = IdempotentCall.objects.filter(body__has_key=SEALED)
    yield from reseal_in_steps(rows, _reseal_answer, columns=["body"])


def _reseal_answer(call: IdempotentCall) -> bool:
    body: dict[str, str] = call.body or {}
    sealed = reseal_bytes(body[SEALED].encode())
    if sealed is not None:
        call.body = body | {SEALED: sealed.decode()}
    return sealed is not None
