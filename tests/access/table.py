"""The expected answers, written by hand: a route that is not here fails the test.

An answer is a status; a tuple where several are right. A method that a rule does not name must be refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from issuers.models import Membership
from issuers.permissions import ROLES, Permission

Answer = int | tuple[int, ...]
SIGN_IN = 302
P = Permission


@dataclass(frozen=True)
class Rule:
    """`methods` are the answers to whoever may; everybody else is answered by `answer`."""

    methods: Mapping[str, Answer]
    refusal: Answer = field(default=405, kw_only=True)

    def answer(self, method: str, who: str) -> Answer:
        return self.methods.get(method, self.refusal)

    def answer_to_token(self, method: str, scope: str) -> Answer:
        """A token opens the API and nothing else."""
        return self.answer(method, "anonymous")


class Everyone(Rule):
    """The same for all."""


class SignedIn(Rule):
    def answer(self, method: str, who: str) -> Answer:
        if who == "anonymous":
            return SIGN_IN if method in self.methods else (SIGN_IN, 405)
        return super().answer(method, who)


class Visitors(Rule):
    """Whoever is signed in is sent on."""

    def answer(self, method: str, who: str) -> Answer:
        if who == "anonymous":
            return super().answer(method, who)
        return 302 if method in self.methods else (302, 405)


@dataclass(frozen=True)
class Holders(Rule):
    """Who accepted the badge, by a browser or an account; `others` get their own answer."""

    others: Answer = 404

    def answer(self, method: str, who: str) -> Answer:
        if method not in self.methods:
            return 405
        return self.methods[method] if who == "earner" else self.others


@dataclass(frozen=True)
class Members(Rule):
    """Members of the organisation whose role includes `may`: 404 to strangers, 403 to the other members."""

    may: Permission = P.VIEW

    def answer(self, method: str, who: str) -> Answer:
        if who == "anonymous":
            return SIGN_IN
        if method not in self.methods:
            return 405
        if who not in Membership.Role.values:
            return 404
        return self.methods[method] if self.may in ROLES[who] else 403


@dataclass(frozen=True)
class Tokens(Rule):
    """Tokens of the organisation that have the scope; a session opens nothing here."""

    may: Mapping[str, Permission]
    strangers: Answer = 404

    def answer(self, method: str, who: str) -> Answer:
        return 401

    def answer_to_token(self, method: str, scope: str) -> Answer:
        if scope == "revoked":
            return 401
        if method not in self.methods:
            return 405
        if scope == "foreign":
            return self.strangers
        return (
            self.methods[method] if scope in ("all", self.may[method]) or self.may[method] == P.VIEW else 403
        )


def everyone(**methods: Answer) -> Rule:
    return Everyone(_with_head(methods))


def signed_in(**methods: Answer) -> Rule:
    return SignedIn(_with_head(methods))


def visitors(**methods: Answer) -> Rule:
    return Visitors(_with_head(methods))


def holders(others: Answer = 404, **methods: Answer) -> Rule:
    return Holders(_with_head(methods), others)


def members(may: Permission, **methods: Answer) -> Rule:
    return Members(_with_head(methods), may)


def tokens(strangers: Answer = 404, **methods: tuple[Permission, int]) -> Rule:
    both = _with_head(methods)
    answers: dict[str, Answer] = {method: status for method, (_scope, status) in both.items()}
    return Tokens(answers, {method: scope for method, (scope, _status) in both.items()}, strangers)


def _with_head(methods: Mapping[str, Any]) -> dict[str, Any]:
    return {**({"HEAD": methods["GET"]} if "GET" in methods else {}), **methods}


PAGE, FORM = everyone(GET=200), everyone(GET=200, POST=200)
PUBLIC = {
    "home": PAGE,
    "about": PAGE,
    "accessibility": PAGE,
    "security_txt": PAGE,
    "robots_txt": PAGE,
    "favicon": everyone(GET=302),
    # Django's own: sets a cookie on POST, and otherwise only leads back.
    "set_language": everyone(GET=302, POST=302, PUT=302, PATCH=302, DELETE=302),
    "issuer": PAGE,
    "issuer_did": PAGE,
    "issuer_key": PAGE,
    "issuer_logo": everyone(GET=404),
    "issuer_revocations": PAGE,
    "issuer_profile": PAGE,
    "profile_revocations": PAGE,
    "badge_version_for_key": PAGE,
    "credential": PAGE,
    "credential_jwt": PAGE,
    "credential_status": PAGE,
    "credential_status_jwt": PAGE,
    "credential_suspensions": PAGE,
    "credential_suspensions_jwt": PAGE,
    "credential_revocations": PAGE,
    "issuer_register": PAGE,
    "register_checkpoint": PAGE,
    "register_checkpoint_at": PAGE,
    "register_tile": PAGE,
    "register_consistency": PAGE,
    "register_entry": PAGE,
    "register_proof": PAGE,
    "browser_check_words": PAGE,
    "site_did": PAGE,
    "badge_public": PAGE,
    "badge_version": PAGE,
    "badge_version_in": PAGE,
    "picture": PAGE,
    "assertion": PAGE,
    "assertion_jws": PAGE,
    "assertion_png": PAGE,
    "assertion_svg": PAGE,
    "assertion_qr": PAGE,
    "evidence_file": PAGE,
    "person_match": everyone(GET=302, POST=400),
    "receipt": PAGE,
    "receipt_document": PAGE,
    "receipt_check": everyone(GET=200, POST=400),
    "receipt_print": everyone(POST=404),
    "receipt_keys": PAGE,
    "verify": everyone(GET=200, POST=400),
    "mailbox": PAGE,
    "mailbox_mail": everyone(GET=404),
    "mailbox_html": everyone(GET=404),
    "unsubscribe": FORM,
    "api_schema": PAGE,
    "api_docs": PAGE,
    "api_try": PAGE,
}
RECIPIENTS = {
    "new_link": everyone(GET=200, POST=400),
    "claim": everyone(GET=200, POST=302),
    "claim_decline": FORM,
    "claim_not_me": FORM,
    "claim_name": everyone(GET=200, POST=400),
    "claim_address": everyone(GET=200, POST=400),
    "address_change": everyone(GET=200, POST=302),
    "share": holders(GET=200, others=302),
    "share_name": holders(GET=200, POST=400),
    "share_address": holders(GET=200, POST=400),
    "share_withdraw": holders(GET=200, POST=302),
    "share_restore": everyone(POST=404),
}
# allauth's forms take PUT for POST. Who has no password has nothing to prove themselves with: 403.
ASKED = (200, 302, 403)
ACCOUNTS = {
    "start": FORM,
    "start_finish": signed_in(GET=302),
    "manage_home": signed_in(GET=(200, 302), POST=404),
    "backpack": signed_in(GET=200),
    "invitation": everyone(GET=200, POST=(200, 302)),
    "accounts/login/": visitors(GET=200, POST=200, PUT=200),
    "accounts/login/code/": everyone(GET=302, POST=302, PUT=302, PATCH=302, DELETE=302),
    "accounts/signup/": visitors(GET=200, POST=200),
    "account_login_password": visitors(GET=200, POST=200, PUT=200),
    "account": signed_in(GET=200, POST=200),
    "delete_account": signed_in(GET=200, POST=200),
    "account_logout": signed_in(GET=200, POST=302),
    "account_inactive": PAGE,
    "account_reauthenticate": signed_in(GET=ASKED, POST=ASKED, PUT=ASKED),
    "account_email": signed_in(GET=200, POST=(200, 302), PUT=(200, 302)),
    "account_email_verification_sent": everyone(GET=302, POST=302, PUT=302),
    "account_change_password": signed_in(GET=(200, 302), POST=(200, 302), PUT=(200, 302)),
    "account_set_password": signed_in(GET=(200, 302), POST=(200, 302), PUT=(200, 302)),
    "account_reset_password": everyone(GET=200, POST=200, PUT=200),
    "account_confirm_login_code": everyone(GET=302, POST=302, PUT=302),
    "account_confirm_password_reset_code": everyone(GET=302, POST=302, PUT=302),
    "account_complete_password_reset": everyone(GET=302, POST=302, PUT=302),
    "account_password_reset_completed": PAGE,
    "mfa_index": signed_in(GET=200),
    "mfa_authenticate": everyone(GET=302, POST=302, PUT=302),
    "mfa_reauthenticate": signed_in(GET=ASKED, POST=ASKED, PUT=ASKED),
    "accounts/2fa/totp/activate/": signed_in(GET=200, POST=200, PUT=200),
    "mfa_deactivate_totp": signed_in(GET=(302, 404), POST=(302, 404), PUT=(302, 404)),
    "mfa_view_recovery_codes": signed_in(GET=(302, 404)),
    "mfa_generate_recovery_codes": signed_in(GET=(200, 302, 404), POST=(200, 302, 404), PUT=(200, 302, 404)),
    "mfa_download_recovery_codes": signed_in(GET=(302, 404)),
    "accounts/2fa/webauthn/add/": signed_in(GET=200, POST=200, PUT=200),
    "mfa_list_webauthn": signed_in(GET=200),
    "mfa_reauthenticate_webauthn": signed_in(GET=ASKED, POST=ASKED, PUT=ASKED),
    "mfa_remove_webauthn": signed_in(GET=404, POST=404),
    "mfa_edit_webauthn": signed_in(GET=404, POST=404, PUT=404),
    "mfa_login_webauthn": visitors(GET=(200, 302), POST=(200, 302), PUT=(200, 302)),
    "usersessions_list": signed_in(GET=200, POST=302, PUT=302),
}
MANAGE = {
    "manage:overview": members(P.VIEW, GET=200),
    "manage:settings": members(P.MANAGE_ISSUER, GET=200, POST=200),
    "manage:mail_settings": members(P.MANAGE_ISSUER, POST=302),
    "manage:logo": members(P.MANAGE_ISSUER, POST=200),
    "manage:keys": members(P.VIEW, GET=200),
    "manage:website": members(P.MANAGE_ISSUER, GET=200, POST=302),
    "manage:key_rotate": members(P.MANAGE_ISSUER, GET=200, POST=302),
    "manage:key_compromised": members(P.MANAGE_ISSUER, GET=200, POST=200),
    "manage:tokens": members(P.MANAGE_TOKENS, GET=200),
    "manage:token_new": members(P.MANAGE_TOKENS, GET=200, POST=200),
    "manage:token_revoke": members(P.MANAGE_TOKENS, GET=200, POST=302),
    "manage:webhooks": members(P.MANAGE_TOKENS, GET=200),
    "manage:webhook_new": members(P.MANAGE_TOKENS, GET=200, POST=200),
    "manage:webhook": members(P.MANAGE_TOKENS, GET=200),
    "manage:webhook_edit": members(P.MANAGE_TOKENS, GET=200, POST=200),
    "manage:webhook_secret": members(P.MANAGE_TOKENS, GET=200, POST=200),
    "manage:webhook_pause": members(P.MANAGE_TOKENS, POST=302),
    "manage:webhook_resume": members(P.MANAGE_TOKENS, POST=302),
    "manage:webhook_delete": members(P.MANAGE_TOKENS, GET=200, POST=302),
    "manage:webhook_test": members(P.MANAGE_TOKENS, POST=302),
    "manage:webhook_failed_again": members(P.MANAGE_TOKENS, POST=302),
    "manage:delivery": members(P.MANAGE_TOKENS, GET=200),
    "manage:delivery_again": members(P.MANAGE_TOKENS, POST=302),
    "manage:members": members(P.VIEW, GET=200),
    "manage:member_invite": members(P.MANAGE_MEMBERS, GET=200, POST=200),
    "manage:invitation_change": members(P.MANAGE_MEMBERS, POST=302),
    "manage:leave": members(P.VIEW, GET=200, POST=302),
    "manage:ownership": members(P.TRANSFER_OWNERSHIP, GET=200, POST=200),
    "manage:member": members(P.MANAGE_MEMBERS, GET=200, POST=200),
    "manage:member_remove": members(P.MANAGE_MEMBERS, GET=200, POST=302),
    "manage:journal": members(P.READ_JOURNAL, GET=200),
    "manage:journal_export": members(P.READ_JOURNAL, POST=200),
    "manage:badges": members(P.VIEW, GET=200),
    "manage:badge_new": members(P.EDIT_BADGES, GET=200, POST=200),
    "manage:badge_preview": members(P.EDIT_BADGES, GET=200),
    "manage:badge_lint": members(P.EDIT_BADGES, POST=200),
    "manage:badge": members(P.VIEW, GET=200),
    "manage:badge_edit": members(P.EDIT_BADGES, GET=200, POST=200),
    "manage:badge_draft": members(P.VIEW, GET=200),
    "manage:badge_publish": members(P.EDIT_BADGES, GET=200, POST=302),
    "manage:badge_archive": members(P.EDIT_BADGES, GET=200, POST=302),
    "manage:badge_restore": members(P.EDIT_BADGES, GET=200, POST=302),
    "manage:badge_discard": members(P.EDIT_BADGES, GET=200, POST=302),
    "manage:badge_delete": members(P.EDIT_BADGES, GET=200, POST=302),
    "manage:award": members(P.AWARD, GET=200, POST=200),
    "manage:award_preview": members(P.AWARD, POST=200),
    "manage:award_choose": members(P.AWARD, GET=200),
    "manage:award_result": members(P.AWARD, GET=200),
    "manage:mail_texts": members(P.EDIT_BADGES, GET=200, POST=200),
    "manage:mail_text_preview": members(P.EDIT_BADGES, GET=200, POST=200),
    "manage:awards": members(P.VIEW, GET=200),
    "manage:awards_export": members(P.VIEW, GET=200),
    "manage:awards_send_again": members(P.AWARD, POST=302),
    "manage:awards_revoke": members(P.REVOKE, POST=302),
    "manage:awards_undo": members(P.REVOKE, POST=302),
    "manage:name_requests": members(P.VIEW, GET=200),
    "manage:name_decide": members(P.AWARD, POST=302),
    "manage:award_detail": members(P.VIEW, GET=200),
    "manage:award_revoke": members(P.REVOKE, GET=200, POST=200),
    "manage:award_undo_revoke": members(P.REVOKE, POST=302),
    "manage:award_suspend": members(P.REVOKE, GET=200, POST=200),
    "manage:award_reinstate": members(P.REVOKE, POST=302),
    "manage:award_send_again": members(P.AWARD, POST=302),
    "manage:batches": members(P.VIEW, GET=200),
    "manage:batch_new": members(P.AWARD, GET=200, POST=200),
    "manage:batch_template": members(P.AWARD, GET=200),
    "manage:batch": members(P.VIEW, GET=200),
    "manage:batch_act": members(P.AWARD, POST=302),
    "manage:batch_columns": members(P.AWARD, POST=200),
    "manage:batch_confirm": members(P.AWARD, POST=200),
    "manage:batch_end": members(P.AWARD, GET=200, POST=302),
    "manage:batch_failed": members(P.VIEW, GET=200),
    "manage:batch_mend": members(P.AWARD, POST=302),
    "manage:batch_restore": members(P.REVOKE, POST=302),
    "manage:batch_revoke": members(P.REVOKE, GET=200, POST=200),
    "manage:batch_rows": members(P.VIEW, GET=200),
    "manage:batch_preview": members(P.AWARD, GET=200),
    "manage:batch_start": members(P.AWARD, GET=302, POST=302),
    "manage:batch_words": members(P.AWARD, POST=302),
    "manage:archives": members(P.MANAGE_ISSUER, GET=200, POST=302),
    "manage:archive_export": members(P.MANAGE_ISSUER, POST=200),
    "manage:archive_file": members(P.MANAGE_ISSUER, GET=200),
    "manage:archive_remove": members(P.MANAGE_ISSUER, POST=302),
    "manage:people": members(P.VIEW, GET=200),
    "manage:person": members(P.VIEW, GET=200),
    "manage:mail_log": members(P.VIEW, GET=200),
    "manage:mail_bounced": members(P.AWARD, POST=302),
    "manage:mail_address_works": members(P.AWARD, POST=302),
}
API = {
    "api:issuers": tokens(GET=(P.VIEW, 200), strangers=200),
    "api:badges": tokens(GET=(P.VIEW, 200), POST=(P.EDIT_BADGES, 400)),
    "api:badge": tokens(GET=(P.VIEW, 200)),
    "api:badge_publish": tokens(POST=(P.EDIT_BADGES, 200)),
    "api:badge_awards": tokens(GET=(P.VIEW, 200), POST=(P.AWARD, 400)),
    "api:award": tokens(GET=(P.VIEW, 200)),
    "api:award_revoke": tokens(POST=(P.REVOKE, 400)),
    "api:award_suspend": tokens(POST=(P.REVOKE, 400)),
    "api:award_reinstate": tokens(POST=(P.REVOKE, 409)),
    "api:badge_batches": tokens(GET=(P.VIEW, 200), POST=(P.AWARD, 400)),
    "api:batch": tokens(GET=(P.VIEW, 200)),
    "api:batch_confirm": tokens(POST=(P.AWARD, 200)),
    "api:batch_cancel": tokens(POST=(P.AWARD, 200)),
    "api:batch_start": tokens(POST=(P.AWARD, 409)),
    "api:batch_pause": tokens(POST=(P.AWARD, 409)),
    "api:batch_resume": tokens(POST=(P.AWARD, 409)),
    "api:batch_revoke": tokens(POST=(P.REVOKE, 400)),
    "api:batch_restore": tokens(POST=(P.REVOKE, 409)),
    "api:verify": everyone(POST=(400, 415)),
    "api:receipt_check": everyone(POST=(400, 415)),
}
# allauth looks whether something is under way before it looks at the method.
LED_BACK = {name: replace(rule, refusal=(302, 403, 404, 405)) for name, rule in ACCOUNTS.items()}
TABLE: dict[str, Rule] = PUBLIC | RECIPIENTS | LED_BACK | MANAGE | API
