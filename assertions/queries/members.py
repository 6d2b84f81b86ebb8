"""What members of an organisation look for: awards, people, mails. Every list is served by an index and pages by
cursor, so that it stays fast at a million rows."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.utils.translation import gettext_lazy as _

from assertions.models import Award, AwardQuerySet, Credential, NameRequest, Recipient
from common.searching import folded
from issuers.models import Issuer
from journal.models import Message

MOST_WORDS = 8
MOST_ADDRESSES = 200
MOST_COUNTED = 1000
ASTRAY = "astray"
"""For a state: mails that did not arrive, or perhaps not."""


class AwardState(TextChoices):
    """What a list of awards can be narrowed to."""

    WAITING = "waiting", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    NOT_ME = "not_me", _("Not the right person")
    WITHDRAWN = "withdrawn", _("Withdrawn by its holder")
    ERASED = "erased", _("Erased")
    REVOKED = "revoked", _("Revoked")
    SUSPENDED = "suspended", _("Suspended")
    EXPIRED = "expired", _("Expired")


@dataclass(frozen=True)
class AwardFilter:
    """What a member looks for; empty fields do not narrow the list."""

    words: str = ""
    badge: str = ""
    batch: str = ""
    state: str = ""
    sort: str = ""

    @property
    def order(self) -> tuple[str, str]:
        """Each is served by an index of its own, with the issuer in front."""
        if self.sort in ("name", "-name"):
            return ("recipient_name", "pk") if self.sort == "name" else ("-recipient_name", "-pk")
        if self.sort == "issued":
            return "issued_on", "pk"
        newest = {AwardState.REVOKED.value: "-revoked_at", AwardState.EXPIRED.value: "-expires_at"}
        return newest.get(self.state, "-issued_on"), "-pk"

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.badge or self.batch or self.state)


def awards_for_members(issuer: Issuer, wanted: AwardFilter, *, at: datetime) -> AwardQuerySet:
    """With what a line of a list shows: recipient, badge and its names."""
    rows = Award.objects.of_issuer(issuer).select_related("recipient", "badge__current", "suspension")
    rows = rows.prefetch_related("badge__current__texts").defer("signed")
    if wanted.badge:
        rows = rows.filter(badge_id=uuid.UUID(wanted.badge))
    if wanted.batch:
        rows = rows.filter(round=uuid.UUID(wanted.batch))
    if wanted.state:
        rows = _in_state(rows, wanted.state, at=at)
    return _matching(rows, issuer, wanted.words)


def _in_state(rows: AwardQuerySet, state: str, *, at: datetime) -> AwardQuerySet:
    if state == AwardState.REVOKED:
        return rows.revoked()
    if state == AwardState.SUSPENDED:
        return rows.filter(revoked_at=None).suspended()
    if state == AwardState.EXPIRED:
        return rows.filter(revoked_at=None).expired(at=at)
    return rows.filter(revoked_at=None, response=state)


def _matching(rows: AwardQuerySet, issuer: Issuer, words: str) -> AwardQuerySet:
    """Each word is in the person's name or address, or in the badge's name."""
    for word in folded(words).split()[:MOST_WORDS]:
        named = issuer.badges.filter(current__search_text__contains=word)
        badges = list(named.values_list("pk", flat=True)[:200])
        found = Q(search__contains=word)
        rows = rows.filter(found | Q(badge__in=badges) if badges else found)
    return rows


def awards_of_round(issuer: Issuer, round_id: uuid.UUID) -> AwardQuerySet:
    rows = Award.objects.filter(issuer=issuer, round=round_id).defer("signed")
    return rows.select_related("recipient", "badge__current", "suspension").order_by("recipient_name", "pk")


def last_mails(awards: Iterable[Award]) -> dict[uuid.UUID, Message]:
    """The newest award mail of each, by award id; nothing for those that were never mailed."""
    subjects = {award.mail_subject: award.pk for award in awards}
    mails = Message.objects.filter(kind="award", subject__in=subjects).order_by("created_at", "occurrence")
    return {subjects[mail.subject]: mail for mail in mails.defer("context", "sealed")}


def pending_names(issuer: Issuer) -> QuerySet[NameRequest]:
    """Names that wait for a decision, the oldest first."""
    rows = NameRequest.objects.filter(award__issuer=issuer, state=NameRequest.State.PENDING)
    rows = rows.select_related("award__recipient", "award__badge__current")
    return rows.prefetch_related("award__badge__current__texts").order_by("created_at", "pk")


def failed_mails(issuer: Issuer) -> QuerySet[Message]:
    """Mails that did not arrive, or perhaps not, and were not sent again since; the newest first."""
    states = (Message.State.FAILED, Message.State.UNKNOWN, Message.State.BOUNCED)
    again = Message.objects.filter(
        subject=OuterRef("subject"), kind=OuterRef("kind"), recipient=OuterRef("recipient"),
        occurrence__gt=OuterRef("occurrence"),
    )  # fmt: skip
    rows = Message.objects.of_scope(issuer.scope).filter(~Exists(again), state__in=states)
    return rows.defer("context", "sealed").order_by("-created_at", "-pk")


def mails_for_members(
    issuer: Issuer, *, words: str = "", state: str = "", batch: str = ""
) -> QuerySet[Message]:
    """`state` may be ASTRAY: whatever did not arrive, or perhaps not. `batch`: those that tell of its awards."""
    rows = Message.objects.of_scope(issuer.scope).defer("context", "sealed")
    if batch:
        rows = rows.filter(round=batch, kind="award")
    if state:
        rows = rows.filter(state__in=Message.ASTRAY if state == ASTRAY else [state])
    return _to_people(rows, issuer, words.strip().lower()) if words.strip() else rows


def _to_people(rows: QuerySet[Message], issuer: Issuer, words: str) -> QuerySet[Message]:
    """To addresses that begin so; without an @ also to people awarded here whose name or address has every word in it.

    Where many people fit, only addresses are compared: mails to them are everywhere, and walking the list, the newest
    first, soon fills a page.
    """
    if "@" in words:
        return rows.filter(recipient__startswith=words)
    named = Award.objects.of_issuer(issuer).about_people(words).values_list("recipient__address", flat=True)
    addresses = set(named[: MOST_ADDRESSES + 1])
    if len(addresses) > MOST_ADDRESSES:
        return rows.filter(recipient__contains=words)
    return rows.filter(Q(recipient__startswith=words) | Q(recipient__in=addresses))


def mail_counts(issuer: Issuer) -> dict[str, int]:
    """How many mails are in each state; MOST_COUNTED + 1 stands for more than that: nobody waits for a whole count."""
    mails = Message.objects.of_scope(issuer.scope)
    counts = {
        state: mails.filter(state=state).values("pk")[: MOST_COUNTED + 1].count()
        for state in Message.State.values
    }
    return {state: count for state, count in counts.items() if count}


def people_of(issuer: Issuer, words: str = "") -> QuerySet[Recipient]:
    """Who was ever awarded something here, and is still known."""
    theirs = Award.objects.filter(issuer=issuer, recipient=OuterRef("pk"))
    theirs = theirs.exclude(response=Award.Response.ERASED)
    return Recipient.objects.filter(Exists(theirs.about_people(words)))


def mails_about(award: Award) -> QuerySet[Message]:
    """All mails about one award, the newest first."""
    return Message.objects.about(award.mail_subject).defer("context", "sealed").order_by("-created_at", "-pk")


@dataclass(frozen=True)
class Known:
    """A person as one organisation knows them."""

    recipient: Recipient
    name: str
    badges: int
    last_issued_on: datetime


def known_as(issuer: Issuer, recipients: Iterable[Recipient]) -> list[Known]:
    """The name on their newest award here, how many they were awarded, and when last. One query."""
    found = list(recipients)
    newest = Award.objects.filter(issuer=issuer, recipient=OuterRef("pk")).order_by("-issued_on", "-pk")
    facts = (
        Recipient.objects.filter(pk__in=[row.pk for row in found])
        .annotate(
            here=Count("awards", filter=Q(awards__issuer=issuer)),
            last=Max("awards__issued_on", filter=Q(awards__issuer=issuer)),
            known=Subquery(newest.values("recipient_name")[:1]),
        )
        .values_list("pk", "known", "here", "last")
    )
    by_id = {row[0]: row for row in facts}
    return [Known(row, *by_id[row.pk][1:]) for row in found]


def signed_by_key(issuer: Issuer) -> dict[int, int]:
    """Primary key of a signing key → how many badges bear its signature: of Open Badges 2.0, or the proof of 3.0.
    Counted by the indexes on the key."""
    keys = list(issuer.keys.values_list("pk", flat=True))
    signed = Award.objects.filter(signing_key__in=keys).order_by().values_list("signing_key_id")
    proved = Credential.objects.filter(proof_key__in=keys).order_by().values_list("proof_key_id")
    return dict(proved.annotate(count=Count("pk"))) | dict(signed.annotate(count=Count("pk")))
