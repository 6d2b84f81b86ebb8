"""Receipts of verifications: signed by the site, given to whoever asked, kept nowhere, checked when they return.

A receipt is a statement (JSON) and its signature: a compact JWS (RFC 7515, EdDSA) over that very JSON, made with a key
that the site uses for nothing else. There are two of each verification: the whole one, as a file, and a brief one that
fits into a QR code on paper. Both are read and checked in the same way.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings
from django.db import IntegrityError, transaction

from assertions.documents import award_url
from assertions.models import Award, ReceiptKey
from assertions.services.reports import (
    LONGEST_NAME,
    address_said,
    badge_said,
    check_json,
    criteria_said,
    expires_said,
    imprint,
    issued_said,
    issuer_said,
    judged_text,
    verdicts_json,
)
from assertions.services.verdicts import Headline
from common.actors import SYSTEM
from common.links import absolute_url
from common.resealing import Step, reseal_columns, reseal_in_steps
from common.sealing import key_provider
from journal.models import Action
from journal.services import record
from openbadges import Outcome, Report, Verdict, jws, keys

if TYPE_CHECKING:
    from assertions.services.judging import Judged, Verdicts  # only their shape

KIND = "VerificationReceipt"
SITE = "site"
LONGEST_JUDGED = 100_000  # characters of a badge that a receipt takes along
_BRIEF = 80  # characters of a name in a QR code


@dataclass(frozen=True)
class Receipt:
    """`statement` as people and programs read it; `signed` is over all of it, `short` over what fits on paper."""

    statement: dict[str, Any]

    @property
    def signed(self) -> str:
        return _signed(self.statement)

    @property
    def short(self) -> str:
        return _signed(_brief(self.statement))

    @property
    def document(self) -> dict[str, Any]:
        """What is downloaded: the statement, and the signature beside it."""
        return {**self.statement, "signed": self.signed}

    @property
    def url(self) -> str:
        """Where whoever holds the paper checks it; what its QR code says."""
        return f"{absolute_url('receipt_check')}?r={self.short}"

    @property
    def qr(self) -> str:
        """The QR code as a data URI (SVG)."""
        code = segno.make(self.url, error="l", micro=False)
        return str(code.svg_data_uri(scale=4, border=4, light="#fff", dark="#16131f", omitsize=True))


def make_receipt(
    *, report: Report, head: Headline, award: Award | None = None, holder: str = "", at: datetime,
    criteria: list[dict[str, Any]] | None = None,
) -> Receipt:  # fmt: skip
    """A receipt of what was just found. `holder` only where the page shows their name; `criteria` of our own badges."""
    statement = {
        "type": KIND,
        "version": 1,
        "verified": award_url(award.pk) if award else address_said(report) or None,
        "at": at.isoformat(timespec="seconds"),
        "by": settings.SITE_URL,
        "verdict": str(Verdict.NOT_VALID if award and award.suspended else report.verdict),
        "revoked": report.revoked,
        "expired": report.expired,
        "suspended": bool(award.suspended) if award else report.suspended,
        "says": head.word,
        "kind": head.kind,
        "sentence": head.title,
        "text": head.text,
        "badge": badge_said(report),
        "issuer": issuer_said(report),
        "holder": holder,
        "issued_on": issued_said(report),
        "expires_on": expires_said(report),
        "criteria": criteria or [],
        "criteria_text": criteria_said(report),
        "checks": [_without_words(check_json(check)) for check in report.checks],
        "signed_sha256": imprint_of(report, award),
        "judged": "" if award else _short_enough(judged_text(report)),
    }
    return Receipt(json.loads(_octets(statement)))


def with_receipts(verdicts: "Verdicts") -> dict[str, Any]:
    """The report on everything that was brought, each badge with its receipt: the signed form."""
    report = verdicts_json(verdicts)
    for one, said in zip(verdicts.judged, report["results"], strict=True):
        may = one.is_public and one.is_badge
        said["receipt"] = receipt_of(one, at=verdicts.at).signed if may else None
    return report


def receipt_of(one: "Judged", *, at: datetime) -> Receipt:
    """A receipt of what was found of one thing that was brought."""
    return make_receipt(report=one.report, head=one.headline, award=one.award, at=at)


def imprint_of(report: Report, award: Award | None) -> str:
    """SHA-256 of the signed text where there is one, also of ours that was looked up by its address."""
    if award is not None and not report.token:
        return hashlib.sha256(award.signed.encode()).hexdigest()
    return imprint(report)


def public_keys() -> dict[str, Any]:
    """The keys that receipts are signed with, as a JSON Web Key Set (RFC 7517, 5): anyone can check one without us."""
    rows = ReceiptKey.objects.all()
    return {
        "keys": [
            {**keys.public_jwk(keys.load_public_key(row.public_pem)), "kid": str(row.number)} for row in rows
        ]
    }


@transaction.atomic
def make_receipt_key(*, at: datetime) -> ReceiptKey:
    """A new key pair, which signs from now on. What earlier ones signed stays genuine."""
    last = ReceiptKey.objects.first()
    return _new_key(last.number + 1 if last else 1, at)


@transaction.atomic
def _new_key(number: int, at: datetime) -> ReceiptKey:
    private = keys.generate_ed25519_key()
    row = ReceiptKey.objects.create(
        number=number, created_at=at, public_pem=keys.public_key_pem(private),
        sealed_private=key_provider().seal(keys.private_key_pem(private)),
    )  # fmt: skip
    record(
        scope=SITE, action=Action.KEY_CREATED, by=SYSTEM, at=at, target=("receipt_key", row.number, str(row))
    )
    return row


def reseal_receipt_keys() -> Iterator[Step]:
    """The private halves under a new encryption key."""
    rows, columns = ReceiptKey.objects.all(), ["sealed_private"]
    yield from reseal_in_steps(rows, lambda row: reseal_columns(row, *columns), columns=columns)


def _signed(statement: Mapping[str, Any]) -> str:
    row = ReceiptKey.objects.first() or _first_key(datetime.fromisoformat(statement["at"]))
    return jws.sign(_octets(statement), _parsed(row.pk, bytes(row.sealed_private)))


def _octets(statement: Mapping[str, Any]) -> bytes:
    """Half surrogate pairs, which JSON from strangers can hold and no text can, become question marks."""
    return json.dumps(statement, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _first_key(at: datetime) -> ReceiptKey:
    """Made when the first receipt is asked for; of two that are at once, one gives way."""
    try:
        return _new_key(1, at)
    except IntegrityError:
        return ReceiptKey.objects.get(number=1)


@lru_cache(maxsize=4)
def _parsed(pk: int, sealed_private: bytes) -> Any:
    return keys.load_private_key(key_provider().unseal(sealed_private), is_ours=True)


def _brief(statement: Mapping[str, Any]) -> dict[str, Any]:
    """What fits into a QR code: who said what of which badge, when; of the checks only those that did not pass."""
    open_checks: dict[str, list[str]] = {}
    for check in statement["checks"]:
        if check["outcome"] not in (Outcome.PASSED, Outcome.NOT_APPLICABLE):
            open_checks.setdefault(check["outcome"], []).append(check["code"])
    kept = ("type", "version", "at", "by", "verdict", "says", "kind", "sentence", "signed_sha256")
    address = statement["verified"] or ""
    return {
        **{name: statement[name] for name in kept},
        **{name: statement[name][:_BRIEF] for name in ("badge", "issuer", "holder")},
        "verified": address if len(address) <= LONGEST_NAME else None,
        "open": open_checks,
    }


def _without_words(check: dict[str, Any]) -> dict[str, Any]:
    """Sentences are made anew in the language of whoever reads."""
    return {name: check[name] for name in ("code", "outcome", "facts")}


def _short_enough(text: str) -> str:
    return text if len(text) <= LONGEST_JUDGED else ""
