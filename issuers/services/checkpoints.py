"""Checkpoints of an organisation's register: how it stands, signed with the organisation's own Ed25519 key."""

import base64
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from common.notes import is_signed, sign_note, verifier_key
from issuers.documents import key_url, register_origin
from issuers.models import Issuer, SigningKey
from issuers.services.keys import private_key
from journal.models import Checkpoint
from journal.models.registers import second
from journal.services.registering import add_checkpoint, locked_register
from openbadges.errors import UnusableKey
from openbadges.keys import load_public_key


@transaction.atomic
def sign_checkpoint(*, issuer: Issuer, at: datetime) -> Checkpoint | None:
    """A new checkpoint of the organisation's register; None where there is nothing new to sign, or no key to sign with.

    Told at: the time stands in what is signed. A register that has not grown is signed again by a new key only.
    """
    register, key = locked_register(scope=issuer.scope, at=at), checkpoint_key(issuer)
    if key is None or register.size == 0:
        return None
    if register.checkpoints.filter(size=register.size, key_number=key.number).exists():
        return None
    origin, signer = register_origin(issuer.slug), private_key(key)

    def sign(size: int, root: bytes) -> str:
        return sign_note(checkpoint_text(origin, size, root, at), name=origin, key=signer)

    return add_checkpoint(register=register, key_number=key.number, sign=sign, at=at)


def checkpoint_key(issuer: Issuer) -> SigningKey | None:
    """The key that signs this organisation's checkpoints."""
    return issuer.keys.filter(algorithm=SigningKey.Algorithm.ED25519, state=SigningKey.State.ACTIVE).first()


def checkpoint_text(origin: str, size: int, root: bytes, at: datetime) -> str:
    """What is signed (C2SP tlog-checkpoint): the register's name, its size, its root; then, as an extension, when."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\nat {second(at)}\n"


def checkpoint_problem(issuer: Issuer, row: Checkpoint) -> str:
    """What is wrong with a stored checkpoint's note; nothing where it says what the row says and is signed so."""
    origin = register_origin(issuer.slug)
    if not row.note.startswith(checkpoint_text(origin, row.size, bytes(row.root), row.at)):
        return "does not say what was signed"
    key = issuer.keys.filter(number=row.key_number).first()
    public = public_ed25519(key) if key else None
    if public is None or not is_signed(row.note, name=origin, key=public):
        return f"its signature does not verify with key {row.key_number}"
    return ""


def public_ed25519(key: SigningKey) -> Ed25519PublicKey | None:
    try:
        public = load_public_key(key.public_pem)
    except UnusableKey:
        return None
    return public if isinstance(public, Ed25519PublicKey) else None


def register_key(issuer: Issuer, number: int) -> str:
    """The key of a checkpoint as programs take it (C2SP signed-note)."""
    public = public_ed25519(issuer.keys.get(number=number))
    return verifier_key(register_origin(issuer.slug), public) if public else ""


def checkpoint_dict(issuer: Issuer, row: Checkpoint) -> dict[str, Any]:
    """A checkpoint for machines. `note` is what was signed; `verifier` the key as programs that check notes take it."""
    return {
        "size": row.size,
        "root": base64.b64encode(bytes(row.root)).decode(),
        "at": second(row.at),
        "key": key_url(issuer.slug, row.key_number),
        "verifier": register_key(issuer, row.key_number),
        "note": row.note,
    }
