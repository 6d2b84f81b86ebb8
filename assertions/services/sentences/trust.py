"""Who signed it, who they are, and who vouches for it."""

from django.utils.translation import gettext as _

from assertions.services.sentences.dates import day
from assertions.services.sentences.reasons import MOST_LETTERS, Words, reason, unavailable
from openbadges import Check, Outcome


def algorithm(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("It is signed by a sound method"), _("Method: %(alg)s.") % {
            "alg": check.facts.get("alg", "")
        }
    if check.outcome == Outcome.NOT_CHECKED:
        if reason(check) == "unsupported":
            words = _("Method: %(alg)s.") % {"alg": check.facts.get("alg", "")}
            return _("It is signed by a method that is not known here"), words
        return _("The method of its signature could not be checked"), unavailable(check.facts)
    words = _("The method named in it is not accepted, or is not the one of the issuer’s key.")
    return _("It is signed by a method that proves nothing"), words


def claims(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        words = _("Its issuer, its recipient and its dates are those of the badge inside.")
        return _("The token says the same as the badge in it"), words
    if reason(check) == "wrapped":
        words = _("The badge is wrapped as in an earlier draft of the standard.")
        return _("The token is not written as the standard asks"), words
    fields = ", ".join(str(field) for field in check.facts.get("claims", ()))
    words = _("These parts are missing or differ: %(fields)s.") % {"fields": fields}
    return _("The token contradicts the badge in it"), words


def key_listed(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        words = _("The key is named in the issuer’s own profile.")
        return _("The issuer publishes the key that signed it"), words
    if reason(check) in ("key_revoked", "key_expired"):
        words = _("It was revoked, or was past its date when this was signed.")
        return _("The issuer has withdrawn the key that signed it"), words
    if reason(check) == "own_key":
        words = _("It brings its own key along. Anyone can do that; the issuer’s own site has to name it.")
        return _("The issuer does not publish the key that signed it"), words
    if reason(check) == "elsewhere":
        words = _(
            "It names a key that is kept elsewhere, and the issuer’s own document does not name that one."
        )
        return _("The issuer does not publish the key that signed it"), words
    if check.outcome == Outcome.FAILED:
        words = _("Anyone could have made this signature.")
        return _("The issuer does not publish the key that signed it"), words
    return _("Whether the issuer publishes the key could not be checked"), unavailable(check.facts)


def key_owner(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("The key names the issuer as its owner"), _("Issuer and key point at each other.")
    if reason(check) in ("other_owner", "other_id"):
        return _("The key belongs to somebody else"), _("It does not name the issuer as its owner.")
    if check.outcome == Outcome.FAILED:
        return _("The issuer’s key was not found"), unavailable(check.facts)
    return _("The issuer’s key could not be read"), unavailable(check.facts)


def signature(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        words = _("The issuer’s signature fits every letter of the document.")
        return _("Unchanged since it was issued"), words
    if check.outcome == Outcome.NOT_CHECKED:
        return _("The signature could not be checked"), unavailable(check.facts)
    if reason(check) == "mismatch":
        words = _("The document was changed after it was signed, or somebody else signed it.")
        return _("The signature does not fit"), words
    if reason(check) == "unsigned":
        words = _("It says that it is signed, but the signature is missing. Ask for the original.")
        return _("There is no signature"), words
    if reason(check).startswith("key_"):
        words = _("The key that the issuer publishes is damaged, too weak or of an unknown kind.")
        return _("The issuer’s key cannot be used"), words
    words = _("It is not written as a signature has to be, so it proves nothing.")
    return _("The signature cannot be used"), words


def key_trusted(check: Check) -> Words:
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


def issuer_profile(check: Check) -> Words:
    if check.outcome == Outcome.WARNING or (
        check.outcome == Outcome.PASSED and check.facts.get("method") == "key"
    ):
        words = _("It gives a key, but no address. Whose key it is, and what name they bear, is not proven.")
        return _("The issuer is named by a key alone"), words
    if check.outcome == Outcome.PASSED:
        return _("The issuer’s profile was found"), _("It is published at the issuer’s own address.")
    if check.outcome == Outcome.FAILED:
        return _("The issuer’s profile was not found"), unavailable(check.facts)
    return _("The issuer’s profile could not be read"), unavailable(check.facts)


def issuer_known(check: Check) -> Words:
    if check.outcome == Outcome.PASSED and (name := check.facts.get("listed_as")) is not None:
        words = _(
            "Whoever runs this site keeps a list of issuers they trust. It is on the list as “%(name)s”."
        )
        return _("The issuer is known here"), words % {"name": name}
    if check.outcome == Outcome.PASSED:
        return _("The issuer is known here"), _("It issues its badges on this site.")
    if reason(check) == "led_elsewhere":
        words = _(
            "An address at the issuer’s site leads on to %(site)s. Where a site passes its visitors on, anybody can "
            "make use of it: it is not certain that the badge comes from the issuer."
        )
        site = str(check.facts.get("led_to", ""))[:MOST_LETTERS]
        return _("It was read at another site than its issuer’s"), words % {"site": site}
    if check.outcome == Outcome.WARNING:
        words = _("Anyone can take any name. Make sure that the address of the issuer is really theirs.")
        return _("The issuer is not known here"), words
    return _("Whether the issuer is known could not be checked"), unavailable(check.facts)


def issuer_name(check: Check) -> Words:
    name, known = (str(check.facts.get(fact, ""))[:MOST_LETTERS] for fact in ("name", "known"))
    if reason(check) == "mixed_scripts":
        words = _("“%(name)s” has letters of several alphabets that look alike. It may be an imitation.")
        return _("The issuer’s name mixes alphabets"), words % {"name": name}
    words = _("It calls itself “%(name)s”. The issuer that is known here as “%(known)s” is somebody else.")
    return _("The issuer’s name resembles another’s"), words % {"name": name, "known": known}


def endorsements(check: Check) -> Words:
    if check.outcome == Outcome.PASSED:
        return _("Others vouch for it"), _("What they say is shown here, and they signed it.")
    if reason(check) == "too_many":
        words = _("The first %(count)d were checked; the others are not shown.")
        return _("It carries very many endorsements"), words % {"count": check.facts.get("checked", 0)}
    if reason(check) == "undecided":
        words = _("It is marked below. Do not rely on it.")
        return _("An endorsement in it could not be checked"), words
    words = _("Those it names did not sign it as it stands. It says nothing against the badge itself.")
    return _("An endorsement in it does not hold"), words
