"""What a check means, in the reader's language. The core speaks in codes; people get sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.languages import current_language
from openbadges import Check, CheckCode, Outcome

MARKS = {
    Outcome.PASSED: "good",
    Outcome.FAILED: "bad",
    Outcome.WARNING: "warn",
    Outcome.NOT_CHECKED: "warn",
    Outcome.NOT_APPLICABLE: "none",
}
MOST_FIELDS = 6
MOST_LETTERS = 80
Words = tuple[str, str]


@dataclass(frozen=True)
class Sentence:
    """One check for people: `mark` is good, warn or bad; `code` stays for machines."""

    code: str
    mark: str
    title: str
    text: str


def sentence(check: Check) -> Sentence:
    title, text = _WORDS[check.code](check)
    return Sentence(str(check.code), MARKS[check.outcome], title, text)


def day(written: object) -> str:
    """An ISO date-time as a date in words, in the reader's language and time zone; as it stands if it is none."""
    try:
        moment = written if isinstance(written, datetime) else parse_datetime(str(written or ""))
        if moment is not None:
            local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
            return formats.date_format(local, "DATE_FORMAT")
    except (ValueError, OverflowError):  # the 31st of February; the first and last hours of the calendar
        pass
    return str(written or "")[:40]


def moment(at: datetime) -> str:
    """To the minute, with the time zone: what a verification is dated with."""
    return _minute(int(at.timestamp()) // 60, timezone.get_current_timezone_name(), current_language())


@lru_cache(maxsize=64)  # every visit of one minute says the same
def _minute(minute: int, zone: str, language: str) -> str:
    local = timezone.localtime(datetime.fromtimestamp(minute * 60, UTC))
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} ({zone})"


def _picture(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("The picture carries a badge"), _("The proof was read from inside the picture file.")
    reasons = {
        "no_badge": _(
            "It is a picture like any other: no proof is stored inside. Ask for the original file or the link."
        ),
        "several_badges": _("Two badges are stored in it, so nobody can tell which one is meant."),
        "too_large": _("The file is larger than badges are."),
        "hostile": _(
            "The file contains what no badge needs and what could do harm, so it was not opened further."
        ),
        "truncated": _("The file breaks off in the middle. Ask for it again."),
        "not_an_image": _("It is neither a PNG nor an SVG picture."),
        "unsupported_encoding": _("The file is written in an encoding that badges do not use."),
    }
    fallback = _("The file is damaged. Ask for the original.")
    return _("No badge could be read from this picture"), reasons.get(_reason(check), fallback)


def _version(check: Check) -> Words:
    version = check.facts.get("version")
    if check.outcome == Outcome.PASSED:
        words = _("It follows the Open Badges %(version)s standard") % {"version": version or "2.0"}
        return words, _("A standard that anyone can read and check.")
    if version:
        words = _("It follows Open Badges %(version)s, a form from before 2017 that proves little.")
        return _("This badge is of a form that is too old"), words % {"version": version}
    return _("This is not an Open Badge"), _(
        "The document is readable, but nothing in it says that it is a badge."
    )


def _editions(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        words = _("It carries the badge in two editions of the standard, and they say the same.")
        return _("Both editions in the picture agree"), words
    if check.outcome == Outcome.WARNING:
        words = _("What is shown here comes from the other one.")
        return _("One of the two editions in the picture could not be checked"), words
    if _reason(check) == "differ":
        words = _("Some readers see one of them and some the other, so neither can be relied on.")
        return _("Two different badges are stored in this picture"), words
    words = _("The picture carries the badge in two editions of the standard, and one of them does not hold.")
    return _("The other edition in the picture is not valid"), words


def _contexts(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        words = _("Every word in it means what the standard says it means.")
        return _("It is written in the standard’s own words"), words
    if _reason(check) == "unknown_context":
        words = _("It refers to a vocabulary of its own. Such are not fetched from strangers’ sites.")
        return _("It uses words that are not known here"), words
    if term := str(check.facts.get("term", ""))[:MOST_LETTERS]:
        words = _("Nothing defines “%(term)s”, so it could mean anything.") % {"term": term}
        return _("Some of its words mean nothing"), words
    said = {
        "wrong_context": _("It does not name the standard’s vocabulary first, as it has to."),
        "poisonous_graph": _("It is far more complicated than a badge is."),
        "too_deep": _("It is far more complicated than a badge is."),
        "too_many_values": _("It is far larger than a badge is."),
    }
    fallback = _("It is not written as the standard asks, so readers could understand it differently.")
    return _("What it means cannot be said for certain"), said.get(_reason(check), fallback)


def _structure(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("The document is complete"), _("Everything that the standard requires is there.")
    if check.outcome == Outcome.NOT_CHECKED:
        return _("Whether the document is complete could not be checked"), _unavailable(check.facts)
    if check.facts.get("problems"):
        return _("The document is incomplete"), _problems(check)
    reasons = {
        "unreadable": _("What you gave is neither a badge’s address, nor a badge’s document, nor a picture."),
        "bad_address": _("This is not a complete web address."),
        "not_an_assertion": _("This document describes a badge or an issuer, but not an award to a person."),
        "too_large": _("It is far larger than a badge is."),
        "too_many_values": _("It is far larger than a badge is."),
        "too_deep": _("It is far more complicated than a badge is."),
        "duplicate_member": _("It says the same thing twice in different ways, so it cannot be trusted."),
    }
    return _("No badge could be read from this"), reasons.get(_reason(check), _("The document is damaged."))


def _data_types(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("Dates, addresses and names are well formed"), _("They are written as the standard asks.")
    if check.outcome == Outcome.NOT_CHECKED:
        return _("Whether its parts are well formed could not be checked"), _unavailable(check.facts)
    return _("Some parts are not well formed"), _problems(check)


def _hosted_refetch(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        if _reason(check) == "gone":
            return _("The issuer’s site answered"), _(
                "It keeps the badge’s address, and says what became of it."
            )
        return _("The issuer’s site confirms it"), _("The badge was read again at its own address.")
    if check.outcome == Outcome.WARNING:
        words = _("What counts, and is shown here, is the original at the issuer’s site.")
        return _("The copy you have differs from the original"), words
    if _reason(check) in ("other_id", "not_hosted"):
        words = _("What you were given is not what was awarded.")
        return _("The issuer’s site shows something else at this address"), words
    if check.facts.get("status") == 404:
        words = _("Nothing is found at the address that it names.")
        return _("The issuer’s site does not know this badge"), words
    if check.outcome == Outcome.FAILED:
        return _("The issuer’s site does not confirm it"), _unavailable(check.facts)
    return _("The issuer’s site could not be asked"), _unavailable(check.facts)


def _hosted_scope(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        words = _("The badge is kept where its issuer says it keeps badges.")
        return _("The address belongs to the issuer"), words
    if check.outcome == Outcome.FAILED:
        words = _("It is kept somewhere that the issuer does not vouch for. It may be an imitation.")
        return _("The address does not belong to the issuer"), words
    return _("Whether the address belongs to the issuer could not be checked"), _unavailable(check.facts)


def _algorithm(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("It is signed by a sound method"), _("Method: %(alg)s.") % {
            "alg": check.facts.get("alg", "")
        }
    if check.outcome == Outcome.NOT_CHECKED:
        if _reason(check) == "unsupported":
            words = _("Method: %(alg)s.") % {"alg": check.facts.get("alg", "")}
            return _("It is signed by a method that is not known here"), words
        return _("The method of its signature could not be checked"), _unavailable(check.facts)
    words = _("The method named in it is not accepted, or is not the one of the issuer’s key.")
    return _("It is signed by a method that proves nothing"), words


def _claims(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        words = _("Its issuer, its recipient and its dates are those of the badge inside.")
        return _("The token says the same as the badge in it"), words
    if _reason(check) == "wrapped":
        words = _("The badge is wrapped as in an earlier draft of the standard.")
        return _("The token is not written as the standard asks"), words
    fields = ", ".join(str(field) for field in check.facts.get("claims", ()))
    words = _("These parts are missing or differ: %(fields)s.") % {"fields": fields}
    return _("The token contradicts the badge in it"), words


def _key_listed(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        words = _("The key is named in the issuer’s own profile.")
        return _("The issuer publishes the key that signed it"), words
    if _reason(check) in ("key_revoked", "key_expired"):
        words = _("It was revoked, or was past its date when this was signed.")
        return _("The issuer has withdrawn the key that signed it"), words
    if _reason(check) == "own_key":
        words = _("It brings its own key along. Anyone can do that; the issuer’s own site has to name it.")
        return _("The issuer does not publish the key that signed it"), words
    if _reason(check) == "elsewhere":
        words = _(
            "It names a key that is kept elsewhere, and the issuer’s own document does not name that one."
        )
        return _("The issuer does not publish the key that signed it"), words
    if check.outcome == Outcome.FAILED:
        words = _("Anyone could have made this signature.")
        return _("The issuer does not publish the key that signed it"), words
    return _("Whether the issuer publishes the key could not be checked"), _unavailable(check.facts)


def _key_owner(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("The key names the issuer as its owner"), _("Issuer and key point at each other.")
    if _reason(check) in ("other_owner", "other_id"):
        return _("The key belongs to somebody else"), _("It does not name the issuer as its owner.")
    if check.outcome == Outcome.FAILED:
        return _("The issuer’s key was not found"), _unavailable(check.facts)
    return _("The issuer’s key could not be read"), _unavailable(check.facts)


def _signature(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        words = _("The issuer’s signature fits every letter of the document.")
        return _("Unchanged since it was issued"), words
    if check.outcome == Outcome.NOT_CHECKED:
        return _("The signature could not be checked"), _unavailable(check.facts)
    if _reason(check) == "mismatch":
        words = _("The document was changed after it was signed, or somebody else signed it.")
        return _("The signature does not fit"), words
    if _reason(check) == "unsigned":
        words = _("It says that it is signed, but the signature is missing. Ask for the original.")
        return _("There is no signature"), words
    if _reason(check).startswith("key_"):
        words = _("The key that the issuer publishes is damaged, too weak or of an unknown kind.")
        return _("The issuer’s key cannot be used"), words
    words = _("It is not written as a signature has to be, so it proves nothing.")
    return _("The signature cannot be used"), words


def _key_trusted(check: Check) -> Words:
    words = {
        "date": day(check.facts.get("compromised_from")),
        "recorded": day(check.facts.get("recorded_on")),
    }
    if check.outcome == Outcome.FAILED:
        text = _(
            "Somebody else may have signed with this key since %(date)s, and the issuer’s records do not know this "
            "badge. Its signature proves nothing."
        )
        return _("It was signed with a stolen key"), text % words
    text = _(
        "Somebody else may have signed with this key since %(date)s. This badge is no forgery: it has been in the "
        "issuer’s records since %(recorded)s."
    )
    return _("Its key was declared compromised"), text % words


def _badge_class(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("The badge’s definition was found"), _("Its criteria come from the issuer’s own site.")
    if check.outcome == Outcome.FAILED:
        return _("The badge’s definition was not found"), _unavailable(check.facts)
    return _("The badge’s definition could not be read"), _unavailable(check.facts)


def _issuer_profile(check: Check) -> Words:
    if check.outcome == Outcome.PASSED and check.facts.get("method") == "key":
        words = _("It gives a key, but no address. Whose key it is, and what name they bear, is not proven.")
        return _("The issuer is named by a key alone"), words
    if check.outcome == Outcome.PASSED:
        return _("The issuer’s profile was found"), _("It is published at the issuer’s own address.")
    if check.outcome == Outcome.FAILED:
        return _("The issuer’s profile was not found"), _unavailable(check.facts)
    return _("The issuer’s profile could not be read"), _unavailable(check.facts)


def _revocation(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("Not revoked"), _("The issuer was asked just now.")
    if check.outcome == Outcome.FAILED:
        reason = check.facts.get("revocation_reason")
        words = _("It was taken back. Reason: %(reason)s") % {"reason": reason} if reason else ""
        return _("Revoked"), words or _("It was taken back, and no reason was given.")
    return _("Whether it was revoked could not be checked"), _unavailable(check.facts)


def _suspension(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("Not suspended"), _("The issuer was asked just now.")
    if check.outcome == Outcome.FAILED:
        words = _("Its issuer has put it aside for now. It may come back: ask the issuer.")
        return _("Suspended"), words
    return _("Whether it is suspended could not be checked"), _unavailable(check.facts)


def _expiry(check: Check) -> Words:
    words = {"date": day(check.facts.get("expires"))}
    if check.outcome == Outcome.PASSED:
        return _("Not expired"), _("Valid until %(date)s.") % words
    if _reason(check) == "expired":
        return _("Expired"), _("It was valid until %(date)s.") % words
    if _reason(check) == "before_issue":
        return _("It ends before it begins"), _("It expires before the day on which it was awarded.")
    return _("Whether it has expired could not be checked"), _unavailable(check.facts)


def _issued(check: Check) -> Words:
    words = {"date": day(check.facts.get("issued_on"))}
    if check.outcome == Outcome.PASSED:
        return _("Awarded in the past"), _("Awarded on %(date)s.") % words
    if check.outcome == Outcome.FAILED:
        text = _("It says that it was awarded on %(date)s, which has not come yet.")
        return _("Awarded in the future"), text % words
    return _("The date of award could not be checked"), _unavailable(check.facts)


def _recipient(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("It was awarded to this address"), _("The address you typed is the one in the badge.")
    if _reason(check) == "other_type":
        words = _("The badge names its holder by something else, such as a telephone number or a web page.")
        return _("It was not awarded to an e-mail address"), words
    if check.outcome == Outcome.FAILED:
        words = _("People have several addresses: ask which one they used.")
        return _("It was awarded to another address"), words
    return _("Whose badge it is could not be checked"), _unavailable(check.facts)


def _endorsements(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("Others vouch for it"), _("What they say is shown here, and they signed it.")
    if _reason(check) == "too_many":
        words = _("The first %(count)d were checked; the others are not shown.")
        return _("It carries very many endorsements"), words % {"count": check.facts.get("checked", 0)}
    if _reason(check) == "undecided":
        words = _("It is marked below. Do not rely on it.")
        return _("An endorsement in it could not be checked"), words
    words = _("Those it names did not sign it as it stands. It says nothing against the badge itself.")
    return _("An endorsement in it does not hold"), words


def _issuer_name(check: Check) -> Words:
    name, known = (str(check.facts.get(fact, ""))[:MOST_LETTERS] for fact in ("name", "known"))
    if _reason(check) == "mixed_scripts":
        words = _("“%(name)s” has letters of several alphabets that look alike. It may be an imitation.")
        return _("The issuer’s name mixes alphabets"), words % {"name": name}
    words = _("It calls itself “%(name)s”. The issuer that is known here as “%(known)s” is somebody else.")
    return _("The issuer’s name resembles another’s"), words % {"name": name, "known": known}


def _issuer_known(check: Check) -> Words:
    if check.outcome == Outcome.PASSED and (name := check.facts.get("listed_as")) is not None:
        words = _(
            "Whoever runs this site keeps a list of issuers they trust. It is on the list as “%(name)s”."
        )
        return _("The issuer is known here"), words % {"name": name}
    if check.outcome == Outcome.PASSED:
        return _("The issuer is known here"), _("It issues its badges on this site.")
    if check.outcome == Outcome.WARNING:
        words = _("Anyone can take any name. Make sure that the address of the issuer is really theirs.")
        return _("The issuer is not known here"), words
    return _("Whether the issuer is known could not be checked"), _unavailable(check.facts)


_WORDS: Mapping[CheckCode, Callable[[Check], Words]] = {
    CheckCode.PICTURE: _picture,
    CheckCode.EDITIONS: _editions,
    CheckCode.VERSION: _version,
    CheckCode.CONTEXTS: _contexts,
    CheckCode.STRUCTURE: _structure,
    CheckCode.DATA_TYPES: _data_types,
    CheckCode.HOSTED_REFETCH: _hosted_refetch,
    CheckCode.HOSTED_SCOPE: _hosted_scope,
    CheckCode.ALGORITHM: _algorithm,
    CheckCode.CLAIMS: _claims,
    CheckCode.KEY_LISTED: _key_listed,
    CheckCode.KEY_OWNER: _key_owner,
    CheckCode.SIGNATURE: _signature,
    CheckCode.KEY_TRUSTED: _key_trusted,
    CheckCode.BADGE_CLASS: _badge_class,
    CheckCode.ISSUER_PROFILE: _issuer_profile,
    CheckCode.REVOCATION: _revocation,
    CheckCode.SUSPENSION: _suspension,
    CheckCode.EXPIRY: _expiry,
    CheckCode.ISSUED_IN_FUTURE: _issued,
    CheckCode.RECIPIENT_MATCH: _recipient,
    CheckCode.ENDORSEMENTS: _endorsements,
    CheckCode.ISSUER_KNOWN: _issuer_known,
    CheckCode.ISSUER_NAME: _issuer_name,
}


def _reason(check: Check) -> str:
    return str(check.facts.get("reason", ""))


def _problems(check: Check) -> str:
    """Which fields of which documents, as their issuer finds them."""
    found = dict.fromkeys(f"{p['document']}.{p['field']}" for p in check.facts.get("problems", ()))
    fields, more = list(found)[:MOST_FIELDS], len(found) - MOST_FIELDS
    words = _("To be mended by the issuer: %(fields)s.") % {"fields": ", ".join(fields)}
    if more > 0:
        words += " " + ngettext("And %(count)d more.", "And %(count)d more.", more) % {"count": more}
    return words


def _unavailable(facts: Mapping[str, Any]) -> str:
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
