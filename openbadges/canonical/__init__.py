"""One text, one meaning: reading and writing JSON, and the two canonical forms that signatures stand on.

JCS (RFC 8785) for a JSON text; RDFC-1.0 (W3C RDF Dataset Canonicalization) for the meaning of a JSON-LD document.
"""

from openbadges.canonical.linked_data import MAX_LINKED_VALUES, dataset, rdfc
from openbadges.canonical.rdfc10 import MAX_WORK, Quad, canonical_lines
from openbadges.canonical.reading import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_VALUES,
    MAX_VALUES_OF_LIST,
    bounded,
    jcs,
    read_json,
    read_json_object,
    write_json,
)
from openbadges.canonical.templates import Canonicaliser

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_LINKED_VALUES",
    "MAX_VALUES",
    "MAX_VALUES_OF_LIST",
    "MAX_WORK",
    "Canonicaliser",
    "Quad",
    "bounded",
    "canonical_lines",
    "dataset",
    "jcs",
    "rdfc",
    "read_json",
    "read_json_object",
    "write_json",
]
