"""Each case: one document or picture as the product serves it, and what the judges are to say of it."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from assertions.models import Award
from openbadges import bake
from tests.conformance.stage import LANGUAGES, NOW, Stage, every_field, no_optional_field, picture
from tests.served import SITE, Server

MACHINE = {"Accept": "application/ld+json"}


@dataclass(frozen=True)
class Case:
    """`document` is a URL, JSON text or JWS; with `picture` it is what must be found baked inside.

    Without `flaw` it is to be valid, without error or warning, every document answering 200 in its own type.
    With `flaw` (a pattern) it is to be found invalid for that reason; `gone`: its address answers 410.
    `any_type`: served by a file server that knows no media type of ours, and leads from folders to what is in them.
    """

    group: str
    name: str
    document: str
    recipient: str = ""
    picture: bytes = b""
    flaw: str = ""
    gone: bool = False
    any_type: bool = False


REVOKED = r"has been revoked in RevocationList .*Awarded by mistake"
EXPIRED = r"Assertion expired|expired"
SIGNATURE = r"failed verification"
STRANGER = r"did not match assertion .* recipient hash"
TAKEN_BACK = r"Required property|not present|required"  # 410 with nothing but the fact and why


def all_cases(stage: Stage, server: Server) -> Iterator[Case]:
    """Made while they are iterated: some are judged before and after something happens to them."""
    yield from contents(stage, server)
    yield from uploads(stage, server)
    yield from documents(stage)
    yield from versions(stage, server)
    yield from moves(stage, server)
    yield from rotations(stage, server)
    yield from revocations(stage, server)
    yield from flaws(stage, server)


def contents(stage: Stage, server: Server) -> Iterator[Case]:
    """Every field and no optional one, in both languages, in every form."""
    for language, name in LANGUAGES.items():
        full = stage.award(stage.badge(stage.full, every_field(language)), full=True)
        yield from forms(server, full, f"{name}, every field")
        bare = stage.award(stage.badge(stage.bare, no_optional_field(language)))
        yield from forms(server, bare, f"{name}, no optional field")
    accepted = stage.accepted(stage.badge(stage.bare, no_optional_field("en")))
    yield from forms(server, accepted, "Accepted")


def uploads(stage: Stage, server: Server) -> Iterator[Case]:
    for kind in ("PNG", "SVG"):
        badge = stage.badge(stage.bare, no_optional_field("fr"), upload=picture(kind))
        yield from forms(server, stage.award(badge), f"Picture uploaded as {kind}")


def forms(server: Server, row: Award, group: str) -> Iterator[Case]:
    """All forms in which one award can be had, each for its recipient."""
    address, page = row.recipient.address, f"{SITE}/assertions/{row.pk}"
    hosted = text(server, page)
    signed = text(server, f"{page}.jws")
    case = Case(group, "hosted, by its address", page, address)
    yield case
    yield replace(case, name="hosted, as JSON", document=hosted)
    yield replace(case, name="signed, as JWS", document=signed)
    for kind in ("png", "svg"):
        # For a hosted badge in SVG the bakery gives the address in `verify` before the body.
        proofs = {"": ("signed", signed), "?proof=hosted": ("hosted", page if kind == "svg" else hosted)}
        for query, (proof, baked) in proofs.items():
            body = fetched(server, f"{page}.{kind}{query}")
            yield replace(case, name=f"{proof}, baked {kind.upper()}", document=baked, picture=body)
        yield replace(case, name=f"baked {kind.upper()}, by its address", document=f"{page}.{kind}")


def documents(stage: Stage) -> Iterator[Case]:
    """What an award points at, each judged by itself."""
    for language, name in LANGUAGES.items():
        badge = stage.badge(stage.full, every_field(language))
        other = "fr" if language == "en" else "en"
        version = f"{SITE}/badges/{badge.pk}/v/1"
        yield Case("Documents", f"BadgeClass in {name}", version)
        yield Case("Documents", f"BadgeClass in {name}, translated", f"{version}/{other}")
    for issuer, name in ((stage.full, "every field"), (stage.bare, "no optional field")):
        yield Case("Documents", f"Profile, {name}", f"{SITE}/issuers/{issuer.slug}")
        yield Case("Documents", f"CryptographicKey, {name}", f"{SITE}/issuers/{issuer.slug}/keys/1")


def versions(stage: Stage, server: Server) -> Iterator[Case]:
    """A badge that says something else by now: earlier awards keep the version they point at."""
    badge = stage.badge(stage.full, no_optional_field("en"))
    old = stage.award(badge)
    kept = text(server, f"{SITE}/assertions/{old.pk}.jws")
    stage.next_version(badge, every_field("en"))
    yield from forms(server, old, "Awarded before version 2")
    yield Case("Awarded before version 2", "signed, kept from then", kept, old.recipient.address)
    yield from forms(server, stage.award(badge, full=True), "Awarded after version 2")


def moves(stage: Stage, server: Server) -> Iterator[Case]:
    """An award re-keyed to another address: what was handed out before still verifies, for the former address."""
    row = stage.award(stage.badge(stage.full, every_field("fr")), full=True)
    page, former = f"{SITE}/assertions/{row.pk}", row.recipient.address
    jws, png = text(server, f"{page}.jws"), fetched(server, f"{page}.png")
    moved = stage.moved(row, "ines@new.example.org")
    now, group = moved.recipient.address, "Moved to another address"
    yield from forms(server, moved, group)
    yield Case(group, "old JWS, former address", jws, former)
    yield Case(group, "old PNG, former address", jws, former, picture=png)
    yield Case(group, "old JWS, new address", jws, now, flaw=STRANGER)
    yield Case(group, "new JWS, former address", text(server, f"{page}.jws"), former, flaw=STRANGER)
    yield Case(group, "hosted, former address", page, former, flaw=STRANGER)


def rotations(stage: Stage, server: Server) -> Iterator[Case]:
    """Awards of three keys of one organisation, the second of which was in other hands: all are valid at the end, the
    new ones and what was kept from the time of the old keys; revoked ones are revoked whatever their key."""
    issuer = stage.organisation("Rotation", description="Three keys.")
    badge = stage.badge(issuer, every_field("en"))
    awards, kept = [], []
    for number in (1, 2, 3):
        if number > 1:
            stage.rotate(issuer)
        awards += [stage.award(badge, full=True), stage.award(badge)]
        kept += [text(server, f"{SITE}/assertions/{row.pk}.jws") for row in awards[-2:]]
    stage.compromise(issuer, awards[2].signing_key)
    for number, row in enumerate(awards[::2], start=1):
        group = f"Signed with key {number} of 3"
        yield from forms(server, row, group)
        yield Case(group, "signed, kept from then", kept[2 * number - 2], row.recipient.address)
        edition = row.signing_key.edition
        yield Case(group, "its Profile", f"{SITE}/issuers/{issuer.slug}{edition}")
        yield Case(group, "its BadgeClass", f"{SITE}/badges/{badge.pk}/v/1{edition}")
        yield Case(group, "its key", f"{SITE}/issuers/{issuer.slug}/keys/{row.signing_key.number}")
    stage.revoke(awards[1::2])
    for number, jws in enumerate(kept[1::2], start=1):
        yield Case(f"Signed with key {number} of 3", "revoked, signed", jws, flaw=REVOKED)


def revocations(stage: Stage, server: Server) -> Iterator[Case]:
    """Found by 410 where it is hosted and by the revocation list where it is signed, be it one or one of several."""
    for count in (1, 3):
        issuer = stage.organisation(f"Revoker of {count}")
        badge = stage.badge(issuer, no_optional_field("en"))
        kept = stage.award(badge)
        rows = [stage.award(badge) for _ in range(count)]
        signed = [text(server, f"{SITE}/assertions/{row.pk}.jws") for row in rows]
        png = fetched(server, f"{SITE}/assertions/{rows[-1].pk}.png")
        stage.revoke(rows)
        group = f"Revoked, {count} in the list"
        for number, (row, jws) in enumerate(zip(rows, signed, strict=True), start=1):
            page = f"{SITE}/assertions/{row.pk}"
            yield Case(group, f"hosted, {number}", page, flaw=TAKEN_BACK, gone=True)
            yield Case(group, f"signed, {number}", jws, flaw=REVOKED)
        yield Case(group, "signed, baked PNG", signed[-1], picture=png, flaw=REVOKED)
        yield from forms(server, kept, f"Not revoked, beside {count} that are")
    yield from declined(stage, server)


def declined(stage: Stage, server: Server) -> Iterator[Case]:
    """Turned down by the recipient: no longer vouched for."""
    row = stage.declined(stage.badge(stage.organisation("Declined"), no_optional_field("en")))
    yield Case("Declined", "hosted", f"{SITE}/assertions/{row.pk}", flaw=TAKEN_BACK, gone=True)
    yield Case("Declined", "signed", row.signed, flaw=r"has been revoked in RevocationList .*Declined")


def flaws(stage: Stage, server: Server) -> Iterator[Case]:
    """Expired, tampered with, somebody else's."""
    badge = stage.badge(stage.full, every_field("en"))
    past = {"issued_on": NOW - timedelta(days=90), "expires_at": NOW - timedelta(days=1)}
    expired = stage.award(badge, **past)
    page = f"{SITE}/assertions/{expired.pk}"
    yield Case("Expired", "hosted", page, flaw=EXPIRED)
    yield Case("Expired", "signed", text(server, f"{page}.jws"), flaw=EXPIRED)
    row = stage.award(badge, full=True)
    page, jws = f"{SITE}/assertions/{row.pk}", text(server, f"{SITE}/assertions/{row.pk}.jws")
    for what, changed in tampered(jws).items():
        yield Case("Tampered with", f"{what} changed", changed, flaw=SIGNATURE)
        changed_png = bake(fetched(server, f"{page}.png"), changed)
        yield Case(
            "Tampered with", f"{what} changed, baked PNG", changed, picture=changed_png, flaw=SIGNATURE
        )
    yield Case("Wrong recipient", "hosted", page, "somebody@example.org", flaw=STRANGER)
    yield Case("Wrong recipient", "signed", jws, "somebody@example.org", flaw=STRANGER)
    png = fetched(server, f"{page}.png")
    yield Case("Wrong recipient", "baked PNG", jws, "somebody@example.org", picture=png, flaw=STRANGER)


def tampered(jws: str) -> dict[str, str]:
    """The token with one thing changed after it was signed."""
    header, payload, signature = jws.split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    said["narrative"] = "She listened for ten years."
    swapped = signature[:20] + ("A" if signature[20] != "A" else "B") + signature[21:]
    return {
        "payload": f"{header}.{encoded(said)}.{signature}",
        "signature": f"{header}.{payload}.{swapped}",
    }


def encoded(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def fetched(server: Server, url: str) -> bytes:
    """The bytes that anybody would download; raises where the product does not answer 200."""
    status, _headers, body = server.get(url, **MACHINE)
    if status != 200:
        raise RuntimeError(f"{url} answered {status}: {body[:300]!r}")
    return body


def text(server: Server, url: str) -> str:
    return fetched(server, url).decode()
