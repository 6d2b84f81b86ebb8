"""Slugs: the organisation's name in an address. Given once, never changed, never given again."""

import re

from django.utils.text import slugify
from django.utils.translation import gettext as _

from common.errors import Invalid
from issuers.models import Issuer

MAX_LENGTH = 60
# Words that an address of ours may need one day, or that would pass for the people who run the site.
_RESERVED = """
about account accounts admin administrator all api app assertion assertions auth award awards
backpack badge badges batch batches blog claim contact create credential credentials dashboard demo
docs download edit export health healthz help home i18n import index info invitation invitations
issuer issuers journal keys legal login logout mail mailbox manage media members me new news none
null official operator organisation organisations organization organizations people portfolio
privacy profile public readyz register revocations robots root schema search security settings share
signin signup site start static status support system team terms test undefined user users verify
well-known www
"""
RESERVED = frozenset(_RESERVED.split())
_ALLOWED = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def check_slug(slug: str) -> None:
    """Refuses what cannot be an organisation's address."""
    if not _ALLOWED.fullmatch(slug) or len(slug) > MAX_LENGTH:
        message = _("An address holds small letters, digits and single hyphens, at most 60.")
        raise Invalid(message, code="slug_malformed", fields={"slug": message})
    if slug in RESERVED:
        message = _("“%(slug)s” is reserved. Choose another address.") % {"slug": slug}
        raise Invalid(message, code="slug_reserved", fields={"slug": message})
    if Issuer.objects.filter(slug=slug).exists():
        message = _("“%(slug)s” belongs to another organisation.") % {"slug": slug}
        raise Invalid(message, code="slug_taken", fields={"slug": message})


def free_slug(name: str) -> str:
    """A slug made from the name that no organisation has: `atelier-8`, then `atelier-8-2`, ..."""
    base = slugify(name)[: MAX_LENGTH - 6].strip("-_").replace("_", "-") or "org"
    base = re.sub(r"-{2,}", "-", base)
    taken = set(Issuer.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    number = 1
    while (slug := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return slug
