"""What the outbox knows."""

from journal.models import Suppression


def is_suppressed(address: str) -> bool:
    """Whether the address asked not to be written to."""
    return Suppression.objects.filter(address=address).exists()
