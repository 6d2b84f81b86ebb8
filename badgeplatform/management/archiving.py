"""What the commands have in common that put an organisation into files."""

import errno
import warnings
from getpass import GetPassWarning, getpass
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
        return (
            f"{to}: there is no room left. What was written is removed again; make room, and start once more."
        )
    return f"{to}: {error.strerror or error}"


def readable(size: int) -> str:
    """12.3 MB."""
    amount = float(size)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.1f} {unit}" if unit != "bytes" else f"{size} bytes"
        amount /= 1000
    return f"{amount:.1f} GB"


def passphrase_from(file: Path | None, *, twice: bool = False) -> str:
    """The first line of a file, or what is typed without being shown. Never an argument: those stand in lists of
    processes and in the shell's history."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
        except (OSError, ValueError) as error:
            raise CommandError(f"{file}: the passphrase cannot be read") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", GetPassWarning)  # no terminal: it would be shown
            typed = getpass("Passphrase for the private keys: ")
            is_same = not twice or getpass("Once more: ") == typed
    except (EOFError, GetPassWarning) as error:
        raise CommandError(
            "Nobody is there to be asked for the passphrase: use --passphrase-file."
        ) from error
    if not is_same:
        raise CommandError("The two are not the same. Nothing was done.")
    return typed
