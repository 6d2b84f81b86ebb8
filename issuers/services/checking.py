"""What must be true of organisations: their keys and their logos."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef

from common.checking import Check, Finding, file_problem, in_steps
from common.sealing import SealBroken, key_provider
from issuers.models import Issuer, SigningKey
from openbadges import keys
from openbadges.errors import UnusableKey


def key_pairs(at: datetime) -> Iterator[Finding]:
    for page in in_steps(SigningKey.objects.select_related("issuer")):
        for key in page:
            if problem := _problem_of(key) if key.is_active else _left_over(key):
                code, what = problem
                yield Finding(code, what, f"key {key.number} of {key.issuer.slug}")


def _problem_of(key: SigningKey) -> tuple[str, str] | None:
    try:
        private = keys.load_private_key(key_provider().unseal(bytes(key.sealed_private)))
    except SealBroken as broken:
        return "key.sealed", f"its private part cannot be opened: {broken}"
    except UnusableKey as broken:
        return "key.unreadable", f"its private part is no key: {broken}"
    if keys.public_key_pem(private).strip() != key.public_pem.strip():
        return "key.mismatch", "its private part and its public part do not belong together"
    return None


def _left_over(key: SigningKey) -> tuple[str, str] | None:
    if key.sealed_private:
        return "key.not_erased", "it signs no more, but its private part is still there"
    return None


def able_to_sign(at: datetime) -> Iterator[Finding]:
    active = SigningKey.objects.filter(
        issuer=OuterRef("pk"), algorithm=SigningKey.Algorithm.RS256, state=SigningKey.State.ACTIVE
    )
    for slug in Issuer.objects.filter(~Exists(active)).values_list("slug", flat=True).iterator():
        yield Finding("issuer.no_key", "has no active key to sign with", f"organisation {slug}")


def logos(at: datetime) -> Iterator[Finding]:
    for page in in_steps(Issuer.objects.exclude(logo="")):
        for issuer in page:
            what = file_problem(issuer.logo, sha256=issuer.logo_hash)
            if what:
                yield Finding("logo.file", what, f"logo of {issuer.slug} ({issuer.logo})")


CHECKS = (
    Check(
        "signing keys open and fit",
        key_pairs,
        "Put the former key back into KEY_ENCRYPTION_KEYS, or restore the row from a backup. What was issued keeps "
        "verifying; nothing new can be signed with this key.",
    ),
    Check("organisations can sign", able_to_sign, "Restore the organisation's key from a backup."),
    Check("logos are stored", logos, "Restore the file from a backup, or upload the logo again."),
)
