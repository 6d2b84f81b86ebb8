"""Reads that public pages make at every visit: narrow on purpose, so that revocation is always live."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.http import Http404
from django.utils.translation import gettext as _

from assertions.models import Award, Claim
from common.one_row import OneRow
from common.tokens import token_hash
from issuers.models import Issuer


def is_gone(response: str, revoked_at: object) -> bool:
    return revoked_at is not None or response in Award.TURNED_DOWN


class PublicState(NamedTuple):
    """What decides how an award answers, in one narrow row."""

    signed: str
    response: str
    revoked_at: object
    revocation_reason: str
    suspension__reason: str | None
    suspension__lifted_at: object

    @property
    def is_gone(self) -> bool:
        return is_gone(self.response, self.revoked_at)

    @property
    def is_turned_down(self) -> bool:
        """Its recipient does not want it, or is somebody else: nothing of it is shown any more."""
        return is_gone(self.response, None)

    @property
    def is_suspended(self) -> bool:
        return self.suspension__reason is not None and self.suspension__lifted_at is None

    @property
    def is_withheld(self) -> bool:
        """Gone, or suspended: Open Badges 2.0 has one word for both, revoked."""
        return self.is_gone or self.is_suspended

    @property
    def reason(self) -> str:
        """The public reason; English, as it goes into documents."""
        if self.response == Award.Response.ERASED:
            return "Erased: the person it was about is not known here any more."
        if self.revoked_at:
            return self.revocation_reason
        if self.is_turned_down:
            return "Declined by the recipient."
        return f"Suspended: {self.suspension__reason}"


_PUBLIC = OneRow(Award, *PublicState._fields)


def public_state(award_id: uuid.UUID) -> PublicState:
    """Raises Http404 where there is no such award."""
    row = _PUBLIC.of(award_id)
    if row is None:
        raise Http404(_("No badge was ever awarded under this address."))
    return PublicState(*row)


class EditionState(NamedTuple):
    """What decides which edition of its credential an award has now, and whether it is shown."""

    id: uuid.UUID
    salt: str
    response: str
    revoked_at: datetime | None

    @property
    def is_readable(self) -> bool:
        return Award.may_be_read(self.response, self.revoked_at)


_EDITION = OneRow(Award, *EditionState._fields)


def edition_state(award_id: uuid.UUID) -> EditionState:
    """Raises Http404 where there is no such award."""
    row = _EDITION.of(award_id)
    if row is None:
        raise Http404(_("No badge was ever awarded under this address."))
    return EditionState(*row)


class PageState(NamedTuple):
    """What a public page of an award is made from, as one row of numbers: the page's bytes are kept by it."""

    stamp: int
    badge_stamp: int
    issuer_stamp: int
    response: str
    revoked_at: datetime | None
    expires_at: datetime | None

    @property
    def is_gone(self) -> bool:
        """Revoked, or turned down by the recipient: the address answers 410."""
        return is_gone(self.response, self.revoked_at)

    def key(self, *, at: datetime) -> str:
        expired = self.expires_at is not None and self.expires_at <= at
        numbers = f"{self.stamp}.{self.badge_stamp}.{self.issuer_stamp}"
        return f"{numbers}:{self.response}:{self.revoked_at is not None:d}{expired:d}"


_PAGE = OneRow(Award, "stamp", "badge__stamp", "issuer__stamp", "response", "revoked_at", "expires_at")


def page_state(award_id: uuid.UUID) -> PageState:
    """Raises Http404 where there is no such award."""
    row = _PAGE.of(award_id)
    if row is None:
        raise Http404(_("No badge was ever awarded under this address."))
    return PageState(*row)


def award_behind(token: str, *, among: Sequence[str]) -> uuid.UUID | None:
    """Which of these awards a claim link once led to, open or spent."""
    if not among:
        return None
    claims = Claim.objects.filter(token_hash=token_hash(token))
    award_id = claims.values_list("award_id", flat=True).first()
    return award_id if str(award_id) in among else None


def gone_awards(issuer: Issuer, *, about: Award | None = None) -> Iterator[tuple[uuid.UUID, str]]:
    """(id, public reason) of all that is revoked, declined or suspended, oldest first: the revocation list's rows.

    `about`: of this one award only.
    """
    rows = Award.objects.of_issuer(issuer)
    gone = (rows.gone() | rows.suspended()).order_by("created_at", "pk")
    if about is not None:
        gone = gone.filter(pk=about.pk)
    for award_id, *fields in gone.values_list("pk", *PublicState._fields).iterator():
        yield award_id, PublicState(*fields).reason
