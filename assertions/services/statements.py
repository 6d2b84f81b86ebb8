"""What a badge says, shortened for a page: strangers wrote it. Only web addresses become links."""

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assertions.services.sentences import day
from openbadges import Report, Verdict
from openbadges.verifying import Endorsed, Statement

LONGEST_TEXT = 10_000  # of what a stranger wrote: badges say more in a page than in a book
LONGEST_NAME = 200
MOST_ITEMS = 20


def said(report: Report) -> dict[str, Any]:
    """The facts of a foreign badge for a page; empty texts where it says nothing, nothing where it was not read."""
    statement = report.statement
    if statement is None:
        return {}
    issuer_url = web(statement.issuer.id) or web(statement.issuer.url)
    return {
        "standard": statement.standard,
        "badge": statement.name[:LONGEST_NAME],
        "description": statement.description[:LONGEST_TEXT],
        "language": statement.language[:35],
        "issuer": statement.issuer.name[:LONGEST_NAME] or _unnamed(statement),
        "issuer_url": issuer_url,
        "issuer_host": _host(issuer_url),
        "issued": day(statement.issued),
        "narrative": statement.narrative[:LONGEST_TEXT],
        "criteria": statement.criteria[:LONGEST_TEXT],
        "criteria_url": web(statement.criteria_url),
        "results": _results(statement),
        "evidence": _evidence(statement),
        "alignments": _alignments(statement),
        "endorsements": [_endorsement(one) for one in report.endorsements],
    }


def web(address: str) -> str:
    """An http(s) address, or nothing: `javascript:` is an identifier too."""
    return address if address.lower().startswith(("https://", "http://")) else ""


def _unnamed(statement: Statement) -> str:
    """Open Badges 3.0 may name an issuer by its id alone."""
    return statement.issuer.id[:LONGEST_NAME] if statement.standard == "3.0" else ""


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # half an IPv6 address
        return ""


def _results(statement: Statement) -> list[dict[str, str]]:
    return [
        {"name": result.name[:LONGEST_NAME], "value": result.value[:LONGEST_NAME]}
        for result in statement.results[:MOST_ITEMS]
    ]


def _evidence(statement: Statement) -> list[dict[str, str]]:
    return [
        {
            "url": web(item.url),
            "name": (item.name or item.url)[:LONGEST_NAME],
            "narrative": item.narrative[:LONGEST_TEXT],
        }
        for item in statement.evidence[:MOST_ITEMS]
    ]


def _alignments(statement: Statement) -> list[dict[str, str]]:
    return [
        {
            "url": web(item.url),
            "name": (item.name or item.url)[:LONGEST_NAME],
            "framework": item.framework[:LONGEST_NAME],
        }
        for item in statement.alignments[:MOST_ITEMS]
    ]


def _endorsement(one: Endorsed) -> dict[str, str]:
    """Who says what, and whether they really said it: a praise that does not hold is not repeated."""
    kind, word = {
        Verdict.VALID: ("good", pgettext("verdict on an endorsement", "signed by them")),
        Verdict.CONSISTENT: ("warn", pgettext("verdict on an endorsement", "signed, not known here")),
        Verdict.NOT_VALID: ("bad", pgettext("verdict on an endorsement", "not theirs")),
    }[one.verdict]
    if one.undecided:
        kind, word = "warn", pgettext("verdict on an endorsement", "not checked")
    return {
        "by": (one.by.name or one.by.id)[:LONGEST_NAME] or _("Somebody without a name"),
        "host": _host(web(one.by.id) or web(one.by.url)),
        "comment": one.comment[:LONGEST_TEXT] if kind != "bad" else "",
        "on": day(one.at),
        "kind": kind,
        "word": word,
    }
