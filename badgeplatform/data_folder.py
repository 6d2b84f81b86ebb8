"""The data folder of the embedded default: made on first start, secrets readable by the owner only."""

import os
import tempfile
from base64 import urlsafe_b64encode
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

FOLDERS = ("media", "mailbox", "broker", "broker-done", "broker-control", "static")


def prepare(folder: Path) -> Path:
    try:
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR is “{folder}”, where nothing can be written: {error.strerror}."
        ) from error
    return folder.resolve()


def secret_from_file(path: Path) -> str:
    """The secret kept at `path`, made when missing; 32 random bytes, base64url (a Fernet key as well).

    It is written whole before it gets its name: of several processes that start together none reads half of it.
    """
    if not path.exists():
        descriptor, unnamed = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
        with os.fdopen(descriptor, "w") as file:
            file.write(urlsafe_b64encode(os.urandom(32)).decode())
        with suppress(FileExistsError):
            os.link(unnamed, path)
        Path(unnamed).unlink()
    return path.read_text().strip()
