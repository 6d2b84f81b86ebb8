from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from accounts.views import account, entrance, proofs

public: list[URLPattern | URLResolver] = [
    path("accounts/login/", entrance.SignIn.as_view()),
    path("accounts/login/password/", entrance.PasswordSignIn.as_view(), name="account_login_password"),
    path("accounts/login/code/", entrance.sign_in_by_code),
    path("accounts/signup/", entrance.sign_up),
    path("accounts/2fa/totp/activate/", proofs.AddApp.as_view()),
    *([path("accounts/2fa/webauthn/add/", proofs.AddPasskey.as_view())] if settings.PASSKEYS_WORK else []),
    path("accounts/profile/", account.profile, name="account"),
    path("accounts/profile/", account.profile, name="profile"),
    path("accounts/delete/", account.delete_account, name="delete_account"),
    # The names of the addresses without one are allauth's, and so is all the rest below accounts/.
    path("accounts/", include("allauth.urls")),
]
manage: list[URLPattern | URLResolver] = []
api: list[URLPattern | URLResolver] = []
