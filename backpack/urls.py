"""The earner's shelf."""

from django.urls import URLPattern, path

from backpack.views import shelf

public: list[URLPattern] = [path("backpack/", shelf.shelf, name="backpack")]
