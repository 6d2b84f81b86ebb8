"""Everything of an organisation in one archive, and from an archive into another installation."""

from assertions.services.moving.importing import Moved, import_organisation
from assertions.services.moving.refusals import Damaged, NotImported
from assertions.services.moving.secrets import WrongPassphrase, check_passphrase, sealed_secrets
from assertions.services.moving.writing import note_export, write_export

__all__ = [
    "Damaged",
    "Moved",
    "NotImported",
    "WrongPassphrase",
    "check_passphrase",
    "import_organisation",
    "note_export",
    "sealed_secrets",
    "write_export",
]
