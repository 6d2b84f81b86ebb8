from django.apps import AppConfig


class BadgeplatformConfig(AppConfig):
    """The roof: holds the management commands and the catalogue, no models."""

    name = "badgeplatform"
