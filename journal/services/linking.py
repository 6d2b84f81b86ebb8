"""The key of the links that mails carry for years: one for each installation, never replaced."""

from typing import Any

from cryptography.fernet import Fernet
from django.apps import apps as installed
from django.apps.registry import Apps
from django.core.cache import cache

from common.sealing import key_provider
from journal.models import LINK_KEY


def make_link_key(*, using: str, apps: Apps = installed, **signal: Any) -> None:
    """After `migrate` and after `flush` (post_migrate): here and not when it is first wanted, where two processes would
    make two."""
    try:
        keys = apps.get_model("journal", "LinkKey").objects.using(using)
    except LookupError:  # the tables were taken back to before there was one
        return
    if not keys.exists():
        keys.create(sealed=key_provider().seal(Fernet.generate_key()))
        cache.delete(LINK_KEY)
