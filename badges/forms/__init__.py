from badges.forms.editor import Editor
from badges.forms.filters import FilterForm
from badges.forms.publishing import PublishForm

__all__ = ["Editor", "FilterForm", "PublishForm"]
