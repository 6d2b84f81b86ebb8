"""Searching as people type: without regard to case, accents and order of words."""

import unicodedata

_ACCENTS = dict.fromkeys(code for code in range(0x20000) if unicodedata.combining(chr(code)))


def folded(text: str) -> str:
    """`Inès  MARCHAND` → `ines marchand`: what is stored to be searched, and what is searched for."""
    if text.isascii():
        return " ".join(text.lower().split())
    text = text.casefold().replace("œ", "oe").replace("æ", "ae")
    return " ".join(unicodedata.normalize("NFKD", text).translate(_ACCENTS).split())
