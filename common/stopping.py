"""Whether this process was told to stop: long sweeps ask between two rows, so that none is left half done."""

from threading import Event

_TOLD = Event()


def begin() -> None:
    """From now on sweeps end after the row that they are at."""
    _TOLD.set()


def has_begun() -> bool:
    return _TOLD.is_set()
