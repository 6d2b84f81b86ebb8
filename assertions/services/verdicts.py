"""The verdict in one sentence, and the checks in the order in which people want to read them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assertions.services.sentences import Sentence, sentence
from openbadges import Check, CheckCode, Outcome, Report, Verdict

GOOD, WARN, BAD = "good", "warn", "bad"
# What somebody who has to trust a badge asks; the others are technical, and folded away once they passed.
MEANINGFUL = (
    CheckCode.RECIPIENT_MATCH,
    CheckCode.SIGNATURE,
    CheckCode.KEY_LISTED,
    CheckCode.HOSTED_REFETCH,
    CheckCode.HOSTED_SCOPE,
    CheckCode.REVOCATION,
    CheckCode.SUSPENSION,
    CheckCode.EXPIRY,
    CheckCode.ENDORSEMENTS,
    CheckCode.ISSUER_KNOWN,
)
# Where one of these failed, the document is not what its issuer says, whatever else is true.
GENUINE = frozenset(
    {
        CheckCode.EDITIONS,
        CheckCode.CONTEXTS,
        CheckCode.HOSTED_REFETCH,
        CheckCode.HOSTED_SCOPE,
        CheckCode.ALGORITHM,
        CheckCode.CLAIMS,
        CheckCode.KEY_LISTED,
        CheckCode.KEY_OWNER,
        CheckCode.SIGNATURE,
        CheckCode.KEY_TRUSTED,
    }
)
FOLLOWING = ("needs", "not_reached")


@dataclass(frozen=True)
class Headline:
    """`kind` is good, warn or bad; `title` the verdict, `word` the same for a table; `text` what carries it."""

    kind: str
    word: str
    title: str
    text: str


@dataclass(frozen=True)
class Explained:
    """The checks: what needs attention first, then what matters, what is technical, what could only follow."""

    attention: list[Sentence] = field(default_factory=list)
    meaningful: list[Sentence] = field(default_factory=list)
    technical: list[Sentence] = field(default_factory=list)
    following: list[Sentence] = field(default_factory=list)


def explain(report: Report) -> Explained:
    """A sentence for each check that applies to this badge."""
    return explain_checks(report.checks)


def explain_checks(every: Iterable[Check]) -> Explained:
    """The same, of the checks alone."""
    checks = [check for check in every if check.outcome != Outcome.NOT_APPLICABLE]
    passed = [check for check in checks if check.outcome == Outcome.PASSED]
    following = [check for check in checks if _follows(check)]
    attention = [check for check in checks if check not in passed and check not in following]
    order = (Outcome.FAILED, Outcome.NOT_CHECKED, Outcome.WARNING)
    meaningful = sorted(
        (check for check in passed if check.code in MEANINGFUL), key=lambda c: MEANINGFUL.index(c.code)
    )
    return Explained(
        attention=_said(sorted(attention, key=lambda check: order.index(check.outcome))),
        meaningful=_said(meaningful),
        technical=_said(check for check in passed if check.code not in MEANINGFUL),
        following=_said(following),
    )


def headline(report: Report) -> Headline:
    """The verdict on a badge; where none could be read, why."""
    if report.kind is None:
        return _unread(report.checks[0])
    if report.verdict != Verdict.NOT_VALID and _reason(report, CheckCode.HOSTED_REFETCH) == "copy_differs":
        return _differing_copy()
    if report.verdict == Verdict.VALID:
        return Headline(
            GOOD, pgettext("verdict on a badge", "valid"), _("This badge is valid."), _what_holds(report)
        )
    if report.verdict == Verdict.CONSISTENT and _reason(report, CheckCode.ISSUER_KNOWN) == "led_elsewhere":
        return _led_elsewhere(report)
    if report.verdict == Verdict.CONSISTENT:
        title = _("This badge is intact, but its issuer is not known here.")
        return Headline(WARN, pgettext("verdict on a badge", "issuer unknown"), title, _what_holds(report))
    return _too_old(report) if report.too_old else _not_valid(report)


def _not_valid(report: Report) -> Headline:
    """What is wrong, in the calmest words that are true: revoked, expired or not theirs is not forged."""
    failed = {check.code for check in report.with_outcome(Outcome.FAILED)}
    if report.revoked and not failed & GENUINE:
        return Headline(
            BAD,
            pgettext("verdict on a badge", "revoked"),
            _("This badge was revoked."),
            _text(report, CheckCode.REVOCATION),
        )
    if failed == {CheckCode.SUSPENSION}:
        return Headline(
            WARN,
            pgettext("verdict on a badge", "suspended"),
            _("This badge is suspended."),
            _text(report, CheckCode.SUSPENSION),
        )
    if failed == {CheckCode.EXPIRY} and _reason(report, CheckCode.EXPIRY) == "expired":
        return Headline(
            WARN, pgettext("verdict on a badge", "expired"), _("This badge has expired."), _what_held(report)
        )
    if failed == {CheckCode.RECIPIENT_MATCH}:
        title = _("This badge was awarded to someone else, or to another address.")
        return Headline(
            WARN,
            pgettext("verdict on a badge", "other address"),
            title,
            _text(report, CheckCode.RECIPIENT_MATCH),
        )
    if not failed:
        title = _("This badge could not be verified.")
        return Headline(
            WARN, pgettext("verdict on a badge", "not verified"), title, _first(report, Outcome.NOT_CHECKED)
        )
    return Headline(
        BAD,
        pgettext("verdict on a badge", "not valid"),
        _("This badge is not valid."),
        _first(report, Outcome.FAILED),
    )


def _too_old(report: Report) -> Headline:
    """Shown, and trusted for nothing but what its issuer's site still says of it."""
    text = _text(report, CheckCode.VERSION)
    if report.revoked:
        text = _text(report, CheckCode.REVOCATION)
    elif _passed(report, CheckCode.HOSTED_REFETCH):
        shown = _(
            "A site still shows it at the address that it names. Whose site that is, is yours to judge."
        )
        text = f"{text} {shown}"
    title = f"{_title(report, CheckCode.VERSION)}."
    return Headline(WARN, pgettext("verdict on a badge", "too old"), title, text)


def _unread(check: Check) -> Headline:
    """Not a badge at all is nobody's fault; a forbidden or broken signature is somebody's."""
    said = sentence(check)
    if check.code in GENUINE:
        return Headline(
            BAD,
            pgettext("verdict on a badge", "not valid"),
            _("This badge is not valid."),
            f"{said.title}. {said.text}",
        )
    return Headline(WARN, pgettext("verdict on a badge", "no badge"), f"{said.title}.", said.text)


def _led_elsewhere(report: Report) -> Headline:
    """The issuer is known here; that it speaks is not."""
    title = _("This badge may not come from its issuer: it was read at another site.")
    word = pgettext("verdict on a badge", "issuer unknown")
    return Headline(WARN, word, title, _text(report, CheckCode.ISSUER_KNOWN))


def _differing_copy() -> Headline:
    """What was brought proves nothing; what its issuer shows at the badge's address does."""
    text = _("What follows is the original, as its issuer’s site shows it. Rely on that, not on the copy.")
    title = _("The copy you have differs from the badge that was awarded.")
    return Headline(WARN, pgettext("verdict on a badge", "copy differs"), title, text)


def not_public() -> Headline:
    """For what a recipient has turned down: whatever its document says."""
    text = _("The person it was offered to does not show it. What people show is theirs to decide.")
    return Headline(WARN, pgettext("verdict on a badge", "not public"), _("This badge is not public."), text)


def on_hold() -> Headline:
    """For what its issuer has suspended: nothing is decided, and until then nobody should rely on it."""
    text = _("Its issuer asks not to rely on it for the time being.")
    word = pgettext("verdict on a badge", "suspended")
    return Headline(WARN, word, _("This badge is suspended."), text)


def _what_holds(report: Report) -> str:
    """What the checks have shown, and no more: without a list of revoked badges nothing is said of revocation."""
    is_signed = _passed(report, CheckCode.SIGNATURE)
    if _outcome(report, CheckCode.REVOCATION) == Outcome.WARNING:
        return _(
            "Not expired, unchanged since it was issued. Whether it was revoked could not be asked just now."
        )
    if not _passed(report, CheckCode.REVOCATION):
        return _(
            "Not expired, unchanged since it was issued. Its issuer publishes no list of revoked badges."
        )
    if is_signed:
        return _("Not revoked, not expired, unchanged since it was issued.")
    return _("Not revoked, not expired, confirmed by its issuer’s site.")


def _what_held(report: Report) -> str:
    if _passed(report, CheckCode.REVOCATION) and _passed(report, CheckCode.SIGNATURE):
        return " ".join([_text(report, CheckCode.EXPIRY), _("Not revoked, unchanged since it was issued.")])
    return _text(report, CheckCode.EXPIRY)


def _follows(check: Check) -> bool:
    return check.outcome == Outcome.NOT_CHECKED and check.facts.get("reason") in FOLLOWING


def _said(checks: Iterable[Check]) -> list[Sentence]:
    return [sentence(check) for check in checks]


def _passed(report: Report, code: CheckCode) -> bool:
    return _outcome(report, code) == Outcome.PASSED


def _outcome(report: Report, code: CheckCode) -> Outcome | None:
    check = report.check(code)
    return check.outcome if check else None


def _reason(report: Report, code: CheckCode) -> str:
    check = report.check(code)
    return str(check.facts.get("reason", "")) if check else ""


def _text(report: Report, code: CheckCode) -> str:
    check = report.check(code)
    return sentence(check).text if check else ""


def _title(report: Report, code: CheckCode) -> str:
    check = report.check(code)
    return sentence(check).title if check else ""


def _first(report: Report, outcome: Outcome) -> str:
    """The first that says something of its own, in a sentence."""
    checks = [check for check in report.with_outcome(outcome) if not _follows(check)]
    said = [sentence(check) for check in checks or report.with_outcome(outcome)]
    return f"{said[0].title}. {said[0].text}" if said else ""
