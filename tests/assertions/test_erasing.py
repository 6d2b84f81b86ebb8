"""Somebody is forgotten: everything that says who they are is gone, a tombstone stays, and nothing else has changed."""

import io
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.api.reading import RecipientSent
from assertions.models import Award, BatchRow, Credential, Recipient
from assertions.services import Nomination, award_many, batches, store_evidence
from assertions.services.claiming import accept
from assertions.services.correcting import ask_address_change, confirm_address_change, correct_name
from assertions.services.credentials import credential_of
from assertions.services.credentials.statuses import said_now
from assertions.services.erasing import StillListed, erase_person
from assertions.services.figures import facts_by_day
from assertions.services.files import forget_unused_evidence
from assertions.services.moving import import_organisation
from assertions.services.registering import enter_events
from badgeplatform.management.commands.reconcile import CHECKS
from badges.models import Badge
from common.actors import SYSTEM
from common.addresses import TOMBSTONES, problem_with
from common.errors import Refused
from common.fields import AddressField
from common.tokens import token_hash
from issuers.models import IdempotentCall, Issuer
from issuers.permissions import TOKEN_SCOPES
from issuers.services import make_token
from issuers.services.calls import SEALED
from issuers.services.checkpoints import sign_checkpoint
from journal.models import Action, Delivery, Entry, Leaf, Message, Suppression
from journal.services import broken_links, make_webhook
from journal.services.proving import root_of
from tests.assertions.houses import PASSPHRASE, exported, forget
from tests.factories import make_award, make_badge, make_issuer
from tests.planting import codes

pytestmark = pytest.mark.django_db
ADDRESS, NAME, WORDS = "ines.marchand@example.org", "Inès Marchand", "Held the workshop of the Marchands."
MACHINE = {"Accept": "application/ld+json"}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def award(badge: Badge) -> Award:
    """Accepted, with a credential, evidence, mails and a webhook that was told."""
    now = timezone.now() - timedelta(hours=2)
    make_webhook(
        scope=badge.issuer.scope, url="https://example.org/in", events=["award.created"], by=SYSTEM, at=now,
        tells_personal_data=True,
    )  # fmt: skip
    evidence = (store_evidence(content=b"%PDF-1.4 the report of Marchand", name="marchand.pdf"),)
    person = Nomination(ADDRESS, name=NAME, narrative=WORDS, evidence=evidence)
    outcome = award_many(badge=badge, nominations=[person], by=SYSTEM, at=now)
    row = accept(token=next(iter(outcome.tokens.values())), at=now)
    correct_name(award=row, name="Somebody Else", at=now)  # whoever decides about it is told
    ask_address_change(
        award=row, address="ines@new.example.org", at=now
    )  # a mail to where nothing is known yet
    credential_of(row, at=now)
    Suppression.objects.create(address=ADDRESS, at=now)
    return row


def erase(address: str = ADDRESS) -> int:
    return erase_person(address=address, by=SYSTEM, at=timezone.now())


def everything() -> str:
    """What all tables say, as text."""
    said = []
    for model in apps.get_models():
        for row in model._default_manager.all().values():
            said += [
                bytes(v).decode("latin-1") if isinstance(v, (bytes, memoryview)) else str(v)
                for v in row.values()
            ]
    return "\n".join(said)


def award_by_program(issuer: Issuer, address: str, **more: Any) -> None:
    """What was answered is kept for a day."""
    _token, secret = make_token(
        issuer=issuer, name="T", scopes=list(TOKEN_SCOPES), by=SYSTEM, at=timezone.now()
    )
    badge = make_badge(issuer, f"Badge {uuid.uuid4().hex}")
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": uuid.uuid4().hex}
    body = {"recipient": {"email": address, "name": NAME}, "narrative": WORDS} | more
    answer = Client().post(f"/api/v1/badges/{badge.pk}/awards/", body, "application/json", headers=headers)
    assert answer.status_code == 201


def test_kept_answers_go_and_those_about_others_stay(award: Award) -> None:
    """A sealed one may be about anybody; those of organisations that never knew the person are not."""
    award_by_program(award.issuer, ADDRESS)
    award_by_program(award.issuer, "other@example.org")
    award_by_program(award.issuer, ADDRESS, notify=False)
    award_by_program(make_issuer("Elsewhere"), "other@example.org", notify=False)
    assert IdempotentCall.objects.count() == 4
    erase()
    left = IdempotentCall.objects.order_by("pk")
    assert [SEALED in row.body for row in left] == [False, True]
    assert left[0].body["recipient"]["email"] == "other@example.org"


def test_nothing_anywhere_says_who_it_was(award: Award) -> None:
    award_by_program(award.issuer, ADDRESS)
    assert ADDRESS in str(IdempotentCall.objects.get().body)
    secrets = (
        ADDRESS,
        NAME,
        WORDS,
        "Somebody Else",
        "marchand.pdf",
        "ines@new.example.org",
        award.salt,
        award.signed,
    )
    assert all(secret in everything() for secret in secrets)
    erase()
    left = everything()
    assert [secret for secret in (*secrets, "Marchand", "marchand") if secret in left] == []


def test_the_address_answers_that_it_is_gone(award: Award) -> None:
    erase()
    browser = Client()
    page = f"/assertions/{award.pk}"
    answer = browser.get(page, headers=MACHINE)
    assert (answer.status_code, answer.json()["revoked"]) == (410, True)
    assert "Erased" in answer.json()["revocationReason"]
    assert browser.get(page, headers={"Accept": "text/html"}).status_code == 410
    for path in (
        f"{page}.jws",
        f"{page}.png",
        f"{page}.svg",
        f"/credentials/{award.pk}",
        f"/credentials/{award.pk}.jwt",
    ):
        assert browser.get(path, headers={"Accept": "*/*"}).status_code == 410, path
    for path in (f"{page}/evidence/1", f"{page}/receipt.json", f"{page}/register.json"):
        assert browser.get(path).status_code in (404, 410), path


def test_a_page_that_was_kept_is_not_shown_any_more(award: Award) -> None:
    shown = Client().get(f"/assertions/{award.pk}", headers={"Accept": "text/html"})
    assert NAME in shown.content.decode()
    erase()
    assert (
        NAME not in Client().get(f"/assertions/{award.pk}", headers={"Accept": "text/html"}).content.decode()
    )


def test_copies_that_are_about_hold_no_more(award: Award) -> None:
    """Its place in the status list is set, the revocation list names it, and /verify does not call a copy valid."""
    kept = Credential.objects.get(award=award)
    signed, place, listing = award.signed, kept.status_index, kept.status_list
    erase()
    assert said_now(listing, "revocation").places == [place]
    listed = Client().get(f"/issuers/{award.issuer.slug}/revocations", headers=MACHINE).json()
    assert f"urn:uuid:{award.pk}" in str(listed["revokedAssertions"])
    answer = Client().post("/api/v1/verify/", {"text": signed})
    assert answer.json()["results"][0]["verdict"] == "not_valid"


def test_chains_and_registers_are_whole(award: Award, issuer: Issuer) -> None:
    enter_events(issuer=issuer, since=None, now=timezone.now)
    sealed = sign_checkpoint(issuer=issuer, at=timezone.now())
    lines, before = Entry.objects.of_issuer(issuer.pk).count(), codes(CHECKS, at=timezone.now())
    erase()
    assert Entry.objects.of_issuer(issuer.pk).count() == lines + 1
    assert list(broken_links(issuer.scope)) == []
    assert sealed
    assert root_of(sealed.register, sealed.size) == bytes(sealed.root)
    assert not Leaf.objects.filter(subject=award.pk).exclude(salt=None).exists()
    assert codes(CHECKS, at=timezone.now()) == before


def test_reconcile_finds_what_came_back(award: Award) -> None:
    erase()
    Award.objects.filter(pk=award.pk).update(narrative=WORDS)
    assert "award.not_erased" in codes(CHECKS, at=timezone.now())


def test_reconcile_finds_a_living_award_of_nobody(award: Award, badge: Badge) -> None:
    erase()
    assert "award.of_nobody" not in codes(CHECKS, at=timezone.now())
    other = make_award(badge, address="other@example.org")
    Recipient.objects.filter(pk=other.recipient_id).update(address=f"1@{TOMBSTONES}")
    assert "award.of_nobody" in codes(CHECKS, at=timezone.now())


def test_no_tombstone_stands_in_the_way_of_another(award: Award) -> None:
    """One that came from another installation, whose numbers are other people here."""
    Recipient.objects.create(address=f"{award.recipient_id}@{TOMBSTONES}", created_at=timezone.now())
    assert erase() == 1
    award.refresh_from_db()
    assert award.recipient.address.endswith(f"@{TOMBSTONES}")
    assert str(award.recipient_id) != award.recipient.address.partition("@")[0]


def test_nobody_is_given_the_address_of_a_tombstone(award: Award, badge: Badge) -> None:
    """Whichever door they come by: a form, a program, a list, a change of address."""
    address, now = f"4711@{TOMBSTONES}", timezone.now()
    words = f"“{address}” is not an e-mail address."
    assert problem_with(address) == words
    with pytest.raises(ValidationError, match=words):
        AddressField().clean(address.upper())
    sent = RecipientSent(data={"email": address})
    assert not sent.is_valid()
    assert [str(error) for error in sent.errors["email"]] == [words]
    outcome = award_many(badge=badge, nominations=[Nomination(address)], by=SYSTEM, at=now)
    assert {problem.message for problem in outcome.refused.values()} == {words}
    with pytest.raises(Refused, match=words):
        ask_address_change(award=award, address=address, at=now)
    batch = batches.upload_text(badge=badge, text=f"{address}\nb@example.org\n", by=SYSTEM, at=now)
    batches.work_on(batch_id=batch.pk, now=timezone.now, seconds=5)
    assert dict(batch.rows.values_list("number", "state"))[1] == BatchRow.State.WRONG


def test_tombstones_move_to_another_installation(award: Award, tmp_path: Path) -> None:
    erase()
    tombstone = Recipient.objects.get(pk=award.recipient_id).address
    before = codes(CHECKS, at=timezone.now())
    archive = exported(award.issuer, tmp_path / "all.zip")
    forget(award.issuer)
    import_organisation(
        path=archive, passphrase=PASSPHRASE, by=SYSTEM, at=timezone.now(), tell=lambda words: None
    )
    here = Award.objects.get(pk=award.pk)
    assert (here.response, here.recipient.address) == ("erased", tombstone)
    assert codes(CHECKS, at=timezone.now()) <= before


def test_files_go_unless_somebody_else_has_them(award: Award, badge: Badge) -> None:
    (file,) = award.evidence.values_list("file", flat=True)
    shared = store_evidence(content=b"%PDF-1.4 of two", name="two.pdf")
    for address in (ADDRESS, "other@example.org"):
        again = Nomination(address, evidence=(shared,), name="Zoé")
        award_many(badge=make_repeatable(badge), nominations=[again], by=SYSTEM, at=timezone.now())
    out = io.StringIO()
    later = timezone.now() + timedelta(days=2)
    call_command("erase_person", ADDRESS, yes=True, stdout=out)
    forget_unused_evidence(before=later)  # as the worker does, a day later
    assert "awards 2" in out.getvalue()
    assert not default_storage.exists(file)
    assert default_storage.exists(shared.file)


def make_repeatable(badge: Badge) -> Badge:
    badge.may_be_repeated = True
    badge.save()
    return badge


def test_a_badge_that_moved_goes_by_either_address(award: Award) -> None:
    change = ask_address_change(award=award, address="new@example.net", at=timezone.now())
    type(change).objects.filter(pk=change.pk).update(token_hash=token_hash("t" * 43))
    confirm_address_change(token="t" * 43, at=timezone.now())
    before = codes(CHECKS, at=timezone.now())
    assert erase() == 1
    left = everything()
    assert ADDRESS not in left
    assert "new@example.net" not in left
    assert codes(CHECKS, at=timezone.now()) <= before


def test_other_people_keep_theirs(award: Award, badge: Badge) -> None:
    other = make_award(badge, address="other@example.org", name="Zoé Marchal", notify=True)
    before = Award.objects.filter(pk=other.pk).values().get()
    mails = Message.objects.filter(recipient="other@example.org").count()
    erase()
    assert Award.objects.filter(pk=other.pk).values().get() == before
    assert Message.objects.filter(recipient="other@example.org").count() == mails == 1


def test_journals_are_written_in_one_order(issuer: Issuer) -> None:
    """Whose award comes first is chance: two who erase people at one time would take the same journals crosswise."""
    for house in (issuer, make_issuer("Another house")):
        badge = make_badge(house, may_be_repeated=True)
        for _again in range(5):
            make_award(badge, address=ADDRESS)
    assert erase_person(address=ADDRESS, by=SYSTEM, at=timezone.now()) == 10
    lines = Entry.objects.filter(action=Action.AWARD_ERASED).order_by("pk")
    scopes = list(lines.values_list("scope", flat=True))
    assert len(set(scopes)) == 2
    assert scopes == sorted(scopes)


def test_figures_count_it_as_withdrawn(award: Award, issuer: Issuer) -> None:
    erase()
    (day,) = facts_by_day(issuer=issuer)
    assert (day["awarded"], day["accepted"], day["withdrawn"]) == (1, 0, 1)
    assert "figures.day" not in codes(CHECKS, at=timezone.now())


def test_the_same_address_can_be_awarded_again(award: Award, badge: Badge) -> None:
    """As somebody nobody knew before."""
    erase()
    again = make_award(badge, address=ADDRESS)
    assert again.recipient_id != award.recipient_id


def test_members_see_a_tombstone(award: Award, signed_in: Any, owner: User) -> None:
    erase()
    browser, below = signed_in(owner), f"/manage/{award.issuer.slug}"
    for page in ("/awards", f"/awards/{award.pk}", "/awards?state=erased", "/people", "/"):
        answer = browser.get(f"{below}{page}")
        assert answer.status_code == 200, page
        assert "Marchand" not in answer.content.decode(), page
    assert "Erased" in browser.get(f"{below}/awards/{award.pk}").content.decode()
    assert "erased.invalid" not in browser.get(f"{below}/people").content.decode()


def test_rows_of_lists_lose_their_cells(issuer: Issuer, badge: Badge) -> None:
    batch = batches.upload_text(
        badge=badge, text=f"Name;E-mail\n{NAME};{ADDRESS}\n", by=SYSTEM, at=timezone.now()
    )
    batches.work_on(batch_id=batch.pk, now=timezone.now, seconds=5)
    batch.refresh_from_db()
    with pytest.raises(Refused):
        erase()  # nobody is known by it yet
    make_award(badge.issuer.badges.exclude(pk=badge.pk).first() or badge, address=ADDRESS)
    with pytest.raises(StillListed):
        erase()
    BatchRow.objects.filter(batch=batch).update(state=BatchRow.State.DUPLICATE)
    erase()
    row = batch.rows.get()
    assert (row.cells, row.address, row.name, row.data) == ([], "", "", {})


def test_deliveries_of_others_stay(award: Award, badge: Badge) -> None:
    other = make_award(badge, address="other@example.org")
    erase()
    (payload,) = Delivery.objects.values_list("payload", flat=True)
    assert str(other.pk) in payload


def test_the_command_asks_first(award: Award) -> None:
    out = io.StringIO()
    call_command("erase_person", f" {ADDRESS.upper()} ", stdout=out)
    assert str(award.pk) in out.getvalue()
    assert Recipient.objects.filter(address=ADDRESS).exists()
    for yes in (True, False):
        with pytest.raises(CommandError, match="Nobody was awarded anything"):
            call_command("erase_person", f"{uuid.uuid4().hex}@example.org", yes=yes)


def test_the_account_stays_theirs(award: Award) -> None:
    """Who signs in is another matter: people delete their account themselves."""
    user = User.objects.create_user(ADDRESS)
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=True)
    erase()
    assert User.objects.filter(pk=user.pk).exists()
