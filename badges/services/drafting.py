"""Drafts: made, saved, thrown away. Editing a published badge makes its next version's draft."""

from datetime import datetime

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from badges.designer import Design
from badges.models import Alignment, Badge, BadgeText, BadgeVersion, Criterion, CriterionText, Picture
from badges.queries import Content, CriterionContent, CriterionWords, Words, content_of, fingerprint
from badges.queries.searching import search_text
from badges.services.pictures import keep_drawing
from common.actors import Actor
from common.errors import Invalid, Refused
from issuers.models import Issuer
from journal.models import Action
from journal.services import record

PictureChoice = Design | Picture


class EditedMeanwhile(Refused):
    """Somebody else saved the badge after the editor was opened: nothing of theirs is overwritten unseen."""

    code = "edited_meanwhile"


@transaction.atomic
def create_badge(
    *, issuer: Issuer, content: Content, picture: PictureChoice, by: Actor, at: datetime
) -> Badge:
    """A badge with the draft of its first version. `content` may be incomplete."""
    badge = Badge.objects.create(issuer=issuer, created_at=at)
    _new_draft(badge, content.tidy(), _kept(picture, at), by=by, at=at)
    record_act(badge, Action.BADGE_CREATED, by=by, at=at)
    return badge


@transaction.atomic
def save_draft(
    *,
    badge: Badge,
    content: Content,
    picture: PictureChoice | None = None,
    seen: str = "",
    by: Actor,
    at: datetime,
) -> BadgeVersion:
    """Stores what the draft says, all of it at once; makes the next version's draft where there is none.

    `picture` None keeps the one there is. `seen` is the `revision` that the editor was shown: where somebody
    saved since, EditedMeanwhile. Saving what is there already writes nothing.
    """
    badge = locked(badge)
    _must_be_editable(badge)
    before = badge.draft or badge.shown
    _must_be_as_seen(before, seen)
    chosen = _kept(picture, at) if picture else before.picture
    content = content.tidy()
    if content.sha256(chosen.pk) == fingerprint(before):
        return before
    if before.published_at:
        draft = _new_draft(badge, content, chosen, by=by, at=at)
    else:
        draft = _overwritten(before, content, chosen, by=by, at=at)
    record_act(badge, Action.BADGE_CHANGED, by=by, at=at, version=draft.number)
    return draft


@transaction.atomic
def start_next_version(*, badge: Badge, by: Actor, at: datetime) -> BadgeVersion:
    """A draft that says what the published version says."""
    badge = locked(badge)
    _must_be_editable(badge)
    if badge.current is None or badge.draft:
        raise Refused(_("This badge has a draft already."), code="draft_exists")
    draft = _new_draft(badge, content_of(badge.current), badge.current.picture, by=by, at=at)
    record_act(badge, Action.BADGE_CHANGED, by=by, at=at, version=draft.number)
    return draft


@transaction.atomic
def discard_draft(*, badge: Badge, by: Actor, at: datetime) -> None:
    """Throws away what was changed since the published version."""
    badge = locked(badge)
    draft = badge.draft
    if draft is None:
        raise Refused(_("There is no draft to discard."), code="no_draft")
    if badge.current is None:
        raise Refused(_("This badge was never published: delete it instead."), code="never_published")
    draft.delete()
    record_act(badge, Action.BADGE_DRAFT_DISCARDED, by=by, at=at, version=draft.number)


@transaction.atomic
def delete_badge(*, badge: Badge, by: Actor, at: datetime) -> None:
    """Deletes a badge that was never published. Published ones stay: people hold them."""
    badge = locked(badge)
    if badge.current is not None:
        raise Refused(
            _("A published badge cannot be deleted, because people may hold it. Archive it instead."),
            code="badge_published",
        )
    record_act(badge, Action.BADGE_DELETED, by=by, at=at)
    badge.delete()


def revision(version: BadgeVersion) -> str:
    """What an editor sends back, so that two people at once do not overwrite each other."""
    return f"{version.number}@{version.updated_at.isoformat()}"


def locked(badge: Badge) -> Badge:
    """The badge as it is now, held until the transaction ends; 404 where somebody else has deleted it meanwhile."""
    rows = Badge.objects.select_for_update(of=("self",)).select_related("current", "issuer")
    return get_object_or_404(rows, pk=badge.pk)


def record_act(badge: Badge, action: Action, *, by: Actor, at: datetime, version: int = 0) -> None:
    name = badge.shown.text().name or _("Untitled badge")
    data = {"version": version} if version else {}
    record(scope=badge.issuer.scope, action=action, by=by, at=at, target=("badge", badge.pk, name), data=data)


def _must_be_editable(badge: Badge) -> None:
    if badge.state == Badge.State.ARCHIVED:
        raise Refused(_("This badge is archived. Restore it to change it."), code="badge_archived")


def _must_be_as_seen(version: BadgeVersion, seen: str) -> None:
    if not seen or seen == revision(version):
        return
    when = time_format(localtime(version.updated_at))
    who = version.updated_by_label or _("Somebody else")
    raise EditedMeanwhile(
        _("%(name)s saved this badge at %(time)s, while you were writing. What you wrote is still here.")
        % {"name": who, "time": when}
    )


def _kept(picture: PictureChoice, at: datetime) -> Picture:
    return keep_drawing(picture, at=at) if isinstance(picture, Design) else picture


def _new_draft(badge: Badge, content: Content, picture: Picture, *, by: Actor, at: datetime) -> BadgeVersion:
    number = badge.current.number + 1 if badge.current else 1
    draft = BadgeVersion(badge=badge, number=number, created_at=at)
    return _written(draft, content, picture, by=by, at=at)


def _overwritten(
    draft: BadgeVersion, content: Content, picture: Picture, *, by: Actor, at: datetime
) -> BadgeVersion:
    draft.texts.all().delete()
    draft.criteria.all().delete()
    draft.alignments.all().delete()
    return _written(draft, content, picture, by=by, at=at)


def _written(
    draft: BadgeVersion, content: Content, picture: Picture, *, by: Actor, at: datetime
) -> BadgeVersion:
    _check_lengths(content)
    draft.language, draft.picture, draft.tags = content.language, picture, list(content.tags)
    draft.valid_months, draft.may_be_repeated = content.valid_months, content.may_be_repeated
    draft.search_text = search_text(content)
    draft.updated_at, draft.updated_by_label = at, by.label[:200]
    draft.save()
    _write_texts(draft, content)
    _write_criteria(draft, content)
    Alignment.objects.bulk_create(
        Alignment(version=draft, position=position, **vars(row))
        for position, row in enumerate(content.alignments, start=1)
    )
    return draft


def _write_texts(draft: BadgeVersion, content: Content) -> None:
    """The badge's own language always has its row, empty in an empty draft."""
    words = {content.language: Words(), **content.words}
    BadgeText.objects.bulk_create(
        BadgeText(version=draft, language=language, **vars(said)) for language, said in words.items()
    )


def _write_criteria(draft: BadgeVersion, content: Content) -> None:
    rows = [
        Criterion(version=draft, position=position, method=row.method, is_required=row.is_required)
        for position, row in enumerate(content.criteria, start=1)
    ]
    Criterion.objects.bulk_create(rows)
    CriterionText.objects.bulk_create(
        text
        for row, said in zip(rows, content.criteria, strict=True)
        for text in _criterion_texts(row, said, content)
    )


def _criterion_texts(row: Criterion, said: CriterionContent, content: Content) -> list[CriterionText]:
    words = {content.language: CriterionWords(), **said.words}
    return [CriterionText(criterion=row, language=code, **vars(texts)) for code, texts in words.items()]


def _check_lengths(content: Content) -> None:
    """What the columns hold; forms and the API say it earlier and field by field."""
    texts = [(BadgeText, said) for said in content.words.values()]
    texts += [(CriterionText, said) for row in content.criteria for said in row.words.values()]  # type: ignore[misc]
    texts += [(Alignment, row) for row in content.alignments]  # type: ignore[misc]
    for model, said in texts:
        for name, text in vars(said).items():
            longest: int | None = getattr(model._meta.get_field(name), "max_length", None)
            if longest and len(text) > longest:
                sentence = _("“%(start)s…” is too long: %(longest)d characters at most.")
                raise Invalid(sentence % {"start": text[:40], "longest": longest}, code="too_long")
