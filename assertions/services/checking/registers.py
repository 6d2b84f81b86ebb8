"""Registers: every act has its entry, every entry fits what it speaks of, trees and checkpoints are what they were."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from assertions.models import Award, FormerSignature
from assertions.services.registering import events
from badges.models import BadgeVersion
from common import merkle
from common.checking import Check, Finding, in_steps
from issuers.models import Issuer
from issuers.services.checkpoints import checkpoint_problem
from journal.models import Leaf, LeafKind, Register
from journal.models.registers import commitment_of, second
from journal.services.proving import root_of, tile_of

LATE = timedelta(hours=1)
"""The worker enters acts within a minute; an hour later something is wrong."""
Said = dict[tuple[UUID, str, str], bytes]
"""What entries may speak of: by subject, kind and time or number, the bytes."""
STEP = 1024


def missing(at: datetime) -> Iterator[Finding]:
    """Acts that are older than an hour and have no entry."""
    due = at - LATE
    for award_id in events.issued(None).filter(created_at__lt=due).values_list("pk", flat=True).iterator():
        yield _missing("award", award_id)
    for award_id in events.revoked(None).filter(revoked_at__lt=due).values_list("pk", flat=True).iterator():
        yield _missing("revocation of award", award_id)
    moves = events.moved(None).filter(replaced_at__lt=due)
    for award_id in moves.values_list("award_id", flat=True).iterator():
        yield _missing("move of award", award_id)
    versions = events.published(None).filter(published_at__lt=due)
    for badge_id, number in versions.values_list("badge_id", "number").iterator():
        yield _missing(f"version {number} of badge", badge_id)
    for award_id in events.reinstated(None).filter(at__lt=due).values_list("subject", flat=True).iterator():
        yield _missing("undone revocation of award", award_id)


def _missing(what: str, row_id: object) -> Finding:
    return Finding("register.missing", "has no entry in its organisation's register", f"{what} {row_id}")


def entries(at: datetime) -> Iterator[Finding]:
    """Each entry speaks of what is there, as it is there, and came when it should."""
    sweeps: dict[int, deque[datetime]] = {}
    for page in in_steps(Leaf.objects.select_related("register"), size=STEP):
        subjects = {leaf.subject for leaf in page}
        awards = {row.pk: row for row in _awards(subjects)}
        said = _said(awards, subjects)
        for leaf in page:
            before = _hour_before(leaf, sweeps.setdefault(leaf.register_id, deque()))
            if problem := _entry_problem(leaf, awards, said, before):
                yield Finding(problem[0], problem[1], _at(leaf))


def _hour_before(leaf: Leaf, sweeps: deque[datetime]) -> datetime | None:
    """When the register was last written to, an hour or longer before this entry. What came at one time with it was
    perhaps waiting with it, while no worker ran."""
    if not sweeps or sweeps[-1] != leaf.logged_at:
        sweeps.append(leaf.logged_at)
    while len(sweeps) > 1 and sweeps[1] <= leaf.logged_at - LATE:
        sweeps.popleft()
    return sweeps[0] if sweeps[0] <= leaf.logged_at - LATE else None


def _awards(subjects: set[UUID]) -> Iterator[Award]:
    rows = Award.objects.filter(pk__in=subjects).only("pk", "created_at", "issued_on")
    return rows.annotate(first=events.first_signed()).iterator()


def _said(awards: dict[UUID, Award], subjects: set[UUID]) -> Said:
    said: Said = {(pk, LeafKind.ISSUED, ""): row.first.encode() for pk, row in awards.items()}  # type: ignore[attr-defined]  # annotated by _awards
    moves = FormerSignature.objects.filter(award__in=subjects).annotate(new=events.signed_after_move())
    for award_id, when, signed in moves.values_list("award_id", "replaced_at", "new"):
        said[award_id, LeafKind.MOVED, second(when)] = signed.encode()
    versions = BadgeVersion.objects.published().filter(badge__in=subjects)
    for badge_id, number, sha256 in versions.values_list("badge_id", "number", "sha256"):
        statement = events.published_statement(badge_id, number, sha256)
        said[badge_id, LeafKind.PUBLISHED, str(number)] = statement
    return said


def _entry_problem(
    leaf: Leaf, awards: dict[UUID, Award], said: Said, before: datetime | None
) -> tuple[str, str] | None:
    statement = _statement(leaf, awards, said)
    if statement is None:
        return "register.gone", f"speaks of what is not there any more ({leaf.kind} {leaf.subject})"
    if leaf.salt is not None and commitment_of(bytes(leaf.salt), statement) != bytes(leaf.commitment):
        return "register.other", f"does not fit what is there now ({leaf.kind} {leaf.subject})"
    if leaf.kind != LeafKind.ISSUED:
        return None
    award = awards[leaf.subject]
    if second(award.issued_on) != second(leaf.at):
        return "register.date", f"was dated {second(leaf.at)}, the award is dated {second(award.issued_on)}"
    begun = max(award.created_at, leaf.register.created_at)
    if before is not None and before - begun > LATE:
        what = (
            f"came on {second(leaf.logged_at)}, but the award is said to be from {second(award.created_at)}"
        )
        return "register.late", what
    return None


def _statement(leaf: Leaf, awards: dict[UUID, Award], said: Said) -> bytes | None:
    match leaf.kind:
        case LeafKind.REVOKED:
            return events.revoked_statement(leaf.subject, leaf.at) if leaf.subject in awards else None
        case LeafKind.REINSTATED:
            return events.reinstated_statement(leaf.subject, leaf.at) if leaf.subject in awards else None
        case LeafKind.PUBLISHED:
            return said.get((leaf.subject, LeafKind.PUBLISHED, str(leaf.number)))
        case LeafKind.MOVED:
            return said.get((leaf.subject, LeafKind.MOVED, second(leaf.at)))
    return said.get((leaf.subject, LeafKind.ISSUED, ""))


def trees(at: datetime) -> Iterator[Finding]:
    """Each place has its entry, and the hashes above are those of the entries."""
    for register in Register.objects.order_by("pk"):
        for start in range(0, register.size, merkle.WIDTH):
            rows = list(
                register.leaves.filter(index__range=(start, start + merkle.WIDTH - 1)).order_by("index")
            )
            hashes = tile_of(register, 0, start // merkle.WIDTH)
            count = min(merkle.WIDTH, register.size - start)
            yield from _leaf_problems(register, rows, hashes, start, count)
        yield from _tile_problems(register)


def _leaf_problems(
    register: Register, rows: Sequence[Leaf], hashes: bytes, start: int, count: int
) -> Iterator[Finding]:
    there = {leaf.index: leaf for leaf in rows}
    for index in range(start, start + count):
        where = f"register of {register.scope}, entry {index + 1}"
        place = (index - start) * merkle.SIZE
        if index not in there:
            yield Finding("register.gap", "is missing", where)
        elif there[index].hash != hashes[place : place + merkle.SIZE]:
            yield Finding("register.leaf", "is not what was entered", where)


def _tile_problems(register: Register) -> Iterator[Finding]:
    for tile in register.tiles.filter(level__gt=0).order_by("level", "number"):
        for place in range(len(tile.hashes) // merkle.SIZE):
            below = tile_of(register, tile.level - 1, tile.number * merkle.WIDTH + place)
            known = bytes(tile.hashes)[place * merkle.SIZE : (place + 1) * merkle.SIZE]
            if len(below) != merkle.WIDTH * merkle.SIZE or merkle.fold(below) != known:
                where = f"register of {register.scope}, tile {tile.level}/{tile.number}"
                yield Finding("register.tile", "does not fit the tiles below it", where)
                break


def checkpoints(at: datetime) -> Iterator[Finding]:
    """What was signed verifies, and the register still begins so."""
    for register in Register.objects.order_by("pk"):
        issuer = Issuer.objects.filter(pk=int(register.scope.partition(":")[2])).first()
        if issuer is None:
            yield Finding("register.astray", "belongs to no organisation", f"register of {register.scope}")
            continue
        for row in register.checkpoints.order_by("size"):
            where = f"checkpoint {row.size} of {issuer.slug}"
            if what := checkpoint_problem(issuer, row):
                yield Finding("register.checkpoint", what, where)
            if _root(register, row.size) != bytes(row.root):
                yield Finding(
                    "register.rewritten", "the register is not the beginning that was signed", where
                )


def _root(register: Register, size: int) -> bytes | None:
    try:
        return root_of(register, size)
    except merkle.NotInTree:
        return None


def _at(leaf: Leaf) -> str:
    return f"register of {leaf.register.scope}, entry {leaf.entry}"


CHECKS = (
    Check(
        "acts stand in their organisation's register",
        missing,
        "See that a worker runs, then run `manage.py register`: it enters whatever is missing, with the date of today.",
    ),
    Check(
        "entries of registers fit what they speak of",
        entries,
        "Somebody deleted awards or versions, changed them, or wrote them with a date from before. Restore the rows "
        "from a backup. Entries are never mended: people hold checkpoints that seal them.",
    ),
    Check(
        "registers are whole",
        trees,
        "Somebody changed or deleted entries or hashes in the database. Restore the tables journal_register, "
        "journal_leaf and journal_tile from a backup.",
    ),
    Check(
        "checkpoints of registers hold",
        checkpoints,
        "Restore the tables of the journal from a backup. If SITE_URL has changed, set it back: a register is known by "
        "its address.",
    ),
)
