"""Open Badges 3.0: kept credentials verify and say what their award says; lists say which of them still count."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import Count, F, Q

from assertions.documents import claims, credential_url, date_time, list_claims, status_list_url
from assertions.models import Credential, FormerSignature, SignedStatusList, StatusList
from assertions.services.credentials import CLOCKS_DIFFER, SIZE, TakenPlace, facts_of, said_now
from badges.documents import badge_class_url
from common.checking import Check, Finding, in_steps
from issuers.documents import did
from openbadges import jws, proofs, status
from openbadges.errors import OpenBadgesError
from openbadges.keys import PublicKey, load_public_key
from openbadges.recipients import hash_identity

RELATED = (
    "award__issuer", "award__recipient", "award__version__badge__issuer", "status_list", "proof_key", "token_key",
)  # fmt: skip


def signatures(at: datetime) -> Iterator[Finding]:
    """Both signatures of every edition, and what they bind: award, person, version, dates, place."""
    rows = Credential.objects.select_related(*RELATED).exclude(body="")  # erased
    for page in in_steps(rows, size=200):
        former = _former_addresses(page)
        for row in page:
            if problem := _signature_problem(row) or _wrong_facts(row, former):
                yield Finding(problem[0], problem[1], _at(row))


def _signature_problem(row: Credential) -> tuple[str, str] | None:
    try:
        document = json.loads(row.document)
        (proof,) = proofs.proofs_of(document)
        proofs.verify(document, proof, _public(row.proof_key.public_pem))
        said = json.loads(jws.verify(row.token, _public(row.token_key.public_pem)).payload)
    except (OpenBadgesError, ValueError) as broken:
        return (
            "credential.signature",
            f"a signature of it does not verify: {getattr(broken, 'code', 'unreadable')}",
        )
    document.pop("proof")
    if {name: said.get(name) for name in document} != document:
        return "credential.two_tongues", "its token says something else than its document"
    return None


def _wrong_facts(row: Credential, former: dict[tuple[Any, str], str]) -> tuple[str, str] | None:
    """What of the binding facts is not what the rows say; an earlier edition is held against its own address."""
    award, said = row.award, json.loads(row.payload)
    subject = said["credentialSubject"]
    address = award.recipient.address if row.salt == award.salt else former.get((award.pk, row.salt))
    award.salt = row.salt  # of this edition: for what follows from it
    place = TakenPlace(row.status_list, row.status_index)
    must = claims(facts_of(award, place, valid_from=row.valid_from))
    facts = {
        "another award": said["id"] == credential_url(award.pk) and said.items() >= must.items(),
        "another issuer": said["issuer"]["id"] == did(award.issuer.slug),
        "another recipient": address is not None
        and subject["identifier"][0]["identityHash"] == hash_identity(address, row.salt),
        "another version": subject["achievement"]["id"] == badge_class_url(award.version),
        "another date of award": said["awardedDate"] == date_time(award.issued_on),
        "another end": said.get("validUntil") == (award.expires_at and date_time(award.expires_at)),
        "another place": _names_place(said["credentialStatus"], row, award.issuer.slug),
    }
    wrong = [name for name, is_right in facts.items() if not is_right]
    return ("credential.signed_facts", f"what was signed names {', '.join(wrong)}") if wrong else None


def _names_place(said: dict[str, Any], row: Credential, slug: str) -> bool:
    url = status_list_url(slug, row.status_list.number)
    return (said["statusListCredential"], said["statusListIndex"]) == (url, str(row.status_index))


def _former_addresses(page: list[Credential]) -> dict[tuple[Any, str], str]:
    """By award and salt, of those among the page's awards that moved."""
    rows = FormerSignature.objects.filter(award__in={row.award_id for row in page})
    return {(pk, salt): to for pk, salt, to in rows.values_list("award", "salt", "recipient__address")}


def editions(at: datetime) -> Iterator[Finding]:
    """One current edition for each award, and for all editions one place that nobody else has."""
    counted = Credential.objects.values_list("award").annotate(
        now=Count("pk", filter=Q(replaced_at=None)), places=Count("status_index", distinct=True)
    )
    for award, now, places in counted.exclude(now=1, places=1).order_by().iterator():
        what = f"has {now} current credentials in {places} places, one was meant"
        yield Finding("credential.editions", what, f"award {award}")
    shared = Credential.objects.values_list("status_list", "status_index").annotate(
        awards=Count("award", distinct=True)
    )
    for listing, place, awards in shared.filter(awards__gt=1).order_by().iterator():
        where = f"status list {listing}, place {place}"
        yield Finding("credential.shared_place", f"belongs to {awards} awards", where)
    astray = Credential.objects.exclude(status_list__issuer=F("award__issuer"))
    for row in astray.only("pk", "award").iterator():
        yield Finding("credential.astray", "is in a list of another organisation", _at(row))


def lists(at: datetime) -> Iterator[Finding]:
    """Each list has room for the places it gave away; what was signed of it verifies, and its bits can be read."""
    taken = Counter(Credential.objects.current().values_list("status_list", flat=True).iterator())
    for listing in StatusList.objects.select_related("issuer").iterator():
        if not taken[listing.pk] <= listing.assigned <= SIZE:
            what = f"counts {listing.assigned} places, {taken[listing.pk]} are taken, {SIZE} is the most"
            yield Finding("status_list.places", what, f"status list {listing.pk}")
    for row in SignedStatusList.objects.select_related("status_list__issuer").iterator():
        if problem := _list_problem(row):
            yield Finding(problem[0], problem[1], f"status list {row.status_list_id}, {row.purpose}")


def _list_problem(row: SignedStatusList) -> tuple[str, str] | None:
    listing = row.status_list
    keys = [_public(pem) for pem in listing.issuer.keys.values_list("public_pem", flat=True)]
    try:
        document = json.loads(row.document)
        said = json.loads(jws.decode_unverified(row.token).payload)
        bits = status.decode(document["credentialSubject"]["encodedList"])
        places = {place for place in range(SIZE) if status.is_set(bits, place)}
    except (OpenBadgesError, ValueError, LookupError):
        return "status_list.unreadable", "what was signed of it cannot be read"
    if not _is_proved(document, keys) or not _is_signed(row.token, keys):
        return "status_list.signature", "it is signed with no key of its issuer"
    must = list_claims(listing.issuer.slug, listing.number, row.purpose, at=row.signed_at - CLOCKS_DIFFER)
    if not said.items() >= must.items() or said["credentialSubject"] != document["credentialSubject"]:
        return "status_list.signed_facts", "its token says something else than its document"
    if places - set(Credential.objects.filter(status_list=listing).values_list("status_index", flat=True)):
        return "status_list.nobodys", "it takes back credentials that were never made"
    # Older bytes are signed anew when somebody asks; those that count as true must be.
    now = said_now(listing, row.purpose)
    if row.said_sha256 == now.sha256 and places != set(now.places):
        return "status_list.bits", "it does not say what the awards say"
    return None


def _is_proved(document: dict[str, Any], keys: list[PublicKey]) -> bool:
    return any(_proves(document, key) for key in keys if isinstance(key, Ed25519PublicKey))


def _proves(document: dict[str, Any], key: PublicKey) -> bool:
    try:
        proofs.verify(document, proofs.proofs_of(document)[0], key)
    except OpenBadgesError:
        return False
    return True


def _is_signed(token: str, keys: list[PublicKey]) -> bool:
    for key in keys:
        try:
            jws.verify(token, key)
        except OpenBadgesError:
            continue
        return True
    return False


@lru_cache(maxsize=512)
def _public(pem: str) -> PublicKey:
    return load_public_key(pem)


def _at(row: Credential) -> str:
    return f"credential {row.pk} of award {row.award_id}"


CHECKS = (
    Check(
        "Open Badges 3.0 credentials are signed as their awards stand",
        signatures,
        "Somebody changed awards or credentials in the database, or SITE_URL is not the address they were signed for. "
        "Restore these rows from a backup; never sign them anew: copies are in wallets.",
    ),
    Check(
        "each award has one credential and a place of its own in a status list",
        editions,
        "Restore these rows from a backup: a place that two awards share would revoke both.",
    ),
    Check(
        "status lists say which credentials count",
        lists,
        "Delete the row of the signed list (assertions_signedstatuslist): it is made anew from the awards. Where "
        "places are wrong, restore the rows from a backup.",
    ),
)
