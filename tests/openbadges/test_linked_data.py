"""Canonical statements: as an implementation that nobody here wrote, nothing dropped, nothing endless."""

import copy
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from openbadges import contexts, proofs, v3
from openbadges.canonical import canonical_lines, dataset, jcs, rdfc
from openbadges.canonical.linked_data import literal
from openbadges.canonical.rdfc10 import Quad
from openbadges.errors import MalformedDocument
from tests.openbadges.whole import CREATED, HOME, METHOD, bare, credential, ed25519_key, signed


def by_pyld(document):
    """The whole way by pyld, which was not written here."""
    loaded = {"contextUrl": None, "documentUrl": None}
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": lambda url, _: {**loaded, "documentUrl": url, "document": contexts.context(url)},
    }
    return jsonld.normalize(copy.deepcopy(document), options)


def refused(document):
    with pytest.raises(MalformedDocument) as caught:
        rdfc(document)
    return caught.value.code


def endorsed():
    """An award with an endorsement that has a proof of its own: a named graph inside."""
    endorsement = v3.EndorsementCredential(
        id="urn:uuid:9f0a3d0c-4b6e-4d0e-9f5e-0f6a3b1c2d3e",
        name="Praise",
        issuer="did:key:z6Mk",
        valid_from=CREATED,
        credential_subject=v3.EndorsementSubject(id=f"{HOME}/badges/1/v/1", endorsement_comment="Good."),
    ).to_document()
    inside = proofs.sign(endorsement, key=ed25519_key(1), verification_method=METHOD, created=CREATED)
    return {**credential().to_document(), "endorsement": [inside]}


ALIKE = {"type": ["Evidence"], "narrative": "same"}
DOCUMENTS = {
    "full": credential().to_document(),
    "bare": bare().to_document(),
    "endorsed": endorsed(),
    "alike": {**bare().to_document(), "evidence": [ALIKE] * 4},
    "older contexts": {
        **bare().to_document(),
        "@context": [v3.CONTEXT[0], contexts.OPEN_BADGES.replace("3.3", "3.2")],
    },
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_statements_are_those_of_pyld(name):
    assert rdfc(DOCUMENTS[name]) == by_pyld(DOCUMENTS[name])
    assert rdfc(DOCUMENTS[name]).count("\n") > 10


def test_statements_have_one_order_whatever_the_order_of_the_document():
    turned = dict(reversed(DOCUMENTS["full"].items()))
    turned["evidence"] = list(reversed(turned["evidence"]))
    assert rdfc(turned) == rdfc(DOCUMENTS["full"])


def test_a_number_is_one_number_however_it_is_written():
    one, other = (copy.deepcopy(DOCUMENTS["full"]) for _ in range(2))
    one["credentialSubject"]["creditsEarned"], other["credentialSubject"]["creditsEarned"] = 3, 3.0
    assert rdfc(one) == rdfc(other)
    assert '"3"^^' in rdfc(one)


def test_control_characters_are_written_as_the_standard_says():
    assert literal('a"\\\t\n\r\b\f\x00\x7f\u0085é') == '"a\\"\\\\\\t\\n\\r\\b\\f\\u0000\\u007F\u0085é"'


def put(value, *path):
    document = copy.deepcopy(DOCUMENTS["full"])
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


ACHIEVEMENT = ("credentialSubject", "achievement")
LOST = [
    # A word that no context defines, on every level of nesting.
    (put(1, "undefined"), "undefined_term"),
    (put(1, "issuer", "undefined"), "undefined_term"),
    (put(1, "issuer", "address", "geo", "undefined"), "undefined_term"),
    (put(1, *ACHIEVEMENT, "undefined"), "undefined_term"),
    (put(1, *ACHIEVEMENT, "alignment", 1, "undefined"), "undefined_term"),
    (put(1, *ACHIEVEMENT, "resultDescription", 0, "rubricCriterionLevel", 2, "undefined"), "undefined_term"),
    (put(1, "credentialSubject", "identifier", 0, "undefined"), "undefined_term"),
    (put(1, "evidence", 1, "undefined"), "undefined_term"),
    (put(1, "credentialStatus", "undefined"), "undefined_term"),
    (put({"deep": {"deeper": 1}}, "undefined"), "undefined_term"),
    (put(1, "_:blank"), "not_iri"),
    # A type or an id that is not absolute.
    (put(["VerifiableCredential", "Medal"], "type"), "relative_type"),
    (put(["Medal"], "evidence", 0, "type"), "relative_type"),
    (put(["1EdTechJsonSchemaValidator2020"], "credentialSchema", 0, "type"), "relative_type"),
    (put("1", "id"), "relative_id"),
    (put("/credentials/1", "id"), "relative_id"),
    (put("proof", "evidence", 0, "id"), "relative_id"),
    (put("picture.png", "image"), "relative_id"),
    (put("", "evidence", 0, "id"), "relative_id"),
    # Texts that would break out of a line.
    (put("https://a.org/> <urn:x> <urn:y> .\n<urn:z", "id"), "not_iri"),
    (put("https://a.org/ b", "id"), "not_iri"),
    (put("https://a.org/\u00a0b", "id"), "not_iri"),
    (put({"@value": "x", "@language": "fr> ."}, "name"), "not_language"),
    # Keywords and contexts that change what the rest means.
    (put({"@reverse": {}}, "evidence", 0, "audience"), "unsupported_keyword"),
    (put([{"id": "urn:x"}], "@included"), "unsupported_keyword"),
    (put([{"id": "urn:x"}], "@graph"), "unsupported_keyword"),
    (put({"name": "urn:other"}, "@context"), "unknown_context"),
    (put([*v3.CONTEXT, {"undefined": "urn:x"}], "@context"), "unknown_context"),
    (put([*v3.CONTEXT, "https://evil.example/context"], "@context"), "unknown_context"),
    (put([*v3.CONTEXT, None], "@context"), "unknown_context"),
    (put({"@vocab": "urn:x:"}, "issuer", "@context"), "unknown_context"),
    (put("https://evil.example/", "evidence", 0, "@context"), "unknown_context"),
    # Numbers that readers read differently.
    (put(2**53, *ACHIEVEMENT, "creditsAvailable"), "not_interoperable"),
    (put(float("nan"), *ACHIEVEMENT, "creditsAvailable"), "not_interoperable"),
    (put(float("inf"), *ACHIEVEMENT, "creditsAvailable"), "not_interoperable"),
    (put("\ud800", "name"), "not_utf8"),
]


@pytest.mark.parametrize(("document", "code"), LOST, ids=[f"{n} {code}" for n, (_, code) in enumerate(LOST)])
def test_what_could_be_lost_is_refused(document, code):
    assert refused(document) == code


def test_a_document_without_context_is_refused():
    document = bare().to_document()
    del document["@context"]
    assert refused(document) == "unknown_context"


def test_pyld_alone_would_have_signed_less():
    """Why there is a hook at all: without it the undefined word is not in the statements."""
    assert by_pyld(put(1, "evidence", 1, "undefined")) == by_pyld(DOCUMENTS["full"])


def clique(size):
    nodes = [f"_:n{number}" for number in range(size)]
    return [
        {
            "id": node,
            "type": ["Evidence"],
            "https://a.org/p": [{"id": other} for other in nodes if other != node],
        }
        for node in nodes
    ]


def ring(size):
    return [
        {"id": f"_:n{n}", "type": ["Evidence"], "https://a.org/p": {"id": f"_:n{(n + 1) % size}"}}
        for n in range(size)
    ]


POISON = {
    "clique": clique(9),
    "ring": ring(300),
    "alike": [ALIKE] * 1_000,
    "one property": [
        {"id": "urn:x", "type": ["Evidence"], "https://a.org/p": [str(n) for n in range(3_500)]}
    ],
    "one node": [
        {"id": "urn:x", "type": ["Evidence"], "https://a.org/p": [str(n), f"x{n}"]} for n in range(390)
    ],
    "values": [{"type": ["Evidence"], "name": str(n)} for n in range(3_000)],
}


@pytest.mark.parametrize("name", POISON)
def test_poison_is_refused_in_bounded_time(name):
    began = time.process_time()
    code = refused({**bare().to_document(), "evidence": POISON[name]})
    assert code in ("poisonous_graph", "too_many_values")
    assert time.process_time() - began < 4


def test_depth_is_bounded():
    deep = {"type": ["Profile"], "id": "urn:x"}
    for _ in range(40):
        deep = {"type": ["Profile"], "id": "urn:x", "parentOrg": deep}
    assert refused({**bare().to_document(), "issuer": deep}) == "too_deep"


terms = st.sampled_from(["_:a", "_:b", "_:c", "_:d", "_:e", "<urn:x>", "<urn:y>"])
quads = st.builds(
    Quad,
    terms,
    st.sampled_from(["<urn:p>", "<urn:q>"]),
    terms,
    st.sampled_from(["", "", "<urn:g>", "_:a", "_:f"]),
)


def can_be_told_apart(given_quads):
    """Which of two nameless graphs a statement is in is no part of what RDFC-1.0 (4.8) hashes of its nodes: where
    nothing else tells them apart, the algorithm itself depends on their names (pyld as well)."""
    return len({quad.graph for quad in given_quads if quad.graph.startswith("_:")}) < 2


@settings(max_examples=300, deadline=None)
@given(st.lists(quads, max_size=9), st.permutations(["_:a", "_:b", "_:c", "_:d", "_:e", "_:f"]), st.randoms())
def test_names_of_blank_nodes_and_order_do_not_matter(given_quads, names, random):
    assume(can_be_told_apart(given_quads))
    renamed = dict(zip(["_:a", "_:b", "_:c", "_:d", "_:e", "_:f"], names, strict=True))
    other = [Quad(*(renamed.get(term, term) for term in quad)) for quad in given_quads]
    random.shuffle(other)
    assert canonical_lines(other, most_work=10**7) == canonical_lines(given_quads, most_work=10**7)


@settings(max_examples=300, deadline=None)
@given(st.lists(quads, max_size=9))
def test_hard_graphs_come_out_as_pyld_has_them(given_quads):
    assume(can_be_told_apart(given_quads))
    # Where one statement names a node twice, pyld counts it twice; RDFC-1.0 (4.4, step 2) and rdf-canonize do not.
    unique = [quad for quad in dict.fromkeys(given_quads) if len(quad.mentions()) == len(quad.blank_nodes())]
    text = "".join(quad.line({}) for quad in unique)
    options = {
        "algorithm": "URDNA2015",
        "inputFormat": "application/n-quads",
        "format": "application/n-quads",
    }
    assert "".join(canonical_lines(unique, most_work=10**7)) == jsonld.normalize(text, options)


def test_another_hash_gives_another_labelling_but_the_same_statements():
    import hashlib  # only here

    wide = rdfc(DOCUMENTS["full"], digest=hashlib.sha384)
    assert wide.count("\n") == rdfc(DOCUMENTS["full"]).count("\n")
    assert wide != rdfc(DOCUMENTS["full"])


def test_a_proof_is_a_graph_of_its_own():
    assert any(quad.graph for quad in dataset(signed()))


def test_jcs_sorts_and_writes_numbers_as_browsers_do():
    assert (
        jcs({"b": 1.0, "a": ["é", 1e21, 0.1], "\u20ac": None})
        == '{"a":["é",1e+21,0.1],"b":1,"€":null}'.encode()
    )
    for value in (2**60, float("nan"), "\ud800"):
        with pytest.raises(MalformedDocument) as caught:
            jcs(value)
        assert caught.value.code == "not_interoperable"


def test_threads_do_not_meet():
    """pyld's own caches are not safe to share; each thread has its own here."""
    documents = [DOCUMENTS["full"], DOCUMENTS["endorsed"], DOCUMENTS["bare"]]
    expected = [rdfc(document) for document in documents]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(rdfc, documents * 16))
    assert found == expected * 16
