"""Where a badge stands in its issuer's register: a page, a proof, and a script that needs neither to be honest."""

import base64
import copy
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.models import Award
from assertions.services import award_many, revoke
from assertions.services.awarding import Nomination
from assertions.services.pictures import baked
from assertions.services.registering import enter_all, enter_events
from badges.models import Badge
from common import merkle
from common.actors import SYSTEM
from issuers.models import Issuer
from journal.models import Checkpoint, Leaf
from tests.assertions.views.visiting import browser, words
from tests.factories import NOON, make_accepted

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).parents[3] / "static" / "tools" / "check_register.py"


def enter(at: Any = NOON) -> None:
    enter_all(now=lambda: at)


@pytest.fixture
def award(badge: Badge) -> Award:
    """Entered with others, and signed."""
    row = make_accepted(badge, address="ines@example.org")
    people = [Nomination(f"p{number}@example.org") for number in range(300)]
    award_many(badge=badge, nominations=people, by=SYSTEM, at=NOON, notify=False)
    enter(NOON + timedelta(minutes=1))
    return row


def proof_of(award: Award, query: str = "") -> dict[str, Any]:
    answer = browser().get(f"/assertions/{award.pk}/register.json{query}")
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    return json.loads(answer.content)


# The line on the verification page -------------------------------------------------------------------


def test_the_page_says_since_when_and_where(award: Award) -> None:
    said = words(browser().get(f"/assertions/{award.pk}"))
    entry = Leaf.objects.get(subject=award.pk).entry
    assert "In its issuer’s register since 3 March 2026" in said
    assert f"Entry {entry} of 302, sealed by the checkpoint of 3 March 2026." in said
    assert "The badge is dated" not in said


def test_what_is_younger_than_the_checkpoint_says_so(award: Award, badge: Badge) -> None:
    young = make_accepted(badge)
    enter_events(issuer=badge.issuer, since=None, now=lambda: NOON)
    assert Checkpoint.objects.get().size == 302
    said = words(browser().get(f"/assertions/{young.pk}"))
    assert "Entry 303. The next checkpoint, within a day, will seal it." in said
    assert "Waits for the next checkpoint" in words(browser().get(f"/assertions/{young.pk}/register"))
    assert proof_of(young)["entries"][-1]["pending"] is True


def test_what_is_not_entered_says_so(badge: Badge) -> None:
    row = make_accepted(badge, at=timezone.now())
    assert "Not yet in its issuer’s register" in words(browser().get(f"/assertions/{row.pk}"))
    assert "No entry yet" in words(browser().get(f"/assertions/{row.pk}/register"))
    assert browser().get(f"/assertions/{row.pk}/register.json").status_code == 404


def test_a_date_from_before_the_entry_is_named(award: Award, badge: Badge) -> None:
    old = make_accepted(badge, issued_on=NOON - timedelta(days=90))
    enter(NOON + timedelta(days=3))
    said = words(browser().get(f"/assertions/{old.pk}"))
    assert "The badge is dated 3 December 2025, before it was entered." in said


def test_entering_costs_the_kept_page_nothing(award: Award, django_assert_num_queries: Any) -> None:
    client = browser()
    client.get(f"/assertions/{award.pk}")
    with django_assert_num_queries(1):
        client.get(f"/assertions/{award.pk}")


# The entries -----------------------------------------------------------------------------------------


def test_the_entries_in_words(award: Award) -> None:
    revoke(awards=[award], reason="By mistake.", by=SYSTEM, at=NOON + timedelta(days=1))
    enter(NOON + timedelta(days=1, minutes=1))
    said = words(browser().get(f"/assertions/{award.pk}/register"))
    for text in ("Version published", "Badge awarded", "Revoked", "Sealed", "Download the proof"):
        assert text in said
    assert "Inès" not in said
    assert "Run a workshop (fr)" in words(browser("fr").get(f"/assertions/{award.pk}/register"))


def test_the_proof_leads_to_what_was_signed(award: Award, issuer: Issuer) -> None:
    proof = proof_of(award)
    checkpoint = proof["checkpoint"]
    assert checkpoint["note"].startswith(
        f"badges.example.org/issuers/{issuer.slug}\n302\n{checkpoint['root']}\n"
    )
    assert [json.loads(entry["leaf"])["kind"] for entry in proof["entries"]] == ["published", "issued"]
    for entry in proof["entries"]:
        path = [base64.b64decode(one) for one in entry["inclusion"]]
        leaf, root = merkle.leaf_hash(entry["leaf"].encode()), base64.b64decode(checkpoint["root"])
        assert merkle.includes(leaf, entry["entry"] - 1, 302, path, root)
    assert award.recipient.address not in json.dumps(proof)


def test_a_badge_that_its_holder_does_not_show(award: Award) -> None:
    Award.objects.filter(pk=award.pk).update(response="declined")
    assert browser().get(f"/assertions/{award.pk}/register").status_code == 404
    assert browser().get(f"/assertions/{award.pk}/register.json").status_code == 410


def test_nobody_else_and_nonsense(award: Award) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    assert browser().get(f"/assertions/{nobody}/register").status_code == 404
    assert browser().get(f"/assertions/{nobody}/register.json").status_code == 404
    for since in ("0", "x", "-1", "9" * 30, "5", "²"):
        assert "earlier" not in proof_of(award, f"?since={since}")


@pytest.mark.parametrize("who", ["anonymous", "stranger", "viewer", "owner"])
def test_everybody_may_see_it(
    award: Award, who: str, request: pytest.FixtureRequest, signed_in: Callable[[User], Client]
) -> None:
    client = browser() if who == "anonymous" else signed_in(request.getfixturevalue(who))
    assert client.get(f"/assertions/{award.pk}/register").status_code == 200
    assert client.get(f"/assertions/{award.pk}/register.json").status_code == 200


# The script that anybody can run ---------------------------------------------------------------------


class Desk:
    """Where somebody checks a badge with nothing but files."""

    def __init__(self, folder: Path, award: Award) -> None:
        self.folder, self.award = folder, award
        self.badge = self.write("badge.jws", award.signed)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, proof: object, *more: object) -> tuple[int, str]:
        file = self.write("register.json", json.dumps(proof))
        done = subprocess.run(
            [sys.executable, "-I", SCRIPT, file, *map(str, more)], check=False, capture_output=True, text=True
        )
        assert done.stderr == ""
        return done.returncode, done.stdout


@pytest.fixture
def desk(tmp_path: Path, award: Award) -> Desk:
    return Desk(tmp_path, award)


@pytest.mark.parametrize("kind", ["jws", "png", "svg"])
def test_what_is_true_passes(desk: Desk, kind: str) -> None:
    if kind != "jws":
        desk.badge = desk.write(f"badge.{kind}", baked(desk.award, kind, hosted=False))
    code, said = desk.run(proof_of(desk.award), desk.badge)
    assert code == 0, said
    for text in (
        "Its signature fits.", "It is this badge that was entered, byte for byte.",
        "It stands at this place in the register.", "The badge bears the same date.", "All that was checked holds.",
    ):  # fmt: skip
        assert text in said
    assert "WRONG" not in said


def test_without_the_badge_it_says_what_is_open(desk: Desk) -> None:
    code, said = desk.run(proof_of(desk.award))
    assert code == 0
    assert "No badge was given" in said


def lies(proof: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Proofs that are not true, by what was done to them."""
    told = {
        name: copy.deepcopy(proof)
        for name in ("date", "logged", "place", "root", "size", "path", "salt", "key")
    }
    issued = {name: lie["entries"][-1] for name, lie in told.items()}
    issued["date"]["leaf"] = issued["date"]["leaf"].replace("2026-03-03", "2024-03-03")
    issued["logged"]["leaf"] = issued["logged"]["leaf"].replace("12:01:00", "12:00:00")
    issued["place"]["entry"] += 1
    issued["path"]["inclusion"] = issued["path"]["inclusion"][1:]
    issued["salt"]["salt"] = base64.b64encode(bytes(32)).decode()
    zeros = base64.b64encode(bytes(32)).decode()
    note = proof["checkpoint"]["note"]
    told["root"]["checkpoint"]["note"] = note.replace(proof["checkpoint"]["root"], zeros)
    told["size"]["checkpoint"]["note"] = note.replace("\n302\n", "\n400\n")
    origin, number, _public = proof["checkpoint"]["verifier"].split("+", 2)
    told["key"]["checkpoint"]["verifier"] = f"{origin}+{number}+{base64.b64encode(bytes([1] * 33)).decode()}"
    return told


@pytest.mark.parametrize("lie", ["date", "logged", "place", "root", "size", "path", "salt", "key"])
def test_a_lie_is_found(desk: Desk, lie: str) -> None:
    code, said = desk.run(lies(proof_of(desk.award))[lie], desk.badge)
    assert code == 1, said
    assert "WRONG" in said
    assert "Do not rely on" in said


def test_another_badge_is_not_the_one_entered(desk: Desk, badge: Badge) -> None:
    other = make_accepted(badge)
    code, said = desk.run(proof_of(desk.award), desk.write("other.jws", other.signed))
    assert code == 1
    assert "None of the entries speaks of this badge" in said


def test_a_checkpoint_that_was_kept(desk: Desk, badge: Badge) -> None:
    kept = desk.write("kept.txt", Checkpoint.objects.get().note)
    code, said = desk.run(proof_of(desk.award), desk.badge, "--checkpoint", kept)
    assert code == 0
    assert "It is the same." in said
    make_accepted(badge)
    enter(NOON + timedelta(days=2))
    assert Checkpoint.objects.first().size == 303
    grown = proof_of(desk.award, "?since=302")
    code, said = desk.run(grown, desk.badge, "--checkpoint", kept)
    assert code == 0, said
    assert "The register has only grown since" in said
    rewritten = desk.write("rewritten.txt", kept.read_text().replace(proof_root(kept), "A" * 43 + "="))
    code, said = desk.run(grown, desk.badge, "--checkpoint", rewritten)
    assert code == 1
    assert "entries were changed or taken away" in said
    assert "?since=302" in desk.run(proof_of(desk.award), desk.badge, "--checkpoint", kept)[1]


def proof_root(kept: Path) -> str:
    return kept.read_text().splitlines()[2]


def test_a_key_from_elsewhere(desk: Desk, issuer: Issuer) -> None:
    key = issuer.keys.get(algorithm="EdDSA")
    pem = desk.write("key.pem", key.public_pem)
    assert "It names the key that you brought." in desk.run(proof_of(desk.award), desk.badge, "--key", pem)[1]
    other = desk.write("key.txt", "name+id+" + base64.b64encode(bytes([1] * 33)).decode())
    assert desk.run(proof_of(desk.award), desk.badge, "--key", other)[0] == 1


@pytest.mark.parametrize(
    "proof", [[], {}, "x", {"format": "other"}, {"format": "badge-register-proof-1", "entries": [{}]}],
    ids=str,
)  # fmt: skip
def test_a_file_that_is_no_proof(desk: Desk, proof: object) -> None:
    code, said = desk.run(proof, desk.badge)
    assert code == 2
    assert "cannot be read" in said


def test_a_file_that_is_no_badge(desk: Desk) -> None:
    for content in (b"", b"\x89PNG\r\n\x1a\n", b"<svg/>", b"\xff\xfe"):
        assert desk.run(proof_of(desk.award), desk.write("none", content))[0] == 2


def test_the_words_of_the_browser_check_are_fetched_once_for_all_badges(client: Client) -> None:
    words = {code: client.get(f"/assertions/browser-check/{code}.json") for code in ("en", "fr")}
    assert words["en"].json()["here"] == "Checked in your browser"
    assert words["fr"].json()["here"] == "Vérifié dans votre navigateur"
    assert words["en"].json().keys() == words["fr"].json().keys()
    assert words["fr"]["Cache-Control"] == "public, max-age=3600"
    assert client.get("/assertions/browser-check/xx.json").status_code == 404
