"""What must be true of awards and of all that hangs on them."""

from assertions.services.checking import awards, claims, files

CHECKS = (*awards.CHECKS, *claims.CHECKS, *files.CHECKS)

__all__ = ["CHECKS"]
