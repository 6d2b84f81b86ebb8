"""Runs in the judges' own environment, by `python -I`, and knows nothing of ours.

Reads one JSON question a line from standard input and writes one JSON answer a line:
{"document": URL, JSON or JWS, "recipient": address or ""} → the verdict of 1EdTech's validator, its messages, and
what it fetched; {"picture": path} → what 1EdTech's bakery finds in the file. Only the loopback server is reached:
its port is the first argument, the site it stands for the second.
"""

import collections
import collections.abc
import io
import json
import logging
import sys
import warnings

for name in (
    "Callable",
    "Iterable",
    "Mapping",
    "MutableMapping",
    "MutableSequence",
    "MutableSet",
    "Sequence",
    "Set",
):
    setattr(
        collections, name, getattr(collections.abc, name)
    )  # left Python 3.10; python-jose and PyLD import them
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

import openbadges_bakery  # noqa: E402
import requests  # noqa: E402
from requests.adapters import HTTPAdapter  # noqa: E402

import openbadges  # noqa: E402
from openbadges.verifier.openbadges_context import (  # noqa: E402
    OPENBADGES_CONTEXT_V2_DICT,
    OPENBADGES_CONTEXT_V2_URI,
)

PORT, SITE = sys.argv[1], sys.argv[2]
CONTEXTS = {OPENBADGES_CONTEXT_V2_URI: OPENBADGES_CONTEXT_V2_DICT}
fetched = []
over_http = HTTPAdapter.send


def send(adapter, request, **options):
    """In place of the network: the contexts that the validator carries, and the site through its loopback port."""
    url = request.url
    if url in CONTEXTS:
        return stored(request, CONTEXTS[url])
    if not url.startswith(SITE + "/"):
        fetched.append([url, 0, "not of this site: refused"])
        raise requests.ConnectionError("only the site itself can be reached")
    request.url = "http://127.0.0.1:" + PORT + url[len(SITE) :]
    request.headers.update({"Host": SITE.split("//")[1], "X-Forwarded-Proto": "https"})
    answer = over_http(adapter, request, **options)
    answer.url = url
    fetched.append([url, answer.status_code, answer.headers.get("Content-Type", "")])
    return answer


def stored(request, document):
    answer = requests.Response()
    answer.status_code, answer.url, answer.request, answer.encoding = 200, request.url, request, "utf-8"
    answer.headers["Content-Type"] = "application/ld+json"
    answer.raw = io.BytesIO(json.dumps(document).encode())
    return answer


def verdict(document, recipient):
    """The validator's cache is off: it would hide for five minutes what the server says now."""
    profile = {"type": "Profile", "email": recipient} if recipient else None
    answer = openbadges.verify(document, recipient_profile=profile, use_cache=False, cache_backend=None)
    report = answer["report"]
    return {
        "valid": report["valid"],
        "subject": report.get("validationSubject"),
        "version": report.get("openBadgesVersion"),
        "recipient": (report.get("recipientProfile") or {}).get("email"),
        "errors": messages(report, "ERROR"),
        "warnings": messages(report, "WARNING"),
    }


def messages(report, level):
    found = [one for one in report["messages"] if one["messageLevel"] == level]
    return [f"{one.get('name')}: {one.get('result')}" for one in found]


def extracted(path):
    with open(path, "rb") as picture:
        return {"extracted": openbadges_bakery.unbake(picture)}


HTTPAdapter.send = send
for line in sys.stdin:
    question = json.loads(line)
    fetched.clear()
    try:
        if "picture" in question:
            answer = extracted(question["picture"])
        else:
            answer = verdict(question["document"], question["recipient"])
    except Exception as problem:  # noqa: BLE001 - whatever the judge trips over is its answer
        answer = {"valid": False, "errors": [f"{type(problem).__name__}: {problem}"], "warnings": []}
    print(json.dumps({"fetched": fetched, **answer}), flush=True)
