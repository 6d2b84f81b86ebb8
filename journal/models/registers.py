"""Registers: what everybody may know of an organisation's acts, so that none can be slipped in, dated back or lost.

A register is a Merkle tree (common.merkle). Its leaves hold salted commitments only: nothing of a person, and no id of
an award, can be read from what is public of it.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.merkle import leaf_hash

SALT_SIZE = 32


class LeafKind(models.TextChoices):
    """What an entry tells of."""

    PUBLISHED = "published", _("Version published")
    ISSUED = "issued", _("Badge awarded")
    MOVED = "moved", _("Moved to another address")
    REVOKED = "revoked", _("Revoked")
    REINSTATED = "reinstated", _("Revocation undone")


class Register(models.Model):
    """One for each scope (see Entry.scope). The row is locked while leaves are added, so that places have no gap."""

    scope = models.CharField(max_length=60, unique=True)
    size = models.PositiveBigIntegerField(default=0, help_text="how many leaves")
    signed_size = models.PositiveBigIntegerField(default=0, help_text="of the newest checkpoint")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.scope}: {self.size}"


class LeafQuerySet(models.QuerySet["Leaf"]):
    def of_scope(self, scope: str) -> Self:
        return self.filter(register__scope=scope)


class Leaf(models.Model):
    """One entry. The database refuses to change it, but for the salt, which may be forgotten: then nobody can tell any
    more what the entry spoke of, and the tree stays whole."""

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="leaves")
    index = models.PositiveBigIntegerField(help_text="0, 1, 2 ... within the register")
    kind = models.CharField(max_length=10, choices=LeafKind.choices)
    subject = models.UUIDField(help_text="the award; for a published version, its badge")
    number = models.PositiveIntegerField(default=0, help_text="of a published version")
    at = models.DateTimeField(help_text="when it happened, as its issuer says")
    logged_at = models.DateTimeField(help_text="when it was entered here")
    commitment = models.BinaryField(max_length=32, help_text="SHA-256 of the salt and of what it speaks of")
    salt = models.BinaryField(max_length=SALT_SIZE, null=True)

    objects = LeafQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "index"], name="leaf_once_per_place"),
            models.UniqueConstraint(
                fields=["subject", "kind", "number", "at", "register"], name="leaf_once_per_event"
            ),
        ]
        indexes = [models.Index(fields=["at"], name="leaf_revoked", condition=models.Q(kind="revoked"))]

    def __str__(self) -> str:
        return f"{self.register_id} #{self.index} {self.kind}"

    @property
    def entry(self) -> int:
        """Its place as people count: from 1."""
        return self.index + 1

    @property
    def data(self) -> bytes:
        """What stands in the tree: canonical JSON (RFC 8785), times to the second in UTC."""
        return leaf_data(self.kind, at=self.at, logged_at=self.logged_at, commitment=bytes(self.commitment))

    @property
    def hash(self) -> bytes:
        return leaf_hash(self.data)


class Tile(models.Model):
    """Hashes of the tree, 256 at most (common.merkle). It can only grow: the database refuses anything else."""

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="tiles")
    level = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField()
    hashes = models.BinaryField(max_length=8192)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "level", "number"], name="tile_once_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.register_id} {self.level}/{self.number}"


class Checkpoint(models.Model):
    """The register as it was at one time, signed: `note` is the signed note (C2SP tlog-checkpoint), byte for byte.
    The database refuses to change it."""

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    key_number = models.PositiveIntegerField(help_text="of the organisation's key that signed it")
    note = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "size", "key_number"], name="checkpoint_once_per_size_and_key"
            )
        ]
        ordering = ["-size", "-key_number"]

    def __str__(self) -> str:
        return f"{self.register_id} @{self.size}"


def leaf_data(kind: str, *, at: datetime, logged_at: datetime, commitment: bytes) -> bytes:
    """The bytes of a leaf, as `Leaf.data`."""
    said = {"at": second(at), "commitment": commitment.hex(), "kind": str(kind), "logged": second(logged_at)}
    return json.dumps(said, separators=(",", ":")).encode()


def commitment_of(salt: bytes, statement: bytes) -> bytes:
    """What binds a leaf to a statement without saying it: SHA-256 of the salt and the statement."""
    return hashlib.sha256(salt + statement).digest()


def second(at: datetime) -> str:
    """2026-03-03T12:00:00Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
