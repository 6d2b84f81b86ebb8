"""The pages of an exit kit: for people, without a server behind them. They say what was true when the kit was made.

Links are relative, so that the pages can also be read straight from a disk.
"""

from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils.translation import override

from assertions.documents import evidence_url
from assertions.models import Award
from assertions.services.kit.parts import Kit
from assertions.services.sentences import day
from assertions.services.verdicts import explain, headline, not_public, on_hold
from assertions.services.verification import verify_award
from badges.models import BadgeVersion
from badges.queries import badges_for_public
from common.languages import CODES
from common.links import absolute


def organisation(kit: Kit, path: str) -> bytes:
    """The organisation with its badges, in its own language."""
    return _page(kit, "issuer", path, kit.issuer.language, _badges(kit))


def front(kit: Kit) -> bytes:
    """What somebody finds who opens the site itself."""
    return _page(kit, "front", "/index.html", kit.issuer.language, _badges(kit))


def _badges(kit: Kit) -> dict[str, Any]:
    shown = badges_for_public(kit.issuer).order_by("-created_at", "-id")
    return {"badges": [(badge, badge.shown.text(kit.issuer.language)) for badge in shown]}


def badge(kit: Kit, version: BadgeVersion, language: str, path: str) -> bytes:
    """One version in one language."""
    text = version.text(language)
    said = {
        "version": version,
        "badge": version.badge,
        "text": text,
        "criteria": [(row, row.text(text.language)) for row in version.criteria.all()],
        "is_newest": version.pk == version.badge.current_id,
    }
    return _page(kit, "badge", path, language, said)


def award(kit: Kit, row: Award, path: str) -> bytes:
    """The verification page of an award, as of the kit's time. Until it is accepted, nothing about the person."""
    with override(row.language):
        said = _said_of(kit, row)
    return _page(kit, "award", path, row.language, said)


def _said_of(kit: Kit, row: Award) -> dict[str, Any]:
    if not row.is_public:
        return {"award": row, "hidden": True, "headline": not_public()}
    report = verify_award(row, at=kit.at, documents=kit.document)
    suspension = None if row.revoked_at else row.suspended
    explained = explain(report)
    accepted = row.response == Award.Response.ACCEPTED
    assessed = {one.criterion_id: one for one in row.assessments.all()} if accepted else {}
    return {
        "award": row,
        "headline": on_hold() if suspension else headline(report),
        "checks": [*explained.attention, *explained.meaningful],
        "accepted": accepted,
        "text": row.version.text(row.language),
        "name": row.recipient_name if accepted else "",
        "issued": day(row.issued_on),
        "expires": day(row.expires_at) if row.expires_at else "",
        "revoked": day(row.revoked_at) if row.revoked_at else "",
        "criteria": [
            (one, one.text(row.language), assessed.get(one.pk)) for one in row.version.criteria.all()
        ],
        "evidence": [(one, evidence_url(row.pk, one)) for one in row.evidence.all()] if accepted else [],
        "suspension": suspension,
        "address": absolute(f"/assertions/{row.pk}"),
    }


def reader(kit: Kit, path: str, language: str) -> bytes:
    """The page that verifies badges without any server, in one language."""
    others = [code for code in CODES if code != language]
    return _page(kit, "reader", path, language, {"others": others})


def closed(kit: Kit, path: str) -> bytes:
    """In place of a list of the files of a folder: who has which badge is nobody's to leaf through."""
    return _page(kit, "closed", path, kit.issuer.language, {})


def words(kit: Kit, template: str, language: str, **facts: Any) -> bytes:
    """A text file of the kit: instructions, and configurations of web servers."""
    with override(language):
        text = get_template(f"kit/{template}").template  # type: ignore[attr-defined]
        return str(text.render(Context(_facts(kit) | facts, autoescape=False))).encode()


def _page(kit: Kit, template: str, path: str, language: str, said: dict[str, Any]) -> bytes:
    root = "../" * (path.count("/") - 1)
    with override(language):
        facts = _facts(kit) | {"root": root, "language": language} | said
        return render_to_string(f"kit/{template}.html", facts).encode()


def _facts(kit: Kit) -> dict[str, Any]:
    return {
        "issuer": kit.issuer,
        "made": day(kit.at),
        "made_at": kit.at,
        "site_url": settings.SITE_URL,
        "host": settings.SITE_URL.partition("://")[2],
    }
