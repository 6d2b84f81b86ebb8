"""An organisation moves to another installation: everything as it was, or a refusal in words and nothing changed."""

import hashlib
import json
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from getpass import GetPassWarning
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, Batch, MailText, Recipient
from assertions.services import award_many, batches
from assertions.services.awarding import Nomination
from assertions.services.correcting import ask_address_change
from assertions.services.moving import (
    NotImported,
    WrongPassphrase,
    import_organisation,
    sealed_secrets,
)
from assertions.services.moving.tables import LEFT_OUT, TABLES
from badgeplatform.management import archiving
from badgeplatform.management.commands.reconcile import CHECKS
from badges.designer import Design, draw_png, draw_svg
from badges.models import Badge, Picture
from badges.services import keep_drawing
from common.actors import SYSTEM
from common.errors import Invalid
from common.sealing import key_provider
from issuers.models import Invitation, Issuer, Membership, SigningKey
from issuers.services import change_issuer, invite_member, make_token
from journal.models import Action, Chain, Delivery, Entry, Message, Suppression, Webhook
from journal.services import broken_links, make_webhook, record, send_test_event, unsubscribe
from openbadges.keys import generate_rsa_key, public_key_pem
from tests.assertions.houses import PASSPHRASE, as_told, changed, exported, forget, with_manifest, with_rows
from tests.assertions.kits import AT, files_of, furnish, kit_of, publish_next
from tests.factories import NOON, make_accepted, make_badge, make_issuer, make_member
from tests.planting import codes

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
OURS = ("accounts", "issuers", "badges", "assertions", "journal")


def come(path: Path, **options: Any) -> Any:
    told = {"passphrase": PASSPHRASE, "by": SYSTEM, "at": timezone.now(), "tell": lambda words: None}
    return import_organisation(path=path, **told | options)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    """Files of other tests belong to no house."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def house(badge: Badge, issuer: Issuer, editor: User, awarder: User) -> Issuer:
    """With something in (nearly) every table."""
    rows = furnish(badge)
    publish_next(badge)
    now = timezone.now()
    ask_address_change(award=rows["accepted"], address="new@example.org", at=now)
    by = owner_of(issuer).actor
    award_many(badge=badge, nominations=[Nomination("mailed@example.org")], by=by, at=now, notify=True)
    batch = batches.upload_text(badge=badge, text="Name;E-mail\nA;a@example.org\nB;b@x\n", by=SYSTEM, at=now)
    batches.work_on(batch_id=batch.pk, now=timezone.now, seconds=5)
    done = batches.upload_text(badge=badge, text="c@example.org\n", by=SYSTEM, at=now)
    batches.work_on(batch_id=done.pk, now=timezone.now, seconds=5)
    batches.confirm(batch=Batch.objects.get(pk=done.pk), hold=timedelta(0), by=SYSTEM, at=now)
    batches.work_on(batch_id=done.pk, now=timezone.now, seconds=5)
    invite_member(
        issuer=issuer, address="guest@example.org", role="viewer", by=owner_of(issuer).actor, at=now
    )
    make_token(issuer=issuer, name="CRM", scopes=["view"], by=SYSTEM, at=now)
    hook, _secret = make_webhook(
        scope=issuer.scope, url="https://example.org/in", events=["award.created"], by=SYSTEM, at=now
    )
    send_test_event(webhook=hook, at=now)
    MailText.objects.create(badge=badge, kind="award", language="en", subject="S", body="B", updated_at=now)
    unsubscribe("ines@example.org", at=now)
    return issuer


def owner_of(issuer: Issuer) -> User:
    return issuer.memberships.get(role="owner").user


def test_every_table_is_declared() -> None:
    """A new table is exported (assertions/services/moving/tables.py), or left out with a reason."""
    ours = {model for app in OURS for model in apps.get_app_config(app).get_models()}
    declared = [table.model for table in TABLES]
    assert len(declared) == len(set(declared))
    assert ours - set(declared) - LEFT_OUT.keys() == set(), "neither exported nor left out"
    assert set(declared) & LEFT_OUT.keys() == set()


def test_rows_come_after_those_that_they_lead_to() -> None:
    order = {table.model: place for place, table in enumerate(TABLES)}
    for table in TABLES:
        for field in table.model._meta.concrete_fields:
            led_to = field.related_model
            if led_to in order and led_to is not table.model and field.name != "current":
                assert order[led_to] < order[table.model], f"{table.name}.{field.name}"


def test_into_another_installation_and_back_on_paper(house: Issuer, tmp_path: Path) -> None:
    """Every row and every public document is the same in an installation that had others before."""
    kit = files_of(kit_of(house, tmp_path / "kit"))  # first: it signs credentials, which go along then
    archive, there = exported(house, tmp_path / "all.zip"), tmp_path / "there"
    there.mkdir()
    before = as_told(archive)
    command = [
        sys.executable,
        "-m",
        "tests.assertions.other_installation",
        str(archive),
        PASSPHRASE,
        str(there),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = set(json.loads(done.stdout.splitlines()[-1]))
    assert found == codes(CHECKS, at=timezone.now()) - {"message.never_tried"}  # those ended by moving
    assert files_of(there / "kit") == kit
    assert_the_same(before, as_told(there / "again.zip"))


def assert_the_same(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> None:
    for table in TABLES:
        name = table.name
        told, kept = [list(map(_comparable, rows[name])) for rows in (before, after)]
        if name == "issuers.membership":
            assert kept == []
        elif name in ("journal.entry", "journal.message", "issuers.invitation"):
            assert kept[: len(told)] == told or all(row in kept for row in told), name
        elif name != "journal.chain":
            assert kept == told, name


CHANGES = (
    "scope",
    "known_as",
    "awarded_by_id",
    "made_by_id",
    "created_by_id",
    "invited_by_id",
    "said_sha256",
)


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    """Without what moving changes on purpose."""
    row = {name: value for name, value in row.items() if name not in CHANGES}
    if "recipient_name" in row and "due_at" in row:  # a mail
        subject = row.pop("subject").removeprefix("moved:").partition(":")
        row |= {
            "reason": "",
            "state": "",
            "id": str(row["id"]),
            "about": subject[2].partition(":")[2] or subject[2],
        }
        row["about"] = ""
    if "trouble" in row:  # a delivery
        row |= {"state": "", "trouble": ""}
    if "tells_personal_data" in row:  # a webhook
        row |= {"state": "", "since": "", "previous_until": None}
    return row


@pytest.fixture
def archive(house: Issuer, tmp_path: Path) -> Path:
    """Of an organisation that is no longer here."""
    path = exported(house, tmp_path / "all.zip")
    make_issuer("Somebody else")
    forget(house)
    return path


def test_languages_come_along_and_an_older_archive_has_those_of_a_new_organisation(
    badge: Badge, issuer: Issuer, tmp_path: Path
) -> None:
    told = {"languages": ["en", "fr"], "translations": {"fr": "Une école."}}
    change_issuer(issuer=issuer, by=SYSTEM, at=NOON, description="A school.", **told)
    archive = exported(issuer, tmp_path / "all.zip")
    forget(issuer)
    come(archive)
    here = Issuer.objects.get(slug=issuer.slug)
    assert here.descriptions == [("A school.", "en"), ("Une école.", "fr")]
    forget(here)
    come(changed(archive, with_rows("issuers.issuer", lambda row: [row.pop(name) for name in told])))
    here = Issuer.objects.get(slug=issuer.slug)
    assert (here.publishes_in, here.descriptions) == (["en", "fr"], [("A school.", "en")])


def test_it_comes_back_whole(archive: Path, house: Issuer) -> None:
    """What `reconcile` finds then is what it found before: factories leave some things half done."""
    moved = come(archive)
    issuer = Issuer.objects.get(slug=house.slug)
    assert moved.rows["assertions.award"] == Award.objects.of_issuer(issuer).count() == 8
    assert codes(CHECKS, at=timezone.now()) == {
        "award.accepted_unspent",
        "figures.day",
        "register.missing",
        "version.altered",
    }
    line = Entry.objects.of_issuer(issuer.pk).get(action=Action.ISSUER_IMPORTED)
    assert line.data["rows"] == sum(moved.rows.values())


def test_the_journal_goes_on_where_it_was(archive: Path, house: Issuer) -> None:
    come(archive)
    issuer = Issuer.objects.get(slug=house.slug)
    assert issuer.pk != house.pk
    chain = Chain.objects.get(scope=issuer.scope)
    assert chain.known_as == house.scope
    assert list(broken_links(issuer.scope)) == []
    record(scope=issuer.scope, action=Action.ISSUER_CHANGED, by=SYSTEM, at=timezone.now())
    assert list(broken_links(issuer.scope)) == []
    Entry.objects.filter(scope=issuer.scope, number=2).update(actor_label="Mallory")
    assert list(broken_links(issuer.scope)) != []


def test_nobody_is_written_to_by_moving_but_members(archive: Path, house: Issuer) -> None:
    mails = Message.objects.count()
    come(archive)
    issuer = Issuer.objects.get(slug=house.slug)
    due = Message.objects.filter(scope=issuer.scope, state=Message.State.DUE)
    assert set(due.values_list("kind", flat=True)) == {"invitation"}
    assert due.count() == 3
    failed = Message.objects.filter(scope=issuer.scope, state=Message.State.FAILED)
    assert failed.exists()
    assert {row.explanation for row in failed} == {
        "The organisation moved here before this mail was sent. Send it again."
    }
    assert Message.objects.count() > mails
    assert set(Webhook.objects.filter(scope=issuer.scope).values_list("state", flat=True)) == {"paused"}
    assert set(Delivery.objects.filter(webhook__scope=issuer.scope).values_list("state", flat=True)) == {
        "failed"
    }


def test_members_are_invited_again_and_nobody_is_let_in(archive: Path, house: Issuer, editor: User) -> None:
    come(archive)
    issuer = Issuer.objects.get(slug=house.slug)
    assert Membership.objects.filter(issuer=issuer).count() == 0
    asked = dict(
        Invitation.objects.open(at=timezone.now()).filter(issuer=issuer).values_list("address", "role")
    )
    assert asked == {
        "owner@example.org": "owner", "editor@example.org": "editor", "awarder@example.org": "awarder",
        "guest@example.org": "viewer",
    }  # fmt: skip


def test_accounts_of_members_are_begun_without_a_password(archive: Path, house: Issuer) -> None:
    User.objects.filter(email__in=["editor@example.org", "awarder@example.org"]).delete()
    come(archive)
    editor = User.objects.get(email="editor@example.org")
    assert editor.name == "Édith Éditeur"
    assert not editor.has_usable_password()
    assert not editor.emailaddress_set.filter(verified=True).exists()


def test_keys_can_stay_behind(house: Issuer, tmp_path: Path) -> None:
    path = exported(house, tmp_path / "all.zip", passphrase="")
    assert "secrets.json" not in files_of(path)
    forget(house)
    come(path, passphrase="")
    issuer = Issuer.objects.get(slug=house.slug)
    old, new = issuer.keys.filter(number__lte=2), issuer.keys.filter(number__gt=2)
    assert set(old.values_list("state", flat=True)) == {SigningKey.State.RETIRED}
    assert set(new.values_list("state", "algorithm")) == {("active", "RS256"), ("active", "EdDSA")}
    signatures = {"award.signature", "award.signed_facts", "former_award.signature"}
    assert codes(CHECKS, at=timezone.now()) & signatures == set()


def test_no_secret_lies_about_in_the_clear(house: Issuer, tmp_path: Path) -> None:
    members = files_of(exported(house, tmp_path / "all.zip"))
    everything = b"".join(members.values())
    assert b"PRIVATE KEY" not in everything
    assert b"whsec_" not in everything
    assert PASSPHRASE.encode() not in everything
    for key in house.keys.all():
        assert bytes(key.sealed_private) not in everything
    assert b"password" not in members["tables/members.jsonl"]


def test_a_rehearsal_changes_nothing(archive: Path, house: Issuer) -> None:
    before = {
        model: model._default_manager.count()
        for app in OURS
        for model in apps.get_app_config(app).get_models()
    }
    moved = come(archive, rehearse=True)
    assert moved.rows["assertions.award"] == 8
    assert {model: model._default_manager.count() for model in before} == before


def test_who_is_known_here_stays_one_person(archive: Path, house: Issuer) -> None:
    known = Recipient.objects.create(address="ines@example.org", created_at=NOON)
    come(archive)
    assert Recipient.objects.get(address="ines@example.org").pk == known.pk
    assert known.awards.count() == 1
    assert Suppression.objects.filter(address="ines@example.org", scope="").count() == 1


def test_files_come_along(archive: Path, house: Issuer) -> None:
    names = [name.removeprefix("files/") for name in files_of(archive) if name.startswith("files/")]
    assert {name.partition("/")[0] for name in names} == {"pictures", "evidence", "batches"}
    for name in names:
        default_storage.delete(name)
    come(archive)
    assert all(default_storage.exists(name) for name in names)


# Refusals -----------------------------------------------------------------------------------------------


def refused(path: Path, words: str, **options: Any) -> NotImported:
    """Not taken in, with these words; nothing was changed, no file is left."""
    counts = {
        model: model._default_manager.count()
        for app in OURS
        for model in apps.get_app_config(app).get_models()
    }
    with pytest.raises(NotImported, match=words) as refusal:
        come(path, **options)
    assert {model: model._default_manager.count() for model in counts} == counts
    return refusal.value


def test_it_is_here_already(house: Issuer, tmp_path: Path) -> None:
    refused(exported(house, tmp_path / "all.zip"), "There is already an organisation")


def test_a_badge_of_it_is_here_already(archive: Path, house: Issuer) -> None:
    there = json.loads(files_of(archive)["tables/badges.badge.jsonl"].splitlines()[0])["id"]
    Badge.objects.create(pk=there, issuer=make_issuer("Squatter"), created_at=NOON)
    assert refused(archive, "already here").code == "collision"


def test_another_address(archive: Path) -> None:
    path = changed(archive, with_manifest(site="https://old.example.org"))
    assert refused(path, "SITE_URL=https://old.example.org").code == "other_site"


@pytest.mark.parametrize("passphrase", ["wrong horse battery staple", "x"])
def test_the_wrong_passphrase(archive: Path, passphrase: str) -> None:
    with pytest.raises(WrongPassphrase, match="not the passphrase"):
        come(archive, passphrase=passphrase)


def test_a_short_passphrase(house: Issuer) -> None:
    with pytest.raises(Invalid, match="at least 12"):
        sealed_secrets(house, passphrase="short")


def test_a_dear_lock_is_not_tried(archive: Path) -> None:
    def dear(members: dict[str, bytes]) -> None:
        members["secrets.json"] = json.dumps(json.loads(members["secrets.json"]) | {"n": 2**40}).encode()

    refused(changed(archive, dear), "damaged")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    refused(tmp_path / "x.zip", "not a ZIP file|not an export")


def _change(name: str, act: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[name] = act(members[name])

    return change


AWARDS = "tables/assertions.award.jsonl"


CHANGES_TO_NOTICE: tuple[Callable[[dict[str, bytes]], Any], ...] = (
    _change(AWARDS, lambda content: content.replace(b"accepted", b"declined", 1)),
    _change(AWARDS, lambda content: b"\n".join(content.split(b"\n")[1:])),
    lambda members: members.pop(AWARDS),
    lambda members: members.pop("files.jsonl"),
    _change("files.jsonl", lambda content: content[:-40]),
    lambda members: members.update({next(name for name in members if name.startswith("files/")): b"another"}),
)


def test_what_was_changed_is_noticed(archive: Path) -> None:
    for change in CHANGES_TO_NOTICE:
        refused(changed(archive, change, honest=False), "damaged")


def test_a_newer_version(archive: Path) -> None:
    refused(changed(archive, with_manifest(version=2)), "newer version")


NO_SENSE: list[dict[str, Any]] = [
    {"format": "x"}, {"tables": []}, {"tables": "x"}, {"issuer": 3}, {"site": None}, {"files": 1},
]  # fmt: skip


def test_a_manifest_without_sense(archive: Path) -> None:
    for said in NO_SENSE:
        path = changed(archive, with_manifest(**said), honest=False)
        refused(path, "damaged|not an export|SITE_URL")


CANNOT_BE: list[tuple[str, str, Any]] = [
    ("assertions.evidence", "file", "../../secret_key"),
    ("assertions.evidence", "file", "/etc/passwd"),
    ("assertions.award", "badge_id", "00000000-0000-4000-8000-000000000000"),
    ("assertions.award", "issuer_id", 999_999),
    ("assertions.award", "recipient_id", None),
    ("assertions.award", "response", "loved"),
    ("assertions.award", "recipient_name", "x" * 5000),
    ("assertions.award", "narrative", "a\0b"),
    ("assertions.award", "issued_on", "yesterday"),
    ("assertions.award", "id", None),
    ("assertions.award", "nonsense", 1),
    ("assertions.recipient", "address", "Ines@Example.org "),
    ("issuers.issuer", "slug", "other"),
    ("issuers.issuer", "language", "xx"),
    ("issuers.issuer", "languages", []),
    ("issuers.issuer", "languages", 5),
    ("issuers.issuer", "languages", ["en", "xx"]),
    ("issuers.issuer", "translations", ["fr"]),
    ("issuers.issuer", "translations", {"xx": "DujDaq"}),
    ("issuers.issuer", "translations", {"fr": "a\0b"}),
    ("issuers.issuer", "translations", {"fr": 5}),
    ("journal.entry", "scope", "site"),
    ("journal.entry", "actor_label", "Mallory"),
    ("journal.chain", "number", 1),
    ("issuers.signingkey", "id", 4_000_000),
]
NO_ROWS = (b"[" * 100_000 + b"\n", b"[]\n", b"no json\n", b'{"id": NaN}\n', b"{}\n")


def test_rows_that_cannot_be(archive: Path) -> None:
    for table, column, value in CANNOT_BE:
        path = changed(archive, with_rows(table, lambda row, said=(column, value): row.update([said])))
        refused(path, "damaged|already here|not whole")
    for line in NO_ROWS:
        path = changed(archive, lambda members, said=line: members.update({AWARDS: said}))
        refused(path, "damaged")


def test_a_file_of_another_organisation_is_not_taken_over(archive: Path) -> None:
    other = make_accepted(make_badge(make_issuer("Other")))
    theirs = default_storage.save("evidence/aa/theirs.pdf", ContentFile(b"%PDF-1.4 theirs"))
    assert other
    refused(
        changed(archive, with_rows("assertions.evidence", lambda row: row.update({"file": theirs}))),
        "damaged",
    )
    default_storage.delete(theirs)


PLANTED = b"%PDF-1.4 not what its name says"


def with_file(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    """One more file, of which the archive tells the truth."""

    def act(members: dict[str, bytes]) -> None:
        members[f"files/{name}"] = content
        lines = [json.loads(line) for line in members["files.jsonl"].splitlines()]
        lines = [line for line in lines if line["name"] != name]
        lines.append({"name": name, "sha256": hashlib.sha256(content).hexdigest()})
        members["files.jsonl"] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)

    return act


def test_a_file_that_is_not_what_its_name_says_is_not_planted(archive: Path) -> None:
    """Whoever stores the content that the name stands for would share it."""
    digest = hashlib.sha256(b"%PDF-1.4 of somebody else").hexdigest()
    for name in (
        f"evidence/{digest[:2]}/{digest}.pdf",
        f"logos/{digest[:2]}/{digest}.png",
        f"pictures/{digest[:2]}/{digest}.png",
        f"pictures/{digest[:2]}/{digest}.svg",
        "evidence/report.pdf",
    ):
        refused(changed(archive, with_file(name, PLANTED)), "is not what its name says")
        assert not default_storage.exists(name)


def test_the_picture_of_a_drawing_is_drawn_here(archive: Path, badge: Badge) -> None:
    """What others will draw as well is not taken from somebody who could have painted anything on it."""
    design = Design(ring_text="Of somebody else")
    svg = draw_svg(design)
    digest = hashlib.sha256(svg).hexdigest()
    stem = f"pictures/{digest[:2]}/{digest}"

    def plant(members: dict[str, bytes]) -> None:
        with_file(f"{stem}.svg", svg)(members)
        with_file(f"{stem}.png", PLANTED)(members)
        told = json.loads(members["tables/badges.picture.jsonl"].splitlines()[0])
        told |= {"sha256": digest, "png": f"{stem}.png", "svg": f"{stem}.svg", "design": None, "width": 9}
        members["tables/badges.picture.jsonl"] += json.dumps(told).encode() + b"\n"

    come(changed(archive, plant))
    with default_storage.open(f"{stem}.png") as file:
        assert file.read() == draw_png(design)
    assert Picture.objects.get(pk=digest).width == 600
    assert keep_drawing(design, at=NOON).design == design.to_dict()
    assert Picture.objects.filter(pk=digest).count() == 1


def test_a_picture_without_its_files_is_nobody_elses(archive: Path) -> None:
    """A row alone: who draws the same has all of it."""
    design = Design(ring_text="Of somebody else")
    digest = hashlib.sha256(draw_svg(design)).hexdigest()

    def plant(members: dict[str, bytes]) -> None:
        told = json.loads(members["tables/badges.picture.jsonl"].splitlines()[0])
        told |= {"sha256": digest, "png": f"pictures/{digest[:2]}/{digest}.png", "svg": "", "design": None}
        members["tables/badges.picture.jsonl"] += json.dumps(told).encode() + b"\n"

    come(changed(archive, plant))
    kept = keep_drawing(design, at=NOON)
    assert kept.design == design.to_dict()
    assert default_storage.exists(kept.svg)
    assert default_storage.exists(kept.png)


def test_a_picture_does_not_name_the_file_of_another(archive: Path) -> None:
    other = keep_drawing(Design(ring_text="Of somebody else"), at=NOON)

    def change(row: dict[str, Any]) -> None:
        row["sha256"] = "0" * 64

    assert other.png
    refused(changed(archive, with_rows("badges.picture", change)), "damaged")


def test_nobody_else_is_silenced(archive: Path) -> None:
    """For the whole site only who came along is not written to."""

    def plant(members: dict[str, bytes]) -> None:
        name = "tables/journal.suppression.jsonl"
        told = json.loads(members[name].splitlines()[0]) | {"id": 4711, "address": "victim@example.net"}
        members[name] += json.dumps(told).encode() + b"\n"

    come(changed(archive, plant))
    assert set(Suppression.objects.values_list("address", "scope")) == {("ines@example.org", "")}


def test_keys_that_do_not_belong_together(archive: Path) -> None:
    """Nobody looks again once they are here: half of another key would sign what nobody can verify."""
    other = public_key_pem(generate_rsa_key())
    refused(
        changed(archive, with_rows("issuers.signingkey", lambda row: row.update(public_pem=other))), "damaged"
    )


def test_members_outside_of_their_folder(archive: Path) -> None:
    def slip(members: dict[str, bytes]) -> None:
        members["files/../../../slip.txt"] = b"x"
        line = {
            "name": "../../../slip.txt",
            "sha256": hashlib.sha256(b"x").hexdigest(),
        }
        members["files.jsonl"] += json.dumps(line).encode() + b"\n"

    refused(changed(archive, slip), "damaged")


def test_a_bomb(archive: Path) -> None:
    """Deflate itself packs a thousand to one: what claims more, or a member nobody named, is not unpacked."""
    path = archive.with_name("bomb.zip")
    path.write_bytes(archive.read_bytes())
    with zipfile.ZipFile(path, "a") as more:
        more.writestr("tables/bomb", b"\0" * 3_000_000, zipfile.ZIP_BZIP2)
    refused(path, "damaged")


def test_a_link_and_a_double(archive: Path) -> None:
    path = archive.with_name("link.zip")
    path.write_bytes(archive.read_bytes())
    with zipfile.ZipFile(path, "a") as more:
        info = zipfile.ZipInfo("files/link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        more.writestr(info, "/etc/passwd")
    refused(path, "damaged")
    path.write_bytes(archive.read_bytes())
    with zipfile.ZipFile(path, "a") as more, pytest.warns(UserWarning, match="Duplicate"):
        more.writestr("manifest.json", b"{}")
    refused(path, "not an export")


def test_an_archive_that_breaks_off(archive: Path) -> None:
    path = archive.with_name("short.zip")
    path.write_bytes(archive.read_bytes()[:-2000])
    refused(path, "not a ZIP file")


def test_files_are_taken_back_where_rows_fail(archive: Path) -> None:
    names = [name.removeprefix("files/") for name in files_of(archive) if name.startswith("files/")]
    for name in names:
        default_storage.delete(name)
    refused(changed(archive, with_rows("journal.chain", lambda row: row.update({"number": 1}))), "not whole")
    assert not [name for name in names if default_storage.exists(name)]


# Commands -----------------------------------------------------------------------------------------------


def test_the_commands(house: Issuer, tmp_path: Path) -> None:
    secret, path, said = tmp_path / "pass", tmp_path / "all.zip", StringIO()
    secret.write_text(PASSPHRASE + "\n")
    call_command("export_organisation", house.slug, str(path), passphrase_file=secret, stdout=said)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Entry.objects.of_issuer(house.pk).get(action=Action.ISSUER_EXPORTED).data == {"with_keys": True}
    forget(house)
    call_command("import_organisation", str(path), passphrase_file=secret, dry_run=True, stdout=said)
    assert "can be taken in. Nothing was changed." in said.getvalue()
    assert not Issuer.objects.filter(slug=house.slug).exists()
    call_command("import_organisation", str(path), passphrase_file=secret, stdout=said)
    assert "3 members were invited" in said.getvalue()
    with pytest.raises(CommandError, match="already an organisation"):
        call_command("import_organisation", str(path), without_keys=True)


def test_commands_say_what_is_wrong(house: Issuer, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"ends in \.zip"):
        call_command("export_organisation", house.slug, str(tmp_path / "x"), without_keys=True)
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(CommandError, match="at least 12"):
        call_command(
            "export_organisation", house.slug, str(tmp_path / "x.zip"), passphrase_file=tmp_path / "empty"
        )
    with pytest.raises(CommandError, match="passphrase is empty"):
        call_command("import_organisation", str(tmp_path / "empty"), passphrase_file=tmp_path / "empty")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_organisation", str(tmp_path / "empty"), passphrase_file=tmp_path / "nowhere")
    with pytest.raises(CommandError, match="no such file"):
        call_command("import_organisation", str(tmp_path / "nowhere.zip"), without_keys=True)


@pytest.mark.parametrize("trouble", [EOFError, GetPassWarning])
def test_a_passphrase_that_nobody_can_be_asked_for(
    house: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: type[Exception]
) -> None:
    """As from a timetable: no terminal, nothing to be read."""

    def nobody(_prompt: str) -> str:
        raise trouble

    monkeypatch.setattr(archiving, "getpass", nobody)
    path = tmp_path / "x.zip"
    with pytest.raises(CommandError, match="--passphrase-file"):
        call_command("export_organisation", house.slug, str(path))
    assert not path.exists()


def test_sealed_secrets_open_only_here(house: Issuer) -> None:
    """What is sealed under the passphrase is the key itself, sealed anew under this installation's own keys."""
    hook = Webhook.objects.get(scope=house.scope)
    assert key_provider().unseal(bytes(hook.sealed_secret)).startswith(b"whsec_")


def test_an_organisation_with_members_only(tmp_path: Path) -> None:
    issuer = make_issuer("New")
    make_member(issuer, "viewer")
    path = exported(issuer, tmp_path / "new.zip")
    forget(issuer)
    assert come(path).invited == 2
    assert AT
