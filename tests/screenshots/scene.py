"""The demonstration as the pages need it: which rows they show, which links open them, who is signed in where.

Needs Django to be set up and a database of its own: it makes the demonstration data there.
"""

import re
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, Batch, NameRequest
from assertions.services import Nomination, award_many, batches, open_claims
from assertions.services.correcting import ask_address_change
from badgeplatform.demonstration import Demonstration, prepare
from badges.models import Badge
from common.actors import SYSTEM
from issuers.models import Invitation, Issuer, Membership
from issuers.services import make_token
from journal.mailbox import newest, read
from journal.models import Delivery
from journal.services import deliver_due, make_webhook, send_test_event
from journal.services.posting import Outcome, settle, take_turn

EARNER = "ines.marchand@example.org"
INVITED = "theo.lambert@example.org"


@dataclass(frozen=True)
class Scene:
    """`places` are values for the placeholders of addresses; `sessions` are session cookies by person."""

    demonstration: Demonstration
    places: dict[str, str]
    sessions: dict[str, str] = field(default_factory=dict)


def set_the_scene() -> Scene:
    now = timezone.now()
    demonstration = prepare(at=now)
    issuer = demonstration.issuer
    places = {"slug": issuer.slug, "badge": str(demonstration.badge.pk), "award": str(demonstration.award.pk)}
    places |= _badges(issuer) | _awards(issuer) | _people(issuer)
    places |= _links(issuer, demonstration, at=now) | _webhooks(issuer, at=now) | _round(issuer, at=now)
    places |= _batches(issuer, at=now)
    return Scene(demonstration, places, _sessions(issuer, demonstration.award))


def _badges(issuer: Issuer) -> dict[str, str]:
    archived = issuer.badges.get(state=Badge.State.ARCHIVED)
    draft = Badge.objects.get(state=Badge.State.DRAFT)
    return {
        "archived_badge": str(archived.pk),
        "draft_badge": str(draft.pk),
        "draft_slug": draft.issuer.slug,
        "other_badge": str(issuer.badges.filter(current__number=1, state=Badge.State.PUBLISHED).first().pk),
    }


def _awards(issuer: Issuer) -> dict[str, str]:
    rows = Award.objects.of_issuer(issuer).order_by("-issued_on")
    just_revoked, *_more, revoked = rows.revoked().order_by("-revoked_at")
    expired = rows.accepted().expired(at=timezone.now()).first()
    chosen = {
        "revoked_award": revoked,
        "just_revoked_award": just_revoked,
        "suspended_award": rows.suspended().first(),
        "expired_award": expired,
        "waiting_award": rows.waiting().first(),
        "declined_award": rows.withdrawn_by_recipient().first(),
        "bounced_award": rows.get(recipient__address="p.girard@example.com"),
    }
    return {name: str(row.pk) for name, row in chosen.items()}


def _people(issuer: Issuer) -> dict[str, str]:
    awards = Award.objects.of_issuer(issuer)
    return {
        "recipient": str(awards.filter(recipient__address=EARNER).first().recipient_id),
        "member": str(issuer.memberships.get(role=Membership.Role.AWARDER).pk),
        "owner_member": str(issuer.memberships.get(role=Membership.Role.OWNER).pk),
        "name_request": str(NameRequest.objects.get(award__issuer=issuer).pk),
        "invitation_row": str(Invitation.objects.open(at=timezone.now()).get(issuer=issuer).pk),
    }


def _links(issuer: Issuer, demonstration: Demonstration, *, at: datetime) -> dict[str, str]:
    """What only mails know."""
    waiting = Award.objects.of_issuer(issuer).waiting().order_by("-issued_on")
    english = waiting.get(language="en")
    first = waiting.filter(recipient__address=EARNER).get()
    accepted = demonstration.award
    claims = open_claims([first, english, accepted], at=at)
    ask_address_change(award=accepted, address="ines@example.net", at=at)
    deliver_due(now=timezone.now)
    owner = User.objects.get(email="camille.perrot@atelier-nord.example").actor
    row, token = make_token(issuer=issuer, name="Intranet", scopes=["view"], by=owner, at=at)
    award_mail = newest(to=EARNER)[0].name
    return {
        "claim": claims[first.pk],
        "claim_en": claims[english.pk],
        "claim_again": claims[accepted.pk],
        "address_change": _in_mail("ines@example.net", r"/address/(\S+)"),
        "invitation": _in_mail(INVITED, r"/invitations/([^/\s]+)"),
        "unsubscribe": _in_mail(EARNER, r"/unsubscribe/(\S+)"),
        "mail": award_mail,
        "token": token,
        "token_row": str(row.pk),
        "picture": demonstration.badge.shown.picture_id,
    }


def _round(issuer: Issuer, *, at: datetime) -> dict[str, str]:
    """Awards of one form, sent a moment ago: the page that follows it."""
    round_id = uuid.uuid4()
    badge = issuer.badges.get(state=Badge.State.PUBLISHED, may_be_repeated=True)
    by = User.objects.get(email="karim.benali@atelier-nord.example").actor
    people = [
        Nomination("anouk.thibault@example.org", "Anouk Thibault"),
        Nomination("omar.sy-leroy@example.net", "Omar Sy-Leroy"),
    ]
    award_many(badge=badge, nominations=people, by=by, at=at, round_id=round_id)
    deliver_due(now=timezone.now)
    return {"round": str(round_id), "repeated_badge": str(badge.pk)}


def _webhooks(issuer: Issuer, *, at: datetime) -> dict[str, str]:
    """One that is heard now and then, and one that was told to be quiet."""
    events = {"events": ["award.created", "award.accepted", "award.revoked"], "by": SYSTEM, "at": at}
    hook, _secret = make_webhook(scope=issuer.scope, url="https://rh.atelier-nord.example/badges", **events)
    rows = [send_test_event(webhook=hook, at=at) for _ in range(4)]
    turn = take_turn(at=at)
    heard = Outcome(at, 84, 200, '{"ok": true}')
    failed = Outcome(at, 212, 500, "Internal Server Error", Delivery.Trouble.REFUSED)
    settle(turn, [heard, failed, heard, Outcome(at, 10004, trouble=Delivery.Trouble.TIMEOUT)], at=at)
    other, _secret = make_webhook(
        scope=issuer.scope, url="https://old.atelier-nord.example/in?from=badges", **events
    )
    send_test_event(webhook=other, at=at)
    settle(take_turn(at=at), [Outcome(at, 40, 410, "", Delivery.Trouble.REFUSED)], at=at)
    return {"webhook": str(hook.pk), "stopped_webhook": str(other.pk), "delivery": str(rows[1].pk)}


LIST = """Prénom;Nom;Adresse e-mail;Motif;Date d’attribution
Zoé;Lefèvre;zoe.lefevre@example.org;A mené l’atelier du 3 mars.;03/03/2026
Léo;Nguyen;leo.nguyen@exemple;A mené l’atelier du 3 mars.;03/03/2026
Maya;Okafor;maya.okafor(at)example.org;;soon
Paul;Girard;paul.girard@example.net;;
Sara;Lind;sara.lind@example.net;;04/03/2026
Zoé;Lefèvre;ZOE.LEFEVRE@example.org;;
"""


def _batches(issuer: Issuer, *, at: datetime) -> dict[str, str]:
    """One to be looked at, one in its hold-back, one that waits half way, one that is done."""
    badge = issuer.badges.filter(state=Badge.State.PUBLISHED, may_be_repeated=True).first()
    by = User.objects.get(email="karim.benali@atelier-nord.example").actor

    def read(name: str, text: str) -> Batch:
        made = batches.upload_text(badge=badge, name=name, text=text, by=by, at=timezone.now())
        batches.work_on(batch_id=made.pk, now=timezone.now, seconds=5)
        return Batch.objects.get(pk=made.pk)

    def people(count: int, domain: str) -> str:
        return "Name;E-mail\n" + "".join(f"Person {n};person{n}@{domain}\n" for n in range(count))

    rehearsed, held = read("Printemps 2026", LIST), read("Été 2026", people(346, "example.org"))
    paused, done = (
        read("Automne 2025", people(12, "example.net")),
        read("Hiver 2025", people(9, "example.com")),
    )
    batches.confirm(batch=held, by=by, at=timezone.now())
    for started in (paused, done):
        batches.confirm(batch=started, hold=timedelta(0), by=by, at=timezone.now())
    batches.pause(batch=paused, by=by, at=timezone.now())
    while batches.work_on(batch_id=done.pk, now=timezone.now, seconds=5):
        continue
    deliver_due(now=timezone.now)
    broken = batches.upload_text(
        badge=badge, name="Liste", text="E-mail\nx@example.org", by=by, at=timezone.now()
    )
    Batch.objects.filter(pk=broken.pk).update(
        state=Batch.State.UNREADABLE, problem="Le fichier ne peut pas être lu.", language="fr"
    )
    return {
        "batch": str(rehearsed.pk), "held_batch": str(held.pk), "paused_batch": str(paused.pk),
        "done_batch": str(done.pk), "broken_batch": str(broken.pk),
    }  # fmt: skip


def _in_mail(to: str, pattern: str) -> str:
    for mail in newest(to=to):
        whole = read(mail.name)
        headers = " ".join(value for _name, value in whole.headers)
        if found := re.search(pattern, f"{whole.text} {headers}".replace(">", " ")):
            return found[1]
    raise LookupError(f"no mail to {to} says {pattern}")


def _sessions(issuer: Issuer, held: Award) -> dict[str, str]:
    people = {
        Membership.Role(row.role).value: row.user
        for row in issuer.memberships.select_related("user").order_by("pk")
    }
    people |= {
        "earner": User.objects.get(email=EARNER),
        "newcomer": _newcomer(),
        "owner_elsewhere": Membership.objects.get(
            issuer__badges__state=Badge.State.DRAFT, role=Membership.Role.OWNER
        ).user,
        "editor_elsewhere": User.objects.get(email="samir.haddad@univ-valmont.example"),
    }
    return {name: session_of(user) for name, user in people.items()} | {"holder": _session_of_holder(held)}


def _newcomer() -> User:
    """Somebody with an account and nothing else: the empty states."""
    user, _made = User.objects.get_or_create(email="nouvelle@example.org", defaults={"name": "Nour Velle"})
    user.emailaddress_set.get_or_create(email=user.email, defaults={"verified": True, "primary": True})
    return user


def session_of(user: User) -> str:
    """The cookie of somebody who has just signed in, and shown once more that it is them."""
    proof = {"method": "password", "at": time.time() + 3600, "email": user.email, "reauthenticated": True}
    facts = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: "allauth.account.auth_backends.AuthenticationBackend",
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        "account_authentication_methods": [proof],
        "account_authentication_methods_user": str(user.pk),
    }
    return _stored(facts)


def _session_of_holder(award: Award) -> str:
    """The cookie of a browser that has opened this badge by its link, without any account."""
    token = open_claims([award], at=timezone.now())[award.pk]
    browser = Client(SERVER_NAME=urlsplit(settings.SITE_URL).hostname)
    browser.post(reverse("claim", kwargs={"token": token}))
    return str(browser.cookies[settings.SESSION_COOKIE_NAME].value)


def _stored(facts: dict[str, object]) -> str:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore()
    store.update(facts)
    store.create()
    return str(store.session_key)
