"""The vocabulary of 3.0: nothing lost between JSON and dataclasses, departures named."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges import v2, v3
from openbadges.errors import MalformedDocument
from openbadges.recipients import matches
from openbadges.v3.node import CLASSES
from openbadges.vocabulary import Many, Problem, members
from tests.openbadges.whole import HOME, bare, credential, signed

DOCUMENTS = {"full": credential().to_document(), "bare": bare().to_document(), "signed": signed()}


@pytest.fixture(params=DOCUMENTS)
def document(request):
    return copy.deepcopy(DOCUMENTS[request.param])


def codes(document, cls=v3.OpenBadgeCredential):
    return {(problem.field, problem.code) for problem in cls.problems(document)}


def test_reading_and_writing_loses_nothing(document):
    read = v3.OpenBadgeCredential.from_dict(document)
    assert read.to_document() == document


def test_what_is_made_here_has_no_problems(document):
    assert codes(document) == set()


def test_arrays_are_written_as_arrays_and_types_as_the_standard_names_them():
    full = credential().to_document()
    assert full["@context"][:2] == list(v3.CONTEXT)
    assert full["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert full["credentialSubject"]["identifier"][0]["type"] == "IdentityObject"
    assert full["image"]["type"] == "Image"
    assert full["evidence"][1]["type"] == ["Evidence"]
    assert isinstance(full["credentialSubject"]["achievement"]["tag"], list)


def test_a_short_form_and_an_unknown_field_come_out_again():
    document = {
        **bare().to_document(),
        "type": "OpenBadgeCredential",
        "evidence": {"type": "Evidence", "ext": [1]},
    }
    document["credentialSubject"]["achievement"]["image"] = f"{HOME}/x.png"
    read = v3.OpenBadgeCredential.from_dict(document)
    assert read.evidence[0].unrecognized_fields == {"ext": [1]}
    assert read.credential_subject.achievement.image.id == f"{HOME}/x.png"
    assert read.to_document() == document


def test_dates_and_issuer_are_read():
    read = credential()
    assert (read.valid_until_at - read.valid_from_at).days == 729
    assert (
        read.issuer_id
        == v3.OpenBadgeCredential.from_dict({**read.to_document(), "issuer": read.issuer.id}).issuer_id
    )


def test_a_hashed_identity_is_found_again():
    identity = v3.IdentityObject.hashing("alex@example.org", "salt")
    assert identity.identity_hash.startswith("sha256$")
    holder = v2.IdentityObject(identity=identity.identity, hashed=True, salt=identity.salt)
    assert matches("Alex@example.org ", holder)


def without(*path):
    def change(document):
        *parents, last = path
        for step in parents:
            document = document[step]
        del document[last]

    return change


def put(value, *path):
    def change(document):
        *parents, last = path
        for step in parents:
            document = document[step]
        document[last] = value

    return change


SUBJECT, ACHIEVEMENT = ("credentialSubject",), ("credentialSubject", "achievement")
DEPARTURES = [
    (without("id"), ("id", "missing")),
    (without("issuer"), ("issuer", "missing")),
    (without("validFrom"), ("validFrom", "missing")),
    (without(*ACHIEVEMENT), ("credentialSubject.achievement", "missing")),
    (without(*ACHIEVEMENT, "criteria"), ("credentialSubject.achievement.criteria", "missing")),
    (put(["VerifiableCredential"], "type"), ("type", "wrong_type")),
    (put(["OpenBadgeCredential"], "type"), ("type", "wrong_type")),
    (put(list(reversed(v3.CONTEXT)), "@context"), ("@context", "wrong_context")),
    (put(v3.CONTEXT[0], "@context"), ("@context", "wrong_context")),
    (put("2026-02-01T09:00:00", "validFrom"), ("validFrom", "not_date_time")),
    (put("rel", "credentialStatus", "statusListCredential"), ("credentialStatus.statusListCredential", "not_iri")),
    (put(7, "credentialStatus", "statusListIndex"), ("credentialStatus.statusListIndex", "not_text")),
    (without("credentialStatus", "statusPurpose"), ("credentialStatus.statusPurpose", "missing")),
    (put("email", *SUBJECT, "identifier", 0, "identityType"),
     ("credentialSubject.identifier[0].identityType", "other_value")),
    (put(False, *SUBJECT, "identifier", 0, "hashed"), ("credentialSubject.identifier[0].hashed", "hashed_mismatch")),
    (put("Great", *SUBJECT, "result", 1, "status"), ("credentialSubject.result[1].status", "other_value")),
    (put("urn:x:9", *SUBJECT, "result", 0, "resultDescription"),
     ("credentialSubject.result[0].resultDescription", "not_in_achievement")),
    (put("Status", *ACHIEVEMENT, "resultDescription", 0, "resultType"),
     ("credentialSubject.result[0].status", "missing")),
    (put("3", *ACHIEVEMENT, "creditsAvailable"), ("credentialSubject.achievement.creditsAvailable", "not_number")),
    (put("x", *ACHIEVEMENT, "achievementType"), ("credentialSubject.achievement.achievementType", "other_value")),
    (put({"type": "Alignment"}, *ACHIEVEMENT, "alignment", 0),
     ("credentialSubject.achievement.alignment[0].targetUrl", "missing")),
]  # fmt: skip


@pytest.mark.parametrize(("change", "problem"), DEPARTURES, ids=[f"{p[0]} {p[1]}" for _, p in DEPARTURES])
def test_a_departure_from_the_standard_is_named(change, problem):
    document = copy.deepcopy(DOCUMENTS["full"])
    change(document)
    assert problem in codes(document)


def test_somebody_must_be_meant():
    document = bare().to_document()
    del document["credentialSubject"]["id"]
    assert codes(document) == {("credentialSubject.identifier", "missing")}


def test_extensions_of_words_are_allowed():
    document = copy.deepcopy(DOCUMENTS["full"])
    document["credentialSubject"]["achievement"]["achievementType"] = "ext:Praise"
    assert codes(document) == set()


def test_an_endorsement_is_read_inside():
    endorsement = v3.EndorsementCredential(
        id="urn:uuid:1",
        name="Praise",
        issuer="did:key:z6Mk",
        valid_from="2026-02-01T09:00:00Z",
        credential_subject=v3.EndorsementSubject(id=HOME, endorsement_comment="Good."),
    )
    document = credential(endorsement=(endorsement,)).to_document()
    assert v3.OpenBadgeCredential.from_dict(document).endorsement == (endorsement,)
    assert codes(document) == set()
    document["endorsement"][0]["type"] = ["VerifiableCredential"]
    assert ("endorsement[0].type", "wrong_type") in codes(document)


def test_a_status_list_and_a_revocation_list_are_documents_too():
    listed = v3.BitstringStatusListCredential(
        id=HOME,
        issuer=HOME,
        valid_from="2026-02-01T09:00:00Z",
        credential_subject=v3.BitstringStatusList(status_purpose="revocation", encoded_list="u", ttl=60_000),
    )
    assert codes(listed.to_document(), v3.BitstringStatusListCredential) == set()
    assert listed.to_document()["@context"] == [v3.CONTEXT[0]]
    revoked = v3.RevocationList(
        id=HOME,
        issuer=HOME,
        revoked_credential=(v3.RevokedCredential(id="urn:uuid:1", revocation_reason="x"),),
    )
    written = {
        "id": HOME,
        "issuer": HOME,
        "revokedCredential": [{"id": "urn:uuid:1", "revocationReason": "x"}],
    }
    assert revoked.to_dict() == written


def test_reading_names_the_bad_member():
    with pytest.raises(MalformedDocument) as caught:
        v3.OpenBadgeCredential.from_dict(
            {**bare().to_document(), "credentialSubject": {"type": "x", "achievement": []}}
        )
    assert caught.value.facts["field"] == "credentialSubject.achievement"


def test_a_name_of_both_versions_is_two_classes():
    assert v2.Profile is not v3.Profile
    assert {m.term for m in members(v2.Profile)} != {m.term for m in members(v3.Profile)}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(CLASSES)), st.data())
def test_whatever_stands_in_a_field_is_a_problem_and_never_a_crash(name, data):
    cls = CLASSES[name]
    terms = [member.term for member in members(cls)]
    document = data.draw(st.dictionaries(st.sampled_from([*terms, "other"]), json_values))
    for problem in cls.problems(document):
        assert isinstance(problem, Problem)
    try:
        read = cls.from_dict(document)
    except MalformedDocument:
        return
    assert read.to_dict() == document


def test_lists_are_lists_where_the_standard_has_them():
    many = {member.term for member in members(v3.Achievement) if isinstance(member.kind, Many)}
    assert many == {
        "tag",
        "alignment",
        "related",
        "resultDescription",
        "endorsement",
        "endorsementJwt",
        "otherIdentifier",
    }
