"""What recipients type: their name, an address, a word to the awarder."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import AddressField


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Your name, as it should be shown"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your name, at most 200 characters.")},
    )


class AddressForm(forms.Form):
    address = AddressField(
        label=_("Your other e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class NewLinkForm(AddressForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["address"].label = _("The e-mail address your badge was sent to")


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("A word to the people who awarded it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
