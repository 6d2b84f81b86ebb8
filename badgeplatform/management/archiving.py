"""What the commands have in common that put an organisation into files."""

import errno
from pathlib import Path

from django.core.management import CommandError

from issuers.models import Issuer

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def issuer_named(slug: str) -> Issuer:
    issuer = Issuer.objects.filter(slug=slug).first()
    if issuer is None:
        raise CommandError(f"There is no organisation “{slug}”.")
    return issuer


def said_of(error: OSError, to: Path) -> str:
    """For operators: what went wrong with a file, and what to do."""
    if error.errno in FULL:
        return f"{to}: there is no room left. What was written is removed again; make room, and start once more."
    return f"{to}: {error.strerror or error}"


def readable(size: int) -> str:
    """12.3 MB."""
    amount = float(size)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.1f} {unit}" if unit != "bytes" else f"{size} bytes"
        amount /= 1000
    return f"{amount:.1f} GB"
