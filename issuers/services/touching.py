"""What is kept of public pages is named by the organisation's stamp."""

from django.db.models import F

from issuers.models import Issuer


def touch(issuer_id: int) -> None:
    """A public page of the organisation has changed."""
    Issuer.objects.filter(pk=issuer_id).update(stamp=F("stamp") + 1)
