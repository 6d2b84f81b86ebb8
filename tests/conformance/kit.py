"""An organisation leaves: its exit kit before the judges, with our server stopped and others serving the files."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from assertions.models import Award
from assertions.services.kit import write_kit
from assertions.services.suspending import suspend
from common.archives import place_at
from tests.conformance import cases, cases_ob3
from tests.conformance.stage import NOW, Stage, every_field, no_optional_field
from tests.served import SITE

# What the validator says of an address with nothing but `revoked`, and of a token that is on the list.
GONE = {
    "revoked": r"has been revoked in RevocationList .*Awarded by mistake",
    "revoked before it was accepted": r"has been revoked in RevocationList .*Awarded by mistake",
    "suspended": r"has been revoked in RevocationList .*Suspended: Under review",
    "declined": r"has been revoked in RevocationList .*Declined",
}
# Nothing of what they said is given out.
UNREADABLE = ("revoked before it was accepted", "declined")


@dataclass(frozen=True)
class Left:
    """What is left of an organisation: its awards by the state that they are in, and the kit's folder."""

    rows: dict[str, Award]
    folder: Path

    def read(self, name: str) -> bytes:
        return (self.folder / "site" / name).read_bytes()


def leave(stage: Stage, folder: Path) -> Left:
    """An organisation with awards in every state and of two keys, and its kit in a new folder."""
    issuer = stage.organisation("Départ", description="Elle s’en va.", language="fr")
    badge, plain = stage.badge(issuer, every_field("fr")), stage.badge(issuer, no_optional_field("en"))
    past = {"issued_on": NOW - timedelta(days=90), "expires_at": NOW - timedelta(days=1)}
    rows = {
        "every field": stage.award(badge, full=True),
        "no optional field": stage.award(plain),
        "accepted": stage.accepted(badge),
        "expired": stage.award(badge, **past),
        "revoked": stage.accepted(badge),
        "revoked before it was accepted": stage.award(badge, full=True),
        "suspended": stage.award(plain),
        "declined": stage.declined(plain),
    }
    stage.rotate(issuer)
    rows["signed with a second key"] = stage.award(badge, full=True)
    stage.revoke([rows["revoked"], rows["revoked before it was accepted"]])
    suspend(award=rows["suspended"], reason="Under review.", by=stage.by, at=NOW)
    kit = folder / "kit"
    with place_at(kit, at=NOW) as place:
        write_kit(issuer=issuer, place=place, at=NOW)
    return Left(rows, kit)


@contextmanager
def serving(left: Left, *, told: bool) -> Iterator[int]:
    """The port where the kit is served: by its own server, or (not `told`) by Python's, which knows of no badges."""
    own = [str(left.folder / "serve.py"), "--port", "0"]
    any_other = ["-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(left.folder / "site")]
    command = [sys.executable, "-u", *(own if told else any_other)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", said)
        if found is None:
            raise RuntimeError(f"the server of the kit did not come up: {said}")
        yield int(found[1])
    finally:
        process.terminate()
        process.wait(10)


def of_2(left: Left, *, told: bool) -> Iterator[cases.Case]:
    """Open Badges 2.0: by address, as a token, in pictures; what was taken back is recognised in each form."""
    for state, row in left.rows.items():
        page, name = f"{SITE}/assertions/{row.pk}", f"assertions/{row.pk}"
        case = cases.Case(_group(state, told), "hosted, by its address", page, row.recipient.address)
        case = replace(case, any_type=not told)
        if state in GONE:
            gone = replace(case, recipient="", flaw=cases.TAKEN_BACK, gone=told)
            yield gone
            yield replace(gone, name="signed", document=row.signed, flaw=GONE[state], gone=False)
            continue
        case = replace(case, recipient="", flaw=cases.EXPIRED) if state == "expired" else case
        yield case
        signed = left.read(f"{name}.jws").decode()
        yield replace(case, name="signed, as JWS", document=signed)
        for kind in ("png", "svg"):
            picture = left.read(f"{name}.{kind}")
            yield replace(case, name=f"signed, baked {kind.upper()}", document=signed, picture=picture)


def of_3(left: Left, *, told: bool) -> Iterator[cases_ob3.Case]:
    """Open Badges 3.0: both proof forms and the pictures; revoked and suspended by the lists in the kit."""
    flaws = {"revoked": cases_ob3.REVOKED, "suspended": cases_ob3.REVOKED, "expired": cases_ob3.EXPIRED}
    for state, row in left.rows.items():
        if state in UNREADABLE:
            continue
        document, token = (left.read(f"credentials/{row.pk}{end}").decode() for end in ("", ".jwt"))
        case = cases_ob3.Case(_group(state, told), "Data Integrity", document, flaw=flaws.get(state, ""))
        yield case
        yield replace(case, name="VC-JWT", document=token)
        for kind in ("png", "svg") if state not in GONE else ():
            picture = left.read(f"assertions/{row.pk}.{kind}")
            yield replace(case, name=f"Data Integrity, baked {kind.upper()}", picture=picture)


def _group(state: str, told: bool) -> str:
    server = "its own serve.py" if told else "python -m http.server"
    return f"Exit kit by {server}, {state}"
