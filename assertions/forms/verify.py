"""What a recruiter brings: addresses, a text, or files."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.addresses import normalise, problem_with
from openbadges.jws import looks_like_token

MOST_DOCUMENTS = 10
_BARE_ADDRESS = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/\S+", re.IGNORECASE)
_AROUND = "\"'“”‘’«»<>()[]{},;!."


@dataclass(frozen=True)
class Brought:
    """One badge to verify, and what people call it."""

    label: str
    document: str | bytes


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files, possibly empty."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        for file in files:
            if getattr(file, "too_large", False):
                problem = _("“%(name)s” is too large: 10 MB at most each, 25 MB together.")
                raise forms.ValidationError(problem % {"name": file.name})
            if not file.size:
                problem = _("“%(name)s” is empty.")
                raise forms.ValidationError(problem % {"name": file.name})
        return list(files)


class VerifyForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Link or text"),
        help_text=gettext_lazy(
            "A badge’s link such as https://…, several links, or the text of a badge’s document."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        required=False,
        max_length=1_000_000,
    )
    uploads = FilesField(
        label=gettext_lazy("Files"),
        required=False,
        widget=ManyFiles(attrs={"accept": "image/*,.json,.jsonld,.jws,.jwt,.txt"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Their e-mail address"),
        help_text=gettext_lazy("It is compared with the one in the badge, and kept nowhere."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_address(self) -> str:
        address = normalise(self.cleaned_data["address"])
        if address and (problem := problem_with(address)):
            raise forms.ValidationError(problem)
        return address

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        brought = [*badges_in(cleaned.get("text", "")), *cleaned.get("uploads", [])]
        if not brought and not self.errors:
            raise forms.ValidationError(_("Give a link, a text or a file."))
        if len(brought) > MOST_DOCUMENTS:
            raise forms.ValidationError(_("These are more than ten badges. Verify ten at a time."))
        return cleaned

    def brought(self) -> list[Brought]:
        """All the badges that were brought, in order."""
        files = [Brought(str(file.name), file.read()) for file in self.cleaned_data["uploads"]]
        return [*badges_in(self.cleaned_data["text"]), *files]


def badges_in(text: str) -> list[Brought]:
    """The badges in a text: one document, or the links and tokens among its words, each once.

    A curriculum vitae may be pasted whole. Where nothing looks like a badge, the text itself is brought.
    """
    text = text.strip()
    if not text:
        return []
    if text.startswith(("{", "[", "<")):
        return [Brought(_("Text"), text)]
    found = dict.fromkeys(filter(None, map(_badge_in, text.split())))
    return [Brought(_label(one), one) for one in found] or [Brought(Truncator(text).chars(60), text)]


def _badge_in(word: str) -> str:
    """The address or token that a word is, without the punctuation around it; else nothing."""
    word = word.strip(_AROUND)
    if word.lower().startswith(("https://", "http://")):
        return word
    if _BARE_ADDRESS.fullmatch(word) and "@" not in word:
        return f"https://{word}"
    return word if len(word) > 60 and looks_like_token(word) else ""


def _label(badge: str) -> str:
    return badge if badge[:4].lower() == "http" else _("Signed text")
