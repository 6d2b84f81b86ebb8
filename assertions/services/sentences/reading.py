"""What was brought, and whether it could be read: pictures, editions, words, shapes, addresses."""

from django.utils.translation import gettext as _

from assertions.services.sentences.reasons import MOST_LETTERS, Words, problems, reason, unavailable
from openbadges import Check, Outcome


def picture(check: Check) -> Words:
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
    words = reasons.get(reason(check), fallback)
    if reason(check) == "not_an_image":
        return _("No badge could be read from this"), words
    return _("No badge could be read from this picture"), words


def editions(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        words = _("It carries the badge in two editions of the standard, and they say the same.")
        return _("Both editions in the picture agree"), words
    if check.outcome == Outcome.WARNING:
        words = _("What is shown here comes from the other one.")
        return _("One of the two editions in the picture could not be checked"), words
    if reason(check) == "differ":
        words = _("Some readers see one of them and some the other, so neither can be relied on.")
        return _("Two different badges are stored in this picture"), words
    words = _("The picture carries the badge in two editions of the standard, and one of them does not hold.")
    return _("The other edition in the picture is not valid"), words


def version(check: Check) -> Words:
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


def contexts(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        words = _("Every word in it means what the standard says it means.")
        return _("It is written in the standard’s own words"), words
    if reason(check) == "unknown_context":
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
    return _("What it means cannot be said for certain"), said.get(reason(check), fallback)


def structure(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("The document is complete"), _("Everything that the standard requires is there.")
    if check.outcome == Outcome.NOT_CHECKED:
        return _("Whether the document is complete could not be checked"), unavailable(check.facts)
    if check.facts.get("problems"):
        return _("The document is incomplete"), problems(check)
    reasons = {
        "unreadable": _("What you gave is neither a badge’s address, nor a badge’s document, nor a picture."),
        "bad_address": _("This is not a complete web address."),
        "not_an_assertion": _("This document describes a badge or an issuer, but not an award to a person."),
        "too_large": _("It is far larger than a badge is."),
        "too_many_values": _("It is far larger than a badge is."),
        "too_deep": _("It is far more complicated than a badge is."),
        "duplicate_member": _("It says the same thing twice in different ways, so it cannot be trusted."),
    }
    return _("No badge could be read from this"), reasons.get(reason(check), _("The document is damaged."))


def data_types(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("Dates, addresses and names are well formed"), _("They are written as the standard asks.")
    if check.outcome == Outcome.NOT_CHECKED:
        return _("Whether its parts are well formed could not be checked"), unavailable(check.facts)
    return _("Some parts are not well formed"), problems(check)


def hosted_refetch(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        if reason(check) == "gone":
            return _("The issuer’s site answered"), _(
                "It keeps the badge’s address, and says what became of it."
            )
        return _("The issuer’s site confirms it"), _("The badge was read again at its own address.")
    if check.outcome == Outcome.WARNING:
        words = _("What counts, and is shown here, is the original at the issuer’s site.")
        return _("The copy you have differs from the original"), words
    if reason(check) in ("other_id", "not_hosted"):
        words = _("What you were given is not what was awarded.")
        return _("The issuer’s site shows something else at this address"), words
    if check.facts.get("status") == 404:
        words = _("Nothing is found at the address that it names.")
        return _("The issuer’s site does not know this badge"), words
    if check.outcome == Outcome.FAILED:
        return _("The issuer’s site does not confirm it"), unavailable(check.facts)
    if reason(check) == "web_page":
        return _("The issuer’s site answered with a web page"), unavailable(check.facts)
    return _("The issuer’s site could not be asked"), unavailable(check.facts)


def hosted_scope(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        words = _("The badge is kept where its issuer says it keeps badges.")
        return _("The address belongs to the issuer"), words
    if check.outcome == Outcome.FAILED:
        words = _("It is kept somewhere that the issuer does not vouch for. It may be an imitation.")
        return _("The address does not belong to the issuer"), words
    return _("Whether the address belongs to the issuer could not be checked"), unavailable(check.facts)


def badge_class(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("The badge’s definition was found"), _("Its criteria come from the issuer’s own site.")
    if check.outcome == Outcome.FAILED:
        return _("The badge’s definition was not found"), unavailable(check.facts)
    return _("The badge’s definition could not be read"), unavailable(check.facts)
