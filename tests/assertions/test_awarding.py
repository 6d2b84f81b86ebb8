"""Awarding: what is signed, who is left out, what it costs, and what happens when two do it at once."""

import json
import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assertions.models import Award, Claim, Recipient
from assertions.services import (
    AlreadyHeld,
    AssessmentInput,
    EvidenceInput,
    Nomination,
    award,
    award_many,
    refusals,
)
from badges.models import Badge
from common.actors import SYSTEM, Actor
from common.errors import Invalid, Refused
from common.json_documents import json_bytes
from issuers.models import Issuer, SigningKey
from journal.models import Action, Entry, Message
from openbadges import jws, keys, v2
from openbadges.recipients import hash_identity
from tests.factories import NOON, make_award, make_badge, make_issuer

KARIM = Actor("user:7", "Karim Benali")


def people(count: int) -> list[Nomination]:
    return [Nomination(address=f"person{n}@example.org", name=f"Person {n}") for n in range(count)]


def payload_of(row: Award) -> dict[str, object]:
    return json.loads(jws.decode_unverified(row.signed).payload)


def test_what_is_signed_verifies_with_the_issuers_key(badge: Badge) -> None:
    row = make_award(badge, address=" Ines@Example.ORG ", narrative="She **listened**.")
    key = keys.load_public_key(row.signing_key.public_pem)
    payload = json.loads(jws.verify(row.signed, key).payload)
    assert payload["id"] == f"urn:uuid:{row.pk}"
    assert payload["type"] == "Assertion"
    assert payload["badge"] == f"https://badges.example.org/badges/{badge.pk}/v/1"
    assert payload["verification"]["creator"].endswith(f"/keys/{row.signing_key.number}")
    assert payload["issuedOn"] == "2026-03-03T12:00:00Z"
    assert payload["narrative"] == "She **listened**."
    assert payload["recipient"] == {
        "type": "email", "hashed": True, "salt": row.salt, "identity": hash_identity("ines@example.org", row.salt),
    }  # fmt: skip
    assert "expires" not in payload
    assert "evidence" not in payload


def test_every_award_has_its_own_salt_and_a_random_id(badge: Badge) -> None:
    awards = award_many(badge=badge, nominations=people(5), by=SYSTEM, at=NOON).awards
    assert len({row.salt for row in awards}) == 5
    assert {row.pk.version for row in awards} == {4}


def test_evidence_is_signed_in_its_order(badge: Badge) -> None:
    evidence = [
        EvidenceInput(url="https://example.org/film", name="Film"),
        EvidenceInput(file="evidence/ab/ab.pdf", name="Plan", media_type="application/pdf", size=3),
        EvidenceInput(narrative="Seen on 3 March."),
    ]
    row = make_award(badge, evidence=evidence)
    assert payload_of(row)["evidence"] == [
        {"id": "https://example.org/film", "type": "Evidence", "name": "Film"},
        {
            "id": f"https://badges.example.org/assertions/{row.pk}/evidence/2",
            "type": "Evidence",
            "name": "Plan",
        },
        {"type": "Evidence", "narrative": "Seen on 3 March."},
    ]
    assert [item.position for item in row.evidence.all()] == [1, 2, 3]


def test_how_criteria_were_assessed_is_kept_beside_the_award(badge: Badge) -> None:
    given = [
        AssessmentInput(2, " confirmed ", "Karim Benali", date(2026, 3, 2), "Twice."),
        AssessmentInput(1, "4 of 5"),
    ]
    row = make_award(badge, assessments=given)
    kept = {one.criterion.position: one for one in row.assessments.select_related("criterion")}
    two = kept[2]
    said = (two.level, two.assessor, two.assessed_on, two.note)
    assert said == ("confirmed", "Karim Benali", date(2026, 3, 2), "Twice.")
    assert (kept[1].level, kept[1].assessed_on) == ("4 of 5", None)
    assert {one.criterion.version_id for one in kept.values()} == {row.version_id}
    assert "confirmed" not in json.dumps(payload_of(row))  # the standard has no word for it


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ([AssessmentInput(3, "confirmed")], "assessments[0].criterion"),
        ([AssessmentInput(1, "confirmed"), AssessmentInput(1, "4 of 5")], "assessments[1].criterion"),
        ([AssessmentInput(1, assessed_on=date(2026, 3, 5))], "assessments[0].assessed_on"),
    ],
)
def test_who_is_assessed_on_what_is_not_there_is_left_out(
    badge: Badge, given: list[AssessmentInput], field: str
) -> None:
    wrong, right = Nomination("a@example.org", assessments=given), Nomination("b@example.org")
    outcome = award_many(badge=badge, nominations=[wrong, right], by=SYSTEM, at=NOON)
    assert list(outcome.refused[0].fields) == [field]
    assert [row.recipient.address for row in outcome.awards] == ["b@example.org"]


def test_assessments_of_many_cost_one_look_and_one_insert(badge: Badge) -> None:
    def queries(prefix: str, given: list[AssessmentInput]) -> int:
        wanted = [Nomination(f"{prefix}{n}@example.org", assessments=given) for n in range(20)]
        with CaptureQueriesContext(connection) as made:
            award_many(badge=badge, nominations=wanted, by=SYSTEM, at=NOON)
        return len(made)

    queries("first", [])  # the journal has begun
    assert queries("b", [AssessmentInput(1, "x"), AssessmentInput(2, "y")]) - queries("a", []) <= 2


def test_expiry_comes_from_the_badge_unless_told(issuer: Issuer) -> None:
    badge = make_badge(issuer, valid_months=24)
    assert make_award(badge).expires_at == datetime(2028, 3, 3, 12, tzinfo=UTC)
    own = datetime(2027, 1, 1, tzinfo=UTC)
    row = make_award(badge, expires_at=own)
    assert row.expires_at == own
    assert payload_of(row)["expires"] == "2027-01-01T00:00:00Z"


def test_it_leaves_link_mail_and_journal(badge: Badge) -> None:
    row = award(badge=badge, nomination=Nomination("ines@example.org", language="fr"), by=KARIM, at=NOON)
    claim = Claim.objects.get(award=row)
    assert claim.expires_at == NOON + timedelta(days=30)
    mail = Message.objects.get()
    assert (mail.kind, mail.recipient, mail.language, mail.subject) == (
        "award", "ines@example.org", "fr", f"award:{row.pk}",
    )  # fmt: skip
    assert mail.context["badge_name"] == "Run a workshop (fr)"
    assert "claim" not in json.dumps(mail.context)
    entry = Entry.objects.get(action=Action.AWARDS_CREATED)
    assert entry.data == {"awards": [str(row.pk)], "version": 1}
    assert "ines" not in json.dumps([entry.data, entry.target_label]).lower()
    assert (row.awarded_by_label, row.awarded_by_id) == ("Karim Benali", None)


def test_without_notification_the_link_is_handed_over_once(badge: Badge) -> None:
    outcome = award_many(badge=badge, nominations=people(1), by=SYSTEM, at=NOON, notify=False)
    assert not Message.objects.exists()
    assert len(outcome.tokens[outcome.awards[0].pk]) == 43
    assert Claim.objects.get().token_hash not in outcome.tokens.values()


def test_a_missing_name_is_read_from_the_address(badge: Badge) -> None:
    assert make_award(badge, address="jean-paul.d2@example.org", name=" ").recipient_name == "Jean Paul D2"
    assert make_award(badge, address="42@example.org", name="").recipient_name == "42"


def test_who_cannot_get_it_is_named_and_the_others_get_it(badge: Badge) -> None:
    make_award(badge, address="held@example.org")
    nominations = [
        Nomination("new@example.org"), Nomination("HELD@example.org "), Nomination("new@example.org"),
        Nomination("nobody"), Nomination(""), Nomination("late@example.org", issued_on=NOON + timedelta(days=3)),
        Nomination("gone@example.org", expires_at=NOON - timedelta(days=1)),
    ]  # fmt: skip
    assert refusals(badge=badge, nominations=nominations, at=NOON).keys() == {1, 2, 3, 4, 5, 6}
    outcome = award_many(badge=badge, nominations=nominations, by=SYSTEM, at=NOON)
    assert [row.recipient.address for row in outcome.awards] == ["new@example.org"]
    codes = {index: refused.code for index, refused in sorted(outcome.refused.items())}
    assert codes == {
        1: "already_held", 2: "double", 3: "address", 4: "address", 5: "issued_in_future", 6: "expires_before_issue",
    }  # fmt: skip
    assert not Recipient.objects.filter(address="gone@example.org").exists()


def test_a_revoked_badge_can_be_earned_again(badge: Badge) -> None:
    first = make_award(badge, address="ines@example.org")
    Award.objects.filter(pk=first.pk).update(revoked_at=NOON)
    assert not make_award(badge, address="ines@example.org").is_repeat


def test_a_badge_that_may_be_earned_again(issuer: Issuer) -> None:
    badge = make_badge(issuer, may_be_repeated=True)
    first, second = (make_award(badge, address="ines@example.org") for _ in range(2))
    assert (first.is_repeat, second.is_repeat) == (False, True)
    assert first.salt != second.salt


def test_a_form_sent_twice_awards_once(issuer: Issuer) -> None:
    """Also where the badge may be earned again."""
    badge = make_badge(issuer, may_be_repeated=True)
    round_id = uuid.uuid4()
    first, second = (
        award_many(badge=badge, nominations=people(2), by=SYSTEM, at=NOON, round_id=round_id)
        for _ in range(2)
    )
    assert (len(first.awards), len(second.awards), len(second.refused)) == (2, 0, 2)
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [({"state": Badge.State.ARCHIVED}, "badge_archived"), ({"current": None}, "badge_is_draft")],
)
def test_only_published_badges_are_awarded(badge: Badge, change: dict[str, object], code: str) -> None:
    Badge.objects.filter(pk=badge.pk).update(**change)
    with pytest.raises(Refused) as refused:
        make_award(badge)  # the service looks again: the caller's row may be old
    assert refused.value.code == code
    assert not Award.objects.exists()


def test_one_person_raises(badge: Badge) -> None:
    with pytest.raises(Invalid) as invalid:
        make_award(badge, address="a@b")
    assert "address" in invalid.value.fields
    make_award(badge, address="ines@example.org")
    with pytest.raises(AlreadyHeld):
        make_award(badge, address="ines@example.org")


def test_the_key_that_signs_is_the_active_one(badge: Badge, issuer: Issuer) -> None:
    assert make_award(badge).signing_key.algorithm == SigningKey.Algorithm.RS256


@pytest.mark.django_db(transaction=True)
def test_a_single_award_costs_at_most_15_queries() -> None:
    badge = make_badge(make_issuer())
    make_award(badge)  # the key is parsed, the journal has begun
    badge = Badge.objects.get(pk=badge.pk)
    evidence = [EvidenceInput(url="https://example.org/film")]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        award(badge=badge, nomination=Nomination("new@example.org", evidence=evidence), by=SYSTEM, at=NOON)
    assert len(queries) <= 15, "\n".join(query["sql"][:90] for query in queries)


@pytest.mark.django_db(transaction=True)
def test_a_thousand_awards_cost_at_most_50_queries() -> None:
    badge = make_badge(make_issuer())
    badge = Badge.objects.get(pk=badge.pk)
    with CaptureQueriesContext(connection) as queries:
        outcome = award_many(badge=badge, nominations=people(1000), by=SYSTEM, at=NOON)
    assert len(outcome.awards) == 1000
    # SQLite takes 999 values a statement, so that its inserts come in smaller pieces.
    most = 50 if connection.vendor == "postgresql" else 110
    assert len(queries) <= most, [query["sql"][:90] for query in queries]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_award_each_person_once() -> None:
    badge = make_badge(make_issuer())
    barrier = threading.Barrier(2)
    outcomes = []

    def run(order: int) -> None:
        try:
            nominations = people(20)[::order]
            barrier.wait(timeout=10)
            outcomes.append(award_many(badge=badge, nominations=nominations, by=SYSTEM, at=NOON))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(order,)) for order in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(outcomes) == 2
    assert sum(len(outcome.awards) for outcome in outcomes) == 20
    assert sum(len(outcome.refused) for outcome in outcomes) == 20
    assert {refused.code for outcome in outcomes for refused in outcome.refused.values()} == {"already_held"}
    assert Award.objects.count() == Message.objects.count() == Claim.objects.count() == 20


def test_texts_composed_once_are_those_composed_each_time(badge: Badge) -> None:
    """With and without expiry, evidence and narrative, odd characters too: byte for byte."""
    odd = 'A "quoted" <<narrative>> <<evidence>>\nline, \\ and 🎉'
    given = [
        {"narrative": odd, "evidence": [EvidenceInput(url="https://example.org/1", name=odd, narrative="<<id>>")]},
        {
            "expires_at": datetime(2030, 1, 1, tzinfo=UTC),
            "evidence": [EvidenceInput(narrative="a"), EvidenceInput(narrative="b")],
        },
        {},
    ]  # fmt: skip
    for number, facts in enumerate(given):
        row = make_award(badge, address=f"odd{number}@example.org", **facts)
        payload = jws.decode_unverified(row.signed).payload
        written = json.loads(payload)
        assert payload == json_bytes(v2.Assertion.from_dict(written).to_dict())
        assert written.get("narrative", "") == facts.get("narrative", "")
        assert len(written.get("evidence", [])) == len(facts.get("evidence", []))
