"""What people type about organisations. Forms check the shape; services decide."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.forms import model_to_dict
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import TimeZoneForm
from common.calendar import midnight
from common.errors import Refused
from common.fields import AddressField
from common.languages import CODES, language_name, other_languages
from issuers.models import Issuer, Membership, SigningKey
from issuers.permissions import LABELS, TOKEN_SCOPES, Permission
from journal.models import Action, Delivery, EventType, Webhook

ROLES_SAY = {
    Membership.Role.OWNER: _("Everything: details, members, API tokens, journal, and handing over."),
    Membership.Role.EDITOR: _("Creates, publishes and archives badges, awards and revokes them."),
    Membership.Role.AWARDER: _("Awards and revokes the badges that are there."),
    Membership.Role.VIEWER: _("Sees badges, awards and people. Changes nothing."),
}


def _said(name: object, words: object) -> SafeString:
    return format_html('<strong>{}</strong><br><span class="small soft">{}</span>', name, words)


_said_later = lazy(_said, str)


def role_choices() -> list[tuple[str, Any]]:
    """Roles with a line on what each may do."""
    return [(role.value, _said_later(role.label, ROLES_SAY[role])) for role in Membership.Role]


class OrganisationForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=120,
        help_text=_("As recipients and recruiters know it."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Give the organisation’s name.")},
    )


class StartForm(TimeZoneForm):
    """Sign-up: who, and for which organisation. Everything else can be mended later."""

    email = AddressField(
        label=_("Your e-mail address"),
        help_text=_("We send you a code. No password is needed."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = OrganisationForm.base_fields["name"]


class DetailsForm(forms.Form):
    """The details of an organisation; its description in each language of the site, the usual one first."""

    PLAIN = ("name", "url", "email", "language", "languages")

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Give the organisation’s name.")},
    )
    # Not a URLField: the page on this site that stands in may have an address that no validator knows.
    url = forms.CharField(
        label=_("Website"),
        max_length=300,
        required=False,
        help_text=_("Left empty, your page here stands in."),
        widget=forms.URLInput(attrs={"autocomplete": "url", "placeholder": "https://"}),
    )
    email = AddressField(
        label=_("Public contact address"),
        help_text=_("Shown to anyone who checks a badge; replies to our mails go there too."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(
        label=_("Language it usually writes in"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages it publishes in"),
        choices=settings.LANGUAGES,
        required=False,
        help_text=_(
            "The usual one is always among them. While you write a badge, a missing translation is pointed out."
        ),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, issuer: Issuer, data: Any = None) -> None:
        written = {f"description_{one.language}": one.text for one in issuer.descriptions}
        super().__init__(data, initial=model_to_dict(issuer, self.PLAIN) | written)
        codes = (issuer.language, *other_languages(issuer.language))
        self.fields |= {f"description_{code}": _description(code) for code in codes}
        self.fields[f"description_{issuer.language}"].help_text = _(
            "Two or three sentences for people who do not know you."
        )
        self.order_fields(["name", "language", "languages", *(f"description_{code}" for code in codes)])

    def details(self) -> dict[str, Any]:
        """What was typed, as change_issuer takes it."""
        said = {name: self.cleaned_data[name] for name in self.PLAIN}
        texts = {code: self.cleaned_data[f"description_{code}"] for code in CODES}
        return said | {"description": texts.pop(said["language"]), "translations": texts}

    def clean_url(self) -> str:
        """`example.org` is what people type."""
        url = str(self.cleaned_data["url"])
        return url if not url or "://" in url else f"https://{url}"


def _description(code: str) -> forms.CharField:
    return forms.CharField(
        label=gettext("What the organisation does (%(language)s)") % {"language": language_name(code)},
        max_length=Issuer.LONGEST_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "lang": code}),
    )


class MailsForm(forms.Form):
    """What goes out on its own. Fields are those of Issuer."""

    sends_reminders = forms.BooleanField(
        label=_("Remind people who have not answered"),
        required=False,
        help_text=_("7 and 21 days after the award, with a new link. Never more than twice."),
    )
    sends_expiry_notices = forms.BooleanField(
        label=_("Tell holders before their badge expires"),
        required=False,
        help_text=_("30 and 7 days before."),
    )


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=_("Logo"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/svg+xml"}),
    )


class InvitationForm(forms.Form):
    address = AddressField(
        label=_("E-mail address"),
        help_text=_("They need no account: the link in the mail brings them in."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=role_choices, initial=Membership.Role.AWARDER, widget=forms.RadioSelect
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=role_choices, widget=forms.RadioSelect)


class MemberChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.user} ({obj.user.email})"


class TransferForm(forms.Form):
    to = MemberChoice(
        label=_("New owner"), queryset=Membership.objects.none(), empty_label=_("Choose a member")
    )

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(MemberChoice, self.fields["to"]).queryset = members


class TokenForm(forms.Form):
    LIFETIMES = {
        "30": _("30 days"),
        "90": _("90 days"),
        "365": _("One year"),
        "never": _("It does not expire"),
    }

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What will use it, such as “Moodle” or “HR export”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=[(scope.value, LABELS[scope]) for scope in TOKEN_SCOPES],
        initial=[Permission.VIEW.value],
        widget=forms.CheckboxSelectMultiple,
    )
    lifetime = forms.ChoiceField(label=_("Expires after"), choices=list(LIFETIMES.items()), initial="90")

    def expires_at(self, *, at: datetime) -> datetime | None:
        days = self.cleaned_data["lifetime"]
        return None if days == "never" else at + timedelta(days=int(days))


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Where your software listens. It must answer 200 to 299 within ten seconds."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://example.org/badges"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Tell it when"), choices=EventType.choices, widget=forms.CheckboxSelectMultiple
    )
    tells_personal_data = forms.BooleanField(
        label=_("Say who it is about"),
        required=False,
        help_text=_(
            "Adds the recipient’s e-mail address, their name once they have accepted, and what they wrote when they "
            "declined. Leave it off unless your software needs it: the award’s address is always there."
        ),
    )


class CompromiseForm(forms.Form):
    since = forms.DateField(
        label=_("Since when may somebody else have had it?"),
        help_text=_("The earliest day that is possible. You can mend it later."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=_("What happened"),
        max_length=SigningKey.LONGEST_NOTE,
        help_text=_("For the journal of your organisation. It is not published."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, key: SigningKey, data: Any = None) -> None:
        since = timezone.localtime(key.compromised_from).date() if key.compromised_from else None
        super().__init__(data, initial={"since": since, "note": key.compromise_note})
        self._made = key.created_at

    def begins(self) -> datetime:
        """The beginning of that day here, or the moment in which the key was made on that day."""
        day = self.cleaned_data["since"]
        began = midnight(day)
        return max(began, self._made) if day == timezone.localtime(self._made).date() else began


class FailedSinceForm(forms.Form):
    since = forms.DateField(
        label=_("All that failed since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class DeliveryFilter(forms.Form):
    """Which deliveries of a webhook; whatever cannot be read is left out."""

    STATES = [choice for choice in Delivery.State.choices if choice[0] != Delivery.State.LEASED]
    KINDS = [(Webhook.TEST, _("Test")), *EventType.choices]

    q = forms.CharField(required=False, max_length=60)
    state = forms.ChoiceField(required=False, choices=[("", ""), *STATES])
    kind = forms.ChoiceField(required=False, choices=[("", ""), *KINDS])

    def asked(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in ("q", "state", "kind")}


class JournalFilter(forms.Form):
    """Which lines of the journal; whatever cannot be read is left out."""

    q = forms.CharField(required=False, max_length=200)
    action = forms.ChoiceField(required=False, choices=[("", ""), *Action.choices])
    actor = forms.CharField(required=False, max_length=60)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def asked(self) -> dict[str, Any]:
        """The filters that were given and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def show_refusal(form: forms.BaseForm, refusal: Refused) -> None:
    """A service's refusal, at the fields that it names or above the form."""
    fields: Iterable[tuple[str, str]] = refusal.fields.items()
    at_fields = {name: sentence for name, sentence in fields if name in form.fields}
    for name, sentence in at_fields.items():
        form.add_error(name, sentence)
    if not at_fields:
        form.add_error(None, refusal.message)
