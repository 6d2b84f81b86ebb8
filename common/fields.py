"""What several rooms ask people for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.addresses import normalise, problem_with


def check_address(value: str) -> None:
    """A validator that says what is to be mended, where Django's says that something is."""
    if problem := problem_with(normalise(value)):
        raise ValidationError(problem, code="invalid")


class AddressField(forms.CharField):
    """An e-mail address, in the form that is kept."""

    widget = forms.EmailInput
    default_validators = [check_address]
    default_error_messages = {"required": _("An e-mail address is missing.")}

    def to_python(self, value: Any) -> str:
        return normalise(str(super().to_python(value)))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "maxlength": "254"}
