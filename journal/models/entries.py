"""What happened: one chain of lines for each scope."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """What can be written in a journal: room.noun.verb."""

    ISSUER_CREATED = "issuers.issuer.created", _("Organisation created")
    ISSUER_CHANGED = "issuers.issuer.changed", _("Organisation details changed")
    MEMBER_INVITED = "issuers.member.invited", _("Member invited")
    INVITATION_WITHDRAWN = "issuers.invitation.withdrawn", _("Invitation withdrawn")
    MEMBER_JOINED = "issuers.member.joined", _("Member joined")
    MEMBER_ROLE_CHANGED = "issuers.member.role_changed", _("Member’s role changed")
    MEMBER_REMOVED = "issuers.member.removed", _("Member removed")
    MEMBER_LEFT = "issuers.member.left", _("Member left")
    OWNERSHIP_TRANSFERRED = "issuers.ownership.transferred", _("Ownership transferred")
    KEY_CREATED = "issuers.key.created", _("Signing key created")
    KEY_ROTATED = "issuers.key.rotated", _("Signing key replaced")
    KEY_COMPROMISED = "issuers.key.compromised", _("Signing key declared compromised")
    DOMAIN_CONFIRMED = "issuers.domain.confirmed", _("Website confirmed the organisation")
    DOMAIN_LOST = "issuers.domain.lost", _("Website no longer confirms the organisation")
    TOKEN_CREATED = "issuers.token.created", _("API token created")
    TOKEN_REVOKED = "issuers.token.revoked", _("API token revoked")
    WEBHOOK_CREATED = "issuers.webhook.created", _("Webhook created")
    WEBHOOK_CHANGED = "issuers.webhook.changed", _("Webhook changed")
    WEBHOOK_SECRET_ROTATED = "issuers.webhook.secret_rotated", _("Webhook’s secret replaced")
    WEBHOOK_PAUSED = "issuers.webhook.paused", _("Webhook paused")
    WEBHOOK_DISABLED = "issuers.webhook.disabled", _("Webhook switched off by its receiver")
    WEBHOOK_RESUMED = "issuers.webhook.resumed", _("Webhook resumed")
    WEBHOOK_REPLAYED = "issuers.webhook.replayed", _("Webhook deliveries sent again")
    WEBHOOK_DELETED = "issuers.webhook.deleted", _("Webhook deleted")
    BADGE_CREATED = "badges.badge.created", _("Badge created")
    BADGE_CHANGED = "badges.badge.changed", _("Badge draft changed")
    BADGE_PUBLISHED = "badges.badge.published", _("Badge version published")
    BADGE_DRAFT_DISCARDED = "badges.draft.discarded", _("Badge draft discarded")
    BADGE_DELETED = "badges.badge.deleted", _("Badge draft deleted")
    BADGE_ARCHIVED = "badges.badge.archived", _("Badge archived")
    BADGE_RESTORED = "badges.badge.restored", _("Badge restored")
    AWARDS_CREATED = "assertions.awards.created", _("Badge awarded")
    AWARD_ACCEPTED = "assertions.award.accepted", _("Badge accepted")
    AWARD_DECLINED = "assertions.award.declined", _("Badge declined")
    AWARD_WITHDRAWN = "assertions.award.withdrawn", _("Badge withdrawn by its holder")
    AWARD_DISOWNED = "assertions.award.disowned", _("“This is not me” answered")
    AWARD_REVOKED = "assertions.award.revoked", _("Award revoked")
    AWARD_REVOCATION_UNDONE = "assertions.award.revocation_undone", _("Revocation undone")
    AWARD_SUSPENDED = "assertions.award.suspended", _("Award suspended")
    AWARD_SUSPENSION_LIFTED = "assertions.award.suspension_lifted", _("Suspension lifted")
    AWARD_SENT_AGAIN = "assertions.award.sent_again", _("Mail sent again")
    BATCH_UPLOADED = "assertions.batch.uploaded", _("List of people uploaded")
    BATCH_CHANGED = "assertions.batch.changed", _("List of people changed")
    BATCH_CONFIRMED = "assertions.batch.confirmed", _("Batch confirmed")
    BATCH_STARTED = "assertions.batch.started", _("Batch started before its time")
    BATCH_UNDONE = "assertions.batch.undone", _("Batch taken back before it started")
    BATCH_PAUSED = "assertions.batch.paused", _("Batch paused")
    BATCH_RESUMED = "assertions.batch.resumed", _("Batch resumed")
    BATCH_CANCELLED = "assertions.batch.cancelled", _("Rest of the batch cancelled")
    BATCH_DISCARDED = "assertions.batch.discarded", _("Batch discarded")
    BATCH_FINISHED = "assertions.batch.finished", _("Batch finished")
    BATCH_REVOKED = "assertions.batch.revoked", _("Batch revoked")
    BATCH_RESTORED = "assertions.batch.restored", _("Revocation of the batch undone")
    AWARDS_REMINDED = "assertions.awards.reminded", _("Reminder sent")
    EXPIRY_NOTICED = "assertions.awards.expiry_noticed", _("Notice of expiry sent")
    MAIL_BOUNCED = "journal.mail.bounced", _("Mail came back")
    ADDRESS_WORKS = "journal.mail.address_works", _("Address works again")
    MAIL_TEXT_CHANGED = "assertions.mail_text.changed", _("Text of a mail changed")
    MAIL_TESTED = "assertions.mail_text.tested", _("Test mail sent")
    MAIL_TEXT_RESET = "assertions.mail_text.reset", _("Text of a mail set back")
    NAME_CORRECTED = "assertions.name.corrected", _("Recipient’s name corrected")
    NAME_REQUESTED = "assertions.name.requested", _("Name change asked for")
    NAME_DECIDED = "assertions.name.decided", _("Name change decided")
    ADDRESS_CHANGE_ASKED = "assertions.address.asked", _("Move to another address asked for")
    AWARD_REKEYED = "assertions.award.rekeyed", _("Award moved to another address")
    AWARD_ERASED = "assertions.award.erased", _("What an award said of a person erased")
    KIT_MADE = "assertions.kit.made", _("Exit kit made")
    ISSUER_EXPORTED = "assertions.issuer.exported", _("Everything exported")
    ISSUER_IMPORTED = "assertions.issuer.imported", _("Organisation moved here")
    ACCOUNT_DELETED = "accounts.account.deleted", _("Account deleted")
    JOURNAL_EXPORTED = "journal.journal.exported", _("Journal exported")


class EntryQuerySet(models.QuerySet["Entry"]):
    def of_issuer(self, issuer_id: int | str) -> Self:
        return self.filter(scope=f"issuer:{issuer_id}")


class Entry(models.Model):
    """One act. Ids and labels are text, so that the line outlives what it speaks of."""

    scope = models.CharField(max_length=60, help_text="whose journal: issuer:<id>, user:<id> or site")
    number = models.PositiveBigIntegerField(help_text="1, 2, 3 ... within the scope")
    at = models.DateTimeField()
    action = models.CharField(max_length=60, help_text="one of Action")
    actor_id = models.CharField(max_length=60, blank=True)
    actor_label = models.CharField(max_length=254, blank=True)
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target_label = models.CharField(max_length=254, blank=True)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "number"], name="entry_number_once_per_scope")
        ]
        indexes = [models.Index(fields=["scope", "target_kind", "target_id"])]

    def __str__(self) -> str:
        return f"{self.scope} #{self.number} {self.action}"


class Chain(models.Model):
    """The head of each scope's chain: locked while a line is added, so that numbers have no gap."""

    scope = models.CharField(max_length=60, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)
    known_as = models.CharField(
        max_length=60,
        blank=True,
        help_text="the scope that its lines are hashed with, where it came from elsewhere",
    )

    def __str__(self) -> str:
        return f"{self.scope} @{self.number}"
