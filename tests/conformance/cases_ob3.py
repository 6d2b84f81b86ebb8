"""Each case of Open Badges 3.0: one credential as the product serves it, and what the judges are to say of it."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from assertions.models import Award
from assertions.services.suspending import lift_suspension, suspend
from tests.conformance.cases import fetched, text
from tests.conformance.stage import LANGUAGES, NOW, Stage, every_field, no_optional_field, picture
from tests.served import SITE, Server


@dataclass(frozen=True)
class Case:
    """`document` is the JSON text of a credential or a VC-JWT; with `picture` it is what must be found baked inside.

    Without `flaw` both judges are to find it valid; with it (a pattern for each), invalid for that reason.
    """

    group: str
    name: str
    document: str
    picture: bytes = b""
    flaw: str = ""


REVOKED = r"revocation is set|status '?revocation'? is set|Credential status"
EXPIRED = r"expired|validUntil|\"exp\" claim|valid until"
FORGED = r"Invalid signature|signature verification failed|proof|mismatch|invalid"


def all_cases(stage: Stage, server: Server) -> Iterator[Case]:
    """Made while they are iterated: some are judged before and after something happens to them."""
    yield from contents(stage, server)
    yield from accepted(stage, server)
    yield from old_versions(stage, server)
    yield from statuses(stage, server)
    yield from keys(stage, server)
    yield from expired(stage, server)
    yield from forged(stage, server)


def contents(stage: Stage, server: Server) -> Iterator[Case]:
    """Every field and no optional one, in both languages, pictures of both kinds."""
    for language, name in LANGUAGES.items():
        full = stage.award(stage.badge(stage.full, every_field(language)), full=True)
        yield from forms(server, full, f"{name}, every field")
        bare = stage.award(stage.badge(stage.bare, no_optional_field(language)))
        yield from forms(server, bare, f"{name}, no optional field")
    for kind in ("PNG", "SVG"):
        badge = stage.badge(stage.bare, no_optional_field("fr"), upload=picture(kind))
        yield from forms(server, stage.award(badge), f"Picture uploaded as {kind}")


def forms(server: Server, row: Award, group: str, flaw: str = "") -> Iterator[Case]:
    """Both proof forms, by address and as found in pictures."""
    address = f"{SITE}/credentials/{row.pk}"
    document, token = text(server, address), text(server, f"{address}.jwt")
    yield Case(group, "Data Integrity", document, flaw=flaw)
    yield Case(group, "VC-JWT", token, flaw=flaw)
    for kind in ("png", "svg"):
        baked = fetched(server, f"{SITE}/assertions/{row.pk}.{kind}")
        yield Case(group, f"Data Integrity, baked {kind.upper()}", document, baked, flaw)


def accepted(stage: Stage, server: Server) -> Iterator[Case]:
    """After its recipient said yes, an award may tell more."""
    yield from forms(server, stage.accepted(stage.badge(stage.full, every_field("en"))), "Accepted")


def old_versions(stage: Stage, server: Server) -> Iterator[Case]:
    """A badge that says something else by now, an award that moved to another address."""
    badge = stage.badge(stage.full, no_optional_field("en"))
    old = stage.award(badge)
    kept = text(server, f"{SITE}/credentials/{old.pk}")
    stage.next_version(badge, every_field("en"))
    yield from forms(server, old, "Awarded before version 2")
    yield Case("Awarded before version 2", "kept from then", kept)
    row = stage.award(badge, full=True)
    before = text(server, f"{SITE}/credentials/{row.pk}")
    moved = stage.moved(row, "ines3@new.example.org")
    yield from forms(server, moved, "Moved to another address")
    yield Case("Moved to another address", "kept from before", before)


def statuses(stage: Stage, server: Server) -> Iterator[Case]:
    """Revoked for good, suspended for a while, and the neighbours in the same list."""
    issuer = stage.organisation("Revoker in 3.0")
    badge = stage.badge(issuer, no_optional_field("en"))
    kept, revoked, suspended = (stage.award(badge) for _ in range(3))
    documents = {row.pk: text(server, f"{SITE}/credentials/{row.pk}") for row in (revoked, suspended)}
    tokens = {row.pk: text(server, f"{SITE}/credentials/{row.pk}.jwt") for row in (revoked, suspended)}
    png = fetched(server, f"{SITE}/assertions/{revoked.pk}.png")
    for when in ("before", "after"):
        flaw = REVOKED if when == "after" else ""
        for row, name in ((revoked, "Revoked"), (suspended, "Suspended")):
            yield Case(f"{name}, {when}", "Data Integrity", documents[row.pk], flaw=flaw)
            yield Case(f"{name}, {when}", "VC-JWT", tokens[row.pk], flaw=flaw)
        yield Case(f"Revoked, {when}", "baked PNG", documents[revoked.pk], png, flaw)
        if when == "before":
            stage.revoke([revoked])
            suspend(award=suspended, reason="Somebody is looking into it.", by=stage.by, at=NOW)
    lift_suspension(award=suspended, by=stage.by, at=NOW)
    yield Case("Suspension lifted", "Data Integrity", documents[suspended.pk])
    yield Case("Suspension lifted", "VC-JWT", tokens[suspended.pk])
    yield from forms(server, kept, "Not revoked, beside those that are")


def keys(stage: Stage, server: Server) -> Iterator[Case]:
    """What was signed before an organisation changed its key stays valid, and so is what comes after."""
    issuer = stage.organisation("Rotation in 3.0")
    badge = stage.badge(issuer, every_field("en"))
    row = stage.award(badge, full=True)
    kept, token = (text(server, f"{SITE}/credentials/{row.pk}{ending}") for ending in ("", ".jwt"))
    stage.rotate(issuer)
    yield Case("Key changed", "kept from then, Data Integrity", kept)
    yield Case("Key changed", "kept from then, VC-JWT", token)
    yield from forms(server, stage.award(badge), "Key changed, awarded since")


def expired(stage: Stage, server: Server) -> Iterator[Case]:
    past = {"issued_on": NOW - timedelta(days=90), "expires_at": NOW - timedelta(days=1)}
    row = stage.award(stage.badge(stage.full, every_field("en")), **past)
    yield from forms(server, row, "Expired", EXPIRED)


def forged(stage: Stage, server: Server) -> Iterator[Case]:
    """Somebody changes a word, or swaps the signature."""
    row = stage.award(stage.badge(stage.full, every_field("fr")), full=True)
    document = json.loads(text(server, f"{SITE}/credentials/{row.pk}"))
    case = Case("Forged", "", "", flaw=FORGED)
    subject = {**document["credentialSubject"], "narrative": "She listened for ten years."}
    yield replace(
        case, name="narrative changed", document=json.dumps({**document, "credentialSubject": subject})
    )
    yield replace(
        case, name="end changed", document=json.dumps({**document, "validUntil": "2099-01-01T00:00:00Z"})
    )
    other = json.loads(text(server, f"{SITE}/credentials/{stage.award(row.badge).pk}"))
    yield replace(case, name="proof of another", document=json.dumps({**document, "proof": other["proof"]}))
    header, payload, signature = text(server, f"{SITE}/credentials/{row.pk}.jwt").split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    changed = base64.urlsafe_b64encode(json.dumps({**said, "name": "Other"}).encode()).rstrip(b"=").decode()
    yield replace(case, name="token changed", document=f"{header}.{changed}.{signature}")
