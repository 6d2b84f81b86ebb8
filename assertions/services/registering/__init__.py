"""The register of an organisation's acts: what belongs into it, and entering it. Awarding itself is not held up."""

from assertions.services.registering.entering import enter_all, enter_events, enter_new
from assertions.services.registering.files import register_files
from assertions.services.registering.proofs import (
    EntryProof,
    RegisterProof,
    Standing,
    proof_of_award,
    standing_of,
)
from assertions.services.registering.words import register_sentence

__all__ = [
    "EntryProof",
    "RegisterProof",
    "Standing",
    "enter_all",
    "enter_events",
    "enter_new",
    "proof_of_award",
    "register_files",
    "register_sentence",
    "standing_of",
]
