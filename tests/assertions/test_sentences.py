"""Every answer that the core can give has words, in both languages; and the verdict says no more than is known."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

import openbadges.verifying
from assertions.services.sentences import MARKS, day, moment, sentence
from assertions.services.verdicts import explain, headline
from openbadges import Check, CheckCode, FetchFailed, Outcome, Report, Verdict
from openbadges.errors import BakingCode
from tests.openbadges.stage import (
    AWARD,
    BADGE,
    EARNER,
    ISSUER,
    KEY,
    NOW,
    REVOCATIONS,
    SIGNED_ID,
    SVG,
    World,
    award,
    sign,
)

PASSED, FAILED, WARNING = Outcome.PASSED, Outcome.FAILED, Outcome.WARNING
NOT_CHECKED, NOT_APPLICABLE = Outcome.NOT_CHECKED, Outcome.NOT_APPLICABLE

# Why a document could not be had (Source.problem), and whether that is a fact or a failure to ask.
ASKED_IN_VAIN = (
    "refused", "unreachable", "timeout", "too_large", "tls", "address", "scheme", "encoding", "redirects",
    "too_many_fetches", "out_of_time", "web_page", "status", "not_reached", "needs",
)  # fmt: skip
UNREADABLE = (
    "not_json",
    "not_utf8",
    "not_object",
    "duplicate_member",
    "too_deep",
    "too_many_values",
    "too_large",
)
FINAL = ("gone", "not_named", "no_address", "status", *UNREADABLE)
MALFORMED_TOKEN = ("too_large", "parts", "encoding", "header", "algorithm", "critical")
KEY_FAULTS = (
    "key_missing", "key_malformed", "key_unsupported", "key_too_weak", "key_too_large", "key_private",
    "key_wrong_use", "key_other_id",
)  # fmt: skip
MALFORMED_PROOF = ("cryptosuite", "purpose", "proof_chain", "encoding", "key_type", "proof_expired", "proofs")
# Why a document has no certain meaning as linked data, and why a status list is no answer.
MEANINGLESS = (
    "wrong_context", "undefined_term", "relative_type", "relative_id", "not_iri", "unsupported_keyword",
    "not_interoperable", "not_json_ld", "poisonous_graph", "too_deep", "too_many_values", "not_language",
)  # fmt: skip
NO_ANSWER = (
    "status_type", "bad_entry", "other_purpose", "other_list", "list_not_valid", "list_out_of_date", "not_a_list",
    "other_issuer", "encoding", "compression", "too_short", "too_large", "too_many_values",
)  # fmt: skip

ANSWERS: dict[CheckCode, dict[Outcome, tuple[str, ...]]] = {
    CheckCode.PICTURE: {PASSED: ("",), FAILED: tuple(BakingCode)},
    CheckCode.EDITIONS: {PASSED: ("",), WARNING: ("other_undecided",), FAILED: ("differ", "other_not_valid")},
    CheckCode.VERSION: {PASSED: ("",), FAILED: ("", "too_old")},
    CheckCode.CONTEXTS: {PASSED: ("",), FAILED: MEANINGLESS, NOT_CHECKED: ("unknown_context",)},
    CheckCode.STRUCTURE: {
        PASSED: ("",),
        FAILED: ("problems", "unreadable", "bad_address", "not_an_assertion", *UNREADABLE),
        NOT_CHECKED: ("needs",),
    },
    CheckCode.DATA_TYPES: {PASSED: ("",), FAILED: ("problems",), NOT_CHECKED: ("needs",)},
    CheckCode.HOSTED_REFETCH: {
        PASSED: ("", "gone"),
        WARNING: ("copy_differs",),
        FAILED: ("other_id", "not_hosted", *FINAL),
        NOT_CHECKED: ASKED_IN_VAIN,
    },
    CheckCode.HOSTED_SCOPE: {PASSED: ("",), FAILED: ("out_of_scope",), NOT_CHECKED: ("needs",)},
    CheckCode.ALGORITHM: {
        PASSED: ("",),
        FAILED: ("other_key_type", "algorithm"),
        NOT_CHECKED: ("needs", "unsupported"),
    },
    CheckCode.CLAIMS: {PASSED: ("",), FAILED: ("claims", "wrapped")},
    CheckCode.KEY_LISTED: {
        PASSED: ("",),
        FAILED: ("not_named", "not_listed", "own_key", "elsewhere", "key_revoked", "key_expired"),
        NOT_CHECKED: ("needs",),
    },
    CheckCode.KEY_OWNER: {
        PASSED: ("",),
        FAILED: ("other_id", "other_owner", *FINAL),
        NOT_CHECKED: ASKED_IN_VAIN,
    },
    CheckCode.SIGNATURE: {
        PASSED: ("",),
        FAILED: ("unsigned", "mismatch", *KEY_FAULTS, *MALFORMED_TOKEN, *MALFORMED_PROOF),
        NOT_CHECKED: ("needs",),
    },
    CheckCode.KEY_TRUSTED: {WARNING: ("compromised",), FAILED: ("never_recorded",)},
    CheckCode.BADGE_CLASS: {
        PASSED: ("",),
        FAILED: ("other_id", "wrong_type", *FINAL),
        NOT_CHECKED: ASKED_IN_VAIN,
    },
    CheckCode.ISSUER_PROFILE: {
        PASSED: ("",),
        WARNING: ("key_alone",),
        FAILED: ("other_id", "wrong_type", *FINAL),
        NOT_CHECKED: ("did_method", *ASKED_IN_VAIN),
    },
    CheckCode.REVOCATION: {
        PASSED: ("",),
        FAILED: ("revoked",),
        WARNING: (*ASKED_IN_VAIN, *FINAL),
        NOT_CHECKED: (*NO_ANSWER, *ASKED_IN_VAIN, *FINAL),
        NOT_APPLICABLE: ("no_list",),
    },
    CheckCode.SUSPENSION: {
        PASSED: ("",),
        FAILED: ("suspended",),
        NOT_CHECKED: (*NO_ANSWER, *ASKED_IN_VAIN, *FINAL),
    },
    CheckCode.EXPIRY: {
        PASSED: ("",),
        FAILED: ("expired", "before_issue"),
        NOT_CHECKED: ("not_date_time", "needs"),
    },
    CheckCode.ISSUED_IN_FUTURE: {
        PASSED: ("",),
        FAILED: ("future",),
        NOT_CHECKED: ("not_date_time", "needs"),
    },
    CheckCode.RECIPIENT_MATCH: {
        PASSED: ("",),
        FAILED: ("other_type", "other_recipient"),
        NOT_CHECKED: ("needs",),
    },
    CheckCode.ENDORSEMENTS: {
        PASSED: ("",),
        WARNING: ("endorsement", "undecided", "too_many"),
        FAILED: ("other_badge",),
    },
    CheckCode.ISSUER_NAME: {WARNING: ("resembles", "mixed_scripts")},
    CheckCode.ISSUER_KNOWN: {PASSED: ("",), WARNING: ("", "led_elsewhere"), NOT_CHECKED: ("needs",)},
}


def every_check() -> Iterator[Check]:
    for code, outcomes in ANSWERS.items():
        for outcome, reasons in outcomes.items():
            for reason in reasons:
                yield Check(code, outcome, {"reason": reason} if reason else {})


def said(check: Check, language: str) -> tuple[str, str]:
    with translation.override(language):
        one = sentence(check)
    # Put aside for a time is no reproach.
    mark = "warn" if check.code == CheckCode.SUSPENSION and one.mark != "good" else MARKS[check.outcome]
    assert (one.code, one.mark) == (str(check.code), mark)
    return one.title, one.text


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "check", list(every_check()), ids=lambda c: f"{c.code}-{c.outcome}-{c.facts.get('reason', '')}"
)
def test_every_answer_has_words(check: Check, language: str) -> None:
    title, text = said(check, language)
    assert title
    assert not title.endswith(".")
    assert text.endswith((".", "!", "?"))
    assert "%(" not in f"{title}{text}"
    reason = str(check.facts.get("reason", ""))
    assert "_" not in reason or reason not in text


def test_every_check_is_on_the_list() -> None:
    assert set(ANSWERS) == set(CheckCode)


def test_every_reason_of_the_core_is_on_the_list() -> None:
    """A reason that the core learns to give must be given words."""
    folder = Path(openbadges.verifying.__file__).parent
    source = "\n".join(path.read_text() for path in folder.rglob("*.py"))
    written = set(re.findall(r'(?:"reason": |reason=|problem=|return |"status", )"([a-z_]+)"', source))
    known = {reason for outcomes in ANSWERS.values() for reasons in outcomes.values() for reason in reasons}
    versions_and_methods = {"text"}
    assert written - {str(reason) for reason in known} - versions_and_methods - {"missing"} == set()


@pytest.mark.parametrize(
    ("reason", "status", "words"),
    [
        ("status", 503, "(503)"),
        ("status", 404, "Nothing is found"),
        ("refused", None, "private network"),
        ("timeout", None, "did not answer"),
        ("never heard of", None, "cannot be read"),
    ],
)
def test_why_a_document_was_not_to_be_had(reason: str, status: int | None, words: str) -> None:
    check = Check(CheckCode.BADGE_CLASS, NOT_CHECKED, {"reason": reason, "status": status})
    assert words in said(check, "en")[1]


@pytest.mark.parametrize("version", ["1.1", "1.0", "0.5", None])
def test_other_versions(version: str | None) -> None:
    title, text = said(Check(CheckCode.VERSION, FAILED, {"version": version}), "en")
    assert version is None or version in f"{title} {text}"


def test_the_public_reason_of_a_revocation_is_told() -> None:
    told = Check(
        CheckCode.REVOCATION, FAILED, {"reason": "revoked", "revocation_reason": "Awarded by mistake."}
    )
    assert "Awarded by mistake." in said(told, "en")[1]


def test_long_lists_of_problems_are_shortened() -> None:
    problems = [{"document": "badge", "field": f"field{n}", "problem": "missing"} for n in range(30)]
    _title, text = said(
        Check(CheckCode.STRUCTURE, FAILED, {"reason": "problems", "problems": problems}), "en"
    )
    assert "badge.field5" in text
    assert "badge.field6" not in text
    assert "24 more" in text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-03-03T12:00:00Z", "3 March 2026"),
        ("2026-03-03T23:30:00-05:00", "4 March 2026"),
        (datetime(2026, 3, 3, tzinfo=UTC), "3 March 2026"),
        ("2026-02-31T00:00:00Z", "2026-02-31T00:00:00Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("yesterday", "yesterday"),
        ("", ""),
        (None, ""),
        ("x" * 500, "x" * 40),
    ],
)
def test_days(written: Any, shown: str) -> None:
    with translation.override("en"):
        assert day(written) == shown


# The verdict ------------------------------------------------------------------------------------------


def token(**changes: Any) -> str:
    return sign(award(signed=True, **changes).to_document())


def verdict(report: Report) -> tuple[str, str]:
    with translation.override("en"):
        found = headline(report)
    return found.kind, found.title


def test_valid_and_unknown() -> None:
    world = World()
    assert verdict(world.verify(token())) == ("good", "This badge is valid.")
    unknown = world.verify(token(), trusted_issuers={})
    assert verdict(unknown)[0] == "warn"
    with translation.override("en"):
        assert "Not revoked, not expired, unchanged" in headline(unknown).text
        assert "confirmed by its issuer’s site" in headline(world.verify(AWARD)).text


def test_without_a_list_nothing_is_said_of_revocation() -> None:
    world = World()
    world.drop(ISSUER, "revocationList")
    with translation.override("en"):
        text = headline(world.verify(token())).text
    assert "Not revoked" not in text
    assert "no list" in text


def revoked_world() -> World:
    world = World()
    world.pages[REVOCATIONS]["revokedAssertions"] = [{"id": SIGNED_ID, "revocationReason": "Mistake."}]
    return world


@pytest.mark.parametrize(
    ("report", "kind", "title"),
    [
        (lambda: revoked_world().verify(token()), "bad", "This badge was revoked."),
        (lambda: World().verify(token(expires="2026-02-02T00:00:00Z")), "warn", "This badge has expired."),
        (
            lambda: revoked_world().verify(token(expires="2026-02-02T00:00:00Z")),
            "bad",
            "This badge was revoked.",
        ),
        (lambda: World().verify(token(expires="2020-01-01T00:00:00Z")), "bad", "This badge is not valid."),
        (
            lambda: World().verify(sign(award(signed=True).to_document(), 1)),
            "bad",
            "This badge is not valid.",
        ),
        (
            lambda: revoked_world().verify(sign(award(signed=True).to_document(), 1)),
            "bad",
            "This badge is not valid.",
        ),
        (lambda: World().verify(token(), recipient="other@example.org"), "warn", "This badge was awarded to"),
        (lambda: World().verify(token(), recipient=EARNER), "good", "This badge is valid."),
        (lambda: World().verify("hello"), "warn", "No badge could be read from this."),
        (lambda: World().verify(SVG), "warn", "No badge could be read from this picture."),
        (
            lambda: World().verify({"@context": "https://w3id.org/openbadges/v1"}),
            "warn",
            "This badge is of a form",
        ),
        (lambda: World().verify("e30.e30." + "e30" * 9), "bad", "This badge is not valid."),
        (lambda: World().verify(f"{AWARD}/none"), "bad", "This badge is not valid."),
    ],
)
def test_verdicts(report: Any, kind: str, title: str) -> None:
    found = verdict(report())
    assert found[0] == kind
    assert found[1].startswith(title)


@pytest.mark.parametrize("where", [ISSUER, BADGE, KEY, REVOCATIONS, AWARD])
def test_what_could_not_be_asked_is_amber_and_says_why(where: str) -> None:
    world = World()
    world.pages[where] = "timeout"
    report = world.verify(AWARD if where == AWARD else token())
    with translation.override("en"):
        found = headline(report)
        explained = explain(report)
    assert (found.kind, found.title) == ("warn", "This badge could not be verified.")
    assert "did not answer" in found.text
    assert [check.mark for check in explained.attention] == ["warn"]
    assert all(check.mark == "warn" for check in explained.following)


def test_a_badge_that_cannot_be_fetched_folds_all_that_follows() -> None:
    def fetch(url: str) -> Any:
        raise FetchFailed("web_page")

    report = openbadges.verifying.verify("https://elsewhere.example/b/1", fetch=fetch, at=NOW)
    with translation.override("en"):
        explained = explain(report)
        assert "web page" in headline(report).text
    assert len(explained.attention) == 1
    assert len(explained.following) >= 8


def test_what_matters_is_shown_first_and_technical_things_are_folded() -> None:
    explained = explain(World().verify(token()))
    assert [check.code for check in explained.meaningful] == [
        "signature", "key_listed", "revocation", "expiry", "issuer_known"
    ]  # fmt: skip
    assert explained.attention == []
    assert explained.following == []
    assert {check.mark for check in explained.technical} == {"good"}
    hosted = [check.code for check in explain(World().verify(AWARD)).meaningful]
    assert hosted == ["hosted_refetch", "hosted_scope", "revocation", "expiry", "issuer_known"]


def test_every_check_is_told_once() -> None:
    world = World()
    world.drop(BADGE, "name")
    world.pages[KEY] = "timeout"
    report = world.verify(token(expires="2026-02-02T00:00:00Z"), recipient="x@example.org")
    explained = explain(report)
    groups = (explained.attention, explained.meaningful, explained.technical, explained.following)
    told = [check.code for group in groups for check in group]
    applying = [str(check.code) for check in report.checks if check.outcome != NOT_APPLICABLE]
    assert sorted(told) == sorted(applying)
    marks = [check.mark for check in explained.attention]
    assert marks == sorted(marks)  # bad before warn
    assert report.verdict == Verdict.NOT_VALID


def test_an_expired_badge_says_what_still_holds() -> None:
    with translation.override("en"):
        text = headline(World().verify(token(expires=f"{NOW - timedelta(days=1):%Y-%m-%dT00:00:00Z}"))).text
    assert text == "It was valid until 28 February 2026. Not revoked, unchanged since it was issued."


@pytest.mark.parametrize(
    ("language", "zone", "said"),
    [
        ("fr", "Europe/Paris", "3 mars 2026 à 13:05 (Paris)"),
        ("en", "America/New_York", "3 March 2026, 07:05 (New York)"),
        ("en", "UTC", "3 March 2026, 12:05 (UTC)"),
    ],
)
def test_a_moment_names_the_place_whose_time_it_is(language: str, zone: str, said: str) -> None:
    with translation.override(language), timezone.override(zone):
        assert moment(datetime(2026, 3, 3, 12, 5, tzinfo=UTC)) == said
