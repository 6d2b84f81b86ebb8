"""Publishing makes a version immutable; the archive takes a badge out of use without breaking what was awarded."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from badges.models import Badge, BadgeVersion
from badges.queries import Content, content_of
from badges.services.drafting import (
    EditedMeanwhile,
    PictureChoice,
    create_badge,
    locked,
    record_act,
    revision,
    save_draft,
)
from badges.services.linting import what_is_missing
from common.actors import Actor
from common.errors import Invalid, Refused
from issuers.models import Issuer
from journal.models import Action


class NotReady(Invalid):
    """What the standard requires, and a text alternative, are not all there; `fields` says what to add."""

    code = "not_ready"


@transaction.atomic
def publish(*, badge: Badge, by: Actor, at: datetime, change_note: str = "", seen: str = "") -> BadgeVersion:
    """Makes the draft the badge's current version, for ever as it is now. Earlier awards keep theirs."""
    badge = locked(badge)
    draft = _publishable_draft(badge, seen)
    draft.sha256 = content_of(draft).sha256(draft.picture_id)
    if badge.current and badge.current.sha256 == draft.sha256:
        raise Refused(
            _("Nothing is different from version %(number)d, so there is nothing to publish.")
            % {"number": badge.current.number},
            code="unchanged",
        )
    draft.change_note, draft.published_at = change_note.strip()[:300], at
    draft.save()
    badge.current, badge.state, badge.may_be_repeated = draft, Badge.State.PUBLISHED, draft.may_be_repeated
    badge.save()
    _stamp(badge)
    record_act(badge, Action.BADGE_PUBLISHED, by=by, at=at, version=draft.number)
    return draft


@transaction.atomic
def create_published_badge(
    *, issuer: Issuer, content: Content, picture: PictureChoice, by: Actor, at: datetime
) -> Badge:
    """A badge whose first version is published at once."""
    badge = create_badge(issuer=issuer, content=content, picture=picture, by=by, at=at)
    publish(badge=badge, by=by, at=at)
    badge.refresh_from_db()
    return badge


@transaction.atomic
def save_and_publish(
    *,
    badge: Badge,
    content: Content,
    picture: PictureChoice | None = None,
    seen: str = "",
    change_note: str = "",
    by: Actor,
    at: datetime,
) -> BadgeVersion:
    """Stores the draft and publishes it, or does neither."""
    save_draft(badge=badge, content=content, picture=picture, seen=seen, by=by, at=at)
    return publish(badge=badge, by=by, at=at, change_note=change_note)


@transaction.atomic
def archive(*, badge: Badge, by: Actor, at: datetime) -> None:
    """The badge is awarded no more; its page, its versions and the awards of it stay."""
    badge = locked(badge)
    if badge.state != Badge.State.PUBLISHED:
        raise Refused(_("Only a published badge can be archived."), code="not_published")
    badge.state = Badge.State.ARCHIVED
    badge.save()
    _stamp(badge)
    record_act(badge, Action.BADGE_ARCHIVED, by=by, at=at)


@transaction.atomic
def restore(*, badge: Badge, by: Actor, at: datetime) -> None:
    """Out of the archive: it can be awarded again."""
    badge = locked(badge)
    if badge.state != Badge.State.ARCHIVED:
        raise Refused(_("This badge is not in the archive."), code="not_archived")
    badge.state = Badge.State.PUBLISHED
    badge.save()
    _stamp(badge)
    record_act(badge, Action.BADGE_RESTORED, by=by, at=at)


def _publishable_draft(badge: Badge, seen: str) -> BadgeVersion:
    if badge.state == Badge.State.ARCHIVED:
        raise Refused(_("This badge is archived. Restore it to publish it."), code="badge_archived")
    draft = badge.draft
    if draft is None:
        raise Refused(_("Nothing was changed since it was published."), code="unchanged")
    if seen and seen != revision(draft):
        raise EditedMeanwhile(
            _("The draft was changed after this page was opened. Read it again, then publish it.")
        )
    if missing := what_is_missing(content_of(draft)):
        raise NotReady(
            " ".join(finding.title for finding in missing),
            fields={finding.field: finding.title for finding in missing},
        )
    return draft


def _stamp(badge: Badge) -> None:
    """Pages that were kept by their stamp are old from now on: the badge's, and its organisation's."""
    Badge.objects.filter(pk=badge.pk).update(stamp=F("stamp") + 1)
    Issuer.objects.filter(pk=badge.issuer_id).update(stamp=F("stamp") + 1)
