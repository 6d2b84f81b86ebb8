"""The icons of the pages."""

import lucide
import pytest
from django.template import Context, Template

from badges.designer.icons import ICON_GROUPS


def drawn(tag: str, **facts: str) -> str:
    return Template("{% load lucide %}" + tag).render(Context(facts))


def test_with_its_size_and_attributes() -> None:
    svg = drawn('{% lucide icon size=18 aria_hidden="true" class="big" %}', icon="check")
    for attribute in ("<svg", "<path", 'width="18"', 'height="18"', 'aria-hidden="true"', 'class="big"'):
        assert attribute in svg
    assert 'class="big"' not in drawn('{% lucide "check" size=18 aria_hidden="true" %}')


def test_what_is_asked_for_again_is_not_read_again() -> None:
    """As many as a process ever shows: those of the designer, and as many again for the pages."""
    names = [name for _label, icons in ICON_GROUPS for name in icons if name != "people"]
    tags = [f'{{% lucide "{name}" size={size} %}}' for name in names for size in (16, 20)]
    first = [drawn(tag) for tag in tags]
    lucide._load_icon.cache_clear()
    assert [drawn(tag) for tag in tags] == first
    assert lucide._load_icon.cache_info().misses == 0


def test_a_name_that_nobody_drew() -> None:
    with pytest.raises(lucide.IconDoesNotExist):
        drawn("{% lucide icon %}", icon="no-such-icon")
