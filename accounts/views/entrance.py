"""Coming in: a code by mail is the way; a password or a passkey for those who have set one."""

from typing import Any

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import clear_login
from allauth.account.internal.templatekit import get_entrance_context_data
from allauth.account.stages import LoginStage
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.decorators import rate_limit
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms import PasswordSignInForm, SignInForm, SignUpForm
from accounts.services import account_at
from common.languages import current_language


class SignIn(LoginView):
    """allauth's own, but whoever comes back to it starts anew instead of being sent on to the code of before."""

    template_name = "account/login.html"

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> None:
        clear_login(request)

    def get_form_class(self) -> type[SignInForm]:
        return SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "password_url": _on_to(self.request, "account_login_password")
        }


class PasswordSignIn(SignIn):
    template_name = "account/login_password.html"

    def get_form_class(self) -> type[SignInForm]:
        return PasswordSignInForm


def sign_in_by_code(request: HttpRequest) -> HttpResponse:
    """allauth's second address for what our sign-in page does."""
    return redirect(_on_to(request, "account_login"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="signup")
def sign_up(request: HttpRequest) -> HttpResponseBase:
    """An address is all that is asked for. Whoever has an account already gets a code for that one."""
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    form = SignUpForm(request.POST or None, initial={"email": request.GET.get("email", "")[:254]})
    if form.is_valid():
        address = form.cleaned_data["email"]
        if refusal := ratelimit.consume_or_429(request, action="request_login_code", key=address):
            return refusal
        return send_code(request, address=address, time_zone=form.cleaned_data["time_zone"])
    next_url = get_next_redirect_url(request) or ""
    return render(
        request,
        "account/signup.html",
        get_entrance_context_data(request) | {"form": form, "next_url": next_url},
    )


def send_code(request: HttpRequest, *, address: str, time_zone: str = "", next_url: str = "") -> HttpResponse:
    """Sends a code to `address` and leads to the page that asks for it; the same whether it has an account or not.

    Afterwards the visitor goes to `next_url`, or where `next` of the request leads.
    """
    clear_login(request)
    with transaction.atomic():  # one commit, whether an account is begun or not: that would take its time
        user = account_at(address, language=current_language(), time_zone=time_zone)
        LoginCodeVerificationProcess.initiate(request=request, user=user, email=address)
    return redirect(_on_to(request, "account_confirm_login_code", next_url=next_url))


def _on_to(request: HttpRequest, name: str, *, next_url: str = "") -> str:
    """The page `name`, which remembers where the visitor was going."""
    target = next_url or get_next_redirect_url(request)
    return reverse(name) + (f"?{urlencode({REDIRECT_FIELD_NAME: target})}" if target else "")
