"""Why a check did not pass, where several checks say it alike."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openbadges import Check

MOST_FIELDS = 6
MOST_LETTERS = 80
Words = tuple[str, str]


def reason(check: Check) -> str:
    return str(check.facts.get("reason", ""))


def problems(check: Check) -> str:
    """Which fields of which documents, as their issuer finds them."""
    found = dict.fromkeys(f"{p['document']}.{p['field']}" for p in check.facts.get("problems", ()))
    fields, more = list(found)[:MOST_FIELDS], len(found) - MOST_FIELDS
    words = _("To be mended by the issuer: %(fields)s.") % {"fields": ", ".join(fields)}
    if more > 0:
        words += " " + ngettext("And %(count)d more.", "And %(count)d more.", more) % {"count": more}
    return words


def unavailable(facts: Mapping[str, Any]) -> str:
    """Why what a check needs was not to be had."""
    reason, status = str(facts.get("reason", "")), facts.get("status")
    if reason == "status":
        words = _("The issuer’s site answered with an error (%(status)s).")
        return (
            _("Nothing is found at the address that is named.")
            if status == 404
            else words % {"status": status}
        )
    private = _("The address leads into a private network, so it was not opened.")
    elsewhere = _("What was found there is something else.")
    nowhere = _("The document does not say where to find it.")
    address = _("The address that is named cannot be opened.")
    later = _("The issuer’s site could not be reached. Try again later.")
    said = {
        "needs": _("It depends on another check that did not succeed."),
        "not_reached": _("It depends on another check that did not succeed."),
        "refused": private, "private": private,
        "no_address": address, "address": address, "scheme": address, "redirects": address,
        "not_named": nowhere,
        "unreachable": later, "tls": later,
        "timeout": _("The issuer’s site did not answer in ten seconds. Try again later."),
        "out_of_time": _("There was no time left to ask the issuer’s site. Verify this badge on its own."),
        "too_large": _("The answer was far larger than such a document is."),
        "too_many_fetches": _("The document points to more places than a badge does."),
        "gone": _("The issuer’s site says that it was taken away."),
        "web_page": _("There is a web page at this address, but no badge that can be read. Ask for the badge’s file."),
        "other_id": elsewhere, "wrong_type": elsewhere, "not_a_list": elsewhere, "other_issuer": elsewhere,
        "not_date_time": _("The date is not well written."),
        "did_method": _("It is named in a way that cannot be looked up here."),
        "status_type": _("It says so in a way that is not known here."),
        "bad_entry": _("Its own note on where to ask is not well written."),
        "other_purpose": _("The issuer’s list is about something else."),
        "list_out_of_date": _("The issuer’s list is out of date."),
        "list_not_valid": _("The issuer’s list is not signed by the issuer, or was changed."),
    }.get(reason)  # fmt: skip
    return said or _("What was found there cannot be read.")
