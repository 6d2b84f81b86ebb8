"""Bar 11: proofs of Open Badges 3.0, and what the first who asks for a credential waits for."""

import time
from collections.abc import Callable, Mapping
from itertools import cycle
from statistics import median
from typing import Any

from assertions.documents import VARYING, date_time
from assertions.models import Award
from assertions.services.credentials import credential_of
from issuers.models import SigningKey
from issuers.services.keys import private_key
from openbadges import proofs
from openbadges.canonical import Canonicaliser, rdfc, read_json
from tests.bench.measuring import Bar
from tests.bench.stage import NOW

TURN = 20
MILLI = 1e3


def proofs_and_first_fetches(awards: list[Award], *, rounds: int, times: int) -> list[Bar]:
    """Processor time, not a ratio: the bar is one of milliseconds."""
    began = [_made(award) for award in awards]
    first, warm = began[0], median(began[1:])
    documents = [_document(award) for award in awards]
    key = SigningKey.objects.get(issuer=awards[0].issuer, algorithm=SigningKey.Algorithm.ED25519)
    parsed, shapes = private_key(key), Canonicaliser(VARYING)
    if not all(shapes.agrees(document) for document in documents):
        raise RuntimeError("the quick way and the slow one give different statements")
    quick = _cost(documents, parsed, shapes.rdfc, rounds=rounds, times=times)
    slow = _cost(documents, parsed, rdfc, rounds=rounds, times=max(2, times // 20))
    details = f"{slow * MILLI:.1f} ms when each is expanded; the same bytes for {len(documents)} credentials"
    fetch = f"proof, token, status place and rows; the first of a badge {first * MILLI:.1f} ms"
    return [
        Bar(11, "proof of a credential, processor ms", quick * MILLI, "<=", 1.0, details),
        Bar(11, "credential when first asked for, processor ms", warm * MILLI, "<=", 10.0, fetch),
    ]


def _made(award: Award) -> float:
    began = time.process_time()
    credential_of(award, at=NOW)
    return time.process_time() - began


def _document(award: Award) -> dict[str, object]:
    document: dict[str, object] = read_json(credential_of(award, at=NOW).document)
    return {name: value for name, value in document.items() if name != "proof"}


def _cost(
    documents: list[dict[str, object]],
    key: Any,
    canonicalise: Callable[[Mapping[str, object]], str],
    *,
    rounds: int,
    times: int,
) -> float:
    """Processor seconds for one proof, the median of rounds."""
    given = cycle(documents)
    options = {
        "key": key,
        "verification_method": "did:web:badges.example.org#key-1",
        "created": date_time(NOW),
    }
    found = []
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(times):
            proofs.sign(next(given), canonicalise=canonicalise, **options)
        found.append((time.process_time() - began) / times)
    return median(found)
