"""What must be true of awards and of all that hangs on them."""

from assertions.services.checking import awards, batches, claims, credentials, figures, files, registers

CHECKS = (
    *awards.CHECKS,
    *credentials.CHECKS,
    *claims.CHECKS,
    *files.CHECKS,
    *batches.CHECKS,
    *figures.CHECKS,
    *registers.CHECKS,
)

__all__ = ["CHECKS"]
