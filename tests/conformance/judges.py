"""The judges, installed and at work in an environment of their own below .conformance/."""

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.served import ROOT, SITE

HERE = Path(__file__).parent
HOME = ROOT / ".conformance"
PYTHON = HOME / "judges" / "bin" / "python"
REQUIREMENTS = HERE / "requirements.txt"


def install() -> bool:
    """Puts the judges into their environment, every version and hash as pinned; False when they are there."""
    stamp, pins = HOME / "judges.installed", hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == pins:
        return False
    HOME.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", PYTHON.parents[1]], check=True)
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    subprocess.run([PYTHON, "-m", "pip", "install", *options, "-r", REQUIREMENTS], check=True)
    stamp.write_text(pins)
    return True


class Judge:
    """One process for all questions, each a line of JSON. A context manager; ends with it."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.process = subprocess.Popen(
            command, cwd=HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.stdin.close()  # type: ignore[union-attr]
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def verdict(self, document: str, **more: str) -> dict[str, Any]:
        """On a document as text: `valid`, `errors`, and what else the judge has to say."""
        return self._ask({"document": document, **more})

    def extracted(self, picture: Path) -> str:
        """What the judge finds in a picture; an empty string for nothing."""
        found: str = self._ask({"picture": str(picture)}).get("extracted") or ""
        return found

    def baked(self, document: str, kind: str) -> bytes:
        """A picture (png or svg) into which the judge has put the document."""
        return base64.b64decode(self._ask({"document": document, "bake": kind})["baked"])

    def _ask(self, question: dict[str, str]) -> dict[str, Any]:
        print(json.dumps(question), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()  # type: ignore[union-attr]
        if not answer:
            raise RuntimeError(f"{self.name} died")
        return json.loads(answer)  # type: ignore[no-any-return]


class Judges(Judge):
    """1EdTech's validator and bakery, on Open Badges 2.0."""

    def __init__(self, port: int, site: str = SITE) -> None:
        # Isolated: neither this folder nor PYTHONPATH may put our `openbadges` in place of theirs.
        super().__init__("1EdTech's validator", [str(PYTHON), "-I", str(HERE / "judge.py"), str(port), site])

    def verdict(self, document: str, recipient: str = "") -> dict[str, Any]:  # type: ignore[override]
        """On a URL, a JSON text or a JWS: valid, errors, warnings, fetched."""
        return super().verdict(document, recipient=recipient)
