"""What must be true of awards and of all that hangs on them."""

from assertions.services.checking import awards, batches, claims, figures, files, registers

CHECKS = (
    *awards.CHECKS,
    *claims.CHECKS,
    *files.CHECKS,
    *batches.CHECKS,
    *figures.CHECKS,
    *registers.CHECKS,
)

__all__ = ["CHECKS"]
