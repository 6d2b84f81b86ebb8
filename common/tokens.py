"""Secrets that people and machines hold: 256 random bits, kept here as a SHA-256 only."""

import hashlib
import secrets


def new_token(prefix: str = "") -> str:
    """`prefix` + 43 base64url characters (256 bits)."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """SHA-256 as 64 hex characters; the token has full entropy, so no salt and no stretching."""
    return hashlib.sha256(token.encode()).hexdigest()
