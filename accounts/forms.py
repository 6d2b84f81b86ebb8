"""Forms of sign-in and of one's account: allauth's, with our words, and a few of our own."""

import logging
from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.addresses import normalise
from common.fields import AddressField, check_address

log = logging.getLogger(__name__)
_EMAIL = {
    "type": "email",
    "autocomplete": "email",
    "inputmode": "email",
    "autocapitalize": "off",
    "spellcheck": "false",
}
_DIGITS = {"autofocus": True, "autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 20}
_CODE = {
    "autocomplete": "one-time-code",
    "autocapitalize": "characters",
    "spellcheck": "false",
    "maxlength": 20,
}


def _dress(field: forms.Field, *, label: Any, attrs: dict[str, Any] | None = None, hint: Any = "") -> None:
    """Our label, and no placeholder that repeats it."""
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs or {})


def _dress_address(field: forms.Field, *, label: Any, attrs: dict[str, Any] = _EMAIL) -> None:
    """The same, and the words of AddressField for what cannot be one."""
    _dress(field, label=label, attrs=attrs)
    field.validators = [check_address]
    field.error_messages |= AddressField.default_error_messages


class SignInForm(allauth_forms.LoginForm):
    """An address, to which a code is sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_address(self.fields["login"], label=_("E-mail address"))

    def clean_login(self) -> str:
        address: str = get_adapter().clean_email(self.cleaned_data["login"])
        return address


class PasswordSignInForm(SignInForm):
    """For those who have set a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attrs = _EMAIL | {"autocomplete": "username"}
        _dress_address(self.fields["login"], label=_("E-mail address"), attrs=attrs)
        _dress(self.fields["password"], label=_("Password"))

    def _setup_password_field(self) -> None:
        """Stays, although nobody needs one to sign up."""


class TimeZoneForm(forms.Form):
    """Filled by JavaScript where there is any: nobody should have to look for their time zone."""

    time_zone = forms.CharField(
        required=False, max_length=60, widget=forms.HiddenInput({"data-time-zone": ""})
    )

    def clean_time_zone(self) -> str:
        zone = self.cleaned_data["time_zone"]
        return zone if zone in available_timezones() else ""


class SignUpForm(TimeZoneForm):
    email = AddressField(label=_("E-mail address"), widget=forms.EmailInput(_EMAIL))


class CodeForm(allauth_forms.ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["code"], label=_("Code"), attrs=_CODE)


class AddressCodeForm(allauth_forms.ConfirmEmailVerificationCodeForm, CodeForm):
    pass


class PasswordCodeForm(allauth_forms.ConfirmPasswordResetCodeForm, CodeForm):
    pass


class AddAddressForm(allauth_forms.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_address(self.fields["email"], label=_("Another address"))


class ForgottenPasswordForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_address(self.fields["email"], label=_("E-mail address"))


_NEW_PASSWORD_HINT = _(
    "At least 10 characters, and not one of those that everybody uses. A sentence is good."
)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["oldpassword"], label=_("Current password"))
        _dress(self.fields["password1"], label=_("New password"), hint=_NEW_PASSWORD_HINT)
        _dress(self.fields["password2"], label=_("The new password once more"))


class SetPasswordForm(allauth_forms.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["password1"], label=_("Password"), hint=_NEW_PASSWORD_HINT)
        _dress(self.fields["password2"], label=_("The password once more"))


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["password1"], label=_("New password"), hint=_NEW_PASSWORD_HINT)
        _dress(self.fields["password2"], label=_("The new password once more"))


class ConfirmPasswordForm(allauth_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["password"], label=_("Password"))


class SecondStepForm(mfa_forms.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["code"], label=_("Code"), attrs=_CODE)


class ConfirmCodeForm(mfa_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["code"], label=_("Code"), attrs=_CODE)


class AddAppForm(totp_forms.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(
            self.fields["code"],
            label=_("The six digits that the app shows"),
            attrs=_CODE | {"inputmode": "numeric"},
        )


class _Checked:
    """What a browser says of a passkey is checked by a library that stumbles over hostile data: that is a refusal."""

    def clean_credential(self) -> Any:
        checked = getattr(super(), "clean_credential", lambda: self.cleaned_data["credential"])  # type: ignore[attr-defined]
        return _or_refuse(checked)

    def clean(self) -> Any:
        return _or_refuse(super().clean)  # type: ignore[misc]


def _or_refuse(check: Callable[[], Any]) -> Any:
    try:
        return check()
    except forms.ValidationError:
        raise
    except Exception as error:  # the library promises no class of its own
        log.warning("A passkey could not be checked: %s", type(error).__name__)
        raise forms.ValidationError(_("The passkey could not be checked. Try again.")) from error


class SecondPasskeyForm(_Checked, webauthn_forms.AuthenticateWebAuthnForm):
    pass


class PasskeySignInForm(_Checked, webauthn_forms.LoginWebAuthnForm):
    pass


class ConfirmPasskeyForm(_Checked, webauthn_forms.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(_Checked, webauthn_forms.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["name"], label=_("Name"), hint=_("To tell it from others, such as “my phone”."))
        _dress(
            self.fields["passwordless"],
            label=_("Sign in with it alone"),
            hint=_("The device then asks for your fingerprint, your face or its PIN."),
        )
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["name"], label=_("Name"))


REGIONS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
}


def time_zone_choices() -> list[tuple[Any, Any]]:
    """By region, as a person looks for it: (region, [(Europe/Paris, Paris), ...])."""
    groups: dict[str, list[tuple[str, str]]] = {region: [] for region in REGIONS}
    for zone in sorted(available_timezones()):
        region, _slash, place = zone.partition("/")
        if place and region in groups:
            groups[region].append((zone, place.replace("_", " ").replace("/", ", ")))
    return [("UTC", "UTC"), *((REGIONS[region], places) for region, places in groups.items())]


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language", "time_zone"]
        labels = {"name": _("Name"), "language": _("Language"), "time_zone": _("Time zone")}
        help_texts = {
            "name": _("As the people you work with know you. It stands beside the badges that you award."),
            "language": _("Of the pages, and of the mails about your account."),
            "time_zone": _("Times are shown in it."),
        }
        widgets = {"name": forms.TextInput({"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].widget = forms.Select(choices=time_zone_choices())


class DeleteAccountForm(forms.Form):
    address = forms.CharField(
        label=_("Type your e-mail address to confirm"),
        widget=forms.TextInput(_EMAIL | {"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_address(self) -> str:
        address = normalise(self.cleaned_data["address"])
        if address != self.user.email:
            raise forms.ValidationError(_("This is not the address of your account."))
        return address
