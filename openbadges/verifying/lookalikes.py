"""Names made to be mistaken for another's: Unicode Technical Standard 39, "Confusable Detection".

A warning, never a verdict: two schools may well have the same name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from openbadges.verifying.report import Check, CheckCode, Expectation, Outcome, shown

MAX_NAME = 300
# Scripts whose letters pass for one another. Japanese names mix scripts as a matter of course, and fool nobody.
_ALIKE = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"}
_PAIRS = (("m", "rn"), ("w", "vv"), ("i", "l"))


def issuer_name(name: str, known: Check, expect: Expectation) -> Check:
    """The unknown issuer's name is not an imitation of a known one's. Facts: `name`, `known`.

    `known`: the outcome of the check `issuer_known`; an issuer who is known, or was not found, imitates nobody. One
    whose address led elsewhere bears its own name.
    """
    code = CheckCode.ISSUER_NAME
    is_known = known.outcome != Outcome.WARNING or known.facts.get("reason") == "led_elsewhere"
    if is_known or not name.strip():
        return Check(code, Outcome.NOT_APPLICABLE)
    if (original := resembling(name, expect.trusted_names())) is not None:
        facts = {"reason": "resembles", "name": shown(name), "known": shown(original)}
        return Check(code, Outcome.WARNING, facts)
    if mixes_scripts(name):
        return Check(code, Outcome.WARNING, {"reason": "mixed_scripts", "name": shown(name)})
    return Check(code, Outcome.NOT_APPLICABLE)


def resembling(name: str, known: Iterable[str]) -> str | None:
    """The first of the known names that a reader could take this one for; None if there is none."""
    sought = skeleton(name[:MAX_NAME])
    return next((one for one in known if sought and skeleton(one[:MAX_NAME]) == sought), None)


@lru_cache(maxsize=20_000)
def skeleton(name: str) -> str:
    """What is left of a name when letters that look alike are made one: names with equal skeletons look alike.

    Case, accents, blanks, signs and what is invisible do not count.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    letters = "".join(_plain(letter) for letter in folded)
    text = "".join(letter for letter in letters.casefold() if letter.isalnum())
    for one, several in _PAIRS:
        text = text.replace(one, several)
    return text


def mixes_scripts(name: str) -> bool:
    """Whether a word of the name is written with letters of several scripts that look alike."""
    from confusable_homoglyphs import categories  # its tables cost 80 ms, and most badges never need them

    words = name[:MAX_NAME].split()
    return any(len(_ALIKE & set(categories.unique_aliases(word))) > 1 for word in words)


@lru_cache(maxsize=5_000)
def _plain(letter: str) -> str:
    """The Latin letters or digits that a letter can be taken for, or itself."""
    from confusable_homoglyphs import confusables  # its tables cost 80 ms, and most badges never need them

    if letter.isascii() and letter.isalpha():
        return letter
    found = [entry["c"] for entry in confusables.confusables_data.get(letter, ())]
    plain = sorted(one for one in found if one.isascii() and one.isalpha())
    return plain[0] if plain else letter
