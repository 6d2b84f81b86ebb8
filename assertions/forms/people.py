"""People as they are typed or pasted: one a line, several on a line, out of a spreadsheet or a mail program."""

import re
from collections.abc import Iterator

from assertions.services.correcting import tidy_name
from common.addresses import name_in, split_named
from common.searching import folded

# Two of them in a row are one that was mistyped.
_ADDRESSES = re.compile(r"@+")
_PIECES = re.compile(r"([;,\t])")
_HEADINGS = frozenset(
    {
        "name", "names", "first name", "last name", "surname", "full name", "participant", "e-mail", "email",
        "mail", "e-mail address", "email address", "address", "nom", "noms", "prenom", "nom complet", "courriel",
        "adresse", "adresse e-mail", "adresse mail", "adresse electronique", "nom et prenom", "prenom et nom",
    }
)  # fmt: skip


def read_people(text: str) -> list[tuple[str, str]]:
    """(name, address) of each person in the text, as typed. What cannot be read is there too, to be mended."""
    lines = [line for line in re.split(r"[\r\n]+", text.replace("\0", "")) if line.strip(" \t,;\"'")]
    if len(lines) > 1 and _is_heading(lines[0]):
        lines = lines[1:]
    return [_named(piece) for line in lines for piece in _people_of(line)]


def _named(piece: str) -> tuple[str, str]:
    name, address = split_named(piece)
    name = tidy_name(name)
    if not name and "@" in address:
        name = name_in(address)
    return name[:200], address.strip()[:300]


def _is_heading(line: str) -> bool:
    cells = [folded(cell.strip(" \"'")) for cell in re.split(r"[;,\t]", line)]
    return "@" not in line and any(cell in _HEADINGS for cell in cells)


def _people_of(line: str) -> Iterator[str]:
    """The line in pieces of one address each. A comma inside a name stays where it is."""
    if len(_ADDRESSES.findall(line)) < 2:
        yield line
        return
    parts = _PIECES.split(line) if _PIECES.search(line) else re.split(r"(\s)", line)
    piece = ""
    for part in parts:
        piece += part
        if "@" in part:
            yield piece.strip(" ;,\t")
            piece = ""
    if piece.strip(" ;,\t"):
        yield piece.strip(" ;,\t")
