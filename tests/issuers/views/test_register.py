"""An organisation's register for everybody: a page for people, checkpoints, hashes and proofs for machines."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.test import Client

from accounts.models import User
from assertions.services import award_many
from assertions.services.awarding import Nomination
from assertions.services.registering import enter_all, enter_events
from badges.models import Badge
from common import merkle
from common.actors import SYSTEM
from common.notes import is_signed
from issuers.models import Issuer
from journal.models import Checkpoint, Leaf
from tests.assertions.views.visiting import browser, words
from tests.factories import NOON, make_award

pytestmark = pytest.mark.django_db


def enter(at: Any = NOON) -> None:
    enter_all(now=lambda: at)


@pytest.fixture
def place(issuer: Issuer, badge: Badge) -> str:
    """Where the register of 601 entries is found, of which the first 11 were signed two days before."""
    for count, day in ((10, 0), (590, 2)):
        people = [Nomination(f"p{count}-{number}@example.org") for number in range(count)]
        award_many(badge=badge, nominations=people, by=SYSTEM, at=NOON, notify=False)
        enter(NOON + timedelta(days=day))
    return f"/issuers/{issuer.slug}/register"


def machine(path: str) -> Any:
    answer = Client().get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 200, path
    assert answer["Access-Control-Allow-Origin"] == "*"
    return answer


def test_the_page(place: str, badge: Badge) -> None:
    said = words(browser().get(place))
    for text in (
        "Register of Atelier Nord",
        "601",
        "5 March 2026",
        "Checkpoints",
        "Key 2",
        "Download the script",
    ):
        assert text in said
    assert "example.org" not in said.replace("badges.example.org", "")
    make_award(badge)
    enter_events(issuer=badge.issuer, since=None, now=lambda: NOON)
    assert "and 1 more that waits for the next checkpoint" in words(browser().get(place))


def test_before_there_is_anything(issuer: Issuer) -> None:
    place = f"/issuers/{issuer.slug}/register"
    assert "Nothing is signed yet" in words(browser().get(place))
    assert machine(place).json()["size"] == 0
    for path in ("checkpoint", "checkpoint/1", "tile/0/000", "consistency/1/2"):
        assert Client().get(f"{place}/{path}").status_code == 404


def test_the_newest_checkpoint_is_signed_and_so_are_earlier_ones(place: str, issuer: Issuer) -> None:
    key: Any = load_pem_public_key(issuer.keys.get(algorithm="EdDSA").public_pem.encode())
    newest = machine(f"{place}/checkpoint")
    assert newest["Content-Type"] == "text/plain; charset=utf-8"
    for note, size in (
        (newest.content.decode(), 601),
        (machine(f"{place}/checkpoint/11").content.decode(), 11),
    ):
        name = f"badges.example.org/issuers/{issuer.slug}"
        assert note.split("\n")[:2] == [name, str(size)]
        assert is_signed(note, name=name, key=key)


def test_the_tree_can_be_computed_from_the_tiles_alone(place: str) -> None:
    parts = [machine(f"{place}/tile/0/{name}").content for name in ("000", "001", "002.p/89")]
    hashes = b"".join(parts)
    leaves = [hashes[start : start + 32] for start in range(0, len(hashes), 32)]
    assert leaves == [leaf.hash for leaf in Leaf.objects.order_by("index")]
    assert machine(f"{place}/tile/1/000.p/2").content == merkle.fold(parts[0]) + merkle.fold(parts[1])
    tiles = merkle.grow(0, {}, leaves).tiles
    root = merkle.root(601, merkle.node_of(lambda level, number: tiles[level, number]))
    assert base64.b64encode(root).decode() == machine(f"{place}/checkpoint").content.decode().split("\n")[2]


@pytest.mark.parametrize(
    "name",
    ["0/002", "0/002.p/90", "0/003", "2/000", "0/000.p/0", "0/000.p/257", "0/0", "x", "0/x001/000", "99/000",
     "0/" + "x999/" * 30 + "999", "-1/000", "0/000/"],
)  # fmt: skip
def test_tiles_that_are_not_there(place: str, name: str) -> None:
    assert Client().get(f"{place}/tile/{name}").status_code == 404


def test_it_has_only_grown(place: str) -> None:
    said = machine(f"{place}/consistency/11/601").json()
    old, new = (base64.b64decode(said[name].split("\n")[2]) for name in ("first", "second"))
    path = [base64.b64decode(one) for one in said["consistency"]]
    assert merkle.is_consistent(11, 601, old, new, path)
    for sizes in ("601/11", "12/601", "0/601", f"{10**30}/601"):
        assert Client().get(f"{place}/consistency/{sizes}").status_code == 404


def test_the_same_for_machines(place: str, issuer: Issuer) -> None:
    said = json.loads(machine(place).content)
    assert said["size"] == 601
    assert [row["size"] for row in said["checkpoints"]] == [601, 11]
    assert said["checkpoints"][0]["key"].endswith(f"/issuers/{issuer.slug}/keys/2")
    assert machine(said["checkpoint"].removeprefix("https://badges.example.org")).status_code == 200


def test_many_checkpoints_are_paged(place: str, django_assert_max_num_queries: Any) -> None:
    row = Checkpoint.objects.first()
    for number in range(70):
        Checkpoint.objects.create(
            register=row.register, size=12 + number, root=row.root, at=row.at, key_number=2, note=row.note
        )
    with django_assert_max_num_queries(8):
        page = browser().get(place)
    assert page.content.count(b"/register/checkpoint/") == 30
    assert b'rel="next"' in page.content


def test_of_nobody() -> None:
    for path in ("", "/checkpoint", "/checkpoint/1", "/tile/0/000", "/consistency/1/2"):
        assert browser().get(f"/issuers/nobody/register{path}").status_code == 404


@pytest.mark.parametrize("who", ["anonymous", "stranger", "viewer", "owner"])
def test_everybody_may_see_it(
    place: str, who: str, request: pytest.FixtureRequest, signed_in: Callable[[User], Client]
) -> None:
    client = browser() if who == "anonymous" else signed_in(request.getfixturevalue(who))
    for path in ("", "/checkpoint", "/checkpoint/11", "/tile/0/000", "/consistency/11/601"):
        assert client.get(place + path).status_code == 200
