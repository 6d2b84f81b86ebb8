from django.urls import URLPattern, URLResolver, path

from issuers.api.issuers import Issuers
from issuers.views import (
    deliveries,
    documents,
    invitations,
    journal,
    keys,
    members,
    organisations,
    settings,
    start,
    tokens,
    webhooks,
)

public: list[URLPattern | URLResolver] = [
    path("start/", start.start, name="start"),
    path("start/finish/", start.start_finish, name="start_finish"),
    path("manage/", organisations.manage_home, name="manage_home"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path(".well-known/did.json", documents.site_did, name="site_did"),
    path("issuers/<slug:slug>/did.json", documents.issuer_did, name="issuer_did"),
    path("issuers/<slug:slug>/keys/<int:number>", documents.issuer_key, name="issuer_key"),
    path("issuers/<slug:slug>/logo.png", documents.issuer_logo, name="issuer_logo"),
]
manage: list[URLPattern | URLResolver] = [
    path("settings", settings.details, name="settings"),
    path("settings/logo", settings.logo, name="logo"),
    path("settings/mails", settings.mails, name="mail_settings"),
    path("settings/keys/<int:number>/rotate", keys.key_rotate, name="key_rotate"),
    path("settings/keys/<int:number>/compromised", keys.key_compromised, name="key_compromised"),
    path("settings/tokens", tokens.tokens, name="tokens"),
    path("settings/tokens/new", tokens.token_new, name="token_new"),
    path("settings/tokens/<int:token_id>/revoke", tokens.token_revoke, name="token_revoke"),
    path("webhooks", webhooks.webhooks, name="webhooks"),
    path("webhooks/new", webhooks.webhook_new, name="webhook_new"),
    path("webhooks/<int:webhook_id>", deliveries.deliveries, name="webhook"),
    path("webhooks/<int:webhook_id>/edit", webhooks.webhook_edit, name="webhook_edit"),
    path("webhooks/<int:webhook_id>/secret", webhooks.webhook_secret, name="webhook_secret"),
    path("webhooks/<int:webhook_id>/pause", webhooks.webhook_pause, name="webhook_pause"),
    path("webhooks/<int:webhook_id>/resume", webhooks.webhook_resume, name="webhook_resume"),
    path("webhooks/<int:webhook_id>/delete", webhooks.webhook_delete, name="webhook_delete"),
    path("webhooks/<int:webhook_id>/test", deliveries.webhook_test, name="webhook_test"),
    path("webhooks/<int:webhook_id>/again", deliveries.failed_again, name="webhook_failed_again"),
    path("webhooks/<int:webhook_id>/deliveries/<int:delivery_id>", deliveries.delivery, name="delivery"),
    path(
        "webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/again",
        deliveries.delivery_again,
        name="delivery_again",
    ),
    path("members", members.members, name="members"),
    path("members/invite", members.member_invite, name="member_invite"),
    path("members/invitations/<int:invitation_id>", members.invitation_change, name="invitation_change"),
    path("members/leave", members.leave_issuer, name="leave"),
    path("members/ownership", members.ownership, name="ownership"),
    path("members/<int:member_id>", members.member, name="member"),
    path("members/<int:member_id>/remove", members.member_remove, name="member_remove"),
    path("journal", journal.journal, name="journal"),
    path("journal/export", journal.journal_export, name="journal_export"),
]
api: list[URLPattern | URLResolver] = [path("issuers/", Issuers.as_view(), name="issuers")]
