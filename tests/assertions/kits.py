"""An organisation with something of everything that is public, and its kit on disk."""

import zipfile
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from assertions.models import Award
from assertions.services import Nomination, revoke, store_evidence
from assertions.services.awarding import award_many
from assertions.services.claiming import decline
from assertions.services.kit import write_kit
from assertions.services.suspending import suspend
from badges.models import Badge
from badges.queries import CriterionContent, CriterionWords, Words
from badges.queries.content import Content
from badges.services import save_and_publish
from common.actors import SYSTEM
from common.archives import place_at
from issuers.models import Issuer
from tests.factories import NOON, make_accepted, make_award

AT = NOON + timedelta(days=90)


def furnish(badge: Badge) -> dict[str, Award]:
    """Awards in every state that a public address knows."""
    report = store_evidence(content=b"%PDF-1.4 a report", name="Report.pdf")
    told = {"narrative": "She listened.", "evidence": (report,)}
    rows = {
        "accepted": make_accepted(badge, address="ines@example.org", name="Inès Marchand", **told),
        "waiting": make_award(
            badge, address="noah@example.org", name="Noah Weber", narrative="Private so far."
        ),
        "revoked": make_accepted(badge, address="lea@example.org", name="Léa Roux", **told),
        "expired": make_accepted(
            badge, address="tom@example.org", name="Tom Bell", expires_at=NOON + timedelta(days=1)
        ),
    }
    rows["suspended"] = make_accepted(badge, address="kim@example.org", name="Kim Sato")
    suspend(award=rows["suspended"], reason="Under review.", by=SYSTEM, at=NOON)
    revoke(awards=[rows["revoked"]], reason="Awarded by mistake.", by=SYSTEM, at=NOON)
    nomination = Nomination(address="zoe@example.org", name="Zoé Klein", narrative="Never to be read.")
    made = award_many(badge=badge, nominations=[nomination], by=SYSTEM, at=timezone.now())
    rows["declined"] = decline(token=made.tokens[made.awards[0].pk], at=timezone.now())
    for row in rows.values():
        row.refresh_from_db()
    return rows


def publish_next(badge: Badge) -> None:
    """A second version, in one language only."""
    said = Content(
        "en", {"en": Words("Run a workshop well", "Prepares and runs it.", "", "Violet badge")},
        (CriterionContent({"en": CriterionWords("Plan it", "In detail.")}, "test"),),
    )  # fmt: skip
    save_and_publish(badge=badge, content=said, by=SYSTEM, at=NOON + timedelta(days=2))
    badge.refresh_from_db()


def kit_of(issuer: Issuer, folder: Path) -> Path:
    with place_at(folder, at=AT) as place:
        write_kit(issuer=issuer, place=place, at=AT)
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    """Path -> content, of a folder or of a ZIP file."""
    if folder.suffix == ".zip":
        with zipfile.ZipFile(folder) as read:
            return {name: read.read(name) for name in read.namelist()}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
