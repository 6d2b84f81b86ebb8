"""The register of an organisation's acts: what belongs into it, and entering it. Awarding itself is not held up."""

from assertions.services.registering.entering import enter_all, enter_events, enter_new
from assertions.services.registering.proofs import EntryProof, RegisterProof, proof_of_award

__all__ = ["EntryProof", "RegisterProof", "enter_all", "enter_events", "enter_new", "proof_of_award"]
