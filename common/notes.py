"""Signed notes: a text that people can read, and below it who signed it (C2SP signed-note, Ed25519)."""

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
DASH = "\u2014"


def sign_note(text: str, *, name: str, key: Ed25519PrivateKey) -> str:
    """The text with its signature line. The text ends with a line break; the name has neither blank nor plus."""
    signature = key_id(name, key.public_key()) + key.sign(text.encode())
    return f"{text}\n{DASH} {name} {base64.b64encode(signature).decode()}\n"


def is_signed(note: str, *, name: str, key: Ed25519PublicKey) -> bool:
    """Whether the note bears a signature of this key under this name that fits its text."""
    text, _blank, lines = note.rpartition("\n\n")
    for line in lines.splitlines():
        words = line.split(" ")
        if len(words) == 3 and words[:2] == [DASH, name] and _fits(words[2], f"{text}\n", name, key):
            return True
    return False


def key_id(name: str, key: Ed25519PublicKey) -> bytes:
    """The four bytes by which a signature line tells its key."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + key.public_bytes_raw()).digest()[:4]


def verifier_key(name: str, key: Ed25519PublicKey) -> str:
    """The public key as programs that check notes take it: name, id and key, with plus signs between."""
    public = base64.b64encode(ED25519 + key.public_bytes_raw()).decode()
    return f"{name}+{key_id(name, key).hex()}+{public}"


def _fits(written: str, text: str, name: str, key: Ed25519PublicKey) -> bool:
    try:
        signature = base64.b64decode(written, validate=True)
        if signature[:4] != key_id(name, key):
            return False
        key.verify(signature[4:], text.encode())
    except (binascii.Error, InvalidSignature):
        return False
    return True
