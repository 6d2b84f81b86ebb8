"""A receipt brought back: is it genuine, what did it say, and what is true now."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assertions.models import Award, ReceiptKey
from assertions.services.bringing import Brought, Pack
from assertions.services.judging import Judged, judge
from assertions.services.own_documents import own_path
from assertions.services.pictures import qr_texts
from assertions.services.receipts import KIND, imprint_of
from assertions.services.reports import badge_said, check_of, issuer_said, judged_json, plain
from assertions.services.sentences import sentence
from assertions.services.verdicts import BAD, WARN, Explained, Headline, explain_checks
from common.errors import Invalid
from common.papers import is_paper, read_paper
from openbadges import Check, CheckCode, OpenBadgesError, Outcome, jws, keys
from openbadges.jws import looks_like_token

LARGEST = 2_000_000  # characters of a receipt
_LINK = re.compile(r"\S*/receipts\?r=[A-Za-z0-9_.-]+")
_AWARD = re.compile(r"/assertions/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
# What depends on the visit rather than on the badge.
_OF_THE_VISIT = frozenset({CheckCode.RECIPIENT_MATCH, CheckCode.PICTURE})


class NotGenuine(Exception):
    """It is written like a receipt of this site, and was not signed here, or was changed since."""


@dataclass(frozen=True)
class Rechecked:
    """`statement` is what was signed, whatever else the file says; `is_altered`: the file says something else.

    `now` is None where the badge itself is not at hand: the receipt of a file, read from paper.
    """

    headline: Headline
    statement: dict[str, Any] = field(default_factory=dict)
    is_altered: bool = False
    now: Judged | None = None
    differences: tuple[str, ...] = ()

    @property
    def is_genuine(self) -> bool:
        return bool(self.statement)


def recheck(
    brought: str | bytes, *, at: datetime, badge: Brought | None = None, seconds: float | None = None
) -> Rechecked:
    """`brought`: a receipt as file, as text, as the link in its QR code, or as a picture or PDF of that.

    `badge`: the badge it speaks of, where the receipt does not hold it. Raises Invalid for what is no receipt at all.
    """
    token, written = read_receipt(brought)
    try:
        statement = opened(token)
    except NotGenuine:
        return Rechecked(_not_genuine())
    now = _judged_now(statement, badge, at=at, seconds=seconds)
    differences = tuple(_differences(statement, now)) if now else ()
    return Rechecked(
        headline=_headline(now, differences),
        statement=statement,
        is_altered=written is not None and written != statement,
        now=now,
        differences=differences,
    )


def rechecked_json(found: Rechecked) -> dict[str, Any]:
    """For programs; docs/api.md describes it."""
    head = found.headline
    said = {
        "genuine": found.is_genuine,
        "altered": found.is_altered,
        "says": {"kind": head.kind, "word": head.word, "title": head.title, "text": head.text},
        "then": found.statement or None,
        "now": judged_json(found.now) if found.now else None,
        "differences": list(found.differences),
    }
    shown: dict[str, Any] = plain(said)
    return shown


def read_receipt(brought: str | bytes) -> tuple[str, dict[str, Any] | None]:
    """(the signed form, what is written beside it). Raises Invalid where there is no receipt in it."""
    text = brought if isinstance(brought, str) else _text_of(brought)
    text = text.strip().removeprefix("\ufeff").strip()
    if len(text) > LARGEST:
        raise _no_receipt()
    if text.startswith("{"):
        return _from_document(text)
    if found := _LINK.search(text):
        text = parse_qs(urlsplit(found[0]).query).get("r", [""])[0]
    if not looks_like_token(text):
        raise _no_receipt()
    return text, None


def opened(token: str) -> dict[str, Any]:
    """What was signed. Raises NotGenuine unless one of this site's receipt keys signed it."""
    for row in ReceiptKey.objects.all():
        try:
            read = jws.verify(token, keys.load_public_key(row.public_pem), algorithms={"EdDSA"})
        except OpenBadgesError:
            continue
        statement: dict[str, Any] = json.loads(read.payload)
        if statement.get("type") == KIND:
            return statement
    raise NotGenuine


def whole(token: str) -> dict[str, Any]:
    """The statement of a receipt that is not the brief one of a QR code. Raises NotGenuine."""
    statement = opened(token)
    if "checks" not in statement:
        raise NotGenuine
    return statement


def _text_of(content: bytes) -> str:
    if is_paper(content):
        leads = [lead.text for lead in read_paper(content).leads if _LINK.search(lead.text)]
        return leads[0] if leads else ""
    codes = [text for text in qr_texts(content) if _LINK.search(text)]
    return codes[0] if codes else content.decode("utf-8-sig", "replace")


def _from_document(text: str) -> tuple[str, dict[str, Any]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _no_receipt() from None
    token = document.pop("signed", None) if isinstance(document, dict) else None
    if not isinstance(token, str) or document.get("type") != KIND:
        raise _no_receipt()
    return token, document


def _no_receipt() -> Invalid:
    problem = _("This is no receipt. Bring the file that was downloaded, or the QR code on the paper.")
    return Invalid(problem, code="no_receipt", fields={"receipt": problem})


def _judged_now(
    statement: Mapping[str, Any], badge: Brought | None, *, at: datetime, seconds: float | None
) -> Judged | None:
    """The same badge, verified at this moment; None where it is not at hand."""
    address = statement.get("verified") or ""
    award = _own_award(address)
    if award is not None:
        document: str | bytes = award.signed
    elif badge is not None:
        document = badge.document
    else:
        document = statement.get("judged") or address
    if not document:
        return None
    verdicts = judge(Pack((Brought(address or _("The badge"), document),)), at=at, seconds=seconds)
    return verdicts.judged[0] if verdicts.judged else None


def _own_award(address: str) -> Award | None:
    """Our award that a receipt speaks of; None for those of others, and where nothing is left of it."""
    path, _query = own_path(address) or ("", "")
    found = _AWARD.fullmatch(path)
    return Award.objects.filter(pk=found[1]).first() if found else None


def _differences(statement: Mapping[str, Any], now: Judged) -> Iterator[str]:
    """What is no longer as it was, a sentence each; nothing where all is."""
    if not now.is_public:
        yield _("The person no longer shows this badge.")
        return
    report = now.report
    of_visit = any(c.code in _OF_THE_VISIT and c.outcome == Outcome.FAILED for c in _checks(statement))
    if statement["verdict"] != str(now.verdict) and not of_visit:
        words = _("The verdict was: %(then)s Now it is: %(now)s")
        yield words % {"then": statement["sentence"], "now": now.headline.title}
    yield from _changed_checks(statement, report.checks)
    imprints = {statement["signed_sha256"], imprint_of(report, now.award)}
    if len(imprints) == 2 and "" not in imprints:
        yield _changed_document(now)
    for then, said, words in (
        (statement["badge"], badge_said(report), _("The badge was called “%(then)s”, and “%(now)s” now.")),
        (statement["issuer"], issuer_said(report), _("Its issuer was called “%(then)s”, and “%(now)s” now.")),
    ):
        if then and said and not said.startswith(then):
            yield words % {"then": then, "now": said}


def _changed_document(now: Judged) -> str:
    if isinstance(now.award, Award):
        return _("It was issued anew since, as when a person moves it to another address of theirs.")
    return _(
        "It is not the same document, letter by letter: it was changed since, or another badge was brought."
    )


def _changed_checks(statement: Mapping[str, Any], checks: tuple[Check, ...]) -> Iterator[str]:
    then = {check.code: check for check in _checks(statement)}
    for check in checks:
        before = then.get(check.code) or ("open" in statement and Check(check.code, Outcome.PASSED))
        if not before or check.code in _OF_THE_VISIT:
            continue
        outcomes = {before.outcome, check.outcome}
        if len(outcomes) == 2 and Outcome.NOT_APPLICABLE not in outcomes and not _follows(check):
            yield pgettext("a check then and now", "Then: %(then)s. Now: %(now)s.") % {
                "then": sentence(before).title, "now": sentence(check).title
            }  # fmt: skip


def _follows(check: Check) -> bool:
    return check.outcome == Outcome.NOT_CHECKED and check.facts.get("reason") in ("needs", "not_reached")


def _checks(statement: Mapping[str, Any]) -> Iterator[Check]:
    """As they were signed; those that a later edition of this site no longer knows are left out."""
    for written in statement.get("checks", ()):
        try:
            yield check_of(written)
        except (ValueError, KeyError):
            continue
    for outcome, codes in statement.get("open", {}).items():
        for code in codes:
            try:
                yield Check(CheckCode(code), Outcome(outcome))
            except ValueError:
                continue


def checks_then(statement: Mapping[str, Any]) -> Explained:
    """What was checked then, in the reader's language."""
    return explain_checks(_checks(statement))


def _not_genuine() -> Headline:
    text = _(
        "It was not made by this site, or it was changed since. Ask for the original, and verify the badge itself."
    )
    return Headline(
        BAD, pgettext("verdict on a receipt", "not genuine"), _("This receipt is not genuine."), text
    )


def _headline(now: Judged | None, differences: tuple[str, ...]) -> Headline:
    genuine = pgettext("verdict on a receipt", "genuine")
    if now is None:
        text = _("This site said it at that time. To know what is true now, bring the badge as well.")
        return Headline(WARN, genuine, _("This receipt is genuine."), text)
    if not differences:
        text = _(
            "This site said it at that time, and the badge was verified again just now: nothing has changed."
        )
        return Headline(now.headline.kind, genuine, _("This receipt is genuine, and still true."), text)
    text = _("This site said it at that time. Rely on what is true now.")
    kind = BAD if now.headline.kind == BAD else WARN
    return Headline(kind, genuine, _("This receipt is genuine, but something has changed since."), text)
