"""E-mail addresses as people type them and as we keep them."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy

# Most addresses are as plain as this, and need no closer look.
_PLAIN = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.ASCII
)
TOMBSTONES = "erased.invalid"
"""The domain at which those are kept who were erased: nobody has an address there (RFC 2606), nor is given one."""
_NAMED = re.compile(r"^\s*(?P<name>.*?)\s*[<(\[]\s*(?P<address>[^<>()\[\]\s]+@[^<>()\[\]\s]+)\s*[>)\]]\s*$")


def normalise(address: str) -> str:
    """Trimmed, NFC, lower case: the one form that is stored, compared and hashed. Marks that nobody sees (of direction,
    of no width), which come along with what is copied, are trimmed wherever they stand."""
    if not address.isascii():
        address = unicodedata.normalize("NFC", address)
        address = "".join(letter for letter in address if unicodedata.category(letter) != "Cf")
    return address.strip().lower()


def problem_with(address: str) -> str:
    """A translated sentence that says what to mend, or an empty string."""
    code = fault_of(address)
    return str(_SENTENCES[code]) % {"address": address} if code else ""


def fault_of(address: str) -> str:
    """The code of what is wrong with it, for whoever says it later to somebody else; empty where nothing is."""
    if address.endswith(f"@{TOMBSTONES}"):
        return "no_address"
    if len(address) <= 254 and _PLAIN.fullmatch(address):
        return ""
    if not address:
        return "address_missing"
    if len(address) > 254:
        return "address_long"
    if "@" not in address:
        return "no_at"
    if "." not in address.rpartition("@")[2]:
        return "no_ending"
    if not address.rpartition("@")[0].isascii():
        return "plain_letters"
    try:
        validate_email(address)
    except ValidationError:
        return "no_address"
    return ""


_SENTENCES = {
    "address_missing": gettext_lazy("An e-mail address is missing."),
    "no_at": gettext_lazy("“%(address)s” has no @. An address looks like name@example.org."),
    "no_ending": gettext_lazy("The part after @ has no ending such as .org."),
    "plain_letters": gettext_lazy(
        "“%(address)s” has accents or letters of another alphabet before the @: no mail can be sent there."
    ),
    "no_address": gettext_lazy("“%(address)s” is not an e-mail address."),
    "address_long": gettext_lazy("This address is longer than 254 characters."),
}


def name_in(address: str) -> str:
    """What a person is called until they say so: `ines.marchand@…` → `Ines Marchand`."""
    words = re.split(r"[._\-+]+", address.partition("@")[0].strip("._-+"))
    letters = [word for word in words if not word.isdigit()]
    return " ".join(word[:1].upper() + word[1:] for word in letters or words)


def split_named(line: str) -> tuple[str, str]:
    """(name, address) of `Name <address>`, `address`, `Name, address`, `Name; address` or `address<TAB>Name`."""
    if found := _NAMED.match(line):
        return found["name"].strip(" \"',;"), found["address"]
    parts = [part.strip(" \"'") for part in re.split(r"[,;\t]", line) if part.strip(" \"'")]
    address = next((part for part in parts if "@" in part), "")
    if not address and len(parts) == 1:
        return _alone(parts[0])
    return " ".join(part for part in parts if part != address), address


def _alone(words: str) -> tuple[str, str]:
    """A line without an @: a name, or an address to mend, which nobody is called (`ines.example.org`)."""
    if " " in words:
        return words, ""
    return "" if "." in words else words, words
