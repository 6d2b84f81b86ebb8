"""Whether it still counts, and for whom."""

from django.utils.translation import gettext as _

from assertions.services.sentences.dates import day
from assertions.services.sentences.reasons import Words, reason, unavailable
from openbadges import Check, Outcome


def revocation(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("Not revoked"), _("The issuer was asked just now.")
    if check.outcome == Outcome.FAILED:
        reason = check.facts.get("revocation_reason")
        words = _("It was taken back. Reason: %(reason)s") % {"reason": reason} if reason else ""
        return _("Revoked"), words or _("It was taken back, and no reason was given.")
    return _("Whether it was revoked could not be checked"), unavailable(check.facts)


def suspension(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("Not suspended"), _("The issuer was asked just now.")
    if check.outcome == Outcome.FAILED:
        words = _("Its issuer has put it aside for now. It may come back: ask the issuer.")
        return _("Suspended"), words
    return _("Whether it is suspended could not be checked"), unavailable(check.facts)


def expiry(check: Check) -> Words:
    words = {"date": day(check.facts.get("expires"))}
    if check.outcome == Outcome.PASSED:
        return _("Not expired"), _("Valid until %(date)s.") % words
    if reason(check) == "expired":
        return _("Expired"), _("It was valid until %(date)s.") % words
    if reason(check) == "before_issue":
        return _("It ends before it begins"), _("It expires before the day on which it was awarded.")
    return _("Whether it has expired could not be checked"), unavailable(check.facts)


def issued(check: Check) -> Words:
    words = {"date": day(check.facts.get("issued_on"))}
    if check.outcome == Outcome.PASSED:
        return _("Awarded in the past"), _("Awarded on %(date)s.") % words
    if check.outcome == Outcome.FAILED:
        text = _("It says that it was awarded on %(date)s, which has not come yet.")
        return _("Awarded in the future"), text % words
    return _("The date of award could not be checked"), unavailable(check.facts)


def recipient(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("It was awarded to this address"), _("The address you typed is the one in the badge.")
    if reason(check) == "other_type":
        words = _("The badge names its holder by something else, such as a telephone number or a web page.")
        return _("It was not awarded to an e-mail address"), words
    if check.outcome == Outcome.FAILED:
        words = _("People have several addresses: ask which one they used.")
        return _("It was awarded to another address"), words
    return _("Whose badge it is could not be checked"), unavailable(check.facts)
