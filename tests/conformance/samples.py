"""Runs in the 2.0 judge's own environment, by `python -I`, and knows nothing of ours: samples for verifiers to judge.

Signed with pycryptodome and baked with 1EdTech's bakery. One JSON line each: {"url", "page"} for a document that is to
be found at an address, {"name", "document"} for a badge that somebody might bring: an address, JSON text or JWS;
{"name", "picture"} (base64) for a baked one. The argument is the site that the documents stand at.
"""

import base64
import hashlib
import io
import json
import sys

import openbadges_bakery
from Crypto.Hash import SHA256
from Crypto.PublicKey import RSA
from Crypto.Signature import pkcs1_15

SITE = sys.argv[1]
CONTEXT = "https://w3id.org/openbadges/v2"
ISSUER, BADGE, KEY, LIST = (f"{SITE}/{name}" for name in ("issuer", "badge", "key", "revoked"))
UUID = "urn:uuid:5b6f2c8e-9c1d-4e55-8a7a-1d2f3c4b5a6"  # and one more digit
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7z"/></svg>'
OWN, OTHER = RSA.generate(2048), RSA.generate(2048)


def say(**line):
    print(json.dumps(line))


def page(document, url=""):
    url = url or document["id"]
    say(url=url, page={"@context": CONTEXT, **document})
    return url


def issuer(name="", **more):
    made = {
        "type": "Issuer", "id": ISSUER + name, "name": "Riverside College", "url": SITE, "email": "badges@example.org",
        "publicKey": KEY, "revocationList": LIST,
    }  # fmt: skip
    return page(without_none(made | more))


def badge(name="", **more):
    made = {
        "type": "BadgeClass", "id": BADGE + name, "name": "First aid", "description": "Helps in the first minutes.",
        "image": f"{SITE}/picture.png", "criteria": {"narrative": "Shown **in practice**."}, "issuer": ISSUER,
        "alignment": [{"targetName": "Health", "targetUrl": "https://skills.example.org/h"}], "tags": ["health"],
    }  # fmt: skip
    return page(without_none(made | more))


def assertion(**more):
    hashed = "sha256$" + hashlib.sha256(b"ines@example.orgsalt").hexdigest()
    made = {
        "@context": CONTEXT, "type": "Assertion", "issuedOn": "2024-03-03T10:00:00Z", "badge": BADGE,
        "recipient": {"type": "email", "hashed": True, "salt": "salt", "identity": hashed},
        "verification": {"type": "HostedBadge"},
    }  # fmt: skip
    return without_none(made | more)


def without_none(members):
    return {name: value for name, value in members.items() if value is not None}


def hosted(name, **more):
    say(
        name=f"hosted, {name}", document=page(assertion(id=f"{SITE}/awards/{name.replace(' ', '-')}", **more))
    )


def of_issuer(name, **profile):
    """A hosted award whose issuer says something else of itself."""
    place = "-" + name.replace(" ", "-")
    hosted(name, badge=badge(place, issuer=issuer(place, **profile)))


def token(document, key=OWN, alg="RS256"):
    parts = [json.dumps(part).encode() for part in ({"alg": alg}, document)]
    said = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = pkcs1_15.new(key).sign(SHA256.new(said))
    return (said + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def signed(**more):
    return assertion(**{"id": UUID + "1", "verification": {"type": "SignedBadge", "creator": KEY}} | more)


def bring_hosted():
    hosted("good")
    hosted(
        "with everything",
        evidence=[{"id": "https://work.example.org/1", "narrative": "Film"}],
        narrative="Well done.",
    )
    hosted("evidence by its address", evidence="https://work.example.org/1")
    hosted("a word that nobody defined", mood="good")
    hosted("for a telephone", recipient={"type": "telephone", "hashed": False, "identity": "+33123456789"})
    hosted("without a date", issuedOn=None)
    hosted("a date as a number", issuedOn=1709460000)
    hosted("a date without a zone", issuedOn="2024-03-03T10:00:00")
    hosted("expired", expires="2024-06-03T10:00:00Z")
    hosted("from the future", issuedOn="2999-01-01T00:00:00Z")
    hosted(
        "plain but called hashed", recipient={"type": "email", "hashed": True, "identity": "ines@example.org"}
    )
    hosted("not said whether hashed", recipient={"type": "email", "identity": "ines@example.org"})
    hosted("a picture as data", image="data:image/png;base64,iVBORw0KGgo=")
    hosted("a language that is none", **{"@language": "not_a_language"})
    hosted("two types", type=["Assertion", "extensions:Mood"])
    hosted(
        "an alignment without a name",
        badge=badge("-align", alignment=[{"targetUrl": "https://skills.example.org/h"}]),
    )
    hosted("no criteria", badge=badge("-open", criteria=None))
    hosted("no picture", badge=badge("-plain", image=None))
    hosted("criteria by their address", badge=badge("-far", criteria=f"{SITE}/criteria"))
    hosted("no such badge", badge=f"{SITE}/nothing")


def of_scope(name, **scope):
    """A hosted award whose issuer says where its awards may stand."""
    of_issuer(name, verification={"type": "VerificationObject", **scope})


def bring_scopes():
    host = SITE.split("//")[1]
    of_scope("may be hosted here", startsWith=f"{SITE}/awards/")
    of_scope("may not be hosted here", startsWith=f"{SITE}/others/")
    of_scope("two places", startsWith=[f"{SITE}/awards/", f"{SITE}/b/"])
    of_scope("of this host", allowedOrigins=[host])
    of_scope("of another host", allowedOrigins=["other.example.org"])
    of_scope("of a port", allowedOrigins=[f"{host}:8443"])
    of_issuer("two keys", publicKey=[KEY, f"{SITE}/key-2"])
    of_issuer("without a website", url=None)


def bring_signed():
    good = token(signed())
    header, _payload, signature = good.split(".")
    changed = base64.urlsafe_b64encode(json.dumps(signed(narrative="Better.")).encode()).rstrip(b"=").decode()
    second = {"type": "SignedBadge", "creator": f"{SITE}/key-2"}
    for name, document in {
        "good": good,
        "another key": token(signed(), OTHER),
        "changed": f"{header}.{changed}.{signature}",
        "revoked": token(signed(id=UUID + "2")),
        "a key that is not listed": token(signed(verification=second), OTHER),
        "no key named": token(signed(verification={"type": "SignedBadge"})),
        "no key named, another key": token(signed(verification={"type": "SignedBadge"}), OTHER),
        "expired": token(signed(expires="2024-06-03T10:00:00Z")),
        "an id of version 7": token(signed(id="urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057")),
    }.items():
        say(name=f"signed, {name}", document=document)
    return good


def bring_pictures(jws):
    texts = {"hosted": json.dumps(assertion(id=f"{SITE}/awards/good")), "signed": jws}
    for kind, plain in (("png", PNG), ("svg", SVG)):
        say(name=f"{kind}, nothing baked", picture=base64.b64encode(plain).decode())
        for name, text in texts.items():
            file = io.BytesIO(plain)
            file.name = f"badge.{kind}"
            baked = openbadges_bakery.bake(file, text)
            baked.seek(0)
            say(name=f"{kind}, {name}", picture=base64.b64encode(baked.read()).decode())


def main():
    issuer()
    badge()
    for url, key in ((KEY, OWN), (f"{SITE}/key-2", OTHER)):
        pem = key.publickey().export_key().decode()
        page({"type": "CryptographicKey", "id": url, "owner": ISSUER, "publicKeyPem": pem})
    # The validator overlooks a list of one.
    gone = [{"id": UUID + "2", "revocationReason": "Awarded by mistake"}, f"{SITE}/awards/another"]
    page({"type": "RevocationList", "id": LIST, "issuer": ISSUER, "revokedAssertions": gone})
    say(url=f"{SITE}/picture.png", picture=base64.b64encode(PNG).decode())
    bring_hosted()
    bring_scopes()
    bring_pictures(bring_signed())


main()
