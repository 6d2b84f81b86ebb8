"""Absolute links: always below SITE_URL, never built from a request's Host."""

from typing import Any

from django.conf import settings
from django.urls import reverse


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def absolute_url(name: str, **kwargs: Any) -> str:
    return absolute(reverse(name, kwargs=kwargs))
