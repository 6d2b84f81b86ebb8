"""The data folder of the embedded default: made on first start, secrets readable by the owner only."""

import os
from base64 import urlsafe_b64encode
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

FOLDERS = ("media", "mailbox", "broker", "broker-done", "broker-control", "static")


def prepare(folder: Path) -> Path:
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def secret_from_file(path: Path, *, allowed: bool) -> str:
    """The secret kept at `path`, made when missing; 32 random bytes, base64url (a Fernet key as well)."""
    if not allowed:
        raise ImproperlyConfigured(f"{path.name.upper()}(S) must be set in the environment in production.")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(urlsafe_b64encode(os.urandom(32)).decode())
    return path.read_text().strip()
