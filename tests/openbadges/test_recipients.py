"""Hashed identities."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges.recipients import hash_identity, is_hash, matches, normalise_address
from openbadges.v2 import IdentityObject


def test_a_hash_is_sha256_of_the_identity_then_the_salt():
    digest = hashlib.sha256(b"alex@example.orgpepper").hexdigest()
    assert hash_identity("alex@example.org", "pepper") == f"sha256${digest}"


def test_hashing_does_not_change_the_identity_it_is_given():
    assert hash_identity("Alex@example.org", "") != hash_identity("alex@example.org", "")


def test_an_address_has_one_spelling():
    assert normalise_address("  Alex@Example.ORG\n") == "alex@example.org"


@pytest.mark.parametrize("typed", ["alex@example.org", " Alex@Example.org "])
def test_an_earner_matches_however_they_type_their_address(typed):
    assert matches(typed, IdentityObject.hashing("alex@example.org", "pepper"))


def test_a_hash_of_the_address_as_written_is_recognised():
    assert matches("Alex@example.org", IdentityObject.hashing("Alex@example.org", "pepper"))


def test_another_address_or_salt_does_not_match():
    recipient = IdentityObject.hashing("alex@example.org", "pepper")
    assert not matches("sam@example.org", recipient)
    other_salt = IdentityObject(identity=recipient.identity, hashed=True, salt="salt")
    assert not matches("alex@example.org", other_salt)


@pytest.mark.parametrize("name", ["md5", "sha256", "SHA256"])
def test_both_algorithms_and_any_case_of_digits_are_read(name):
    digest = hashlib.new(name, b"alex@example.org").hexdigest().upper()
    assert matches("alex@example.org", IdentityObject(identity=f"{name}${digest}", hashed=True))


def test_a_plain_address_matches_without_regard_to_case():
    assert matches("alex@example.org", IdentityObject(identity="Alex@Example.org", hashed=False))


def test_a_plain_url_matches_only_as_it_is():
    recipient = IdentityObject(type="url", identity="https://example.org/Alex", hashed=False)
    assert matches("https://example.org/Alex", recipient)
    assert not matches("https://example.org/alex", recipient)


@pytest.mark.parametrize("hash_", ["", "sha256$", "sha256$zz", "sha512$" + "0" * 128, "md5$" + "0" * 31])
def test_an_unreadable_hash_matches_nobody(hash_):
    assert not is_hash(hash_)
    assert not matches("alex@example.org", IdentityObject(identity=hash_, hashed=True))


@given(st.text(), st.text(), st.text(), st.booleans())
def test_matching_never_raises(identity, stored, salt, hashed):
    recipient = IdentityObject(identity=stored, hashed=hashed, salt=salt)
    assert matches(identity, recipient) in (True, False)
