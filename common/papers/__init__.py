"""What papers that strangers bring lead to: links, text, QR codes, attached files; of PDF, Word and OpenDocument.

The reading is done by a process of its own with little time and memory and no secret: whatever a hostile file does
there, it ends.
"""

import base64
import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_SECONDS = 8.0
GRACE = 2.0  # seconds after which a reader that does not notice its time is ended
MOST_AT_ONCE = 3  # readers of one web process
_READER = Path(__file__).with_name("reading.py")
_READING = threading.BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True)
class Lead:
    """Something in a paper: `text` as it is written there; `how` is link, text or qr; `page` 0 where there are none."""

    text: str
    how: str
    page: int = 0


@dataclass(frozen=True)
class Paper:
    """`trouble` is empty, or one of locked, damaged, unfinished (time or memory ran out), too_long (pages left out)."""

    leads: tuple[Lead, ...] = ()
    attached: tuple[tuple[str, bytes], ...] = ()
    trouble: str = ""


def is_paper(content: bytes) -> bool:
    """Whether it looks like a PDF, or like a zip archive, which Word and OpenDocument files are."""
    return b"%PDF-" in content[:1024] or content.startswith(b"PK\x03\x04")


def read_paper(content: bytes, *, seconds: float = MOST_SECONDS) -> Paper:
    """Never raises for a bad file, and takes no longer than `seconds` and a little."""
    if seconds <= 0 or not _READING.acquire(timeout=seconds):
        return Paper(trouble="unfinished")
    try:
        # No shell, a fixed command; nothing of the environment, which holds secrets.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(_READER), str(seconds)],
            input=content,
            capture_output=True,
            timeout=seconds + GRACE,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Paper(trouble="unfinished")
    finally:
        _READING.release()
    return _paper(done.stdout) if done.returncode == 0 else Paper(trouble="unfinished")


def _paper(said: bytes) -> Paper:
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError:
        return Paper(trouble="damaged")
    return Paper(
        leads=tuple(Lead(lead["text"], lead["how"], lead["page"]) for lead in found["leads"]),
        attached=tuple((name, base64.b64decode(content)) for name, content in found["attached"]),
        trouble=found["trouble"],
    )
