"""What shows where an award stands in its issuer's register. Reads only."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assertions.documents import signed_id
from assertions.models import Award
from assertions.services.registering.events import (
    published_statement,
    reinstated_statement,
    revoked_statement,
)
from common import merkle
from common.links import absolute
from issuers.documents import register_origin
from issuers.services.checkpoints import checkpoint_dict
from journal.models import Checkpoint, Leaf, LeafKind
from journal.services.proving import tree_of

FORMAT = "badge-register-proof-1"


@dataclass(frozen=True)
class Standing:
    """Where an award was entered, and the newest checkpoint of the register, if it was ever signed."""

    leaf: Leaf
    checkpoint: Checkpoint | None

    @property
    def is_signed(self) -> bool:
        """Whether the checkpoint holds the entry: younger ones wait for the next."""
        return self.checkpoint is not None and self.leaf.index < self.checkpoint.size


@dataclass(frozen=True)
class EntryProof:
    """One entry. `statement` is what it commits to, where that is no file that somebody must bring; `path` leads to the
    checkpoint (RFC 9162, 2.1.3), None while the entry is younger."""

    leaf: Leaf
    statement: bytes | None
    path: Sequence[bytes] | None

    def to_dict(self) -> dict[str, Any]:
        """`salt` and hashes in base64; `leaf` is the text whose hash stands in the tree."""
        salt = self.leaf.salt
        said = {
            "entry": self.leaf.entry,
            "leaf": self.leaf.data.decode(),
            "salt": _b64(bytes(salt)) if salt else None,
        }
        said |= (
            {"statement": self.statement.decode()} if self.statement is not None else {"signed_text": True}
        )
        return said | ({"inclusion": _b64s(self.path)} if self.path is not None else {"pending": True})


@dataclass(frozen=True)
class RegisterProof:
    """All entries that speak of one award and of the version it was given for, oldest first."""

    award: Award
    entries: list[EntryProof]
    checkpoint: Checkpoint | None
    earlier: tuple[Checkpoint, list[bytes]] | None = None
    """An earlier checkpoint, and what shows that the newest one only added to it."""

    def to_dict(self) -> dict[str, Any]:
        issuer = self.award.issuer
        said: dict[str, Any] = {
            "format": FORMAT,
            "award": signed_id(self.award.pk),
            "register": absolute(f"/issuers/{issuer.slug}/register"),
            "origin": register_origin(issuer.slug),
            "checkpoint": checkpoint_dict(issuer, self.checkpoint) if self.checkpoint else None,
            "entries": [entry.to_dict() for entry in self.entries],
        }
        if self.earlier:
            row, path = self.earlier
            said["earlier"] = checkpoint_dict(issuer, row) | {"consistency": _b64s(path)}
        return said


def standing_of(award: Award) -> Standing | None:
    """None while it has no entry."""
    leaf = Leaf.objects.filter(subject=award.pk, kind=LeafKind.ISSUED).select_related("register").first()
    if leaf is None:
        return None
    return Standing(leaf, leaf.register.checkpoints.first())


def proof_of_award(
    award: Award, *, since: int | None = None, tree: merkle.Node | None = None
) -> RegisterProof | None:
    """None while it has no entry. `since`: also what shows that nothing was taken away since the checkpoint of that
    size, where there was one. `tree`: of its register, where many are asked for."""
    standing = standing_of(award)
    if standing is None:
        return None
    register, checkpoint = standing.leaf.register, standing.checkpoint
    size = checkpoint.size if checkpoint else 0
    tree = tree or tree_of(register)
    entries = [
        EntryProof(
            leaf,
            _statement(leaf, award),
            merkle.inclusion_proof(leaf.index, size, tree) if leaf.index < size else None,
        )
        for leaf in _leaves(award, standing.leaf)
    ]
    earlier = register.checkpoints.filter(size=since).first() if since and since <= size else None
    path = (earlier, merkle.consistency_proof(earlier.size, size, tree)) if earlier else None
    return RegisterProof(award, entries, checkpoint, path)


def _leaves(award: Award, issued: Leaf) -> list[Leaf]:
    of_award = Leaf.objects.filter(subject=award.pk, register=issued.register)
    of_version = Leaf.objects.filter(
        subject=award.badge_id, kind=LeafKind.PUBLISHED, number=award.version.number, register=issued.register
    )
    return sorted([*of_award, *of_version], key=lambda leaf: leaf.index)


def _statement(leaf: Leaf, award: Award) -> bytes | None:
    match leaf.kind:
        case LeafKind.REVOKED:
            return revoked_statement(leaf.subject, leaf.at)
        case LeafKind.REINSTATED:
            return reinstated_statement(leaf.subject, leaf.at)
        case LeafKind.PUBLISHED:
            return published_statement(leaf.subject, leaf.number, award.version.sha256)
    return None


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _b64s(hashes: Iterable[bytes]) -> list[str]:
    return [_b64(one) for one in hashes]
