"""The main pages, in the order in which people meet them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import reverse
from playwright.sync_api import Page

Act = Callable[[Page], None]


@dataclass(frozen=True)
class Stop:
    """One page. Values of `at` name places of the scene; `do` is what the visitor does there before we look."""

    name: str
    route: str
    at: dict[str, str] = field(default_factory=dict)
    who: str = ""
    query: str = ""
    status: int = 200
    do: Act | None = None

    def path(self, places: dict[str, str]) -> str:
        if self.route.startswith("/"):
            return self.route
        kwargs = {key: places.get(value, value) for key, value in self.at.items()}
        return reverse(self.route, kwargs=kwargs) + self.query.format(**places)


def _send(page: Page, button: str = "main form button.primary") -> None:
    page.locator(button).first.click()
    page.wait_for_load_state()


def _ask_for_code(page: Page) -> None:
    page.locator("input[type=email]").first.fill("camille.perrot@atelier-nord.example")
    _send(page)


def _verify_text(page: Page) -> None:
    page.locator("textarea").first.fill("eyJhbGciOiJSUzI1NiJ9.eyJpZCI6IngifQ.c2lnbmF0dXJl")
    _send(page)


def _check_in_browser(page: Page) -> None:
    page.locator("[data-browser-check] button").click()
    page.locator("[data-browser-verdict] .notice").wait_for()


def _match(page: Page) -> None:
    page.locator(".match input").first.fill("ines.marchand@example.org")
    _send(page, ".match button")


def _nominate(page: Page) -> None:
    page.locator("#people").fill(
        "Léo Nguyen <leo.nguyen@exemple>\nInès Marchand <ines.marchand@example.org>\nsara.lind@example.net\n"
        "Maya Okafor; maya.okafor@example.org"
    )
    _send(page, "#award-button")


def _send_empty(page: Page) -> None:
    _send(page)


def _make_webhook(page: Page) -> None:
    page.locator("input[name=url]").fill("https://hooks.example.org/badges")
    page.locator("input[name=events]").first.check()
    _send(page)


def _open_all(page: Page) -> None:
    for summary in page.locator("main details.disclosure > summary").all():
        summary.click()


def _open_menu(page: Page) -> None:
    page.locator("main .menu summary").first.click()


ISSUER = {"slug": "slug"}
BADGE = ISSUER | {"badge_id": "badge"}
BATCH = ISSUER | {"batch_id": "batch"}
AWARD = {"award_id": "award"}
DRAFT = {"slug": "draft_slug", "badge_id": "draft_badge"}

PUBLIC = (
    Stop("home", "home"),
    Stop("about", "about"),
    Stop("accessibility", "accessibility"),
    Stop("issuer", "issuer", ISSUER),
    Stop("badge", "badge_public", {"badge_id": "badge"}),
    Stop("badge-old-version", "badge_version", {"badge_id": "badge", "number": "1"}),
    Stop("badge-archived", "badge_public", {"badge_id": "archived_badge"}),
    Stop("assertion", "assertion", AWARD),
    Stop("assertion-match", "assertion", AWARD, do=_match),
    Stop("assertion-revoked", "assertion", {"award_id": "revoked_award"}, status=410),
    Stop("assertion-suspended", "assertion", {"award_id": "suspended_award"}),
    Stop("assertion-expired", "assertion", {"award_id": "expired_award"}),
    Stop("assertion-waiting", "assertion", {"award_id": "waiting_award"}),
    Stop("assertion-declined", "assertion", {"award_id": "declined_award"}, status=410),
    Stop("receipt", "receipt", AWARD),
    Stop("assertion-browser-check", "assertion", AWARD, do=_check_in_browser),
    Stop("register", "issuer_register", ISSUER),
    Stop("register-entry", "register_entry", AWARD),
    Stop("verify", "verify"),
    Stop("verify-valid", "verify", query="?url={award_url}"),
    Stop("verify-broken", "verify", do=_verify_text),
    Stop("verify-empty", "verify", do=_send_empty),
    Stop("api-docs", "api_docs"),
    Stop("error-404", "/nothing-here", status=404),
)
RECIPIENT = (
    Stop("claim", "claim", {"token": "claim"}),
    Stop("claim-english", "claim", {"token": "claim_en"}),
    Stop("claim-again", "claim", {"token": "claim_again"}),
    Stop("claim-name", "claim_name", {"token": "claim"}),
    Stop("claim-address", "claim_address", {"token": "claim"}),
    Stop("claim-not-me", "claim_not_me", {"token": "claim"}),
    Stop("claim-decline", "claim_decline", {"token": "claim"}),
    Stop("claim-spent", "claim", {"token": "spent-or-unknown"}, status=404),
    Stop("new-link", "new_link"),
    Stop("share", "share", AWARD, who="holder"),
    Stop("share-signed-in", "share", AWARD, who="earner"),
    Stop("share-withdraw", "share_withdraw", AWARD, who="holder"),
    Stop("address-change", "address_change", {"token": "address_change"}),
    Stop("mailbox", "mailbox"),
    Stop("mailbox-mail", "mailbox_mail", {"name": "mail"}),
    Stop("mailbox-nothing-found", "mailbox", query="?to=zzzz"),
    Stop("mailbox-html", "mailbox_html", {"name": "mail"}),
    Stop("unsubscribe", "unsubscribe", {"token": "unsubscribe"}),
)
ACCOUNT = (
    Stop("start", "start"),
    Stop("start-errors", "start", do=_send_empty),
    Stop("sign-in", "account_login"),
    Stop("sign-in-code", "account_login", do=_ask_for_code),
    Stop("sign-in-password", "account_login_password"),
    Stop("sign-up", "account_signup"),
    Stop("password-reset", "account_reset_password"),
    Stop("invitation", "invitation", {"token": "invitation"}),
    Stop("invitation-closed", "invitation", {"token": "unknown"}, status=404),
    Stop("profile", "profile", who="owner"),
    Stop("addresses", "account_email", who="owner"),
    Stop("security", "mfa_index", who="owner"),
    Stop("devices", "usersessions_list", who="owner"),
    Stop("second-step", "mfa_activate_totp", who="owner"),
    Stop("password", "account_change_password", who="owner"),
    Stop("delete-account", "delete_account", who="owner"),
    Stop("prove-it-is-you", "account_reauthenticate", who="owner"),
    Stop("sign-out", "account_logout", who="owner"),
    Stop("organisations", "manage_home", who="owner"),
    Stop("organisations-none", "manage_home", who="newcomer", query="?all=1"),
    Stop("backpack", "backpack", who="earner"),
    Stop("backpack-none", "backpack", who="newcomer"),
)
MANAGE = (
    Stop("overview", "manage:overview", ISSUER, who="owner"),
    Stop("badges", "manage:badges", ISSUER, who="owner"),
    Stop("badges-nothing-found", "manage:badges", ISSUER, who="owner", query="?q=zzzz"),
    Stop("badge-new", "manage:badge_new", ISSUER, who="owner"),
    Stop("badge-new-errors", "manage:badge_new", ISSUER, who="owner", do=_send_empty),
    Stop("badge-detail", "manage:badge", BADGE, who="owner"),
    Stop("badge-detail-viewer", "manage:badge", BADGE, who="viewer"),
    Stop("badge-mails", "manage:mail_texts", BADGE, who="owner"),
    Stop("badge-editor", "manage:badge_edit", BADGE, who="owner"),
    Stop("badge-editor-draft", "manage:badge_edit", DRAFT, who="editor_elsewhere"),
    Stop("badge-draft-preview", "manage:badge_draft", DRAFT, who="editor_elsewhere"),
    Stop("badge-publish", "manage:badge_publish", DRAFT, who="editor_elsewhere"),
    Stop("badge-archive", "manage:badge_archive", BADGE, who="owner"),
    Stop("badge-restore", "manage:badge_restore", ISSUER | {"badge_id": "archived_badge"}, who="owner"),
    Stop("award", "manage:award", BADGE, who="awarder"),
    Stop("award-rows", "manage:award", BADGE, who="awarder", do=_nominate),
    Stop("award-choose", "manage:award_choose", ISSUER, who="awarder"),
    Stop("award-result", "manage:award_result", ISSUER | {"round_id": "round"}, who="awarder"),
    Stop("awards", "manage:awards", ISSUER, who="awarder"),
    Stop("awards-nothing-found", "manage:awards", ISSUER, who="awarder", query="?q=zzzz"),
    Stop("award-detail", "manage:award_detail", ISSUER | {"award_id": "award"}, who="awarder"),
    Stop("award-detail-revoked", "manage:award_detail", ISSUER | {"award_id": "just_revoked_award"}, who="awarder"),
    Stop("award-detail-bounced", "manage:award_detail", ISSUER | {"award_id": "bounced_award"}, who="awarder"),
    Stop("award-detail-suspended", "manage:award_detail", ISSUER | {"award_id": "suspended_award"}, who="awarder"),
    Stop("award-suspend", "manage:award_suspend", ISSUER | {"award_id": "award"}, who="awarder"),
    Stop("award-revoke", "manage:award_revoke", ISSUER | {"award_id": "award"}, who="awarder"),
    Stop("batches", "manage:batches", ISSUER, who="awarder"),
    Stop("batches-none", "manage:batches", {"slug": "draft_slug"}, who="editor_elsewhere"),
    Stop("batches-nothing-found", "manage:batches", ISSUER, who="awarder", query="?q=zzzz"),
    Stop("batch-new", "manage:batch_new", BADGE, who="awarder"),
    Stop("batch-new-errors", "manage:batch_new", BADGE, who="awarder", do=_send_empty),
    Stop("batch-rehearsed", "manage:batch", BATCH, who="awarder"),
    Stop("batch-rehearsed-open", "manage:batch", BATCH, who="awarder", do=_open_all),
    Stop("batch-rehearsed-viewer", "manage:batch", BATCH, who="viewer"),
    Stop("batch-rows", "manage:batch_rows", BATCH, who="awarder"),
    Stop("batch-held", "manage:batch", ISSUER | {"batch_id": "held_batch"}, who="awarder"),
    Stop("batch-paused", "manage:batch", ISSUER | {"batch_id": "paused_batch"}, who="awarder"),
    Stop("batch-done", "manage:batch", ISSUER | {"batch_id": "done_batch"}, who="awarder"),
    Stop("batch-unreadable", "manage:batch", ISSUER | {"batch_id": "broken_batch"}, who="awarder"),
    Stop("batch-discard", "manage:batch_end", BATCH, who="awarder"),
    Stop("batch-cancel", "manage:batch_end", ISSUER | {"batch_id": "paused_batch"}, who="awarder"),
    Stop("batch-revoke", "manage:batch_revoke", ISSUER | {"batch_id": "done_batch"}, who="awarder"),
    Stop("name-requests", "manage:name_requests", ISSUER, who="awarder"),
    Stop("people", "manage:people", ISSUER, who="awarder"),
    Stop("person", "manage:person", ISSUER | {"recipient_id": "recipient"}, who="awarder"),
    Stop("members", "manage:members", ISSUER, who="owner"),
    Stop("member", "manage:member", ISSUER | {"member_id": "member"}, who="owner"),
    Stop("member-invite", "manage:member_invite", ISSUER, who="owner"),
    Stop("member-remove", "manage:member_remove", ISSUER | {"member_id": "member"}, who="owner"),
    Stop("ownership", "manage:ownership", ISSUER, who="owner"),
    Stop("leave", "manage:leave", ISSUER, who="editor"),
    Stop("journal", "manage:journal", ISSUER, who="owner"),
    Stop("settings", "manage:settings", ISSUER, who="owner"),
    Stop("website", "manage:website", ISSUER, who="owner"),
    Stop("keys", "manage:keys", ISSUER, who="owner"),
    Stop("key-rotate", "manage:key_rotate", ISSUER | {"number": "1"}, who="owner"),
    Stop("key-compromised", "manage:key_compromised", ISSUER | {"number": "1"}, who="owner", do=_send_empty),
    Stop("tokens", "manage:tokens", ISSUER, who="owner"),
    Stop("token-new", "manage:token_new", ISSUER, who="owner"),
    Stop("token-revoke", "manage:token_revoke", ISSUER | {"token_id": "token_row"}, who="owner"),
    Stop("webhooks", "manage:webhooks", ISSUER, who="owner"),
    Stop("webhooks-none", "manage:webhooks", {"slug": "draft_slug"}, who="owner_elsewhere"),
    Stop("webhook-new", "manage:webhook_new", ISSUER, who="owner", do=_send_empty),
    Stop("webhook-made", "manage:webhook_new", ISSUER, who="owner", do=_make_webhook),
    Stop("webhook", "manage:webhook", ISSUER | {"webhook_id": "webhook"}, who="owner"),
    Stop("webhook-stopped", "manage:webhook", ISSUER | {"webhook_id": "stopped_webhook"}, who="owner"),
    Stop("webhook-edit", "manage:webhook_edit", ISSUER | {"webhook_id": "webhook"}, who="owner"),
    Stop("webhook-secret", "manage:webhook_secret", ISSUER | {"webhook_id": "webhook"}, who="owner"),
    Stop("webhook-delete", "manage:webhook_delete", ISSUER | {"webhook_id": "webhook"}, who="owner"),
    Stop("delivery", "manage:delivery", ISSUER | {"webhook_id": "webhook", "delivery_id": "delivery"}, who="owner"),
    Stop("mail-log", "manage:mail_log", ISSUER, who="owner"),
    Stop("error-403", "manage:tokens", ISSUER, who="viewer", status=403),
)  # fmt: skip
TOUR = PUBLIC + RECIPIENT + ACCOUNT + MANAGE
