"""The exit kit is written from its sources into a folder or one ZIP file, a part at a time."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from django.db import transaction

from assertions.models import Award
from assertions.services.kit import extras
from assertions.services.kit.parts import SITE, Kit, Part
from assertions.services.kit.sources import SOURCES
from common.actors import Actor
from common.archives import Listed, Place
from issuers.models import Issuer
from journal.models import Action
from journal.services import record

EVERY = 100
"""Files between two looks at the clock."""


def write_kit(
    *, issuer: Issuer, place: Place, at: datetime, tell: Callable[[int, int], None] | None = None
) -> dict[str, int]:
    """The organisation's whole public face as files; gives how many files and awards, and how many bytes.

    `tell(done, total)` hears of the awards that are written; what it raises ends the work. Reads only,
    but for credentials that are signed now.
    """
    with Listed(place) as listed:
        counts = _write(Kit(issuer, at), listed, tell or _unheard)
    return {"files": counts["files"], "awards": counts["awards"], "bytes": place.size}


def _write(kit: Kit, listed: Listed, tell: Callable[[int, int], None]) -> Counter[str]:
    counts: Counter[str] = Counter()
    total = Award.objects.of_issuer(kit.issuer).count()
    tell(0, total)
    for part in _parts(kit):
        listed.add(part.path, part.content)
        counts["files"] += 1
        counts["awards"] += _is_award(part)
        if counts["files"] % EVERY == 0:
            tell(counts["awards"], total)
    counts["files"] += 2
    last = extras.kit_json(kit, files=counts["files"], counts={"awards": counts["awards"]})
    listed.add(last.path, last.content)
    listed.write_list("files.sha256")
    tell(total, total)
    return counts


@transaction.atomic
def note_kit(*, issuer: Issuer, by: Actor, at: datetime, counts: Mapping[str, int]) -> None:
    """The journal’s line about a kit that was made."""
    target = ("issuer", issuer.pk, issuer.name)
    record(scope=issuer.scope, action=Action.KIT_MADE, by=by, at=at, target=target, data=dict(counts))


def _unheard(done: int, total: int) -> None:
    """For who does not ask how far it is."""


def _parts(kit: Kit) -> Iterator[Part]:
    for source in (extras.instructions, extras.looks, extras.reader, *SOURCES):
        yield from source(kit)


def _is_award(part: Part) -> bool:
    """One file of each award is its document: without an ending, or the one of its folder."""
    beginning = f"{SITE}/assertions/"
    name = part.path.removeprefix(beginning)
    return (
        part.path.startswith(beginning)
        and ("." not in name.removesuffix("/document.jsonld"))
        and ("/evidence/" not in name)
    )
