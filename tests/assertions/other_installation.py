"""`python -m tests.assertions.other_installation ARCHIVE PASSPHRASE FOLDER`: an installation of its own that takes an
organisation in, looks whether everything fits, and writes what it then has: a kit and an export."""

import json
import sys
import tempfile
from pathlib import Path

from tests.served import configure


def main(archive: Path, passphrase: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="badges-other-") as name:
        configure(Path(name))
        from django.utils import timezone  # once the product is configured

        from accounts.models import User
        from assertions.services.moving import import_organisation
        from badgeplatform.management.commands.reconcile import CHECKS
        from common.actors import SYSTEM
        from issuers.models import Issuer
        from issuers.services import create_issuer
        from tests.assertions.houses import exported
        from tests.assertions.kits import kit_of
        from tests.planting import codes

        neighbour = User.objects.create_user("neighbour@example.org", name="Nina Neighbour")
        for title in ("Here before", "Here as well"):
            create_issuer(name=title, email="x@example.org", by=neighbour.actor, at=timezone.now())
        moved = import_organisation(
            path=archive, passphrase=passphrase, by=SYSTEM, at=timezone.now(), tell=lambda words: None
        )
        print(json.dumps(sorted(codes(CHECKS, at=timezone.now()))))
        issuer = Issuer.objects.get(pk=moved.issuer.pk)
        kit_of(issuer, folder / "kit")
        exported(issuer, folder / "again.zip", passphrase=passphrase)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
