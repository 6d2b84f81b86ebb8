"""Making, writing and reading keys."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from openbadges import keys
from openbadges.errors import UnusableKey
from tests.openbadges.stage import rsa_key


def spki(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def pkcs8(key, secret=None):
    wrap = serialization.BestAvailableEncryption(secret) if secret else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, wrap)


def small_key(bits=1024):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@pytest.mark.parametrize("make", [lambda: rsa_key(0), keys.generate_ed25519_key], ids=["rsa", "ed25519"])
def test_a_private_key_survives_pem(make):
    key = make()
    pem = keys.private_key_pem(key)
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert keys.private_key_pem(keys.load_private_key(pem)) == pem


@pytest.mark.parametrize("make", [lambda: rsa_key(0), keys.generate_ed25519_key], ids=["rsa", "ed25519"])
def test_a_public_key_survives_pem(make):
    pem = keys.public_key_pem(make())
    assert pem.startswith("-----BEGIN PUBLIC KEY-----")
    public = keys.load_public_key(pem)
    assert keys.public_key_pem(public) == pem
    assert keys.load_public_key(f"\n  {pem}  ".encode()) == public


def test_a_new_rsa_key_has_2048_bits():
    key = keys.generate_rsa_key()
    assert (key.key_size, key.public_key().public_numbers().e) == (2048, 65537)


def test_p256_is_read_other_curves_are_not():
    assert keys.load_public_key(spki(ec.generate_private_key(ec.SECP256R1())))
    for curve in (ec.SECP384R1(), ec.SECP256K1()):
        with pytest.raises(UnusableKey, match="unsupported"):
            keys.load_public_key(spki(ec.generate_private_key(curve)))


def test_weak_keys_are_refused_in_both_halves():
    key = small_key()
    with pytest.raises(UnusableKey, match="too_weak"):
        keys.load_public_key(spki(key))
    with pytest.raises(UnusableKey, match="too_weak"):
        keys.load_private_key(pkcs8(key))


def test_keys_of_other_kinds_are_refused():
    other = dsa.generate_private_key(1024)
    with pytest.raises(UnusableKey, match="unsupported"):
        keys.load_public_key(spki(other))
    with pytest.raises(UnusableKey, match="unsupported"):
        keys.load_private_key(pkcs8(ec.generate_private_key(ec.SECP256R1())))


@pytest.mark.parametrize(
    "pem", ["", "nonsense", "\ud800", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"]
)
def test_nonsense_is_malformed(pem):
    with pytest.raises(UnusableKey, match="malformed"):
        keys.load_public_key(pem)


def test_a_wrapped_private_key_is_not_read_here():
    with pytest.raises(UnusableKey, match="malformed"):
        keys.load_private_key(pkcs8(rsa_key(0), b"secret"))


def test_a_private_key_is_not_taken_for_a_public_one():
    with pytest.raises(UnusableKey, match="malformed"):
        keys.load_public_key(keys.private_key_pem(rsa_key(0)))


def test_an_endless_pem_is_refused_before_it_is_parsed():
    with pytest.raises(UnusableKey, match="too_large"):
        keys.load_public_key("A" * 20_000)
