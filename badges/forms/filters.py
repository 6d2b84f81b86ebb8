from django import forms

from badges.queries import BadgeFilter


class FilterForm(forms.Form):
    """Search, filters and sort of a list, from a query string; what makes no sense is ignored."""

    q = forms.CharField(required=False, max_length=200)
    state = forms.CharField(required=False, max_length=20)
    tag = forms.CharField(required=False, max_length=100)
    language = forms.CharField(required=False, max_length=10)
    sort = forms.CharField(required=False, max_length=20)

    def wanted(self) -> BadgeFilter:
        self.is_valid()
        found = {name: str(value) for name, value in self.cleaned_data.items() if value}
        if "q" in found:
            found["words"] = found.pop("q")
        return BadgeFilter(**found)
