"""One credential, signed twice: a Data Integrity proof with Ed25519 beside it, and a VC-JWT with RSA around it."""

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assertions.documents import VARYING, date_time, token_header
from common.json_documents import json_bytes
from issuers.documents import key_method
from issuers.models import Issuer, SigningKey
from issuers.services.keys import private_key, signing_key_of
from openbadges import jws, proofs
from openbadges.canonical import Canonicaliser

_MEANING = Canonicaliser(
    VARYING, most=256
)  # badges, by what else their awards have: evidence, an end, a narrative


@dataclass(frozen=True)
class Keys:
    """What an organisation signs credentials with: proofs with Ed25519, tokens with RSA."""

    slug: str
    proof: SigningKey
    token: SigningKey

    @classmethod
    def of(cls, issuer: Issuer) -> "Keys":
        """The active ones. Part of the transaction that stores what they sign."""
        proof = signing_key_of(issuer.pk, SigningKey.Algorithm.ED25519)
        return cls(issuer.slug, proof, signing_key_of(issuer.pk))


@dataclass(frozen=True)
class Signed:
    """`body` is the document without its proof and its last brace; `claims` the members that a token adds."""

    body: str
    proof: str
    header: str
    claims: str
    signature: str
    token: str

    @property
    def document(self) -> str:
        return f'{self.body},"proof":{self.proof}}}'


def signed(document: dict[str, Any], claims: dict[str, Any], *, keys: Keys, at: datetime) -> Signed:
    """The token has no proof inside: a proof would speak of a document without the token's claims."""
    method = key_method(keys.slug, keys.proof.number)
    proved = proofs.sign(
        document,
        key=private_key(keys.proof),
        verification_method=method,
        created=date_time(at),
        canonicalise=_MEANING.rdfc,
    )
    body, added = _json(document)[:-1], _json(claims)[1:-1]
    header = token_header(keys.token, keys.slug)
    payload = f"{body},{added}}}".encode()
    token = jws.sign(payload, private_key(keys.token), kid=header["kid"], typ=header["typ"])
    first, _payload, signature = token.split(".")
    return Signed(body, _json(proved["proof"]), _decoded(first), added, signature, token)


def _json(value: Any) -> str:
    return json_bytes(value).decode()


def _decoded(part: str) -> str:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
