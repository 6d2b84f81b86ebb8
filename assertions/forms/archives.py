"""What an owner says about an export: whether private keys go with it, and under which passphrase."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WITH, WITHOUT = "with", "without"


class ExportForm(forms.Form):
    keys = forms.ChoiceField(
        label=gettext_lazy("Private keys"),
        choices=[
            (WITH, gettext_lazy("Take them along, sealed with a passphrase")),
            (WITHOUT, gettext_lazy("Leave them here; new keys are made on arrival")),
        ],
        initial=WITH,
        widget=forms.RadioSelect,
    )
    passphrase = forms.CharField(
        label=gettext_lazy("Passphrase"),
        required=False,
        strip=False,
        max_length=200,
        help_text=gettext_lazy(
            "At least 12 characters. It is not kept: without it nobody can open the keys again."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=gettext_lazy("The passphrase once more"),
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Without keys no passphrase is looked at."""
        said = super().clean() or {}
        if said.get("keys") == WITHOUT:
            return said | {"passphrase": ""}
        if not said.get("passphrase") and "passphrase" not in self.errors:
            self.add_error("passphrase", _("Type a passphrase, or leave the keys here."))
        elif said.get("passphrase") != said.get("repeated"):
            self.add_error("repeated", _("The two are not the same."))
        return said
