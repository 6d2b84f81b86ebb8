"""Rows for tests. Keys are real, but made once per run: generating RSA keys is what takes time."""

import hashlib
import itertools
from datetime import UTC, datetime
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import User
from assertions.models import Award
from assertions.services import Nomination, award
from badges.models import Badge, BadgeText, BadgeVersion, Criterion, CriterionText, Picture
from common.actors import SYSTEM, Actor
from common.sealing import key_provider
from issuers.models import Issuer, Membership, SigningKey
from openbadges import keys

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_user(name: str = "Alex Martin", **fields: Any) -> User:
    """A person with a verified address."""
    email = fields.pop("email", None) or f"person{next(_numbers)}@example.org"
    user = User.objects.create_user(email, name=name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@cache
def _key_pairs() -> tuple[tuple[str, str, bytes], ...]:
    pairs = (
        (SigningKey.Algorithm.RS256, keys.generate_rsa_key()),
        (SigningKey.Algorithm.ED25519, keys.generate_ed25519_key()),
    )
    return tuple((str(name), keys.public_key_pem(key), keys.private_key_pem(key)) for name, key in pairs)


def make_issuer(name: str = "Atelier Nord", *, owner: User | None = None, **fields: Any) -> Issuer:
    """An organisation with its two keys and an owner."""
    number = next(_numbers)
    issuer = Issuer.objects.create(
        **{
            "name": name, "slug": f"atelier-{number}", "url": "https://atelier-nord.example/",
            "email": "badges@atelier-nord.example", "created_at": NOON,
        } | fields
    )  # fmt: skip
    for place, (algorithm, public, private) in enumerate(_key_pairs(), start=1):
        SigningKey.objects.create(
            issuer=issuer, number=place, algorithm=algorithm, public_pem=public, created_at=NOON,
            sealed_private=key_provider().seal(private),
        )  # fmt: skip
    make_member(issuer, Membership.Role.OWNER, owner or make_user("Olga Owner"))
    return issuer


def make_member(issuer: Issuer, role: str, user: User | None = None) -> User:
    user = user or make_user(f"{role.title()} Person")
    Membership.objects.create(issuer=issuer, user=user, role=role, joined_at=NOON)
    return user


def make_picture() -> Picture:
    """A drawn picture, in storage; the same one for every caller."""
    design, svg, png = _drawn()
    sha256 = hashlib.sha256(svg).hexdigest()
    found = Picture.objects.filter(pk=sha256).first()
    if found and default_storage.exists(found.svg):
        return found
    names = {kind: f"pictures/{sha256[:2]}/{sha256}.{kind}" for kind in ("svg", "png")}
    for kind, content in (("svg", svg), ("png", png)):
        if not default_storage.exists(names[kind]):
            default_storage.save(names[kind], ContentFile(content))
    return Picture.objects.update_or_create(
        pk=sha256,
        defaults={**names, "width": 600, "height": 600, "design": design.to_dict(), "created_at": NOON},
    )[0]


@cache
def _drawn() -> tuple[Any, bytes, bytes]:
    """Once for all tests: drawing costs more than all else about a badge."""
    from badges.designer import Design, draw_png, draw_svg

    design = Design()
    return design, draw_svg(design), draw_png(design)


def make_badge(
    issuer: Issuer,
    name: str = "Run a workshop",
    *,
    published: bool = True,
    valid_months: int | None = None,
    **fields: Any,
) -> Badge:
    """A badge in English and French with two criteria, published as version 1 unless told otherwise."""
    badge = Badge.objects.create(issuer=issuer, created_at=NOON, **fields)
    version = BadgeVersion.objects.create(
        badge=badge,
        number=1,
        language="en",
        picture=make_picture(),
        tags=["facilitation"],
        search_text=name.lower(),
        created_at=NOON,
        updated_at=NOON,
        valid_months=valid_months,
        published_at=NOON if published else None,
        sha256=f"{next(_numbers):064x}" if published else "",
    )
    _texts(version, name)
    if published:
        badge.current, badge.state = version, Badge.State.PUBLISHED
        badge.save()
    return badge


def _texts(version: BadgeVersion, name: str) -> None:
    words = {
        "en": ("Prepares, runs and evaluates a workshop.", "Violet badge"),
        "fr": ("Prépare, conduit et évalue un atelier.", "Badge violet"),
    }
    criteria = [
        ("portfolio", {"en": "Prepare a plan", "fr": "Préparer un déroulé"}),
        ("observation", {"en": "Involve everyone", "fr": "Faire participer tout le monde"}),
    ]
    for language, (description, alternative) in words.items():
        title = name if language == "en" else f"{name} (fr)"
        BadgeText.objects.create(
            version=version, language=language, name=title, description=description, image_alt=alternative
        )
    for position, (method, names) in enumerate(criteria, start=1):
        criterion = Criterion.objects.create(version=version, position=position, method=method)
        for language, shown in names.items():
            CriterionText.objects.create(
                criterion=criterion, language=language, name=shown, description=f"{shown}, in detail."
            )


def make_award(
    badge: Badge,
    *,
    address: str = "",
    name: str = "Inès Marchand",
    by: Actor = SYSTEM,
    at: datetime = NOON,
    notify: bool = False,
    **fields: Any,
) -> Award:
    """Awarded through the service: a real signature."""
    address = address or f"earner{next(_numbers)}@example.org"
    return award(
        badge=badge, nomination=Nomination(address=address, name=name, **fields), by=by, at=at, notify=notify
    )


def make_accepted(badge: Badge, **fields: Any) -> Award:
    row = make_award(badge, **fields)
    Award.objects.filter(pk=row.pk).update(response=Award.Response.ACCEPTED, responded_at=NOON)
    row.refresh_from_db()
    return row
