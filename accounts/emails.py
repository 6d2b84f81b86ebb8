"""What people are told about their account. Rendered from templates/emails/<kind>/ when it is sent."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account import app_settings
from django.utils.http import urlencode

from common.links import absolute_url
from journal.services import Mail

# allauth's name of a mail → our kind, and how many seconds its code works.
CODES = {
    "account/email/login_code": ("sign_in_code", "LOGIN_BY_CODE_TIMEOUT"),
    "account/email/email_confirmation": ("address_code", "EMAIL_VERIFICATION_BY_CODE_TIMEOUT"),
    "account/email/email_confirmation_signup": ("address_code", "EMAIL_VERIFICATION_BY_CODE_TIMEOUT"),
    "account/email/password_reset_code": ("password_code", "PASSWORD_RESET_BY_CODE_TIMEOUT"),
}
# Somebody changed something: the owner of the account hears of it.
NOTICES = {
    "account/email/password_changed": "password_changed",
    "account/email/password_set": "password_set",
    "account/email/password_reset": "password_changed",
    "account/email/email_changed": "primary_address_changed",
    "account/email/email_confirm": "address_added",
    "account/email/email_deleted": "address_removed",
    "mfa/email/totp_activated": "app_added",
    "mfa/email/totp_deactivated": "app_removed",
    "mfa/email/recovery_codes_generated": "recovery_codes_made",
    "mfa/email/webauthn_added": "passkey_added",
    "mfa/email/webauthn_removed": "passkey_removed",
}


def account_mail(name: str, *, address: str, language: str, facts: Mapping[str, Any]) -> Mail:
    """The mail that allauth calls `name`; `facts` is what allauth would give to its own template."""
    if name in CODES:
        kind, lifetime = CODES[name]
        context = {"minutes": getattr(app_settings, lifetime) // 60}
        return _mail(kind, address, language, context, {"code": facts["code"]})
    if name in NOTICES:
        return _mail("account_notice", address, language, _notice(NOTICES[name], facts), {})
    if name == "account/email/unknown_account":
        action_url = f"{absolute_url('account_signup')}?{urlencode({'email': address})}"
        return _mail("no_account", address, language, {"action_url": action_url}, {})
    raise LookupError(f"no mail for {name}")


def _notice(event: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    at: datetime = facts["timestamp"]
    return {
        "event": event,
        "at": at.isoformat(),
        "ip": facts["ip"],
        "address": facts.get("deleted_email") or facts.get("to_email") or "",
        "action_url": absolute_url("mfa_index"),
    }


def _mail(
    kind: str, address: str, language: str, context: Mapping[str, Any], secrets: Mapping[str, str]
) -> Mail:
    """Each is a mail of its own, so each has a subject of its own."""
    return Mail(
        scope="site",
        kind=kind,
        subject=f"account_mail:{uuid.uuid4()}",
        recipient=address,
        language=language,
        asked_for=True,
        context=context,
        secrets=secrets,
    )
