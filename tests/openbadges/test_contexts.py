"""The pinned contexts: the very bytes, and no others."""

import hashlib
from pathlib import Path

import pytest

from openbadges import contexts
from openbadges.errors import MalformedDocument

FOLDER = Path(contexts.__file__).parent
# What a word means is part of what is signed: these bytes change only by decision.
PINNED = {
    "credentials-v1.json": "130f235da0655f66c7a18cf35b20427adb280fcc36d21aac93c36a9ba6221d43",
    "credentials-v2.json": "f2b6181bd8911ba0036db489f83e0eb7ff58728374a8e65f9000cef6de904835",
    "data-integrity-v1.json": "cb8d32b4e860f0568482b5ab25d5902e0862204e137b3db8e0e3fbd7a2f4c1c7",
    "data-integrity-v2.json": "8784246da420988845311c64a5078eacd60735722ee3c12be4c946aa2eaa8a93",
    "did-v1.json": "382220b1df8e6fc64e754d54a79f4ba15070af2e85c3424ba1b18e943a930c64",
    "ed25519-2020-v1.json": "b5b8eefd246e7c58e0962f1f8248d16983b46a8277ff0a6b77376b462defd730",
    "multikey-v1.json": "17aefa8d83f65383096707fdd16c3700b0355bbc971b0364a03615f7b1e0d75c",
    "ob-3.0.0.json": "ebd3afac1005853fd946efd488c32ea1031d31dedda5467cda7b6d9ccaaa6a70",
    "ob-3.0.1.json": "f7f05d4aeefdc734aad147814e765c450b055e67fdbb7ccd1f561fd7034b3334",
    "ob-3.0.2.json": "dcd7b4b2eddcb9fd1f24676d79aaaaff74373da9b22b36005ec4367e041f27b4",
    "ob-3.0.3.json": "b725e025b93d493f0676037a7fa098e265d743dc2f9fd5cffe0309acb5d03963",
    "ob3-extensions.json": "c9accbcc3d83a6dbee05fcd321cc74ace9166136c9c7533d553713d5a10b59b0",
    "status-v1.json": "0e2e07a636fdcb6b65319a14b227aa929282ca9a6690b79374e3b8ea2f47db19",
}


def test_every_file_is_as_it_was_published():
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.json")}
    assert found == PINNED


def test_every_file_has_an_address_and_is_named_in_the_note():
    note = (FOLDER / "README.md").read_text()
    for url in contexts.KNOWN:
        assert "@context" in contexts.context(url)
    assert {f"{name}.json" for name in contexts._FILES.values()} == set(PINNED)
    assert [name for name in PINNED if name not in note] == []


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/context", "https://www.w3.org/ns/credentials/v2#", "HTTPS://www.w3.org/ns/credentials/v2",
     "../errors", "", contexts.OPEN_BADGES + " "],
)  # fmt: skip
def test_a_context_from_elsewhere_is_refused(url):
    with pytest.raises(MalformedDocument) as caught:
        contexts.context(url)
    assert caught.value.code == "unknown_context"
