"""Searching as people type: without regard to case, accents and order of words."""

import unicodedata


def folded(text: str) -> str:
    """`Inès  MARCHAND` → `ines marchand`: what is stored to be searched, and what is searched for."""
    if text.isascii():
        return " ".join(text.lower().split())
    text = text.casefold().replace("œ", "oe").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(letter for letter in decomposed if not unicodedata.combining(letter)).split())
