"""Whatever is brought gives a verdict, in bounded time: seconds of work at most for the worst that is known."""

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbadges import Verdict, bake
from tests.openbadges.stage import AWARD, png
from tests.openbadges.stage3 import (
    PROFILE,
    World3,
    achievement,
    credential,
    endorsement,
    entry,
    signed,
    status_list,
    token,
)

MOST_SECONDS = 6.0  # of work, whatever else the machine does


def alike(count: int) -> dict[str, Any]:
    return {"evidence": [{"type": ["Evidence"], "name": "same"} for _number in range(count)]}


def turned(document: dict[str, Any]) -> dict[str, Any]:
    """With proofs that are all wrong, and must all be tried."""
    proof = document["proof"][0]
    return document | {
        "proof": [proof | {"proofValue": proof["proofValue"][:-1] + end} for end in "123456789"]
    }


def inside(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = endorsement()
    for _level in range(depth):
        found = endorsement() | {"endorsement": [found]}
    return found


HEAVY = {
    "many alike": lambda: signed() | alike(550),
    "many alike, many proofs": lambda: turned(signed() | alike(550)),
    "many tags": lambda: token(credential(credentialSubject=with_tags(3000))),
    "many contexts": lambda: signed() | {"@context": credential()["@context"] * 200},
    "contexts everywhere": lambda: signed() | {"endorsement": [endorsement() for _number in range(100)]},
    "deep": lambda: signed() | {"endorsement": [inside(9)]},
    "too deep": lambda: signed() | {"endorsement": [inside(40)]},
    "long endorsements": lambda: token(credential(endorsementJwt=[token(endorsement() | alike(550))] * 5)),
    "alike endorsements": lambda: token(credential(endorsement=[signed(endorsement())] * 9)),
    "a long token": lambda: token(credential(name="x" * 700_000)),
    "long lists": lambda: signed(credential(credentialStatus=entry(1))),
}


def with_tags(count: int) -> dict[str, Any]:
    tags = [f"tag {number}" for number in range(count)]
    subject: dict[str, Any] = credential()["credentialSubject"] | {"achievement": achievement(tag=tags)}
    return subject


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_ones_take_seconds_at_most(name: str) -> None:
    world, brought = World3(), HEAVY[name]()
    world.pages[entry(1)["statusListCredential"]] = status_list([]) | alike(3000) | {"proof": [{}] * 9}
    began = time.process_time()
    report = world.verify(brought)
    assert time.process_time() - began < MOST_SECONDS
    assert report.checks


def test_several_alike_endorsements_are_no_attack() -> None:
    """The same praise may stand in a badge twice."""
    praise = signed(endorsement(), method=f"{PROFILE}#ed")
    twice = credential(endorsement=[praise, praise | {"id": "urn:uuid:1"}])
    assert World3().verify(signed(twice)).verdict == Verdict.VALID


TEXTS = st.sampled_from(
    ["did:web:schools.example.org:riverside", "urn:x:1", AWARD, "2026-02-01T09:00:00Z", "z6Mk"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | TEXTS, inner, max_size=3)
    ),
    max_leaves=8,
)
PLACES: tuple[tuple[str, ...], ...] = (
    (), ("issuer",), ("credentialSubject",), ("credentialSubject", "achievement"), ("proof", "0"),
    ("credentialSubject", "identifier", "0"), ("credentialSubject", "result", "0"), ("evidence", "0"),
    ("endorsement", "0"), ("endorsement", "0", "proof", "0"), ("credentialStatus",),
    ("credentialSubject", "achievement", "resultDescription", "0"),
)  # fmt: skip
WHOLE = json.dumps(
    signed(credential(endorsement=[signed(endorsement(), method=f"{PROFILE}#ed")], credentialStatus=entry(5)))
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.sampled_from(PLACES), pick=st.integers(0, 30), value=VALUES, as_token=st.booleans())
def test_any_value_in_any_place_gives_a_verdict(
    place: tuple[str, ...], pick: int, value: Any, as_token: bool
) -> None:
    document = json.loads(WHOLE)
    target = document
    for step in place:
        target = target[int(step)] if isinstance(target, list) else target[step]
    members = sorted(target)
    target[members[pick % len(members)]] = value
    brought = document
    if as_token and isinstance(document.get("validFrom"), str):
        try:
            brought = token(document)
        except Exception:  # noqa: BLE001 what cannot be signed cannot be brought
            return
    report = World3().verify(brought)
    assert report.verdict in (Verdict.VALID, Verdict.NOT_VALID, Verdict.CONSISTENT)


@settings(max_examples=80, deadline=None)
@given(noise=st.binary(max_size=200), place=st.integers(0, 4000))
def test_any_damage_to_a_picture_gives_a_verdict(noise: bytes, place: int) -> None:
    picture = bytearray(bake(png(), AWARD, credential=WHOLE))
    picture[place % len(picture) : place % len(picture) + len(noise)] = noise
    assert World3().verify(bytes(picture)).checks
