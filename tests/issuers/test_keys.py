"""The life of signing keys: replaced, retired, declared compromised."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from common.actors import SYSTEM
from common.errors import Invalid, Refused
from issuers.models import Issuer, SigningKey
from issuers.services import declare_compromised, rotate_key
from issuers.services.keys import private_key, signing_key_of
from journal.models import Action, Entry
from journal.services import broken_links
from openbadges.keys import public_key_pem
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=30)
Algorithm, State = SigningKey.Algorithm, SigningKey.State


def declared(key: SigningKey, **changes: object) -> SigningKey | None:
    said = {"since": NOON + timedelta(days=3), "note": "A laptop was stolen.", "by": SYSTEM, "at": LATER}
    return declare_compromised(key=key, **(said | changes))


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_new_key_takes_the_place_of_the_old_one(issuer: Issuer, algorithm: Algorithm):
    old = signing_key_of(issuer.pk, algorithm)
    new = rotate_key(key=old, by=SYSTEM, at=LATER)
    assert signing_key_of(issuer.pk, algorithm) == new
    assert (new.number, new.algorithm, new.state, new.created_at) == (3, algorithm, State.ACTIVE, LATER)
    assert public_key_pem(private_key(new)) == new.public_pem
    public = old.public_pem
    old.refresh_from_db()
    assert (old.state, old.ended_at, old.public_pem) == (State.RETIRED, LATER, public)
    others = issuer.keys.exclude(algorithm=algorithm)
    assert [key.state for key in others] == [State.ACTIVE]


def test_the_private_half_of_a_retired_key_is_gone(issuer: Issuer):
    old = signing_key_of(issuer.pk)
    rotate_key(key=old, by=SYSTEM, at=LATER)
    old.refresh_from_db()
    assert bytes(old.sealed_private) == b""


def test_it_is_written_in_the_journal(issuer: Issuer):
    rotate_key(key=signing_key_of(issuer.pk), by=SYSTEM, at=LATER)
    line = Entry.objects.get(action=Action.KEY_ROTATED)
    assert (line.target_kind, line.target_id, line.target_label) == ("key", "3", "RS256")
    assert line.data == {"replaces": 1}
    assert list(broken_links(issuer.scope)) == []


def test_a_form_that_is_sent_twice_replaces_once(issuer: Issuer):
    old = signing_key_of(issuer.pk)
    rotate_key(key=old, by=SYSTEM, at=LATER)
    with pytest.raises(Refused, match="signs no more"):
        rotate_key(key=old, by=SYSTEM, at=LATER)
    assert issuer.keys.count() == 3


def test_a_compromised_key_that_signs_is_replaced_at_once(issuer: Issuer):
    old = signing_key_of(issuer.pk)
    new = declared(old, note="  A laptop\nwas stolen. ")
    assert new is not None
    assert signing_key_of(issuer.pk) == new
    old.refresh_from_db()
    assert (old.state, old.ended_at, bytes(old.sealed_private)) == (State.COMPROMISED, LATER, b"")
    assert (old.compromised_from, old.compromise_note) == (
        NOON + timedelta(days=3), "A laptop was stolen.",
    )  # fmt: skip
    actions = list(Entry.objects.filter(target_kind="key").order_by("pk").values_list("action", "target_id"))
    assert actions == [(Action.KEY_COMPROMISED, "1"), (Action.KEY_ROTATED, "3")]


def test_a_retired_key_may_turn_out_to_be_compromised(issuer: Issuer):
    old = signing_key_of(issuer.pk)
    rotate_key(key=old, by=SYSTEM, at=LATER)
    old.refresh_from_db()
    assert declared(old, at=LATER + timedelta(days=1)) is None
    old.refresh_from_db()
    assert (old.state, old.ended_at) == (State.COMPROMISED, LATER)
    assert issuer.keys.count() == 3


def test_a_key_read_before_it_was_retired_makes_no_third_one(issuer: Issuer):
    """The page was open while somebody else replaced the key."""
    stale = signing_key_of(issuer.pk)
    rotate_key(key=stale, by=SYSTEM, at=LATER)
    assert stale.is_active
    assert declared(stale) is None
    assert issuer.keys.count() == 3


def test_the_date_may_be_mended(issuer: Issuer):
    key = signing_key_of(issuer.pk)
    declared(key)
    declared(key, since=NOON + timedelta(days=1))
    key.refresh_from_db()
    assert key.compromised_from == NOON + timedelta(days=1)
    assert issuer.keys.count() == 3
    assert Entry.objects.filter(action=Action.KEY_COMPROMISED).count() == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"since": LATER + timedelta(seconds=1)}, "since"),
        ({"since": NOON - timedelta(seconds=1)}, "since"),
        ({"note": " \n"}, "note"),
        ({"note": "x" * 301}, "note"),
    ],
)
def test_nonsense_is_refused_in_words(issuer: Issuer, wrong: dict[str, object], field: str):
    key = signing_key_of(issuer.pk)
    with pytest.raises(Invalid) as refused:
        declared(key, **wrong)
    assert list(refused.value.fields) == [field]
    key.refresh_from_db()
    assert key.is_active


def test_pages_that_were_kept_are_made_anew(issuer: Issuer):
    before = issuer.stamp
    rotate_key(key=signing_key_of(issuer.pk), by=SYSTEM, at=LATER)
    declared(signing_key_of(issuer.pk), since=LATER)
    issuer.refresh_from_db()
    assert issuer.stamp == before + 2


def test_the_database_wants_a_date_with_every_compromised_key(issuer: Issuer):
    with pytest.raises(IntegrityError), transaction.atomic():
        issuer.keys.update(state=State.COMPROMISED)


def test_the_fingerprint_is_that_of_the_public_key(issuer: Issuer):
    import hashlib

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from openbadges.keys import load_public_key

    key = signing_key_of(issuer.pk)
    der = load_public_key(key.public_pem).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert key.fingerprint.replace(" ", "") == hashlib.sha256(der).hexdigest()
