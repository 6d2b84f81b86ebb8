"""Following the links of a credential: its issuer's document, its proofs, its status lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openbadges import jws
from openbadges.canonical import MAX_VALUES, bounded, dataset
from openbadges.errors import MalformedDocument
from openbadges.verifying.credentials import proving, standing
from openbadges.verifying.credentials.issuers import resolve
from openbadges.verifying.fetching import Library, Source
from openbadges.verifying.report import Check, CheckCode, Endorsed, Expectation
from openbadges.verifying.statement import id_of

# What others say of a badge is short. Reading linked data takes the square of its length.
MAX_VALUES_OF_ENDORSEMENT = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """Everything the checks of one credential look at.

    `credential`: without the claims of the token around it; `payload`: with them, None where there is no token.
    `issuer`: the document that lists the issuer's keys. `proof`: how it is signed.
    `standing`: whether it was revoked or suspended. `meaning`: why its words have no certain meaning, or None.
    """

    credential: Mapping[str, Any]
    payload: Mapping[str, Any] | None
    at: datetime
    expect: Expectation
    picture: str | None
    issuer_id: str
    issuer: Source
    proof: proving.Proof
    standing: Mapping[CheckCode, Check]
    meaning: MalformedDocument | None
    is_endorsement: bool = False
    endorsements: tuple[Endorsed, ...] = ()
    endorsement_count: int = 0


def gather(
    document: Mapping[str, Any],
    token: str | None,
    library: Library,
    *,
    at: datetime,
    expect: Expectation,
    picture: str | None = None,
    is_endorsement: bool = False,
) -> Case:
    """Fetch what the credential refers to, and see who signed it."""
    credential = jws.credential_of(document) if token else document
    issuer_id = id_of(credential.get("issuer"))
    issuer = resolve(issuer_id, library, expect.trusted_origins)
    meaning = _meaning(credential, MAX_VALUES_OF_ENDORSEMENT if is_endorsement else MAX_VALUES)
    proof = proving.unread() if meaning and token is None else None
    return Case(
        credential=credential,
        payload=document if token else None,
        at=at,
        expect=expect,
        picture=picture,
        issuer_id=issuer_id,
        issuer=issuer,
        proof=proof or proving.prove(credential, token, issuer_id, issuer, at=at, expect=expect),
        standing=standing.ask(credential, issuer_id, issuer, library, at=at),
        meaning=meaning,
        is_endorsement=is_endorsement,
    )


def _meaning(credential: Mapping[str, Any], max_values: int) -> MalformedDocument | None:
    """Why the credential cannot be read as linked data without losing a word; None if it can."""
    try:
        bounded(credential, max_values=max_values)
        dataset({name: value for name, value in credential.items() if name != "proof"})
    except MalformedDocument as problem:
        return problem
    return None
