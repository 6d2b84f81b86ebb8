"""One organisation with something of everything, and whoever may come to its doors."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, Batch, Evidence, NameRequest
from assertions.services import Nomination, award_many, batches, open_claims, store_evidence
from assertions.services.correcting import ask_address_change
from assertions.services.credentials import credential_of
from assertions.services.registering import enter_events
from badges.models import Badge
from badges.services import archive, start_next_version
from common.actors import SYSTEM
from common.tokens import new_token, token_hash
from issuers.models import Archive, Issuer, Membership
from issuers.permissions import TOKEN_SCOPES
from issuers.services import invite_member, make_token, rotate_key
from issuers.services.checkpoints import sign_checkpoint
from issuers.services.keys import signing_key_of
from journal.emails import unsubscribe_url
from journal.models import Message
from journal.services import make_webhook, send_test_event
from tests.access.routes import Route
from tests.factories import make_accepted, make_award, make_badge, make_issuer, make_member, make_user

ROLES = ("anonymous", "stranger", "earner", "viewer", "awarder", "editor", "owner")
SCOPES = tuple(scope.value for scope in TOKEN_SCOPES)


def furnish(issuer: Issuer, member: User, *, earner: str) -> dict[str, object]:
    """Values for the placeholders of routes; those that only one route wants go by `route.key`."""
    badge = make_badge(issuer)
    accepted, waiting = make_accepted(badge, address=earner), make_award(badge, at=timezone.now())
    credential_of(accepted, at=timezone.now())  # and with it the first status list
    return {
        "slug": issuer.slug,
        "badge_id": badge.pk,
        "award_id": accepted.pk,
        "number": 1,
        "language": "fr",
        "sha256": badge.shown.picture_id,
        "kind": "png",
        "pk": 1,
        "name": "01700000000000000000-0123abcd",
        "position": _evidence(accepted),
        "recipient_id": accepted.recipient_id,
        "request_id": NameRequest.objects.create(award=accepted, name="Zoé", created_at=timezone.now()).pk,
        "round_id": _round(badge),
        **_batch(badge),
        "message_id": Message.objects.about(make_award(badge, notify=True).mail_subject).get().pk,
        **_doors(issuer, waiting, accepted),
        **_people(issuer, member),
        **_badges(issuer),
        **_webhook(issuer),
        **_register(issuer),
        "archive_id": _archive(issuer).pk,
        **_later_key(issuer),
    }


def _later_key(issuer: Issuer) -> dict[str, object]:
    """The keys that have an edition of the Profile of their own."""
    with transaction.atomic():
        later = rotate_key(key=signing_key_of(issuer.pk), by=SYSTEM, at=timezone.now()).number
    return {
        "issuer_profile.number": later,
        "profile_revocations.number": later,
        "key_number": later,
        "manage:key_rotate.number": later,
    }


def _evidence(award: Award) -> int:
    kept = store_evidence(content=b"%PDF-1.4 a report", name="report.pdf")
    facts = {"file": kept.file, "name": kept.name, "media_type": kept.media_type, "size": kept.size}
    Evidence.objects.create(award=award, position=1, **facts)
    return 1


def _round(badge: Badge) -> uuid.UUID:
    round_id = uuid.uuid4()
    people = [Nomination(f"{uuid.uuid4().hex}@example.org")]
    award_many(badge=badge, nominations=people, by=SYSTEM, at=timezone.now(), round_id=round_id)
    return round_id


def _batch(badge: Badge) -> dict[str, object]:
    """Of two people, one of whom is to be mended; one that is not yet confirmed, and one that is done."""
    looked_at, done = _read_batch(badge), _read_batch(badge)
    batches.confirm(batch=done, hold=timedelta(0), by=SYSTEM, at=timezone.now())
    batches.work_on(batch_id=done.pk, now=timezone.now, seconds=5)
    return {
        "batch_id": looked_at.pk,
        "row_id": looked_at.rows.ready().get().pk,
        "manage:batch_revoke.batch_id": done.pk,
    }


def _read_batch(badge: Badge) -> Batch:
    text = f"Name;E-mail\nZoé;{uuid.uuid4().hex}@example.org\nLéo;leo@exemple\n"
    batch = batches.upload_text(badge=badge, text=text, by=SYSTEM, at=timezone.now())
    batches.work_on(batch_id=batch.pk, now=timezone.now, seconds=5)
    batch.refresh_from_db()
    return batch


def _doors(issuer: Issuer, waiting: Award, accepted: Award) -> dict[str, object]:
    """Links whose token is the key."""
    now = timezone.now()
    change = ask_address_change(award=accepted, address=f"{uuid.uuid4().hex}@example.net", at=now)
    invitation = invite_member(issuer=issuer, address="guest@example.org", role="viewer", by=SYSTEM, at=now)
    tokens = {change: new_token(), invitation: new_token()}
    for row, token in tokens.items():
        type(row).objects.filter(pk=row.pk).update(token_hash=token_hash(token))
    return {
        "token": open_claims([waiting], at=now)[waiting.pk],
        "address_change.token": tokens[change],
        "invitation.token": tokens[invitation],
        "unsubscribe.token": unsubscribe_url("ines@example.org").rpartition("/")[2],
        "invitation_id": invitation.pk,
        "token_id": make_token(issuer=issuer, name="Old", scopes=["view"], by=SYSTEM, at=now)[0].pk,
    }


def _people(issuer: Issuer, member: User) -> dict[str, object]:
    return {"member_id": issuer.memberships.get(user=member).pk}


def _webhook(issuer: Issuer) -> dict[str, object]:
    """With an event that waits for it."""
    now = timezone.now()
    hook, _secret = make_webhook(
        scope=issuer.scope, url="https://example.org/in", events=["award.created"], by=SYSTEM, at=now
    )
    return {"webhook_id": hook.pk, "delivery_id": send_test_event(webhook=hook, at=now).pk}


def _register(issuer: Issuer) -> dict[str, object]:
    """All that was done until now, entered and signed."""
    now = timezone.now()
    enter_events(issuer=issuer, since=None, now=timezone.now)
    row = sign_checkpoint(issuer=issuer, at=now)
    assert row
    return {"size": row.size, "first": row.size, "second": row.size, "place": f"0/000.p/{row.size}"}


def _archive(issuer: Issuer) -> Archive:
    """A file that was made and can be fetched."""
    now = timezone.now()
    name = default_storage.save("archives/made.zip", ContentFile(b"PK"))
    return Archive.objects.create(
        issuer=issuer, kind=Archive.Kind.KIT, state=Archive.State.READY, file=name, size=2, asked_at=now, made_at=now,
        expires_at=now + timedelta(days=7),
    )  # fmt: skip


def _badges(issuer: Issuer) -> dict[str, object]:
    """Badges in the state that an act needs."""
    now = timezone.now()
    draft, edited, archived = make_badge(issuer, published=False), make_badge(issuer), make_badge(issuer)
    start_next_version(badge=edited, by=SYSTEM, at=now)
    archive(badge=archived, by=SYSTEM, at=now)
    return {
        "manage:badge_delete.badge_id": draft.pk,
        "manage:badge_publish.badge_id": draft.pk,
        "api:badge_publish.badge_id": draft.pk,
        "manage:badge_draft.badge_id": edited.pk,
        "manage:badge_discard.badge_id": edited.pk,
        "manage:badge_restore.badge_id": archived.pk,
    }


@dataclass
class World:
    """`places` are ours; `foreign` are another organisation's, with our slug where a route wants one."""

    places: dict[str, object]
    foreign: dict[str, object]
    sessions: dict[str, str]
    tokens: dict[str, str]

    def path(self, route: Route, *, foreign: bool = False) -> str:
        places = self.foreign if foreign else self.places
        return route.path({key: places.get(f"{route.name}.{key}", places.get(key)) for key in route.keys})

    def ask(
        self,
        route: Route,
        method: str,
        who: str = "anonymous",
        *,
        token: str = "",
        foreign: bool = False,
        accept: str = "",
    ) -> HttpResponse:
        """The answer to an empty request by a browser that knows nothing else; whatever it did is undone."""
        browser = Client()
        browser.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        headers = {"Authorization": f"Bearer {self.tokens[token]}"} if token else {}
        headers |= {"Accept": accept} if accept else {}
        cache.clear()  # what counts the visits
        with undone():
            answer = browser.generic(
                method, self.path(route, foreign=foreign), headers=headers, content_type=FORM
            )
            if answer.streaming:
                list(answer)  # to its end, where the file behind it is closed
        return answer


FORM = "application/x-www-form-urlencoded"
EARNER = "earner@example.org"


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def build() -> World:
    owner, stranger = make_user("Olga Owner"), make_user("Sam Stranger")
    # Without a website of their own: nobody is to be asked whether it confirms them.
    url = f"{settings.SITE_URL}/"
    issuer, other = make_issuer(owner=owner, url=url), make_issuer("Elsewhere", owner=stranger, url=url)
    people = {"stranger": stranger, "owner": owner, "earner": make_user("Erin Earner", email=EARNER)}
    for role in (Membership.Role.VIEWER, Membership.Role.AWARDER, Membership.Role.EDITOR):
        people[role.value] = make_member(issuer, role)
    places = furnish(issuer, make_member(issuer, Membership.Role.VIEWER), earner=EARNER)
    theirs = furnish(other, make_member(other, Membership.Role.VIEWER), earner="somebody@example.org")
    foreign = theirs | {"slug": issuer.slug}
    sessions = {name: _session(user) for name, user in people.items()} | {"anonymous": ""}
    return World(places, foreign, sessions, _tokens(issuer, other))


def _session(user: User) -> str:
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return str(browser.cookies[settings.SESSION_COOKIE_NAME].value)


def _tokens(issuer: Issuer, other: Issuer) -> dict[str, str]:
    """A token for each scope, one with none but seeing elsewhere, and one that was revoked."""
    now = timezone.now()
    tokens = {
        scope: make_token(issuer=issuer, name=scope, scopes=[scope], by=SYSTEM, at=now)[1] for scope in SCOPES
    }
    tokens["all"] = make_token(issuer=issuer, name="all", scopes=SCOPES, by=SYSTEM, at=now)[1]
    tokens["foreign"] = make_token(issuer=other, name="foreign", scopes=SCOPES, by=SYSTEM, at=now)[1]
    row, tokens["revoked"] = make_token(issuer=issuer, name="gone", scopes=SCOPES, by=SYSTEM, at=now)
    type(row).objects.filter(pk=row.pk).update(revoked_at=now)
    return tokens


@contextmanager
def built_once() -> Iterator[World]:
    """For all tests of a module, each of which undoes what it does; gone afterwards."""
    with transaction.atomic():
        yield build()
        transaction.set_rollback(True)
