"""Awards: what was signed verifies and says what the row says; nobody holds a badge twice."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, Model, Q

from assertions.documents import signed_payload
from assertions.models import Award, Credential, FormerSignature
from common.addresses import TOMBSTONES
from common.checking import Check, Finding, in_steps
from issuers.models import SigningKey
from openbadges import jws
from openbadges.errors import OpenBadgesError
from openbadges.keys import PublicKey, load_public_key

# What ties a signature to one person, one version and one time. The rest of it is words.
BINDING = ("id", "type", "recipient", "badge", "verification", "issuedOn", "expires")
SAID_AS = {"recipient": "another recipient", "badge": "another version", "issuedOn": "another date of award",
           "expires": "another end", "id": "another award", "verification": "another key"}  # fmt: skip


def signatures(at: datetime) -> Iterator[Finding]:
    rows = Award.objects.select_related("recipient", "version", "signing_key", "issuer")
    rows = rows.exclude(response=Award.Response.ERASED)
    for page in in_steps(rows.defer("narrative", "search"), size=500):
        for row in page:
            if problem := _signature_problem(row, row.signed, row.signing_key):
                yield Finding(problem[0], problem[1], _at(row))


def former_signatures(at: datetime) -> Iterator[Finding]:
    """What was signed before an award moved to another address: the same award, for the address of that time."""
    rows = FormerSignature.objects.select_related(
        "recipient", "signing_key", "award__version", "award__issuer"
    )
    rows = rows.exclude(salt="")  # erased
    for page in in_steps(rows, size=500):
        for former in page:
            row, signed = former.award, former.signed
            row.recipient, row.salt = former.recipient, former.salt
            if problem := _signature_problem(row, signed, former.signing_key):
                yield Finding(f"former_{problem[0]}", problem[1], f"former signature of {_at(row)}")


def _signature_problem(row: Award, signed: str, key: SigningKey) -> tuple[str, str] | None:
    try:
        said = json.loads(jws.verify(signed, _public(key.public_pem)).payload)
    except OpenBadgesError as broken:
        return "award.signature", f"its signature does not verify with key {key.number}: {broken.code}"
    must = json.loads(signed_payload(row, address=row.recipient.address, evidence=(), key=key))
    wrong = [name for name in BINDING if said.get(name) != must.get(name)]
    if wrong:
        return "award.signed_facts", f"what was signed names {', '.join(_said_as(name) for name in wrong)}"
    return None


def _said_as(name: str) -> str:
    return SAID_AS.get(name, f"another {name}")


@lru_cache(maxsize=512)
def _public(pem: str) -> PublicKey:
    return load_public_key(pem)


def doubles(at: datetime) -> Iterator[Finding]:
    """The table refuses both; this looks whether its constraints were there all the time."""
    live = Award.objects.filter(is_repeat=False, revoked_at=None)
    for badge, recipient, count in _repeated(live, "badge_id", "recipient_id"):
        what = f"is held {count} times by one recipient, once was meant"
        yield Finding("award.double", what, f"badge {badge}, recipient {recipient}")
    for round_id, recipient, count in _repeated(Award.objects.exclude(round=None), "round", "recipient_id"):
        what = f"gave one recipient {count} awards"
        yield Finding("award.round_double", what, f"round {round_id}, recipient {recipient}")


def _repeated(rows: Any, *columns: str) -> Iterator[tuple[Any, ...]]:
    counted = rows.order_by().values_list(*columns).annotate(count=Count("pk")).filter(count__gt=1)
    yield from counted.iterator()


def belonging(at: datetime) -> Iterator[Finding]:
    """Badge, version, key and organisation of an award are of one piece."""
    astray = (
        ~Q(version__badge=F("badge"))
        | ~Q(badge__issuer=F("issuer"))
        | ~Q(signing_key__issuer=F("issuer"))
        | Q(version__published_at=None)
    )
    for row in Award.objects.filter(astray).only("pk", "badge").iterator():
        what = "its badge, published version, key and organisation do not belong together"
        yield Finding("award.astray", what, _at(row))


def states(at: datetime) -> Iterator[Finding]:
    """Who revoked or answered did so at a time; who revoked said why."""
    revoked = ~Q(revoked_at=None)
    for row in _awards(revoked, revocation_reason=""):
        yield Finding("award.revoked_without_reason", "is revoked without a reason", _at(row))
    for row in _awards(~revoked, ~Q(revocation_reason="")):
        yield Finding("award.reason_without_time", "has a reason of revocation and is not revoked", _at(row))
    for row in _awards(~Q(response=Award.Response.WAITING), responded_at=None):
        yield Finding("award.answered_without_time", f"was answered ({row.response}), but not when", _at(row))


def erased(at: datetime) -> Iterator[Finding]:
    """A tombstone says nothing of whom it was for."""
    said = ~Q(signed="") | ~Q(salt="") | ~Q(search="") | ~Q(narrative="") | ~Q(response_note="")
    beside = Q(evidence__isnull=False) | Q(claims__isnull=False) | Q(credentials__in=_speaking())
    nobodys = Q(recipient__address__endswith=f"@{TOMBSTONES}")
    rows = Award.objects.erased().filter(said | beside | ~nobodys)
    for row in rows.only("pk").distinct().iterator():
        yield Finding("award.not_erased", "is erased, and still says something of a person", _at(row))
    living = Award.objects.exclude(response=Award.Response.ERASED).filter(nobodys)
    for row in living.select_related("recipient").only("pk", "recipient__address").iterator():
        what = f"is kept under {row.recipient.address}, the address of somebody who was erased"
        yield Finding("award.of_nobody", what, _at(row))


def _speaking() -> Any:
    return Credential.objects.exclude(body="").values("pk")


def _awards(*conditions: Q, **more: Any) -> Iterator[Award]:
    return Award.objects.filter(*conditions, **more).only("pk", "badge", "response").iterator()


def _at(row: Model) -> str:
    return f"award {row.pk}"


CHECKS = (
    Check(
        "awards are signed as they stand",
        signatures,
        "Somebody changed awards in the database, or SITE_URL is not the address they were signed for. Restore these "
        "rows from a backup; never sign them anew: copies of what was signed are in people’s hands.",
    ),
    Check(
        "former signatures verify",
        former_signatures,
        "Restore these rows from a backup: files that people downloaded earlier are known by them.",
    ),
    Check(
        "nobody was awarded twice",
        doubles,
        "A constraint is missing in the database: run `manage.py migrate --plan`, compare the schema, and revoke the "
        "award that should not be.",
    ),
    Check("awards belong together", belonging, "Restore these rows from a backup."),
    Check(
        "what was erased is gone",
        erased,
        "A backup from before was restored, or rows were changed outside of the product. Erase these people again: "
        "`manage.py erase_person`.",
    ),
    Check(
        "answers and revocations are complete",
        states,
        "These rows were changed outside of the product. Set the time or the reason that the journal tells.",
    ),
)
