#!/usr/bin/env python3
"""Checks, without any network, that a badge stands in its issuer's register.

    python check_register.py register.json badge.png [--checkpoint kept.txt] [--key key.json]

register.json  the proof, from the badge's page (“In its issuer's register”)
badge.png      the badge: a PNG or SVG picture, or its signed text (.jws)
--checkpoint   a checkpoint that you kept: shows that the register has only grown since
--key          the issuer's key that signs checkpoints, if you have it from elsewhere (JSON or PEM)

Python 3.11 or newer. With the package “cryptography” the signature of the checkpoint is checked as well. Hashes are
those of RFC 9162 (SHA-256); checkpoints are signed notes (C2SP tlog-checkpoint). Ends with 0 where all that was checked
holds, with 1 where something is wrong, with 2 where the files cannot be read.
"""

import argparse
import base64
import binascii
import hashlib
import html
import json
import re
import struct
import sys
import zlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
except ImportError:  # everything but the signature can be checked without it
    Ed25519PublicKey = None  # type: ignore[assignment,misc]

KINDS = {
    "published": "the version of the badge was published",
    "issued": "the badge was awarded",
    "moved": "the badge was moved to another address of its holder",
    "revoked": "the badge was revoked",
    "reinstated": "the revocation was undone",
}
NOTICEABLE = timedelta(days=2)


class Unreadable(Exception):
    """A file that is not what it should be."""


class Findings:
    """What was found, told line by line."""

    def __init__(self) -> None:
        self.wrong = self.unchecked = 0

    def good(self, words: str) -> None:
        print(f"  ok           {words}")

    def bad(self, words: str) -> None:
        self.wrong += 1
        print(f"  WRONG        {words}")

    def open(self, words: str) -> None:
        self.unchecked += 1
        print(f"  not checked  {words}")

    def judge(self, holds: bool, good: str, bad: str) -> bool:
        (self.good if holds else self.bad)(good if holds else bad)
        return holds


def main() -> int:
    asked = arguments()
    try:
        proof = read_proof(asked.proof)
        signed = read_badge(asked.badge) if asked.badge else None
        kept = asked.checkpoint.read_text("utf-8") if asked.checkpoint else ""
        key = read_key(asked.key) if asked.key else None
        found = Findings()
        check(proof, signed, kept, key, found)
    except (Unreadable, OSError, UnicodeDecodeError) as problem:
        print(f"This cannot be read: {problem}")
        return 2
    return conclude(found)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check that a badge stands in its issuer's register.")
    parser.add_argument("proof", type=Path, help="register.json, from the badge's page")
    parser.add_argument("badge", type=Path, nargs="?", help="PNG, SVG or signed text of the badge")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint that you kept")
    parser.add_argument("--key", type=Path, help="the issuer's key, from elsewhere")
    return parser.parse_args()


def conclude(found: Findings) -> int:
    if found.wrong:
        print(
            f"\nSomething is wrong: {found.wrong} of the checks failed. Do not rely on this badge or this proof."
        )
        return 1
    rest = f" {found.unchecked} could not be checked here." if found.unchecked else ""
    print(f"\nAll that was checked holds.{rest}")
    return 0


def check(proof: dict[str, Any], signed: str | None, kept: str, key: bytes | None, found: Findings) -> None:
    print(f"Register {proof['origin']}\n\nThe checkpoint")
    checkpoint = proof.get("checkpoint")
    size, root = 0, b""
    if checkpoint:
        size, root = check_checkpoint(checkpoint, proof["origin"], key, found)
    else:
        found.open("The register was never signed yet. Come back in a day.")
    if kept:
        check_kept(proof, kept, size, root, found)
    opened = False
    for entry in proof["entries"]:
        opened |= check_entry(entry, signed, size, root, found)
    print("\nThe badge")
    if signed is None:
        found.open("No badge was given, so nothing says what the entries speak of.")
        return
    found.judge(
        opened,
        "It is this badge that was entered, byte for byte.",
        "None of the entries speaks of this badge: it was changed, or the proof belongs to another one.",
    )
    found.judge(
        said_by(signed).get("id") == proof["award"],
        "Its id is the one that the proof names.",
        "Its id is not the one that the proof names.",
    )


# The checkpoint --------------------------------------------------------------------------------------


def check_checkpoint(
    given: dict[str, Any], origin: str, key: bytes | None, found: Findings
) -> tuple[int, bytes]:
    """The size and the root that were signed."""
    named, size, root, at = read_note(given["note"])
    found.judge(named == origin, "It belongs to this register.", f"It belongs to another register: {named}")
    if at:
        print(f"               It was signed on {at} and seals {size} entries.")
    check_signature(given["note"], origin, given.get("verifier", ""), key, found)
    return size, root


def check_signature(note: str, origin: str, verifier: str, key: bytes | None, found: Findings) -> None:
    name, _plus, rest = verifier.partition("+")
    public = decoded(rest.partition("+")[2])[1:]
    if len(public) != 32 or name != origin:
        found.bad("The proof does not name the key that signed it.")
        return
    if key is not None:
        found.judge(key == public, "It names the key that you brought.", "It names another key than yours.")
    if Ed25519PublicKey is None:
        found.open("Its signature: install the package “cryptography” to have it checked.")
        return
    found.judge(is_signed(note, origin, public), "Its signature fits.", "Its signature does not fit.")
    if key is None:
        print(
            "               Compare the key with the one at the issuer's own address, or bring it with --key."
        )


def is_signed(note: str, name: str, public: bytes) -> bool:
    text, _blank, lines = note.rpartition("\n\n")
    known = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    for line in lines.splitlines():
        dash, signer, written = [*line.split(" "), "", ""][:3]
        signature = decoded(written)
        if (dash, signer, signature[:4]) == ("\u2014", name, known):
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], f"{text}\n".encode())
            except InvalidSignature:
                return False
            return True
    return False


def read_note(note: str) -> tuple[str, int, bytes, str]:
    """(register, size, root, when) of a checkpoint."""
    lines = note.split("\n")
    if len(lines) < 4 or not re.fullmatch(r"0|[1-9][0-9]{0,17}", lines[1]) or len(decoded(lines[2])) != 32:
        raise Unreadable("this is no checkpoint of a register")
    at = lines[3].removeprefix("at ") if lines[3].startswith("at ") else ""
    return lines[0], int(lines[1]), decoded(lines[2]), at


def check_kept(proof: dict[str, Any], kept: str, size: int, root: bytes, found: Findings) -> None:
    named, first, first_root, at = read_note(kept)
    print(f"\nThe checkpoint that you kept, of {at or 'some time ago'}, with {first} entries")
    if not found.judge(
        named == proof["origin"], "It belongs to this register.", "It is of another register."
    ):
        return
    if first == size:
        found.judge(first_root == root, "It is the same.", "Both have one size, and different entries.")
        return
    earlier = proof.get("earlier") or {}
    if earlier.get("size") != first:
        found.open(f"Download the proof once more with ?since={first} at the end of its address.")
        return
    path = [decoded(one) for one in earlier["consistency"]]
    found.judge(
        is_consistent(first, size, first_root, root, path),
        "The register has only grown since: nothing before was changed or taken away.",
        "The register does not begin as it did then: entries were changed or taken away.",
    )


# Entries ---------------------------------------------------------------------------------------------


def check_entry(entry: dict[str, Any], signed: str | None, size: int, root: bytes, found: Findings) -> bool:
    """Whether this entry speaks of the badge at hand."""
    leaf = json.loads(entry["leaf"])
    print(f"\nEntry {entry['entry']}: {KINDS.get(leaf['kind'], leaf['kind'])}")
    print(f"               Dated {leaf['at']}, entered {leaf['logged']}.")
    if parsed(leaf["logged"]) - parsed(leaf["at"]) > NOTICEABLE:
        print("               Mind the difference: the date is the issuer's word, the entry is not.")
    check_place(entry, size, root, found)
    salt = decoded(entry.get("salt") or "")
    if not salt:
        found.open("What it speaks of: its salt was forgotten, as the law may ask.")
        return False
    if entry.get("statement") is not None:
        fits = is_about(leaf, salt, entry["statement"])
        found.judge(fits, f"It speaks of {entry['statement']}", "It does not speak of what the proof says.")
        return False
    if signed is None or not is_about(leaf, salt, signed):
        found.open("What it speaks of: another edition of the badge than the one at hand.")
        return False
    if leaf["kind"] == "issued":
        date = str(said_by(signed).get("issuedOn", ""))
        same = is_same_time(date, leaf["at"])
        found.judge(same, "The badge bears the same date.", f"The badge bears another date: {date}")
    return True


def check_place(entry: dict[str, Any], size: int, root: bytes, found: Findings) -> None:
    if "inclusion" not in entry or not size:
        found.open("It is younger than the checkpoint: the next one will seal it.")
        return
    hashed = hashlib.sha256(b"\0" + entry["leaf"].encode()).digest()
    path = [decoded(one) for one in entry["inclusion"]]
    found.judge(
        includes(hashed, int(entry["entry"]) - 1, size, path, root),
        "It stands at this place in the register.",
        "It does not stand at this place in the register: it was changed, moved or taken away.",
    )


def is_about(leaf: dict[str, Any], salt: bytes, statement: str) -> bool:
    return bool(hashlib.sha256(salt + statement.encode()).hexdigest() == leaf["commitment"])


def includes(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = above(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = above(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(first: int, second: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> bool:
    """RFC 9162, 2.1.4.2."""
    if not 0 < first < second:
        return False
    steps = path if first & (first - 1) else [old_root, *path]
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0] if steps else b""
    for sibling in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = above(sibling, old), above(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = above(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def above(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


# Files -----------------------------------------------------------------------------------------------


def read_proof(path: Path) -> dict[str, Any]:
    try:
        proof = json.loads(path.read_bytes())
    except ValueError as problem:
        raise Unreadable(f"{path} is not JSON") from problem
    needed = {"format": str, "award": str, "origin": str, "entries": list}
    if not isinstance(proof, dict) or not all(isinstance(proof.get(n), k) for n, k in needed.items()):
        raise Unreadable(f"{path} is not the proof of a badge")
    if proof["format"] != "badge-register-proof-1":
        raise Unreadable(f"{path} is a proof of another form than this script knows")
    try:
        for entry in proof["entries"]:
            leaf = json.loads(entry["leaf"])
            parsed(leaf["at"]), parsed(leaf["logged"]), leaf["commitment"], leaf["kind"], int(entry["entry"])
        for note in filter(None, [proof.get("checkpoint"), proof.get("earlier")]):
            str(note["note"]), int(note["size"])
    except (KeyError, TypeError, ValueError) as problem:
        raise Unreadable(f"{path} is incomplete") from problem
    return proof


def read_badge(path: Path) -> str:
    """The signed text in a picture or a text file."""
    content = path.read_bytes()
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        text = from_png(content)
    elif content.lstrip()[:1] == b"<":
        text = from_svg(content)
    else:
        text = content.decode("utf-8", errors="replace")
    if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", text.strip()):
        raise Unreadable(f"{path} holds no signed badge (take the picture without ?proof=hosted)")
    return text.strip()


def from_png(content: bytes) -> str:
    """The text of the chunk iTXt with the keyword openbadges (Open Badges 2.0, baking)."""
    place = 8
    while place + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        body = content[place + 8 : place + 8 + length]
        if name == b"iTXt" and body.startswith(b"openbadges\0"):
            text = body[13:].split(b"\0", 2)[-1]
            return (inflated(text) if body[11:12] == b"\1" else text).decode("utf-8", "replace")
        place += 12 + length
    raise Unreadable("no badge is stored in this picture")


def inflated(text: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(text, 1_000_000)
    except zlib.error as problem:
        raise Unreadable("the picture is damaged") from problem


def from_svg(content: bytes) -> str:
    found = re.search(rb"<openbadges:assertion\b[^>]*\bverify=([\"'])(.*?)\1", content, re.DOTALL)
    if found is None:
        raise Unreadable("no signed badge is stored in this picture")
    return html.unescape(found[2].decode("utf-8", "replace"))


def read_key(path: Path) -> bytes:
    """The 32 bytes of an Ed25519 key: a PEM, the issuer's key document, or a line name+id+key."""
    text = path.read_text("utf-8").strip()
    if text.startswith("{"):
        text = str(json.loads(text).get("publicKeyPem", ""))
    if text.startswith("-----"):
        if Ed25519PublicKey is None:
            raise Unreadable("reading a PEM needs the package “cryptography”")
        return load_pem_public_key(text.encode()).public_bytes_raw()  # type: ignore[union-attr]
    return decoded(text.split("+", 2)[-1])[1:]


def said_by(signed: str) -> dict[str, Any]:
    """What a signed text says. Its signature is for a verifier of badges to check: this is about the register."""
    payload = signed.split(".")[1]
    try:
        said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def is_same_time(one: str, other: str) -> bool:
    try:
        return parsed(one) == parsed(other)
    except ValueError:
        return False


def parsed(text: str) -> datetime:
    """Raises ValueError where it is no time with a zone."""
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError("a time without a zone")
    return when


if __name__ == "__main__":
    sys.exit(main())
