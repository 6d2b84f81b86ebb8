from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """What every template may name: the site, and whether mails land in the local mailbox."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "has_local_mailbox": not settings.EMAIL_URL,
    }
