"""The vocabulary of Open Badges 2.0: nothing is lost, departures are named."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges import v2
from openbadges.errors import MalformedDocument
from openbadges.v2.node import CLASSES
from openbadges.vocabulary import Link, Many, Nested, members
from tests.openbadges import stage

URL = "https://badges.example.org/x"
TEXTS = st.text(max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
ENDORSEMENT = v2.Endorsement(
    id=URL,
    claim={"id": stage.BADGE, "endorsementComment": "Well made."},
    issuer=stage.ISSUER,
    issued_on="2026-02-01T09:00:00Z",
    verification=v2.VerificationObject(type="HostedBadge"),
).to_dict()
DOCUMENTS = ("Assertion", "BadgeClass", "Profile", "CryptographicKey", "RevocationList", "Endorsement")


def problems(cls, document):
    return {(problem.field, problem.code) for problem in cls.problems(document)}


# Nothing is lost


def json_of(kind, depth):
    """JSON values that a field of this kind accepts, in all their written forms."""
    if isinstance(kind, Many):
        one = json_of(kind.kind, depth).filter(lambda value: value is not None)
        return st.lists(one, max_size=2) | one
    if isinstance(kind, Nested | Link):
        name = kind.name if isinstance(kind, Nested) else kind.nested.name
        short = isinstance(kind, Link) or kind.link
        whole = object_of(name, depth - 1) if depth else st.nothing()
        return (TEXTS if short else st.nothing()) | whole
    return {"Plain": st.booleans() | TEXTS, "Kind": VALUES.filter(lambda v: v is not None)}.get(
        type(kind).__name__, TEXTS
    ).filter(lambda value: _accepts(kind, value))


def _accepts(kind, value):
    try:
        kind.read(value, "")
    except MalformedDocument:
        return False
    return True


def object_of(name, depth=2):
    required, optional = {}, {}
    for member in members(CLASSES[name]):
        place = required if member.required else optional
        if depth == 0 and isinstance(member.kind, Many | Nested | Link):
            if member.required:
                return st.nothing()
            continue
        value = json_of(member.kind, depth)
        place[member.term] = value if member.required else value | st.none() | st.just([])
    extra = st.dictionaries(st.sampled_from(["extensions:x", "verify", "extra"]), VALUES, max_size=2)
    return st.builds(
        lambda known, more: {**more, **known}, st.fixed_dictionaries(required, optional=optional), extra
    )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_reading_and_writing_loses_nothing(name):
    @settings(max_examples=40, deadline=None)
    @given(object_of(name))
    def check(document):
        assert CLASSES[name].from_dict(document).to_dict() == document

    check()


@pytest.mark.parametrize(
    ("cls", "make"),
    [
        (v2.Assertion, lambda: stage.award().to_document()),
        (v2.Assertion, lambda: stage.award(signed=True).to_document()),
        (v2.BadgeClass, stage.badge),
        (v2.Profile, stage.issuer),
        (v2.CryptographicKey, stage.key),
        (v2.RevocationList, lambda: stage.revocations(v2.RevokedAssertion(id="urn:x:1"))),
    ],
)
def test_what_we_write_has_no_problems_and_reads_back_equal(cls, make):
    document = make()
    assert problems(cls, document) == set()
    again = cls.from_dict(document)
    assert again.to_dict() == document
    assert cls.from_dict(json.loads(again.to_bytes())) == again


def test_short_forms_are_read_as_objects_and_written_as_they_were():
    document = {
        **stage.badge(),
        "image": f"{URL}.png",
        "criteria": URL,
        "tags": "health",
        "alignment": {"targetName": "a", "targetUrl": URL},
        "related": [URL, {"id": URL, "@language": "fr"}],
    }
    badge = v2.BadgeClass.from_dict(document)
    assert (badge.image.id, badge.criteria.id, badge.tags) == (f"{URL}.png", URL, ("health",))
    assert badge.alignment[0].target_name == "a"
    assert [related.language for related in badge.related] == [None, "fr"]
    assert badge.to_dict() == document


@pytest.mark.parametrize("evidence", [URL, [URL], {"id": URL}, [{"id": URL}], [URL, {"narrative": "x"}]])
def test_evidence_comes_in_many_forms(evidence):
    document = {**stage.award().to_document(), "evidence": evidence}
    award = v2.Assertion.from_dict(document)
    assert award.evidence[0].id == URL
    assert award.to_dict() == document


def test_what_is_written_short_grows_when_more_is_said():
    image = replace(v2.Image.link(URL), caption="A cross")
    assert image.to_json() == {"id": URL, "caption": "A cross"}
    award = v2.Assertion.from_dict({**stage.award().to_document(), "evidence": URL})
    longer = replace(award, evidence=(*award.evidence, v2.Evidence(narrative="More")))
    assert longer.to_dict()["evidence"] == [URL, {"narrative": "More"}]


def test_extensions_language_and_version_are_kept():
    extension = {"@context": URL, "type": ["Extension", "extensions:ApplyLink"], "url": URL}
    document = {
        **stage.badge(),
        "@language": "fr-CA",
        "version": 2,
        "related": {"id": URL, "type": "BadgeClass", "@language": "en"},
        "extensions:applyLink": extension,
    }
    badge = v2.BadgeClass.from_dict(document)
    assert (badge.language, badge.version) == ("fr-CA", 2)
    assert badge.unrecognized_fields == {"extensions:applyLink": extension}
    assert badge.to_dict() == document


def test_an_endorsement_may_be_linked_or_inside():
    document = {**stage.badge(), "endorsement": [URL, ENDORSEMENT]}
    assert problems(v2.BadgeClass, document) == set()
    badge = v2.BadgeClass.from_dict(document)
    assert badge.endorsement[1].claim["endorsementComment"] == "Well made."
    assert badge.to_dict() == document


def test_readers_find_context_id_and_type_first():
    assert list(stage.badge())[:3] == ["@context", "id", "type"]
    own = v2.Assertion.from_dict({**stage.award().to_document(), "@context": [v2.CONTEXT, URL]})
    assert own.to_document()["@context"] == [v2.CONTEXT, URL]


# Reading refuses only what it cannot hold


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"id": 5}, "id", "not_text"),
        ({"recipient": "x"}, "recipient", "not_object"),
        ({"recipient": {"type": "email", "identity": "a@b.c"}}, "recipient.hashed", "missing"),
        ({"evidence": [URL, 5]}, "evidence[1]", "not_object"),
        ({"issuedOn": None}, "issuedOn", "not_text"),
        ({"revoked": "yes"}, "revoked", "not_boolean"),
        ({"type": ["Assertion", 1]}, "type", "not_text"),
    ],
)
def test_a_malformed_document_says_where(change, field, code):
    with pytest.raises(MalformedDocument) as caught:
        v2.Assertion.from_dict({**stage.award().to_document(), **change})
    assert (caught.value.facts["field"], caught.value.code) == (field, code)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(list(stage.award().to_document())), VALUES))
def test_any_json_is_read_or_refused_and_its_problems_named(document):
    found = list(v2.Assertion.problems(document))
    try:
        v2.Assertion.from_dict(document)
    except MalformedDocument:
        assert found


# Departures from the standard


@pytest.mark.parametrize(
    ("cls", "make", "change", "problem"),
    [
        (v2.Assertion, stage.award, {"issuedOn": "2026-02-01"}, ("issuedOn", "not_date_time")),
        (v2.Assertion, stage.award, {"issuedOn": 1328000000}, ("issuedOn", "not_text")),
        (v2.Assertion, stage.award, {"expires": "2026-02-01T10:00:00"}, ("expires", "not_date_time")),
        (v2.Assertion, stage.award, {"id": "award-1"}, ("id", "not_iri")),
        (v2.Assertion, stage.award, {"type": "BadgeClass"}, ("type", "wrong_type")),
        (v2.Assertion, stage.award, {"verification": {"type": "hope"}}, ("verification.type", "wrong_type")),
        (v2.Assertion, stage.award, {"verification": {}}, ("verification.type", "missing")),
        (v2.Assertion, stage.award, {"badge": None}, ("badge", "missing")),
        (v2.Assertion, stage.award, {"badge": 7}, ("badge", "not_object")),
        (v2.Assertion, stage.award, {"evidence": [{"id": "proof"}]}, ("evidence[0].id", "not_iri")),
        (v2.Assertion, stage.award, {"image": "badge.png"}, ("image.id", "not_image")),
        (v2.Assertion, stage.award, {"image": "data:image/png;base64,xx"}, ("image", "not_url")),
        (v2.Assertion, stage.award, {"image": {"id": "data:image/png,x"}}, ("image", "not_url")),
        (v2.BadgeClass, stage.badge, {"image": "data:image/gif,x"}, ("image.id", "not_image")),
        (v2.BadgeClass, stage.badge, {"@language": "in English"}, ("@language", "not_language")),
        (
            v2.BadgeClass,
            stage.badge,
            {"endorsement": {**ENDORSEMENT, "claim": {}}},
            ("endorsement.claim.id", "missing"),
        ),
        (v2.BadgeClass, stage.badge, {"criteria": {}}, ("criteria.narrative", "missing")),
        (v2.BadgeClass, stage.badge, {"image": None}, ("image", "missing")),
        (v2.BadgeClass, stage.badge, {"image": "data:text/html,x"}, ("image.id", "not_image")),
        (v2.BadgeClass, stage.badge, {"tags": ["a", 1]}, ("tags[1]", "not_text")),
        (
            v2.BadgeClass,
            stage.badge,
            {"alignment": [{"targetName": "a"}]},
            ("alignment[0].targetUrl", "missing"),
        ),
        (v2.Profile, stage.issuer, {"url": "example.org"}, ("url", "not_url")),
        (v2.Profile, stage.issuer, {"email": "nobody"}, ("email", "not_email")),
        (v2.Profile, stage.issuer, {"telephone": "call me"}, ("telephone", "not_telephone")),
        (
            v2.RevocationList,
            stage.revocations,
            {"revokedAssertions": [{}]},
            ("revokedAssertions[0].id", "missing"),
        ),
    ],
)
def test_departures_are_named(cls, make, change, problem):
    made = make()
    document = {**(made if isinstance(made, dict) else made.to_document()), **change}
    assert problems(cls, document) == {problem}


@pytest.mark.parametrize(
    ("recipient", "found"),
    [
        ({"identity": "alex@example.org", "hashed": False}, set()),
        ({"identity": "alex@example.org", "hashed": True}, {("hashed", "hashed_mismatch")}),
        ({"identity": "sha256$" + "0" * 64, "hashed": False}, {("hashed", "hashed_mismatch")}),
        ({"identity": "alex", "hashed": False}, {("identity", "not_email")}),
        ({"identity": "sha256$" + "A" * 64}, {("hashed", "missing")}),
        ({"type": "url", "identity": "alex@example.org", "hashed": False}, {("identity", "not_url")}),
        ({"type": "id", "identity": "did:key:z6Mk", "hashed": False}, set()),
    ],
)
def test_an_identity_is_what_it_says(recipient, found):
    assert problems(v2.IdentityObject, {"type": "email", **recipient}) == found


@pytest.mark.parametrize(
    "url",
    ["http://a.org", "https://a.org:8000/x?y#z", "https://localhost/x", "https://[::1]/x", "https://é.org/é"],
)
def test_addresses(url):
    assert v2.is_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "a.org", "//a.org", "/x", "ftp://a.org/", "https://", "https:///x", "https://a.org:99999/",
        "https://user@a.org/", "https://a.org\\@b.org/", "https://a.org/ x", "https://a.org/\n", "javascript:x",
        "https://[::1", 'https://a.org/"x',
    ],
)  # fmt: skip
def test_no_addresses(url):
    assert not v2.is_url(url)


def test_who_speaks_at_an_address():
    assert v2.read_address("HTTPS://A.org:443/x").origin == "https://a.org"
    assert v2.read_address("http://a.org:8080/x").authority == "a.org:8080"


@pytest.mark.parametrize("iri", ["urn:uuid:1", "did:key:z6", "https://a.org/x", "mailto:a@b.c"])
def test_identifiers(iri):
    assert v2.is_iri(iri)


@pytest.mark.parametrize("iri", ["", "x", "urn:", "http:x", "https://u@a.org", "a b:c", "1:2"])
def test_no_identifiers(iri):
    assert not v2.is_iri(iri)


# Dates


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30:00.5+02:00", datetime(2026, 3, 1, 7, 30, 0, 500000, tzinfo=UTC)),
        ("2026-03-01T09:30:00-0530", datetime(2026, 3, 1, 15, 0, tzinfo=UTC)),
    ],
)
def test_dates_are_read(text, moment):
    assert v2.parse_date_time(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-03-01", "2026-03-01T09:30:00", "2026-13-01T09:30:00Z", "2026-02-30T09:30:00Z", "yesterday",
        "2026-03-01 09:30:00Z", "2026-03-01T25:00:00Z", "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-01:00",
        "２026-03-01T09:30:00Z", "2026-W09-7T00:00:00Z", "2026-03-01T09:30:00Z\n",
    ],
)  # fmt: skip
def test_other_texts_are_no_dates(text):
    with pytest.raises(MalformedDocument, match="not_date_time"):
        v2.parse_date_time(text)


def test_dates_are_written_in_utc():
    paris = timezone(timedelta(hours=1))
    assert v2.format_date_time(datetime(2026, 3, 1, 10, 30, tzinfo=paris)) == "2026-03-01T09:30:00Z"
    with pytest.raises(ValueError, match="zone"):
        v2.format_date_time(datetime(2026, 3, 1))


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))
def test_dates_written_are_read_again(moment):
    assert v2.parse_date_time(v2.format_date_time(moment)) == moment


def test_an_award_gives_its_dates():
    award = stage.award()
    assert award.issued_at == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert award.expires_at == datetime(2028, 2, 1, 8, tzinfo=UTC)
    assert stage.award(expires=None).expires_at is None


# Small documents


def test_a_withdrawn_award_says_no_more_than_that():
    assert v2.revoked_document(URL, "Mistake") == {
        "@context": v2.CONTEXT,
        "type": "Assertion",
        "id": URL,
        "revoked": True,
        "revocationReason": "Mistake",
    }
    assert "revocationReason" not in v2.revoked_document(URL)


def test_a_revocation_list_of_one_names_it_twice():
    entry = v2.RevokedAssertion(id="urn:x:1", revocation_reason="Mistake")
    listing = v2.RevocationList.listing([entry], id=URL, issuer=URL).to_document()
    assert listing["revokedAssertions"] == [{"id": "urn:x:1", "revocationReason": "Mistake"}, "urn:x:1"]
    two = v2.RevocationList.listing([entry, v2.RevokedAssertion(id="urn:x:2")], id=URL, issuer=URL)
    assert len(two.revoked_assertions) == 2
    empty = v2.RevocationList.listing([], id=URL, issuer=URL).to_document()
    assert empty["revokedAssertions"] == []
