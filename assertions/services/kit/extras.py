"""What an exit kit holds beside public addresses: instructions, servers' configurations, the reader, what it knows."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders

from assertions.queries import gone_awards
from assertions.services.kit import pages
from assertions.services.kit.parts import ORIGINALS, SITE, Kit, Part, single
from badges.documents import badge_class
from badges.models import BadgeVersion
from common.languages import CODES
from issuers.documents import did, issuer_url, key_url

STATIC = (
    "css/tokens.css", "css/base.css", "css/components.css", "fonts/atkinson-hyperlegible-next.woff2",
    "fonts/bricolage-grotesque.woff2", "fonts/atkinson-hyperlegible-next.OFL.txt",
    "fonts/bricolage-grotesque.OFL.txt", "img/guilloche.svg",
)  # fmt: skip
CONFIGURATIONS = {
    "nginx.conf": "configurations/nginx.conf",
    "Caddyfile": "configurations/Caddyfile",
    "htaccess": f"{SITE}/.htaccess",
    "headers.txt": f"{SITE}/_headers",
    "serve.py": "serve.py",
}
CONTEXT = "https://w3id.org/openbadges/v2"
CLOSED = ("assertions", "badges", "credentials", "issuers", "pictures")


def instructions(kit: Kit) -> Iterator[Part]:
    """For whoever keeps the web server, in both languages; and ready configurations."""
    yield Part("README.txt", pages.words(kit, "README.en.txt", "en"))
    yield Part("LISEZMOI.txt", pages.words(kit, "README.fr.txt", "fr"))
    for template, path in CONFIGURATIONS.items():
        yield Part(path, pages.words(kit, template, "en"))


def looks(kit: Kit) -> Iterator[Part]:
    """What the pages are drawn with, and in place of each list of files a page that shows none."""
    for name in STATIC:
        yield single(f"/kit/{name}", _static(name))
    yield single("/kit/gone.json", json.dumps({"@context": CONTEXT, "revoked": True}).encode())
    for folder in CLOSED:
        yield single(f"/{folder}/index.html", pages.closed(kit, f"/{folder}/index.html"))


def reader(kit: Kit) -> Iterator[Part]:
    """The page that verifies badges with what lies in the kit, also from a disk: no module is loaded, so that
    browsers which load none from a disk run it too."""
    own = kit.issuer.language
    for name, language in (("index", own), *((code, code) for code in CODES)):
        path = f"/verify/{name}.html"
        yield single(path, pages.reader(kit, path, language))
    script = "\n".join(_plain_script(name) for name in ("verify-badge.js", "kit-reader.js"))
    yield single("/verify/reader.js", f'(() => {{\n"use strict";\n{script}\n}})();\n'.encode())
    known = json.dumps(knowledge(kit), ensure_ascii=False)
    yield single("/verify/known.js", f"globalThis.KIT = {known};\n".encode())
    yield Part(f"{ORIGINALS}/known.json", json.dumps(knowledge(kit), ensure_ascii=False, indent=1).encode())


def knowledge(kit: Kit) -> dict[str, Any]:
    """All that it takes to judge a badge of this organisation without asking anybody."""
    versions = BadgeVersion.objects.published().with_content().filter(badge__issuer=kit.issuer)
    keys = kit.issuer.keys.order_by("number")
    return {
        "format": "open badges exit kit, knowledge, version 1",
        "site": settings.SITE_URL,
        "made": kit.at.isoformat(timespec="seconds"),
        "issuer": {"id": issuer_url(kit.issuer.slug), "name": kit.issuer.name},
        "keys": [
            {"id": key_url(kit.issuer.slug, key.number), "did": f"{did(kit.issuer.slug)}#key-{key.number}",
             "algorithm": key.algorithm, "state": key.state, "pem": key.public_pem} for key in keys
        ],
        "revoked": {str(pk): reason for pk, reason in gone_awards(kit.issuer)},
        "badges": {document.id: document.name for document in map(badge_class, versions.order_by("pk"))},
    }  # fmt: skip


def kit_json(kit: Kit, *, files: int, counts: dict[str, int]) -> Part:
    """What this folder is, for programs."""
    facts = {
        "format": "open badges exit kit",
        "version": 1,
        "site": settings.SITE_URL,
        "issuer": {"slug": kit.issuer.slug, "name": kit.issuer.name},
        "made": kit.at.isoformat(timespec="seconds"),
        "files": files,
        "counts": counts,
    }
    return Part("kit.json", json.dumps(facts, ensure_ascii=False, indent=1).encode())


def _static(name: str) -> bytes:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_bytes()


def _plain_script(name: str) -> str:
    """A module as part of a plain script: what it exports is there, what it imports was put before it."""
    text = _static(f"js/{name}").decode()
    text = re.sub(r"^import [^;]+;\n", "", text, flags=re.MULTILINE)
    return re.sub(r"^export (?=(async )?function|const|class)", "", text, flags=re.MULTILINE)
