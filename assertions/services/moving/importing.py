"""An organisation moves in: every row with its ids, signatures and history, all or nothing."""

import dataclasses
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _

from assertions.services.moving import entering
from assertions.services.moving.files import keep_files
from assertions.services.moving.reading import Archive, check_site
from assertions.services.moving.refusals import Damaged, NotImported
from assertions.services.moving.secrets import opened_secrets
from assertions.services.moving.tables import TABLES
from common.actors import Actor
from issuers.models import Issuer, Membership
from issuers.services import invite_member
from journal.models import Action
from journal.services import broken_links, record

Tell = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Moved:
    """What came: rows by table, files, members who were invited. `issuer` is not kept by a rehearsal."""

    issuer: Issuer
    rows: dict[str, int]
    files: int
    invited: int
    with_keys: bool


class _Rehearsed(Exception):
    pass


def import_organisation(
    *, path: Path, passphrase: str = "", rehearse: bool = False, by: Actor, at: datetime,
    tell: Tell,
) -> Moved:  # fmt: skip
    """Takes the archive in. Raises NotImported, in words, and has then changed nothing.

    `passphrase` opens the private keys, where the archive holds any; without it new ones are made, and what was signed
    goes on verifying with the public ones. `rehearse`: does everything, and takes it back.
    """
    with Archive(path) as archive:
        check_site(archive.manifest)
        tell(_("Reading the archive"))
        archive.check()
        secrets = opened_secrets(archive.secrets(), passphrase=passphrase) if passphrase else None
        stored: list[str] = []
        try:
            with transaction.atomic():
                moved = _move_in(archive, secrets, stored, rehearse=rehearse, by=by, at=at, tell=tell)
                if rehearse:
                    raise _Rehearsed
        except _Rehearsed:
            return moved
        except IntegrityError as error:
            _remove(stored)
            raise NotImported(
                _("Something of it is already here: the same badge, award or mail. Nothing was changed."),
                code="collision",
            ) from error
        except DatabaseError as error:
            _remove(stored)
            raise Damaged from error
        except BaseException:
            _remove(stored)
            raise
    return moved


def _move_in(
    archive: Archive, secrets: Any, stored: list[str], *, rehearse: bool, by: Actor, at: datetime, tell: Tell
) -> Moved:
    manifest = archive.manifest
    if Issuer.objects.filter(slug=manifest.slug).exists():
        words = _("There is already an organisation “%(slug)s” here. Nothing was changed.")
        raise NotImported(words % {"slug": manifest.slug[:60]}, code="slug_taken")
    names = keep_files(archive, stored, rehearse=rehearse)
    entry = entering.Entering(archive, secrets, names, at=at)
    rows = {}
    for table in TABLES:
        tell(str(table.model._meta.verbose_name_plural))
        rows[table.name] = entry.enter(table)
    issuer = entry.finish()
    if problem := next(broken_links(issuer.scope), None):
        raise Damaged(_("The journal in this archive is not whole: %(problem)s.") % {"problem": problem})
    counts = {"rows": sum(rows.values()), "files": len(names), "made": manifest.made}
    target = ("issuer", issuer.pk, issuer.name)
    record(scope=issuer.scope, action=Action.ISSUER_IMPORTED, by=by, at=at, target=target, data=counts)
    invited = _invite(issuer, entry.members, by=by, at=at)
    return Moved(issuer, rows, len(names), invited, with_keys=secrets is not None)


def _remove(stored: list[str]) -> None:
    for name in stored:
        default_storage.delete(name)


def _invite(issuer: Issuer, members: list[tuple[str, str]], *, by: Actor, at: datetime) -> int:
    """Who was a member is asked again: an archive cannot give anybody access here."""
    owners_first = sorted(members, key=lambda member: member[1] != Membership.Role.OWNER)
    for address, role in owners_first:
        invite_member(issuer=issuer, address=address, role=role, by=by, at=at)
    return len(members)
