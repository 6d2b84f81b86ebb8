"""Webhooks of an organisation: made, changed, paused, resumed, deleted; their secrets shown once and replaced."""

import ipaddress
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from common.actors import Actor
from common.errors import Invalid, Refused
from common.http import is_public
from common.sealing import key_provider
from journal.models import Action, EventType, Webhook
from journal.services.recording import record
from journal.webhooks import new_secret

State = Webhook.State
MOST = 10
PREVIOUS_SIGNS_FOR = timedelta(hours=24)


@transaction.atomic
def make_webhook(
    *, scope: str, url: str, events: Iterable[str], tells_personal_data: bool = False, by: Actor, at: datetime
) -> tuple[Webhook, str]:
    """The new webhook, and its secret: kept sealed, and never shown again."""
    if Webhook.objects.of_scope(scope).count() >= MOST:
        words = _("An organisation has at most %(most)s webhooks. Delete one first.")
        raise Refused(words % {"most": MOST}, code="too_many")
    secret = new_secret()
    hook = Webhook.objects.create(
        scope=scope, url=_checked_url(url), events=_checked_events(events), created_at=at, since=at,
        tells_personal_data=tells_personal_data, sealed_secret=key_provider().seal(secret.encode()),
    )  # fmt: skip
    _record(hook, Action.WEBHOOK_CREATED, by=by, at=at, events=hook.events)
    return hook, secret


@transaction.atomic
def change_webhook(
    *, webhook: Webhook, url: str, events: Iterable[str], tells_personal_data: bool, by: Actor, at: datetime
) -> Webhook:
    """What is on its way goes to the new address; what was left before says what it said."""
    hook = _locked(webhook)
    wanted = {
        "url": _checked_url(url), "events": _checked_events(events), "tells_personal_data": tells_personal_data,
    }  # fmt: skip
    changed = [name for name, value in wanted.items() if getattr(hook, name) != value]
    for name in changed:
        setattr(hook, name, wanted[name])
    if changed:
        hook.rest_until = None
        hook.save(update_fields=[*changed, "rest_until"])
        _record(hook, Action.WEBHOOK_CHANGED, by=by, at=at, changed=[_NAMES[name] for name in changed])
    return hook


_NAMES = {"url": "address", "events": "events", "tells_personal_data": "personal_data"}


@transaction.atomic
def rotate_secret(*, webhook: Webhook, by: Actor, at: datetime) -> str:
    """The new secret. For 24 hours the one before signs as well: receivers change over without losing an event."""
    hook = _locked(webhook)
    secret = new_secret()
    hook.sealed_previous, hook.previous_until = hook.sealed_secret, at + PREVIOUS_SIGNS_FOR
    hook.sealed_secret = key_provider().seal(secret.encode())
    hook.save(update_fields=["sealed_secret", "sealed_previous", "previous_until"])
    _record(hook, Action.WEBHOOK_SECRET_ROTATED, by=by, at=at)
    return secret


@transaction.atomic
def pause_webhook(*, webhook: Webhook, by: Actor, at: datetime) -> None:
    """Nothing is sent; events are kept and wait."""
    hook = _locked(webhook)
    if hook.state != State.ACTIVE:
        raise Refused(_("This webhook is not active."), code="not_active")
    hook.state, hook.reason, hook.since = State.PAUSED, "", at
    hook.save(update_fields=["state", "reason", "since"])
    _record(hook, Action.WEBHOOK_PAUSED, by=by, at=at)


@transaction.atomic
def resume_webhook(*, webhook: Webhook, by: Actor, at: datetime) -> None:
    """What waited is sent now; three days without success are counted anew."""
    hook = _locked(webhook)
    if hook.state == State.ACTIVE:
        raise Refused(_("This webhook is active already."), code="active")
    hook.state, hook.reason, hook.since, hook.owners_to_tell = State.ACTIVE, "", at, False
    hook.failing_since = hook.rest_until = None
    hook.save(update_fields=["state", "reason", "since", "owners_to_tell", "failing_since", "rest_until"])
    _record(hook, Action.WEBHOOK_RESUMED, by=by, at=at)


@transaction.atomic
def delete_webhook(*, webhook: Webhook, by: Actor, at: datetime) -> None:
    """With all its deliveries, sent or not. The empty row goes later (see Webhook)."""
    hook = _locked(webhook)
    hook.state, hook.reason, hook.since, hook.owners_to_tell = State.DELETED, "", at, False
    hook.sealed_secret, hook.sealed_previous = b"", None
    hook.save(
        update_fields=["state", "reason", "since", "owners_to_tell", "sealed_secret", "sealed_previous"]
    )
    hook.deliveries.all().delete()
    _record(hook, Action.WEBHOOK_DELETED, by=by, at=at)


def _locked(webhook: Webhook) -> Webhook:
    """Not against acts that leave events for it: those only look at its key. 404 where somebody else has deleted it
    meanwhile."""
    rows = Webhook.objects.select_for_update(no_key=True).exclude(state=State.DELETED)
    return get_object_or_404(rows, pk=webhook.pk)


def _record(hook: Webhook, action: Action, *, by: Actor, at: datetime, **data: object) -> None:
    target = ("webhook", hook.pk, hook.host)
    record(scope=hook.scope, action=action, by=by, at=at, target=target, data=data)


def _checked_events(events: Iterable[str]) -> list[str]:
    """In the order of EventType."""
    wanted = set(events)
    if not wanted or wanted - set(EventType.values):
        problem = _("Choose at least one event.")
        raise Invalid(problem, fields={"events": problem})
    return [kind.value for kind in EventType if kind.value in wanted]


def _checked_url(url: str) -> str:
    if problem := _url_problem(url.strip()):
        raise Invalid(problem, fields={"url": problem})
    return url.strip()


def _url_problem(url: str) -> str:
    """Whether its name leads to a private network is seen when it is sent to: names change."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("http", "https") or len(url) > 500 or not url.isprintable():
        return _("Type a whole address, such as https://example.org/badges.")
    if parts.username or parts.password:
        return _("Leave name and password out of the address: each event is signed instead.")
    is_excepted = f"{host}:{port or (443 if parts.scheme == 'https' else 80)}" in settings.OUTBOUND_EXCEPTIONS
    if parts.scheme == "http" and settings.SITE_IS_HTTPS and not is_excepted:
        return _("The address must begin with https://.")
    if _is_inside(host) and not is_excepted:
        return _("This address is in a private network. The operator can allow it in OUTBOUND_EXCEPTIONS.")
    return ""


def _is_inside(host: str) -> bool:
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
