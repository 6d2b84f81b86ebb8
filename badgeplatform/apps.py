from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


class BadgeplatformConfig(AppConfig):
    """The roof: holds the management commands and the catalogue, no models."""

    name = "badgeplatform"

    def ready(self) -> None:
        checks.register(list_of_trusted_issuers)
        checks.register(mails_that_go_out, deploy=True)


def list_of_trusted_issuers(**_facts: Any) -> list[checks.CheckMessage]:
    """`manage.py check`: the file that TRUSTED_ISSUERS names can be read, every line of it."""
    from pathlib import Path  # only where it is checked

    from common.trusted_issuers import ListRefused, read_list

    if not settings.TRUSTED_ISSUERS:
        return []
    try:
        read_list(Path(settings.TRUSTED_ISSUERS))
    except ListRefused as refused:
        hint = "Mend the file that TRUSTED_ISSUERS names; until then nobody on it is known at /verify."
        return [
            checks.Error(f"{settings.TRUSTED_ISSUERS}, {problem}", hint=hint, id="badgeplatform.E001")
            for problem in refused.problems
        ]
    return []


def mails_that_go_out(**_facts: Any) -> list[checks.CheckMessage]:
    """`manage.py check --deploy`: a site that others reach writes to them, and not into a mailbox that only visitors
    from this machine may open."""
    if settings.EMAIL_URL or not settings.SITE_IS_HTTPS:
        return []
    problem = "EMAIL_URL is not set: no mail leaves this machine, neither sign-in codes nor badges."
    hint = "Set EMAIL_URL to your mail server, such as smtp+tls://name:password@mail.example.org:587."
    return [checks.Warning(problem, hint=hint, id="badgeplatform.W001")]
