"""The quick way to canonical statements: byte for byte the slow one, whatever is written in the places."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges.canonical import Canonicaliser, rdfc, templates
from openbadges.errors import MalformedDocument
from tests.openbadges.test_linked_data import endorsed
from tests.openbadges.whole import HOME, bare, credential

VARYING = (
    "id",
    "validFrom",
    "validUntil",
    "awardedDate",
    "credentialSubject.id",
    "credentialSubject.narrative",
    "credentialSubject.identifier.*.identityHash",
    "credentialSubject.identifier.*.salt",
    "credentialSubject.result.*.value",
    "credentialSubject.result.*.achievedLevel",
    "evidence.*.id",
    "evidence.*.name",
    "evidence.*.narrative",
    "evidence.*.genre",
    "credentialStatus.id",
    "credentialStatus.statusListIndex",
    "credentialStatus.statusListCredential",
)
SHARED = Canonicaliser(VARYING)  # as the product has it: one for all documents, whatever came before

texts = st.text(max_size=12) | st.sampled_from(
    ["", "%s %%", '"\\', "a\nb\tc\r", "_:b0", "<urn:x>", "urn:x", "https://a.org/ b", "note: a", "id", "@id",
     "Evidence", "place-of-a-text-0", "\u2028", "🎓", "{}", "\x00\x7f"]
)  # fmt: skip
addresses = st.builds(
    "{}{}".format,
    st.sampled_from(["https://a.org/", "urn:uuid:", "did:web:", "http://", "mailto:", "data:,"]),
    st.text("abcé0-._~/?#[]@!$&'()*+,;=%:", max_size=8),
)
dates = st.datetimes().map(lambda moment: moment.isoformat() + "Z")
evidence = st.fixed_dictionaries(
    {"type": st.just(["Evidence"])},
    optional={"id": addresses, "name": texts, "narrative": texts, "genre": texts},
)
results = st.fixed_dictionaries(
    {"type": st.just(["Result"]), "resultDescription": st.just(f"{HOME}/badge#r2")},
    optional={"value": texts, "achievedLevel": addresses},
)


@st.composite
def awards(draw):
    """Documents of many shapes, with whatever in the places; also what no document should have there."""
    document = copy.deepcopy(
        draw(st.sampled_from([credential().to_document(), bare().to_document(), endorsed()]))
    )
    document["id"] = draw(addresses)
    document["validFrom"] = draw(dates)
    document["evidence"] = draw(st.lists(evidence, max_size=4))
    subject = document["credentialSubject"]
    subject["id"] = draw(addresses)
    subject["narrative"] = draw(texts)
    subject["result"] = draw(st.lists(results, max_size=3))
    for identity in subject.get("identifier", []):
        identity["salt"], identity["identityHash"] = draw(texts), draw(texts)
    if "credentialStatus" in document:
        document["credentialStatus"]["statusListIndex"] = str(draw(st.integers(0, 10**6)))
    return document


def slow(document):
    try:
        return rdfc(document)
    except MalformedDocument as problem:
        return problem.code


def quick(canonicaliser, document):
    try:
        return canonicaliser.rdfc(document)
    except MalformedDocument as problem:
        return problem.code


@settings(max_examples=100, deadline=None)
@given(awards())
def test_both_ways_give_the_same_bytes(document):
    before = copy.deepcopy(document)
    assert quick(SHARED, document) == slow(document)
    assert document == before


@settings(max_examples=15, deadline=None)
@given(st.lists(awards(), min_size=2, max_size=4))
def test_what_came_before_does_not_matter(documents):
    fresh = Canonicaliser(VARYING, most=2)
    for document in [*documents, *documents]:
        assert quick(fresh, document) == slow(document)


def compiled_once(monkeypatch, canonicaliser, documents):
    """How often a document had to be expanded for these."""
    expanded = []
    monkeypatch.setattr(templates, "dataset", lambda marked: expanded.append(1) or slow_dataset(marked))
    monkeypatch.setattr(templates, "rdfc", lambda document: expanded.append(2) or rdfc(document))
    for document in documents:
        canonicaliser.rdfc(document)
    return expanded


slow_dataset = templates.dataset


def of_number(number, **changes):
    document = json.loads(json.dumps({**credential().to_document(), **changes}))
    document["id"] = f"{HOME}/credentials/{number}"
    document["credentialSubject"]["id"] = f"urn:uuid:{number}"
    document["credentialSubject"]["identifier"][0]["salt"] = f"salt {number}"
    document["credentialStatus"]["statusListIndex"] = str(number)
    document["evidence"][0]["narrative"] = f"Seen {number} times %s."
    return document


def test_a_shape_is_expanded_once(monkeypatch):
    documents = [of_number(number) for number in range(30)]
    assert compiled_once(monkeypatch, Canonicaliser(VARYING), documents) == [1]


def test_another_text_of_the_badge_is_another_shape(monkeypatch):
    documents = [of_number(1), of_number(2, name="Other"), of_number(3, name="Other"), of_number(4)]
    assert compiled_once(monkeypatch, Canonicaliser(VARYING), documents) == [1, 1]


def test_the_shapes_that_are_kept_are_few():
    few = Canonicaliser(VARYING, most=3)
    for number in range(8):
        assert few.agrees(of_number(number, name=f"Badge {number}"))
    assert len(few.shapes) == 3


def test_nodes_that_look_alike_are_told_apart_without_expanding(monkeypatch):
    same = {"type": ["Evidence"], "narrative": "same"}
    other = {"type": ["Evidence"], "narrative": "other"}
    documents = [of_number(1, evidence=[other, same, same]), of_number(2, evidence=[same, same, same])]
    for document in documents:
        assert Canonicaliser(VARYING).agrees(document)
    assert compiled_once(monkeypatch, Canonicaliser(VARYING), documents) == [1]


def test_two_objects_of_one_id_are_one_object():
    twice = [
        {"id": "urn:x:1", "type": ["Evidence"], "name": "a"},
        {"id": "urn:x:1", "type": ["Evidence"], "name": "b"},
    ]
    canonicaliser = Canonicaliser(VARYING)
    assert canonicaliser.agrees(of_number(1, evidence=[{**twice[0], "id": "urn:x:0"}, twice[1]]))
    assert canonicaliser.agrees(of_number(1, evidence=twice))
    level = {**twice[0], "id": f"{HOME}/badge#level-1"}  # an id that the badge itself has
    assert canonicaliser.agrees(of_number(1, evidence=[level, twice[1]]))


@pytest.mark.parametrize(
    "value", ["relative", "", "_:b0", "https://a.org/> <urn:x", "urn:x y", "urn:\u00a0x"]
)
def test_what_the_slow_way_refuses_the_quick_one_does_too(value):
    canonicaliser = Canonicaliser(VARYING)
    canonicaliser.rdfc(of_number(1))
    assert quick(canonicaliser, {**of_number(1), "id": value}) == slow({**of_number(1), "id": value})
    assert slow({**of_number(1), "id": value}) in ("relative_id", "not_iri") or value == "_:b0"


def test_an_undefined_word_is_refused_here_too():
    canonicaliser = Canonicaliser(VARYING)
    for _ in range(2):
        assert quick(canonicaliser, of_number(1, undefined="x")) == "undefined_term"
    assert quick(canonicaliser, {**of_number(1), "name": "\ud800"}) == "not_utf8"
    broken = of_number(1)
    broken["evidence"][0]["narrative"] = "\ud800"
    assert quick(canonicaliser, broken) == "not_utf8"
