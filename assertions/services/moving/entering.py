"""Rows of an archive become rows here. Ids that the world knows stay; numbers that only tables know are given anew."""

import json
import uuid
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import account_at, change_profile
from assertions.models import Award, Batch, BatchRow, Recipient, StatusList
from assertions.services.moving.files import hash_in
from assertions.services.moving.lines import AT_A_TIME, columns_of, values
from assertions.services.moving.reading import STORED_NAME, Archive
from assertions.services.moving.refusals import Damaged, NotImported
from assertions.services.moving.tables import MEMBERS, PERSONAL, Table
from assertions.services.people import keep_people
from badges.designer import PictureRefused
from badges.designer.uploads import HEAVIEST
from badges.models import Badge, BadgeVersion, Criterion, Picture
from badges.services.pictures import facts_of
from common.addresses import normalise, problem_with
from common.bulk import chunked, insert_rows
from common.languages import CODES
from common.sealing import key_provider
from issuers.models import Issuer, Membership, SigningKey
from issuers.services.keys import make_key
from issuers.services.slugs import check_slug
from journal.models import Chain, Delivery, Entry, Message, Register, Suppression, Webhook
from journal.webhooks import new_secret
from openbadges import keys
from openbadges.errors import UnusableKey

Row = dict[str, Any]
# Those to which other rows lead: their old keys are remembered, with the new ones.
LED_TO: tuple[type[Model], ...] = (
    Issuer, SigningKey, Picture, Badge, BadgeVersion, Criterion, Recipient, Award, StatusList, Batch, BatchRow,
    Message, Webhook, Register,
)  # fmt: skip
PAUSED = (Batch.State.HELD, Batch.State.SCHEDULED, Batch.State.ISSUING)


class Entering:
    """One organisation on its way in. `enter` takes the tables in their order; `finish` what could only come last."""

    def __init__(self, archive: Archive, secrets: Any, files: set[str], *, at: datetime) -> None:
        self.archive, self.secrets, self.files, self.at = archive, secrets, files, at
        self.keys: dict[type[Model], dict[Any, Any]] = {model: {} for model in LED_TO}
        self.people: dict[int, int] = {}
        self.addresses: dict[int, str] = {}
        self.recipients: set[str] = set()
        self.members: list[tuple[str, str]] = []
        self.currents: dict[uuid.UUID, int] = {}
        self._enter: dict[type[Model], Callable[[Table, list[Row]], None]] = {
            Recipient: self._recipients, Picture: self._pictures, Membership: self._memberships,
            Suppression: self._suppressions,
        }  # fmt: skip
        self._change: dict[type[Model], Callable[[Row], None]] = {
            Issuer: self._issuer, SigningKey: self._signing_key, Badge: self._badge, Message: self._message,
            Batch: self._batch, Webhook: self._webhook, Delivery: self._delivery, Chain: self._chain,
            Entry: self._entry, Register: self._entry,
        }  # fmt: skip
        self._read_people()

    @property
    def issuer_id(self) -> int:
        return int(next(iter(self.keys[Issuer].values())))

    @property
    def scope(self) -> str:
        return f"issuer:{self.issuer_id}"

    def enter(self, table: Table) -> int:
        """Enters all rows of one table; how many there were."""
        count = 0
        for chunk in chunked(self.archive.lines_of(f"{table.name}.jsonl"), AT_A_TIME):
            rows = [values(table, line) for line in chunk]
            count += len(rows)
            self._check_files(table, rows)
            self._enter.get(table.model, self._plain)(table, rows)
        if table.model is Issuer and count != 1:
            raise Damaged
        return count

    def finish(self) -> Issuer:
        """Badges show their versions, and there are keys to sign with."""
        versions = self.keys[BadgeVersion]
        for badge_id, old in self.currents.items():
            Badge.objects.filter(pk=badge_id).update(current_id=_known(versions, old))
        issuer = Issuer.objects.get(pk=self.issuer_id)
        if self.secrets is None:
            for algorithm in SigningKey.Algorithm:
                make_key(issuer=issuer, algorithm=algorithm, at=self.at)
        return issuer

    def _plain(self, table: Table, rows: list[Row]) -> None:
        """As it is, but for what leads to other rows."""
        keeps = _keeps_key(table.model)
        old = [row.get(table.model._meta.pk.attname) for row in rows]
        made = [table.model(**self._led(table, row, keeps=keeps)) for row in rows]
        if table.model not in self.keys:
            insert_rows(made)
        elif keeps:
            insert_rows(made)
            self.keys[table.model].update((key, key) for key in old)
        else:
            created = table.model._default_manager.bulk_create(made, batch_size=500)
            self.keys[table.model].update(zip(old, (row.pk for row in created), strict=True))

    def _led(self, table: Table, row: Row, *, keeps: bool) -> Row:
        """With the keys that other rows have here, and what its table changes."""
        row = dict(row)
        if change := self._change.get(table.model):
            change(row)
        key = table.model._meta.pk.attname
        if not keeps:
            row.pop(key, None)
        elif row.get(key) in (None, ""):  # as in every row of ours
            raise Damaged
        for name, field in columns_of(table).items():
            if field.is_relation and row.get(name) is not None and name != key:
                row[name] = self._led_to(field.related_model, table.model, row[name])
        return row

    def _led_to(self, related: Any, model: type[Model], old: Any) -> Any:
        if related is User:
            return self.people.get(old)
        if related is model:  # a mail in another mail, which may come later: the database looks at the end
            return old
        return _known(self.keys[related], old)

    def _check_files(self, table: Table, rows: list[Row]) -> None:
        """A row names files that came with it, or that were missing where it comes from; never one of others here."""
        for column in table.files:
            for row in rows:
                name = row.get(column, "")
                if not name or name in self.files:
                    continue
                if not STORED_NAME.fullmatch(name) or ".." in name or default_storage.exists(name):
                    raise Damaged

    # What its table changes ---------------------------------------------------------------------------

    def _issuer(self, row: Row) -> None:
        if row.get("slug") != self.archive.manifest.slug:
            raise Damaged
        if not _are_its_languages(row["language"], row["languages"], row["translations"]):
            raise Damaged
        check_slug(row["slug"])

    def _signing_key(self, row: Row) -> None:
        """Without its private half a key signs no more; its public half goes on telling what it signed."""
        private = None if self.secrets is None else _secret(self.secrets, "keys", row["id"])
        if private and not _is_pair(private, str(row["public_pem"])):
            raise Damaged
        row["sealed_private"] = key_provider().seal(private) if private else b""
        if not private and row["state"] == SigningKey.State.ACTIVE:
            row["state"], row["ended_at"] = SigningKey.State.RETIRED, self.at

    def _badge(self, row: Row) -> None:
        if current := row.pop("current_id", None):
            self.currents[row["id"]] = current

    def _batch(self, row: Row) -> None:
        """What was on its way waits for a person: nobody is awarded anything by moving."""
        row["lease_until"] = row["start_after"] = None
        if row["state"] in PAUSED:
            row["state"], row["problem"] = (
                Batch.State.PAUSED,
                _("The organisation moved. Look at the list, then go on."),
            )

    def _message(self, row: Row) -> None:
        row["scope"], row["sealed"], row["lease_until"] = self.scope, None, None
        if not row["subject"].startswith(("award:", "batch:", "digest:")):
            row["subject"] = f"moved:{self.issuer_id}:{row['subject']}"[:100]
        if row["state"] in (Message.State.DUE, Message.State.LEASED):
            row["state"], row["reason"] = Message.State.FAILED, Message.Reason.MOVED

    def _webhook(self, row: Row) -> None:
        """Paused: whoever moved it says when its receiver is to hear from here."""
        old, row["scope"] = row["id"], self.scope
        secret = _secret(self.secrets, "webhooks", old) if self.secrets else None
        row["sealed_secret"] = key_provider().seal(secret or new_secret().encode())
        row["sealed_previous"], row["previous_until"] = None, None
        if row["state"] == Webhook.State.ACTIVE:
            row["state"], row["since"] = Webhook.State.PAUSED, self.at

    def _delivery(self, row: Row) -> None:
        row["lease_until"] = None
        if row["state"] in (Delivery.State.DUE, Delivery.State.LEASED):
            row["state"], row["trouble"] = Delivery.State.FAILED, Delivery.Trouble.STOPPED

    def _chain(self, row: Row) -> None:
        """Under the scope that it has here; its lines were written, and hashed, under the one that it had."""
        if row["scope"] != self.archive.manifest.scope:
            raise Damaged
        row["known_as"], row["scope"] = row.get("known_as") or row["scope"], self.scope

    def _entry(self, row: Row) -> None:
        if row["scope"] != self.archive.manifest.scope:
            raise Damaged
        row["scope"] = self.scope

    # Tables that are entered in their own way ---------------------------------------------------------

    def _recipients(self, table: Table, rows: list[Row]) -> None:
        """Who is known here by the same address is the same person, and is not erased meanwhile."""
        keep_people()
        for row in rows:
            if row["address"] != normalise(row["address"]):
                raise Damaged
        addresses = [row["address"] for row in rows]
        self.recipients.update(addresses)
        known = set(Recipient.objects.filter(address__in=addresses).values_list("address", flat=True))
        new = [Recipient(address=row["address"], created_at=row["created_at"]) for row in rows]
        Recipient.objects.bulk_create([one for one in new if one.address not in known], batch_size=500)
        found = dict(Recipient.objects.filter(address__in=addresses).values_list("address", "pk"))
        self.keys[Recipient].update((row["id"], found[row["address"]]) for row in rows)

    def _pictures(self, table: Table, rows: list[Row]) -> None:
        """Known by its content: one that is here already is the same. What is said beside it others will share as well,
        so it is read anew."""
        known = set(
            Picture.objects.filter(pk__in=[row["sha256"] for row in rows]).values_list("pk", flat=True)
        )
        insert_rows([self._picture(row) for row in rows if row["sha256"] not in known])
        self.keys[Picture].update((row["sha256"], row["sha256"]) for row in rows)

    def _picture(self, row: Row) -> Picture:
        name = row["svg"] or row["png"]
        if any(file and hash_in(file) != row["sha256"] for file in (row["svg"], row["png"])):
            raise Damaged
        if name in self.files:
            with self.archive.open_file(name) as member:
                content = member.read(HEAVIEST + 1)
            try:
                side, row["design"] = facts_of(content, design=row["design"])
            except PictureRefused as refused:
                raise NotImported(refused.message, code="picture_refused") from refused
            row["width"] = row["height"] = side
        return Picture(**row)

    def _memberships(self, table: Table, rows: list[Row]) -> None:
        for row in rows:
            self.members.append((_known(self.addresses, row["user_id"]), row["role"]))

    def _suppressions(self, table: Table, rows: list[Row]) -> None:
        """What holds for every organisation here only of people who came along: an archive silences nobody else."""
        rows = [row for row in rows if row["scope"] or row["address"] in self.recipients]
        for row in rows:
            row.pop("id", None)
            row["scope"] = self.scope if row["scope"] else ""
        insert_rows([Suppression(**row) for row in rows], ignore_conflicts=True)

    def _read_people(self) -> None:
        """Accounts of members: theirs where they have one here, else one that opens by a code sent to their address."""
        for line in self.archive.lines_of("members.jsonl"):
            said = _person(line)
            address = normalise(said["email"])
            if problem_with(address):
                raise Damaged
            self.addresses[said["id"]] = address
            is_new = not User.objects.filter(email=address).exists()
            user = account_at(address, language=said["language"])
            if user is not None:
                self.people[said["id"]] = user.pk
            if user is not None and is_new:
                change_profile(user=user, name=said["name"], language=said["language"],
                               time_zone=said["time_zone"], by=user.actor, at=self.at)  # fmt: skip


def _person(line: bytes) -> Row:
    try:
        said = json.loads(line)
        return values(MEMBERS, json.dumps({name: said[name] for name in PERSONAL}).encode())
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged from error


def _is_pair(private: bytes, public_pem: str) -> bool:
    """Looked at once, here: who signs with a key of ours does not look again."""
    try:
        return keys.public_key_pem(keys.load_private_key(private)).strip() == public_pem.strip()
    except UnusableKey:
        return False


def _known(keys: Mapping[Any, Any], old: Any) -> Any:
    """The row here of one in the archive; another's rows cannot be led to."""
    if old not in keys:
        raise Damaged
    return keys[old]


def _are_its_languages(usual: str, languages: Any, translations: Any) -> bool:
    """Languages of this site, the usual one among them, and descriptions in no others."""
    if not isinstance(languages, list) or not isinstance(translations, dict):
        return False
    known = usual in languages and all(code in CODES for code in languages)
    return known and all(code in languages and _is_text(text) for code, text in translations.items())


def _is_text(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= Issuer.LONGEST_DESCRIPTION and "\0" not in text


def _secret(secrets: Any, kind: str, key: object) -> bytes | None:
    try:
        said = secrets[kind][str(key)]
        text = said[0] if isinstance(said, list) else said
        return None if text is None else b64decode(text, validate=True)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise Damaged from error


def _keeps_key(model: type[Model]) -> bool:
    """A key that the world knows: a UUID, a hash, a scope. Others are numbers that the database gives."""
    return model._meta.auto_field is None
