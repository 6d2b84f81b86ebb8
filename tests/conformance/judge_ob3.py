"""Runs in an environment of its own, by `python -I`, and knows nothing of ours: openbadgeslib and jsonschema.

One JSON question a line from standard input, one JSON answer a line: {"document": JSON text or VC-JWT} → valid,
errors (of a "foreign" one, by the tolerant one of the schemas only); {"picture": path} → the credential that
openbadgeslib finds baked in the file; {"document", "bake": "png" or "svg"} → a picture with it, in base64. Arguments:
the loopback server's port, the site it stands for, the folder of the schemas.
"""

import base64
import http.client
import json
import sys
from pathlib import Path
from urllib.parse import urljoin

import jsonschema
from openbadgeslib import baking
from openbadgeslib.ob3 import OB3Verifier
from openbadgeslib.ob3.ldp import OB3LdpVerifier

PORT, SITE, SCHEMAS = sys.argv[1:]
HEADERS = {
    "Host": SITE.split("//")[1],
    "X-Forwarded-Proto": "https",
    "Accept": "application/vc+ld+json, application/ld+json",
}
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7z"/></svg>'
Draft = jsonschema.Draft201909Validator
VALIDATORS = {
    name: Draft(json.loads((Path(SCHEMAS) / f"{name}.json").read_text()), format_checker=Draft.FORMAT_CHECKER)
    for name in ("tolerant", "strict")
}


def fetched(url, *_args, **_options):
    """In place of the network: the site through its loopback port, nothing else. Redirects are followed."""
    if not url.startswith(SITE + "/"):
        raise OSError(f"only the site itself can be reached, not {url}")
    connection = http.client.HTTPConnection("127.0.0.1", int(PORT), timeout=30)
    try:
        connection.request("GET", url[len(SITE) :].partition("#")[0], headers=HEADERS)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status in (301, 302, 307, 308):
        return fetched(urljoin(url, answer.headers["Location"]))
    if answer.status != 200:
        raise OSError(f"{url} answered {answer.status}")
    return body


def verdict(document, foreign):
    errors = []
    is_token = not document.lstrip().startswith("{")
    credential = payload(document) if is_token else json.loads(document)
    issuer = credential["issuer"]["id"]
    verifier = (
        OB3Verifier.for_issuer_did(issuer, fetched) if is_token else OB3LdpVerifier.for_issuer_did(issuer)
    )
    try:
        # It reads only lists that are tokens; whether the list is signed is for the other judge.
        verifier.verify(document, check_status=True, download=fetched, verify_status_list=False)
    except Exception as problem:  # noqa: BLE001 - whatever the judge trips over is its answer
        errors.append(f"{type(problem).__name__}: {problem}")
    for name in ["tolerant"] if foreign else VALIDATORS:
        validator = VALIDATORS[name]
        fault = jsonschema.exceptions.best_match(validator.iter_errors(credential))
        if fault is not None:
            errors.append(f"schema {name}: {'/'.join(map(str, fault.absolute_path))} {fault.message[:200]}")
    return {"valid": not errors, "errors": errors}


def payload(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def extracted(path):
    picture = Path(path).read_bytes()
    if picture.startswith(b"\x89PNG"):
        return {"extracted": baking.extract_png(picture, keyword=baking.ITXT_KEYWORD_OB3)}
    return {"extracted": baking.extract_svg(picture, element=baking.SVG_ELEMENT_OB3, text_fallback=True)}


def baked(document, kind):
    if kind == "png":
        return baking.bake_png(PNG, document, keyword=baking.ITXT_KEYWORD_OB3)
    options = {"element": baking.SVG_ELEMENT_OB3, "namespace": baking.SVG_NS_OB3}
    return baking.bake_svg(SVG, document, as_text=document.startswith("{"), **options)


def answer_to(question):
    if "picture" in question:
        return extracted(question["picture"])
    if "bake" in question:
        return {"baked": base64.b64encode(baked(question["document"], question["bake"])).decode()}
    return verdict(question["document"], "foreign" in question)


for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = answer_to(question)
    except Exception as problem:  # noqa: BLE001 - as above
        answer = {"valid": False, "errors": [f"{type(problem).__name__}: {problem}"]}
    print(json.dumps(answer), flush=True)
