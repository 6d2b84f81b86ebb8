from django import forms
from django.utils.translation import gettext_lazy as _

from assertions.services.texts import LONGEST_BODY, LONGEST_SUBJECT


class MailTextForm(forms.Form):
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    body = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_BODY,
        help_text=_(
            "Markdown: **bold**, *italic*, lists, links. The button and what it leads to are added below it."
        ),
        widget=forms.Textarea(attrs={"rows": 12}),
    )
