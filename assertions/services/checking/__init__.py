"""What must be true of awards and of all that hangs on them."""

from assertions.services.checking import awards, batches, claims, files

CHECKS = (*awards.CHECKS, *claims.CHECKS, *files.CHECKS, *batches.CHECKS)

__all__ = ["CHECKS"]
