"""Files of an archive are stored under the names that they had. Most names are the hash of the content, and whoever has
the same content later shares the file by its name: so none is stored that is not what its name says."""

import re
from collections.abc import Mapping

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from assertions.services.moving.reading import Archive
from assertions.services.moving.refusals import NotImported
from badges.designer import PictureRefused, read_picture
from badges.designer.uploads import HEAVIEST
from common.checking import file_problem

# The storage adds a few letters where two stored the same at one moment.
_HASHED = re.compile(
    r"(?:pictures|logos|evidence)/([0-9a-f]{2})/(?P<hash>\1[0-9a-f]{62})(?:_\w{1,10})?\.[a-z]{3,4}", re.ASCII
)


def keep_files(archive: Archive, stored: list[str], *, rehearse: bool) -> set[str]:
    """Puts each file where it was, and gives the names; the name of one that is there already must mean the same
    content. `stored` gets those that are new here."""
    digests = dict(archive.stored_files())
    for name, digest in digests.items():
        drawing = _drawing_of(name, digests)
        if default_storage.exists(name):
            if not drawing and file_problem(name, sha256=digest):
                raise NotImported(
                    _(
                        "A file of this installation has the name of one in the archive and is another: %(name)s."
                    )
                    % {"name": name},
                    code="collision",
                )
        elif drawing:
            _keep(name, ContentFile(_drawn(archive, drawing)), stored, rehearse=rehearse)
        else:
            with archive.open_file(name) as member:
                _keep(name, File(member, name=name), stored, rehearse=rehearse)
    return set(digests)


def hash_in(name: str) -> str:
    """The hash by which a file is named; nothing where it is named otherwise."""
    said = _HASHED.fullmatch(name)
    return said["hash"] if said else ""


def _drawing_of(name: str, digests: Mapping[str, str]) -> str:
    """The drawing by whose hash the picture of it is named; nothing where a file is named by its own, or by a
    number. Raises NotImported where it is neither."""
    if name.startswith("batches/"):
        return ""
    known_as = hash_in(name)
    if known_as == digests[name]:
        return ""
    drawing = f"pictures/{known_as[:2]}/{known_as}.svg"
    if name.startswith("pictures/") and name.endswith(".png") and digests.get(drawing) == known_as:
        return drawing
    raise NotImported(_("A file in the archive is not what its name says: %(name)s.") % {"name": name})


def _drawn(archive: Archive, drawing: str) -> bytes:
    """Drawn here: nobody can see of the archive's own picture whether it shows the same."""
    with archive.open_file(drawing) as member:
        content = member.read(HEAVIEST + 1)
    try:
        return read_picture(content).png
    except PictureRefused as refused:
        words = _("The picture %(name)s in the archive cannot be drawn: %(problem)s")
        raise NotImported(words % {"name": drawing, "problem": refused}) from refused


def _keep(name: str, content: "File[bytes]", stored: list[str], *, rehearse: bool) -> None:
    if rehearse:
        return
    kept = default_storage.save(name, content)
    stored.append(kept)
    if kept != name:
        raise NotImported(_("The file %(name)s could not be stored under its name.") % {"name": name})
