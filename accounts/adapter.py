"""What allauth asks of the product: how mails go out, where people may be sent on to, how secrets are kept."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.emails import account_mail
from accounts.templatetags.account_words import browser
from common.addresses import normalise, problem_with
from common.languages import current_language
from common.sealing import key_provider
from journal.services import queue_mails
from journal.tasks import send_soon


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("This is not the code from the last mail. Look again, or ask for another one."),
        "email_password_mismatch": _("Address and password do not belong together."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
        "duplicate_email": _("This address belongs to your account already."),
        "email_taken": _("This address belongs to another account. Sign in there, or remove it there first."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "max_email_addresses": _("An account can have %d addresses. Remove one first."),
        "rate_limited": _("Too many requests. Wait a minute, then try again."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Through the outbox, like every mail; the worker is woken at once, because somebody waits."""
        address = normalise(email)
        mail = account_mail(template_prefix, address=address, language=current_language(), facts=context)
        queue_mails([mail], at=timezone.now())
        send_soon()

    def clean_email(self, email: str) -> str:
        address = normalise(email)
        if problem := problem_with(address):
            raise ValidationError(problem, code="invalid")
        return address

    def is_safe_url(self, url: str) -> bool:
        """Within this site, as SITE_URL names it; the request's Host says nothing."""
        site = urlsplit(settings.SITE_URL)
        return url_has_allowed_host_and_scheme(url, {site.netloc}, require_https=settings.SITE_IS_HTTPS)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The passkey first, where there is one and no app."""
        methods = super().get_reauthentication_methods(user)
        has_app = user.is_authenticated and is_mfa_enabled(user, [Authenticator.Type.TOTP])
        return methods if has_app else sorted(methods, key=lambda way: not way["id"].endswith(":webauthn"))

    def add_message(self, request: HttpRequest, level: int, *args: Any, **options: Any) -> None:
        """What the page itself says is not said twice: that one is signed in, that the first code was sent."""
        template = args[0] if args else options.get("message_template")
        is_repeat = request.POST.get("action") == "resend"
        if template == "account/messages/logged_in.txt" or (template in _SENT and not is_repeat):
            return
        super().add_message(request, level, *args, **options)


_SENT = ("account/messages/login_code_sent.txt", "account/messages/email_confirmation_sent.txt")


class MfaAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps are sealed; passkeys belong to the host of SITE_URL."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This is not the code. Look again: the app shows a new one every half minute."),
        "unverified_email": _(
            "Confirm all addresses of your account first, or remove those that are not yours."
        ),
    }

    def encrypt(self, text: str) -> str:
        return key_provider().seal(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return key_provider().unseal(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        """What it was made with, such as “Chrome on Android”."""
        return browser(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": settings.SITE_NAME}
