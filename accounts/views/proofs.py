"""Adding the first passkey or app: allauth's own views, which then let one see the recovery codes at once."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.http import HttpRequest, HttpResponse


class _JustProved:
    """Who has just shown the new device need not show it again on the next page."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        record_authentication(self.request, self.request.user, method="mfa", reauthenticated=True)
        return response


class AddPasskey(_JustProved, AddWebAuthnView):
    pass


class AddApp(_JustProved, ActivateTOTPView):
    pass
