from django import forms
from django.utils.translation import gettext_lazy


class PublishForm(forms.Form):
    """What the page before publishing asks for. `seen` is the draft as that page showed it."""

    change_note = forms.CharField(
        label=gettext_lazy("Why this version"),
        help_text=gettext_lazy("A line for the history on the public page."),
        required=False,
        max_length=300,
    )
    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
