"""Where the files of an exit kit come from: one small function for each kind of public address.

A new kind of public address is one more function and one more line in SOURCES. Each gives exactly what the address
answers at the time of the kit, made by the same code.
"""

from collections.abc import Iterator

from django.core.files.storage import default_storage

from assertions.documents import hosted_assertion_json, revocation_list, revoked_assertion
from assertions.models import Award
from assertions.queries import PublicState, gone_awards
from assertions.services.kit import pages
from assertions.services.kit.parts import ORIGINALS, Kit, Part, Source, branch, folder, leaf, single
from badges.documents import badge_class_json, newest_badge_class_json
from badges.models import Badge, BadgeVersion, Picture
from badges.queries.pictures import picture_bytes
from common.json_documents import json_bytes
from issuers.documents import issuer_did_json, key_json, profile_json, site_did_json
from openbadges import bake

STEP = 200
"""Awards that are read at a time, with all that their pages say."""


def organisation(kit: Kit) -> Iterator[Part]:
    """/issuers/{slug}: its Profile, page and logo."""
    address = kit.issuer.get_absolute_url()
    yield from branch(address, profile_json(kit.issuer), pages.organisation(kit, f"{address}/page.html"))
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
    """/issuers/{slug}/revocations."""
    listing = json_bytes(revocation_list(kit.issuer, gone_awards(kit.issuer)))
    yield single(f"{kit.issuer.get_absolute_url()}/revocations", listing)


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


def pictures(kit: Kit) -> Iterator[Part]:
    """/pictures/{sha256}.png and .svg, of every published version."""
    published = BadgeVersion.objects.published().filter(badge__in=public_badges(kit))
    for picture in Picture.objects.filter(pk__in=published.values("picture")).order_by("pk"):
        for kind in ("png", "svg"):
            yield single(f"/pictures/{picture.pk}.{kind}", picture_bytes(picture, kind))


def awards(kit: Kit) -> Iterator[Part]:
    """/assertions/{id} in all its forms; of what is gone, what is left to say. Then the evidence that was uploaded."""
    rows = Award.objects.of_issuer(kit.issuer).for_pages().order_by("created_at", "pk")
    for award in rows.iterator(chunk_size=STEP):
        state = PublicState(award.signed, award.response, award.revoked_at, award.revocation_reason)
        yield from _gone(kit, award, state) if state.is_gone else _living(kit, award)
        if award.is_public:
            yield from _evidence(award)


def _living(kit: Kit, award: Award) -> Iterator[Part]:
    address, signed = f"/assertions/{award.pk}", award.signed.encode()
    yield from _either(kit, award, hosted_assertion_json(award.pk, award.signed))
    yield single(f"{address}.jws", signed)
    for kind in ("png", "svg"):
        yield single(f"{address}.{kind}", bake(picture_bytes(award.version.picture, kind), award.signed))
    yield Part(f"{ORIGINALS}/assertions/{award.pk}.jws", signed)


def _gone(kit: Kit, award: Award, state: PublicState) -> Iterator[Part]:
    """The body that machines get with 410; as `.gone` a second time, by which web servers know to say 410."""
    document = json_bytes(revoked_assertion(award.pk, state.reason))
    yield from _either(kit, award, document)
    yield single(f"/assertions/{award.pk}.gone", document)


def _either(kit: Kit, award: Award, document: bytes) -> Iterator[Part]:
    """A folder where files of evidence lie below the address, else a file."""
    address = f"/assertions/{award.pk}"
    page = pages.award(kit, award, f"{address}.html")
    if award.is_public and any(row.file for row in award.evidence.all()):
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


SOURCES: tuple[Source, ...] = (organisation, keys, revocations, badges, pictures, awards)
