"""Three invented organisations, their badges and what became of some forty awards: a first look, and a smoke test."""

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Count

from accounts.models import User
from accounts.services import account_at, change_profile
from assertions.models import Award
from assertions.services import Nomination, award_many, open_claims
from assertions.services.registering import enter_all
from badgeplatform.demonstration.atelier_nord import ATELIER_NORD, CAMILLE, INES, KARIM
from badgeplatform.demonstration.northlight import NORTHLIGHT
from badgeplatform.demonstration.parts import Person
from badgeplatform.demonstration.staging import Stage
from badgeplatform.demonstration.valmont import VALMONT
from badges.models import Badge
from common.links import absolute_url
from issuers.models import Issuer
from issuers.permissions import TOKEN_SCOPES
from issuers.services import make_token

ORGANISATIONS = (ATELIER_NORD, VALMONT, NORTHLIGHT)
TOKEN_LIFETIME = timedelta(days=90)


@dataclass(frozen=True)
class Demonstration:
    """What there is to look at first. `made_for` is the address that the signed badges name."""

    issuer: Issuer
    badge: Badge
    award: Award
    password: str
    made_for: str


@transaction.atomic
def prepare(*, at: datetime) -> Demonstration:
    """Makes the demonstration, or finds it as it is by now."""
    kept = _kept()
    accounts = _accounts(kept["password"], at=at) if _is_new() else {}
    for plan in ORGANISATIONS:
        if not Issuer.objects.filter(slug=plan.slug, is_demonstration=True).exists():
            Stage(plan, accounts, at).play()
    enter_all(now=lambda: at)
    issuer = Issuer.objects.get(slug=ATELIER_NORD.slug, is_demonstration=True)
    award = _award_to_show(issuer)
    return Demonstration(issuer, award.badge, award, kept["password"], kept["made_for"])


def new_claim_url(issuer: Issuer, *, at: datetime) -> str:
    """An open claim link that nobody has used: earlier ones stay good until their badge is answered."""
    waiting = Award.objects.of_issuer(issuer).waiting().annotate(links=Count("claims"))
    award = waiting.order_by("links", "-issued_on").first()
    if award:
        return absolute_url("claim", token=open_claims([award], at=at)[award.pk])
    return _claim_url_of_new_award(issuer, at=at)


def new_token(issuer: Issuer, *, at: datetime) -> str:
    """May do everything that a token can do for this organisation."""
    by = User.objects.get(email=CAMILLE.address).actor
    expires_at = at + TOKEN_LIFETIME
    return make_token(
        issuer=issuer, name="Demonstration", scopes=TOKEN_SCOPES, by=by, at=at, expires_at=expires_at
    )[1]


def _is_new() -> bool:
    slugs = [plan.slug for plan in ORGANISATIONS]
    return Issuer.objects.filter(slug__in=slugs, is_demonstration=True).count() < len(slugs)


def _kept() -> dict[str, str]:
    """What must be the same at each start: one password for all accounts, for this demonstration only."""
    path = Path(settings.DATA_DIR) / "demonstration.json"
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    kept = {"password": f"demo-{secrets.token_hex(8)}", "made_for": settings.SITE_URL}
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(kept, file)
    _set_password(User.objects.filter(email__in=[person.address for person in _people()]), kept["password"])
    return kept


def _people() -> Iterable[Person]:
    members = {person.address: person for plan in ORGANISATIONS for person, _role in plan.members}
    owners = {plan.owner.address: plan.owner for plan in ORGANISATIONS}
    return (members | owners | {INES.address: INES}).values()


def _accounts(password: str, *, at: datetime) -> dict[str, User]:
    """By address: people who have proved theirs."""
    accounts = {}
    for person in _people():
        user = account_at(person.address, language=person.language, time_zone="Europe/Paris")
        if user is None:
            raise RuntimeError(f"the account of {person.address} is closed")
        EmailAddress.objects.filter(user=user, email=user.email).update(verified=True)
        change_profile(
            user=user,
            name=person.name,
            language=person.language,
            time_zone="Europe/Paris",
            by=user.actor,
            at=at,
        )
        accounts[person.address] = user
    _set_password(accounts.values(), password)
    return accounts


def _set_password(users: Iterable[User], password: str) -> None:
    """Hashed once for all of them: it is the same, and hashing is slow on purpose."""
    hashed = make_password(password)
    for user in users:
        user.password = hashed
        user.save(update_fields=["password"])


def _award_to_show(issuer: Issuer) -> Award:
    """Accepted and valid, with evidence, where the recruiter of the demonstration begins."""
    valid = Award.objects.of_issuer(issuer).accepted().select_related("badge")
    hers = valid.filter(recipient__address=INES.address).order_by("issued_on").first()
    award = hers or valid.filter(expires_at=None).order_by("issued_on").first()
    if award is None:
        raise RuntimeError("no accepted award is left in the demonstration")
    return award


def _claim_url_of_new_award(issuer: Issuer, *, at: datetime) -> str:
    badge = issuer.badges.get(state=Badge.State.PUBLISHED, may_be_repeated=True)
    by = User.objects.get(email=KARIM.address).actor
    nomination = Nomination(address=INES.address, name=INES.name)
    outcome = award_many(badge=badge, nominations=[nomination], by=by, at=at)
    return absolute_url("claim", token=outcome.tokens[outcome.awards[0].pk])
