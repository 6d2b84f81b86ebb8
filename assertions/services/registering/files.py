"""A register as files: what any web server has to hold so that it can be checked without this site. Reads only."""

from collections.abc import Iterator

from assertions.models import Award
from assertions.services.registering.proofs import proof_of_award
from common import merkle
from common.json_documents import json_bytes
from issuers.models import Issuer
from journal.models import Register
from journal.services.proving import tile_of, tree_of


def register_files(issuer: Issuer) -> Iterator[tuple[str, bytes]]:
    """(address on this site, content) of all that is public of an organisation's register, as it was last signed:
    checkpoints, tiles, and the proof of every award that is shown. Nothing where it was never signed."""
    register = Register.objects.filter(scope=issuer.scope).first()
    newest = register.checkpoints.first() if register else None
    if register is None or newest is None:
        return
    place = f"/issuers/{issuer.slug}/register"
    yield f"{place}/checkpoint", newest.note.encode()
    for size, note in register.checkpoints.order_by("size", "key_number").values_list("size", "note"):
        yield f"{place}/checkpoint/{size}", note.encode()
    for level, number, width in merkle.tiles_of(newest.size):
        hashes = tile_of(register, level, number)[: width * merkle.SIZE]
        yield f"{place}/tile/{merkle.tile_path(level, number, width)}", hashes
    tree = tree_of(register)
    for award in _shown(issuer):
        proof = proof_of_award(award, tree=tree)
        if proof is not None:
            yield f"/assertions/{award.pk}/register.json", json_bytes(proof.to_dict())


def _shown(issuer: Issuer) -> Iterator[Award]:
    shown = Award.objects.of_issuer(issuer).exclude(
        pk__in=Award.objects.withdrawn_by_recipient().values("pk")
    )
    return shown.select_related("issuer", "version").order_by("pk").iterator(chunk_size=500)
