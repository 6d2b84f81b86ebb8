"""What belongs to an organisation: every table, in the order in which rows can be entered, and what stays behind.

A new table is one more line in TABLES (or, with its reason, in LEFT_OUT): a test fails until it is on one of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from accounts.models import User
from assertions.models import (
    AddressChange,
    Assessment,
    Award,
    Batch,
    BatchRow,
    Claim,
    ColumnMapping,
    Credential,
    DailyFigures,
    Evidence,
    EvidenceUpload,
    FiguresChange,
    FormerSignature,
    LinkRequest,
    MailText,
    NameRequest,
    ReceiptKey,
    Recipient,
    SignedStatusList,
    StatusList,
    Suspension,
)
from badges.models import (
    Alignment,
    Badge,
    BadgeText,
    BadgeVersion,
    Criterion,
    CriterionText,
    Picture,
)
from issuers.models import (
    ApiToken,
    Archive,
    DomainCheck,
    IdempotentCall,
    Invitation,
    Issuer,
    Membership,
    SigningKey,
)
from journal.models import (
    Chain,
    Checkpoint,
    Delivery,
    Entry,
    Heartbeat,
    Leaf,
    LinkKey,
    Message,
    Pace,
    Register,
    Suppression,
    Tile,
    Webhook,
)

Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Table:
    """One table. `rows` gives those of an organisation; `left` are columns that do not leave this installation;
    `files` are columns that name stored files."""

    model: type[Model]
    rows: Callable[[Issuer], Rows]
    left: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return str(self.model._meta.label_lower)


def of_issuer(model: type[Model], path: str = "issuer", *, left: str = "", files: str = "") -> Table:
    """The rows that lead to the organisation by `path`."""
    return Table(
        model,
        lambda issuer: model._default_manager.filter(**{path: issuer}),
        frozenset(left.split()),
        tuple(files.split()),
    )


def of_scope(model: type[Model], path: str = "scope", *, left: str = "", files: str = "") -> Table:
    """The rows that bear the name of its journal and outbox."""
    return Table(
        model,
        lambda issuer: model._default_manager.filter(**{path: issuer.scope}),
        frozenset(left.split()),
        tuple(files.split()),
    )


def _pictures(issuer: Issuer) -> Rows:
    return Picture.objects.filter(versions__badge__issuer=issuer).distinct()


def _recipients(issuer: Issuer) -> Rows:
    """Who holds a badge of it, or held one by this address."""
    held = Award.objects.filter(issuer=issuer).values("recipient")
    former = FormerSignature.objects.filter(award__issuer=issuer).values("recipient")
    return Recipient.objects.filter(Q(pk__in=held) | Q(pk__in=former))


def _suppressions(issuer: Issuer) -> Rows:
    """Wishes not to be written to go with the addresses that they are about."""
    addresses = _recipients(issuer).values("address")
    return Suppression.objects.filter(Q(scope=issuer.scope) | Q(scope="", address__in=addresses))


def _members(issuer: Issuer) -> Rows:
    return User.objects.filter(memberships__issuer=issuer)


MEMBERS = Table(User, _members)
"""Of people only who they are: address, name, language, time zone. No password, no other address, no second factor."""
PERSONAL = ("id", "email", "name", "language", "time_zone")

TABLES: tuple[Table, ...] = (
    Table(Issuer, lambda issuer: Issuer.objects.filter(pk=issuer.pk), files=("logo",)),
    of_issuer(SigningKey, left="sealed_private"),
    Table(Picture, _pictures, files=("png", "svg")),
    of_issuer(Badge),
    of_issuer(BadgeVersion, "badge__issuer"),
    of_issuer(BadgeText, "version__badge__issuer"),
    of_issuer(Criterion, "version__badge__issuer"),
    of_issuer(CriterionText, "criterion__version__badge__issuer"),
    of_issuer(Alignment, "version__badge__issuer"),
    of_issuer(MailText, "badge__issuer"),
    Table(Recipient, _recipients, left=frozenset({"user_id"})),
    of_issuer(Award),
    of_issuer(FormerSignature, "award__issuer"),
    of_issuer(Suspension, "award__issuer"),
    of_issuer(StatusList),
    of_issuer(SignedStatusList, "status_list__issuer"),
    of_issuer(Credential, "award__issuer"),
    of_issuer(Evidence, "award__issuer", files="file"),
    of_issuer(Assessment, "award__issuer"),
    of_issuer(Claim, "award__issuer"),
    of_issuer(NameRequest, "award__issuer"),
    of_issuer(AddressChange, "award__issuer"),
    of_issuer(Batch, files="file"),
    of_issuer(BatchRow, "batch__issuer"),
    of_issuer(ColumnMapping),
    of_issuer(DailyFigures),
    of_issuer(FiguresChange),
    of_issuer(Membership),
    of_issuer(Invitation),
    of_issuer(DomainCheck),
    of_issuer(ApiToken),
    of_scope(Chain),
    of_scope(Entry),
    of_scope(Register),
    of_scope(Leaf, "register__scope"),
    of_scope(Tile, "register__scope"),
    of_scope(Checkpoint, "register__scope"),
    of_scope(Message, left="sealed", files="picture"),
    of_scope(Webhook, left="sealed_secret sealed_previous"),
    of_scope(Delivery, "webhook__scope"),
    Table(Suppression, _suppressions),
)

LEFT_OUT: dict[type[Model], str] = {
    User: "accounts belong to people; who is a member is in its own file, and is invited again",
    IdempotentCall: "answers of the API kept for a day",
    EvidenceUpload: "files of forms that were open in somebody's browser",
    LinkRequest: "addresses typed a moment ago, of no organisation",
    Archive: "copies made earlier: they would hold themselves",
    ReceiptKey: "the site's own, with which it signs what it said itself",
    LinkKey: "of the unsubscribe links of this installation's mails",
    Heartbeat: "when this installation's worker was at work",
    Pace: "how fast this installation writes to other domains",
}
