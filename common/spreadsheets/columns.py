"""What the columns of people's lists hold, guessed by their names and by what is in them."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.searching import folded
from common.spreadsheets.days import day_in


class Field(TextChoices):
    """What a column gives. A first and a last name make a name; OWN is shown in the narrative as “Header: value”."""

    ADDRESS = "address", _("E-mail address")
    NAME = "name", _("Name")
    FIRST_NAME = "first_name", _("First name")
    LAST_NAME = "last_name", _("Last name")
    NARRATIVE = "narrative", _("Why they earned it")
    EVIDENCE = "evidence", _("Links to evidence")
    ISSUED_ON = "issued_on", _("Date of award")
    EXPIRES_ON = "expires_on", _("Valid until")
    LANGUAGE = "language", _("Language of the mail")
    OWN = "own", _("Shown in the reasons")


_REPEATED = frozenset({Field.EVIDENCE, Field.OWN})

_NAMES: Mapping[Field, frozenset[str]] = {
    Field.ADDRESS: frozenset(
        {
            "e mail", "email", "mail", "e mail address", "email address", "mail address", "address", "recipient",
            "recipient email", "user email", "email id", "primary email", "work email", "contact email", "courriel",
            "adresse", "adresse e mail", "adresse email", "adresse mail", "adresse courriel", "adresse electronique",
            "adresse de courriel", "adresse de messagerie", "messagerie", "mel", "email du participant",
            "email du titulaire", "identifier", "identity", "your email", "your email address", "student email",
            "learner email", "participant email", "email professionnel", "e mail professionnel",
            "courriel professionnel", "adresse e mail professionnelle", "votre adresse e mail", "votre e mail",
        }
    ),
    Field.NAME: frozenset(
        {
            "name", "full name", "fullname", "names", "participant", "participant name", "recipient name", "person",
            "student", "student name", "learner", "learner name", "display name", "earner", "member", "nom complet",
            "nom et prenom", "prenom et nom", "nom prenom", "prenom nom", "noms", "nom du participant", "titulaire",
            "etudiant", "apprenant", "stagiaire", "eleve", "personne", "beneficiaire", "candidat", "your name",
            "nom de l apprenant", "nom du stagiaire", "nom du titulaire", "nom du beneficiaire", "nom affiche",
        }
    ),
    Field.FIRST_NAME: frozenset(
        {"first name", "firstname", "given name", "given names", "forename", "first", "prenom", "prenoms",
         "votre prenom", "prenom usuel"}
    ),
    Field.LAST_NAME: frozenset(
        {
            "last name", "lastname", "surname", "family name", "last", "nom de famille", "nom d usage", "nom usuel",
            "patronyme", "nom", "votre nom",
        }
    ),
    # No “note”: it is a mark in French, and in English often what nobody else is to read.
    Field.NARRATIVE: frozenset(
        {
            "narrative", "reason", "reasons", "why", "why they earned it", "comment", "comments", "description",
            "message", "motif", "motifs", "justification", "raison", "raisons", "pourquoi", "commentaire",
            "commentaires", "recit", "recit du badge", "appreciation", "pourquoi ce badge",
        }
    ),
    Field.EVIDENCE: frozenset(
        {
            "evidence", "evidence link", "evidence links", "evidence url", "evidence urls", "link", "links", "url",
            "urls", "links to evidence", "proof", "proofs", "preuve", "preuves", "lien", "liens", "lien de preuve",
            "liens vers les preuves", "liens vers des preuves", "liens de preuve", "lien vers la preuve",
            "justificatif", "justificatifs", "portfolio",
        }
    ),
    Field.ISSUED_ON: frozenset(
        {
            "date", "date of award", "award date", "awarded on", "awarded", "issue date", "issued on", "issued",
            "issue on", "earned on", "completion date", "completed on", "date d attribution", "attribue le",
            "date d obtention", "obtenu le", "date d emission", "emis le", "date de delivrance", "delivre le",
            "date de fin", "end date", "awarded at", "issued at", "date awarded", "date earned", "date de remise",
            "date de reussite", "date du badge",
        }
    ),
    Field.EXPIRES_ON: frozenset(
        {
            "expiry", "expires", "expires on", "expiry date", "expiration", "expiration date", "valid until",
            "valid to", "expire le", "expires at", "date d expiration", "date de fin de validite",
            "fin de validite", "valable jusqu au", "valide jusqu au", "valable jusqu a", "echeance",
            "date d echeance", "date de validite", "valid through",
        }
    ),
    Field.LANGUAGE: frozenset(
        {"language", "lang", "locale", "language of the mail", "langue", "langue du mail", "langue du message",
         "langue du courriel", "preferred language", "mail language", "langue preferee",
         "langue de correspondance"}
    ),
}  # fmt: skip
_BY_NAME = {name: field for field, names in _NAMES.items() for name in names}
_LANGUAGES = frozenset(
    {"fr", "en", "fra", "fre", "eng", "fr fr", "fr ca", "fr be", "fr ch", "en us", "en gb", "en ca", "francais",
     "anglais", "french", "english"}
)  # fmt: skip
_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)


class _Evidence(StrEnum):
    """What most cells of a column look like."""

    ADDRESS = "address"
    LINK = "link"
    DAY = "day"
    LANGUAGE = "language"
    WORDS = "words"
    NOTHING = "nothing"


def is_address(cell: str) -> bool:
    return "@" in cell and bool(_ADDRESS.search(cell))


def known_headers(cells: Sequence[str]) -> int:
    """How many of them are names of columns that we know."""
    return sum(_named(cell) is not None for cell in cells)


def guess_mapping(headers: Sequence[str], sample: Sequence[Sequence[str]]) -> dict[int, Field]:
    """What each column holds, by index; columns that are not there are ignored."""
    looks = [
        _look([row[index] for row in sample if index < len(row)]) for index in range(len(headers))
    ]  # fmt: skip
    mapping: dict[int, Field] = {}
    for index, header in enumerate(headers):
        field = _named(header)
        if field and (field in _REPEATED or field not in mapping.values()) and _allows(field, looks[index]):
            mapping[index] = field
    _address_by_content(mapping, looks)
    _rest_by_content(mapping, looks, headers)
    return _with_names(mapping)


def fitting(mapping: Mapping[str, str], headers: Sequence[str]) -> dict[int, Field]:
    """What was chosen for headers of these names before (folded header → field), by index."""
    found: dict[int, Field] = {}
    for index, header in enumerate(headers):
        value = mapping.get(folded(header), "")
        if header and value in Field.values and (value in _REPEATED or value not in found.values()):
            found[index] = Field(value)
    return found


def _named(header: str) -> Field | None:
    """What a column of this name holds; what stands in brackets may be a remark: `Lien(s) de preuve (facultatif)`."""
    return _BY_NAME.get(_plain(header)) or _BY_NAME.get(_plain(_BRACKETS.sub("", header)))


def _plain(header: str) -> str:
    """`Adresse e-mail *` → `adresse e mail`."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", folded(header)).split())


def _look(cells: Sequence[str]) -> _Evidence:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return _Evidence.NOTHING
    tests = (
        (_Evidence.ADDRESS, lambda cell: "@" in cell and len(cell) <= 300),  # wrong ones are to be mended
        (_Evidence.LINK, lambda cell: bool(_LINK.match(cell))),
        (_Evidence.DAY, lambda cell: day_in(cell) is not None),
        (_Evidence.LANGUAGE, lambda cell: _plain(cell) in _LANGUAGES),
    )
    for look, fits in tests:
        if sum(map(fits, filled)) > len(filled) / 2:
            return look
    return _Evidence.WORDS


def _allows(field: Field, look: _Evidence) -> bool:
    """An “Address” may be that of a street, a “Date” that of a birth is not told apart; a name is no address."""
    if field in (Field.NAME, Field.FIRST_NAME, Field.LAST_NAME, Field.NARRATIVE):
        return look != _Evidence.ADDRESS
    return True


def _address_by_content(mapping: dict[int, Field], looks: Sequence[_Evidence]) -> None:
    """The column that is full of addresses, where the names say nothing or name another one so."""
    named = next((index for index, field in mapping.items() if field == Field.ADDRESS), None)
    full = [index for index, look in enumerate(looks) if look == _Evidence.ADDRESS]
    if not full or named in full:
        return
    if named is not None:
        del mapping[named]
    mapping[full[0]] = Field.ADDRESS


def _rest_by_content(mapping: dict[int, Field], looks: Sequence[_Evidence], headers: Sequence[str]) -> None:
    """In a file without names of columns: the first words are the name, links are evidence."""
    if any(headers):
        return
    wanted = {_Evidence.LINK: Field.EVIDENCE, _Evidence.DAY: Field.ISSUED_ON, _Evidence.WORDS: Field.NAME}
    for index, look in enumerate(looks):
        field = wanted.get(look)
        if field and index not in mapping and field not in mapping.values():
            mapping[index] = field


def _with_names(mapping: dict[int, Field]) -> dict[int, Field]:
    """“Nom” alone is the whole name; beside “Prénom” it is the last."""
    fields = set(mapping.values())
    if Field.LAST_NAME in fields and Field.FIRST_NAME not in fields and Field.NAME not in fields:
        return {i: Field.NAME if field == Field.LAST_NAME else field for i, field in mapping.items()}
    if Field.NAME in fields and Field.FIRST_NAME in fields and Field.LAST_NAME not in fields:
        return {i: Field.LAST_NAME if field == Field.NAME else field for i, field in mapping.items()}
    return mapping
