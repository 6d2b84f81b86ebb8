"""Where the files of an exit kit come from: one small function for each kind of public address.

A new kind of public address is one more function and one more line in SOURCES. Each gives exactly what the address
answers at the time of the kit, made by the same code.
"""

from collections.abc import Iterator

from django.core.files.storage import default_storage

from assertions.documents import (
    hosted_assertion_json,
    revocation_list,
    revoked_assertion,
    revoked_credentials,
)
from assertions.models import Award, Credential, StatusList
from assertions.queries import PublicState, gone_awards
from assertions.services.credentials import credential_of, is_outdated, sign_all, signed_status_list
from assertions.services.kit import pages
from assertions.services.kit.parts import ORIGINALS, Kit, Part, Source, branch, folder, leaf, single
from assertions.services.pictures import baked
from assertions.services.registering import register_files
from badges.documents import badge_class_for_key_json, badge_class_json, newest_badge_class_json
from badges.models import Badge, BadgeVersion, Picture
from badges.queries.pictures import picture_bytes
from common.bulk import chunked
from common.json_documents import json_bytes
from issuers.documents import issuer_did_json, key_json, profile_json, site_did_json
from issuers.queries import later_keys

P = StatusList.Purpose
STEP = 200
"""Awards that are read at a time, with all that their pages say."""


def organisation(kit: Kit) -> Iterator[Part]:
    """/issuers/{slug}: its Profile in every edition, page and logo."""
    address = kit.issuer.get_absolute_url()
    yield from branch(address, profile_json(kit.issuer), pages.organisation(kit, f"{address}/page.html"))
    for key in later_keys(kit.issuer).order_by("number"):
        edition = address + key.edition
        page = pages.organisation(kit, f"{edition}/page.html")
        yield from branch(edition, profile_json(kit.issuer, key), page)
    yield single("/index.html", pages.front(kit))
    if kit.issuer.logo:
        with default_storage.open(kit.issuer.logo) as logo:
            yield single(kit.issuer.logo_path, logo.read())


def keys(kit: Kit) -> Iterator[Part]:
    """/issuers/{slug}/keys/{n}, and the DID documents of the organisation and of the site."""
    address = kit.issuer.get_absolute_url()
    for key in kit.issuer.keys.select_related("issuer").order_by("number"):
        yield single(f"{address}/keys/{key.number}", key_json(key))
        yield Part(f"{ORIGINALS}/keys/{key.number}.pem", key.public_pem.encode())
    yield single(f"{address}/did.json", issuer_did_json(kit.issuer))
    yield single("/.well-known/did.json", site_did_json())


def revocations(kit: Kit) -> Iterator[Part]:
    """/issuers/{slug}/revocations for each edition of the Profile, and the list for Open Badges 3.0."""
    address = kit.issuer.get_absolute_url()
    gone = list(gone_awards(kit.issuer))
    yield single(f"{address}/revocations", json_bytes(revocation_list(kit.issuer, gone)))
    for key in later_keys(kit.issuer).order_by("number"):
        listing = json_bytes(revocation_list(kit.issuer, gone, key))
        yield single(f"{address}{key.edition}/revocations", listing)
    yield single(f"{address}/revocations.json", json_bytes(revoked_credentials(kit.issuer, gone)))


def badges(kit: Kit) -> Iterator[Part]:
    """/badges/{id}, its versions, and each version in its languages."""
    for badge in public_badges(kit):
        versions = list(badge.versions.published().with_content().order_by("number"))
        newest = next(version for version in versions if version.pk == badge.current_id)
        address = badge.get_absolute_url()
        page = pages.badge(kit, newest, newest.language, f"{address}/page.html")
        yield from branch(address, newest_badge_class_json(newest), page)
        for version in versions:
            yield from _version(kit, version)


def _version(kit: Kit, version: BadgeVersion) -> Iterator[Part]:
    own = version.path_in(version.language)
    document = badge_class_json(version)
    yield from branch(own, document, pages.badge(kit, version, version.language, f"{own}/page.html"))
    for language in version.languages:
        address = f"{own}/{language}"
        page = pages.badge(kit, version, language, f"{address}.html")
        # In its own language it is the version itself, by another address.
        is_own = language == version.language
        yield from leaf(address, document if is_own else badge_class_json(version, language), page)
    for key in later_keys(kit.issuer).order_by("number"):
        address = own + key.edition
        page = pages.badge(kit, version, version.language, f"{address}.html")
        yield from leaf(address, badge_class_for_key_json(version, key), page)


def pictures(kit: Kit) -> Iterator[Part]:
    """/pictures/{sha256}.png and .svg, of every published version."""
    published = BadgeVersion.objects.published().filter(badge__in=public_badges(kit))
    for picture in Picture.objects.filter(pk__in=published.values("picture")).order_by("pk"):
        for kind in ("png", "svg"):
            yield single(f"/pictures/{picture.pk}.{kind}", picture_bytes(picture, kind))


def awards(kit: Kit) -> Iterator[Part]:
    """/assertions/{id} and /credentials/{id} in all their forms; of what is gone, what is left to say. Then the
    evidence that was uploaded. Credentials that nobody has asked for are signed now: later nobody could."""
    sign_all(issuers=[kit.issuer], now=lambda: kit.at)
    rows = Award.objects.of_issuer(kit.issuer).for_pages().select_related("suspension")
    for some in chunked(rows.order_by("created_at", "pk").iterator(chunk_size=STEP), STEP):
        kept = {row.award_id: row for row in Credential.objects.current().filter(award__in=some)}
        for award in some:
            yield from _award(kit, award, kept.get(award.pk))


def _award(kit: Kit, award: Award, kept: Credential | None) -> Iterator[Part]:
    state = _state(award)
    if not award.is_readable:
        yield from _withheld(kit, award, state)
        return
    if kept is None or is_outdated(kept, award):
        try:
            kept = credential_of(award, at=kit.at)
        except Award.DoesNotExist:  # erased since it was read
            yield from _award(kit, Award.objects.for_pages().get(pk=award.pk), None)
            return
    yield from _withheld(kit, award, state) if state.is_withheld else _living(kit, award, kept)
    yield single(f"/credentials/{award.pk}", kept.document)
    yield single(f"/credentials/{award.pk}.jwt", kept.token.encode())
    yield Part(f"{ORIGINALS}/credentials/{award.pk}.jwt", kept.token.encode())
    yield from _evidence(award)


def _state(award: Award) -> PublicState:
    suspension = award.suspension if hasattr(award, "suspension") else None
    since = (suspension.reason, suspension.lifted_at) if suspension else (None, None)
    return PublicState(award.signed, award.response, award.revoked_at, award.revocation_reason, *since)


def _living(kit: Kit, award: Award, kept: Credential) -> Iterator[Part]:
    address, signed = f"/assertions/{award.pk}", award.signed.encode()
    yield from _either(kit, award, hosted_assertion_json(award.pk, award.signed))
    yield single(f"{address}.jws", signed)
    for kind in ("png", "svg"):
        yield single(f"{address}.{kind}", baked(award, kind, credential=kept.document.decode()))
    yield Part(f"{ORIGINALS}/assertions/{award.pk}.jws", signed)


def _withheld(kit: Kit, award: Award, state: PublicState) -> Iterator[Part]:
    """The body that machines get with 410; as `.gone` a second time, by which web servers know to say 410."""
    document = json_bytes(revoked_assertion(award.pk, state.reason))
    yield from _either(kit, award, document)
    yield single(f"/assertions/{award.pk}.gone", document)


def _either(kit: Kit, award: Award, document: bytes) -> Iterator[Part]:
    """A folder where files of evidence lie below the address, else a file."""
    address = f"/assertions/{award.pk}"
    page = pages.award(kit, award, f"{address}.html")
    if award.is_readable and any(row.file for row in award.evidence.all()):
        yield single(f"{address}.html", page)
        yield from folder(address, document)
    else:
        yield from leaf(address, document, page)


def _evidence(award: Award) -> Iterator[Part]:
    for row in award.evidence.all():
        if row.file:
            with default_storage.open(row.file) as stored:
                yield single(f"/assertions/{award.pk}/evidence/{row.position}", stored.read())


def public_badges(kit: Kit) -> list[Badge]:
    return list(Badge.objects.public().filter(issuer=kit.issuer).order_by("created_at", "pk"))


def status_lists(kit: Kit) -> Iterator[Part]:
    """/issuers/{slug}/status/{n} for either purpose, JSON and token. After the credentials, which take places."""
    for listing in kit.issuer.status_lists.order_by("number"):
        address = f"{kit.issuer.get_absolute_url()}/status/{listing.number}"
        for purpose, place in ((P.REVOCATION, address), (P.SUSPENSION, f"{address}/suspension")):
            signed = signed_status_list(issuer=kit.issuer, number=listing.number, purpose=purpose, at=kit.at)
            document = signed.document.encode()
            yield from [single(place, document)] if purpose == P.SUSPENSION else folder(place, document)
            yield single(f"{place}.jwt", signed.token.encode())


def register(kit: Kit) -> Iterator[Part]:
    """/issuers/{slug}/register: checkpoints and tiles. The proof of each award lies with the originals: below the
    award's address it would make a folder of every one."""
    newest = f"{kit.issuer.get_absolute_url()}/register/checkpoint"
    for address, content in register_files(kit.issuer):
        if address.startswith("/assertions/"):
            yield Part(f"{ORIGINALS}/register/{address.split('/')[2]}.json", content)
        else:
            yield single(f"{newest}/index.html" if address == newest else address, content)


SOURCES: tuple[Source, ...] = (
    organisation, keys, revocations, badges, pictures, awards, status_lists, register,
)  # fmt: skip
