"""A receipt brought back, and the badge it speaks of."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assertions.forms.verify import FilesField, ManyFiles
from assertions.services.bringing import Brought, unpack

KINDS = "image/*,.json,.jws,.txt,.pdf"


class ReceiptForm(forms.Form):
    r = forms.CharField(
        label=gettext_lazy("Link or text of the receipt"),
        help_text=gettext_lazy("The link in its QR code, or all that is written in the downloaded file."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        required=False,
        max_length=1_000_000,
    )
    receipt = FilesField(
        label=gettext_lazy("The receipt"), required=False, widget=ManyFiles(attrs={"accept": KINDS})
    )
    badge = FilesField(
        label=gettext_lazy("The badge"), required=False, widget=ManyFiles(attrs={"accept": KINDS})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not (cleaned.get("r") or cleaned.get("receipt")):
            raise forms.ValidationError(_("Give the receipt: its link, its text or its file."))
        return cleaned

    def brought(self) -> str | bytes:
        """The receipt as it was given; the file counts where there are both."""
        files = self.cleaned_data["receipt"]
        return bytes(files[0].read()) if files else str(self.cleaned_data["r"])

    def badge_brought(self) -> Brought | None:
        """The badge that came with it."""
        files = [(str(file.name), file.read()) for file in self.cleaned_data["badge"]]
        return next(iter(unpack(files=files).badges), None)
