"""What a recruiter brings: addresses, a text, or files."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assertions.services.bringing import LONGEST_AGAIN, MOST_NAMED, Pack, unpack
from common.addresses import normalise, problem_with

MOST_FILES = 20


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
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("These are more than twenty files. Verify twenty at a time."))
        return list(files)


class AgainField(forms.Field):
    """Links and texts for which there was no time or room in the visit before."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        return [str(text)[:LONGEST_AGAIN] for text in value or []][:MOST_NAMED]


class VerifyForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Link or text"),
        help_text=gettext_lazy(
            "A badge’s link such as https://…, several links, a whole CV, or the text of a badge’s document."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        required=False,
        max_length=1_000_000,
    )
    uploads = FilesField(
        label=gettext_lazy("Files"),
        required=False,
        widget=ManyFiles(attrs={"accept": "image/*,.pdf,.docx,.odt,.txt,.json,.jsonld,.jws,.jwt"}),
    )
    again = AgainField(required=False)
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
        if not self.errors and not any(cleaned.get(name) for name in ("text", "uploads", "again")):
            raise forms.ValidationError(_("Give a link, a text or a file."))
        return cleaned

    def pack(self) -> Pack:
        """All the badges in what was brought."""
        given = self.cleaned_data
        files = [(str(file.name), file.read()) for file in given["uploads"]]
        return unpack(texts=[*given["again"], given["text"]], files=files)
