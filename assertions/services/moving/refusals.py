"""Why an archive is not taken in: in words for whoever moves an organisation."""

from django.utils.translation import gettext as _

from common.errors import Refused


class NotImported(Refused):
    """Nothing was changed."""

    code = "not_imported"


class Damaged(NotImported):
    """The archive is not as it was made: cut, changed, or never one of ours."""

    code = "archive_damaged"

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message
            or _(
                "The archive is damaged or was changed since it was made. Copy it once more, or make it anew."
            )
        )
