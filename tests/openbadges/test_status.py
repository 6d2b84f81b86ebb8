"""Status lists: one bit each, packed as the standard packs them, unpacked with care."""

import base64
import gzip
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges import status, v3
from openbadges.errors import MalformedDocument
from tests.openbadges.whole import ISSUER, LIST, credential

ENTRY = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": LIST,
}


def packed(octets):
    return "u" + base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def refused(action, *args, **options):
    with pytest.raises(MalformedDocument) as caught:
        action(*args, **options)
    return caught.value.code


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(0, status.ENTRIES - 1), max_size=40))
def test_what_is_set_is_found_again(indexes):
    bits = status.empty()
    for index in indexes:
        status.set_bit(bits, index)
    text = status.encode(bits)
    read = status.decode(text)
    assert len(read) * 8 == status.ENTRIES
    assert {index for index in [*indexes, 0, 5, 131_071] if status.is_set(read, index)} == indexes & {
        *indexes, 0, 5, 131_071
    }  # fmt: skip
    assert sum(octet.bit_count() for octet in read) == len(indexes)
    assert status.encode(read) == text


def test_bit_0_is_the_most_significant_of_the_first_byte():
    bits = status.empty()
    status.set_bit(bits, 0)
    status.set_bit(bits, 15)
    assert bits[:2] == b"\x80\x01"
    status.set_bit(bits, 0, False)
    assert bits[:2] == b"\x00\x01"


def test_the_example_of_the_specification_is_read():
    """W3C Bitstring Status List 1.0, section 3.1: a list of 16 kB with nothing set."""
    text = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    assert status.decode(text) == bytes(16_384)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "encoding"),
        (status.encode(status.empty())[1:], "encoding"),
        ("z" + status.encode(status.empty())[1:], "encoding"),
        (status.encode(status.empty()) + "=", "encoding"),
        (status.encode(status.empty()) + "\n", "encoding"),
        ("uAAAAA", "encoding"),
        ("u" + "A" * 3_000_001, "too_large"),
        (packed(b"no gzip at all!!"), "compression"),
        (packed(zlib.compress(bytes(16_384))), "compression"),
        (packed(gzip.compress(bytes(16_384), mtime=0)[:-9]), "compression"),
        (packed(gzip.compress(bytes(16_384), mtime=0) * 2), "compression"),
        (packed(gzip.compress(bytes(16_383), mtime=0)), "too_short"),
        (packed(gzip.compress(bytes(2_000_001), mtime=0)), "too_large"),
    ],
    ids=lambda value: value[:12],
)
def test_a_list_that_cannot_be_read_says_why(text, code):
    assert refused(status.decode, text) == code


def test_a_bomb_is_not_unpacked():
    bomb = packed(gzip.compress(bytes(500_000_000), mtime=0))
    began = time.process_time()
    assert refused(status.decode, bomb) == "too_large"
    assert time.process_time() - began < 1
    assert refused(status.decode, status.encode(status.empty()), most_bytes=16_383) == "too_large"


def test_lists_that_are_too_short_are_not_made():
    assert refused(status.encode, bytes(16_383)) == "too_short"
    assert len(status.empty(5)) == 16_384
    assert len(status.empty(131_073)) == 16_385


@pytest.mark.parametrize("index", [-1, 131_072, 10**12])
def test_an_index_outside_is_refused(index):
    assert refused(status.is_set, bytes(16_384), index) == "index"
    assert refused(status.set_bit, status.empty(), index) == "index"


def test_an_entry_is_read():
    written = credential().to_document()["credentialStatus"]
    assert status.read_entry(written) == status.Entry("revocation", 7, LIST)
    assert status.read_entry({**ENTRY, "statusSize": 1}).index == 7


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"statusListIndex": 7}, "not_text"),
        ({"statusListIndex": "07"}, "index"),
        ({"statusListIndex": "-1"}, "index"),
        ({"statusListIndex": "٧"}, "index"),
        ({"statusListIndex": "7\n"}, "index"),
        ({"statusListIndex": "1" * 5_000}, "index"),
        ({"statusListIndex": None}, "missing"),
        ({"statusPurpose": ["revocation"]}, "not_text"),
        ({"statusListCredential": {"id": LIST}}, "not_text"),
        ({"statusSize": 2}, "status_size"),
        ({"statusSize": True}, "status_size"),
    ],
)
def test_an_entry_that_is_badly_written_is_refused(change, code):
    assert refused(status.read_entry, {**ENTRY, **change}) == code


def listed(**changes):
    bits = status.empty()
    status.set_bit(bits, 7)
    subject = v3.BitstringStatusList(
        id=f"{LIST}#list", status_purpose="revocation", encoded_list=status.encode(bits)
    )
    document = v3.BitstringStatusListCredential(
        id=LIST, issuer=ISSUER, valid_from="2026-02-01T09:00:00Z", credential_subject=subject
    ).to_document()
    for name, value in changes.items():
        place = document["credentialSubject"] if name in ("statusPurpose", "encodedList") else document
        place[name] = value
    return document


def test_the_bit_of_a_credential_is_found():
    entry = status.read_entry(ENTRY)
    bits = status.read_list(listed(), entry, issuer=ISSUER)
    assert status.is_set(bits, entry.index)
    assert not status.is_set(bits, 8)
    assert status.read_list(listed(statusPurpose=["suspension", "revocation"]), entry, issuer=ISSUER) == bits
    assert status.read_list(listed(issuer={"id": ISSUER}), entry, issuer=ISSUER) == bits


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": ["VerifiableCredential"]}, "not_a_list"),
        ({"credentialSubject": []}, "not_a_list"),
        ({"credentialSubject": {"type": "List"}}, "not_a_list"),
        ({"issuer": "did:web:other.example"}, "other_issuer"),
        ({"id": "https://other.example/list"}, "other_list"),
        ({"statusPurpose": "suspension"}, "other_purpose"),
        ({"encodedList": None}, "missing"),
    ],
)
def test_a_list_of_somebody_else_or_for_something_else_is_refused(changes, code):
    assert refused(status.read_list, listed(**changes), status.read_entry(ENTRY), issuer=ISSUER) == code


def test_revocation_lists_of_1edtech():
    document = v3.RevocationList(
        id=LIST,
        issuer=ISSUER,
        revoked_credential=(
            v3.RevokedCredential(id="urn:uuid:1", revocation_reason="By mistake"),
            v3.RevokedCredential(id="urn:uuid:2", revoked=False),
            v3.RevokedCredential(id="urn:uuid:3", revoked=True),
        ),
    ).to_dict()
    assert status.revoked_in(document, "urn:uuid:1") == ("urn:uuid:1", "By mistake")
    assert status.revoked_in(document, "urn:uuid:2") is None
    assert status.revoked_in(document, "urn:uuid:3") == ("urn:uuid:3", None)
    assert status.revoked_in({"revokedCredential": ["urn:uuid:4", 5, None]}, "urn:uuid:4") is not None
    assert refused(status.revoked_in, {"revokedCredential": {}}, "urn:uuid:1") == "not_a_list"
