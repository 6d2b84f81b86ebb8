"""What the check in the visitor's own browser says (static/js/check-badge.js), in the reader's language."""

from django.utils.translation import gettext as _


def browser_words() -> dict[str, str]:
    """Sentences by what they are about; names in braces are filled in by the browser."""
    return _places() | _of_text() | _of_key() | _of_person() | _of_register() | _of_file() | _verdicts()


def _places() -> dict[str, str]:
    return {
        "here": _("Checked in your browser"),
        "server": _("Said by the server"),
        "unsupported": _(
            "Your browser offers no cryptography on this page. It needs https and a browser of today."
        ),
        "unreachable": _("This could not be fetched: {what}"),
        "elsewhere": _("It is at another site, which this page may not ask: {what}"),
    }


def _of_text() -> dict[str, str]:
    return {
        "text": _("The signed text of the badge was fetched"),
        "text_more": _("{size} characters, imprint (SHA-256) {hash}"),
        "gone": _("The server says that this badge does not hold any more"),
        "gone_more": _("Reason: {reason} It gives out no signed text. Choose your own file to check that."),
        "form_bad": _("The signed text is not written as a signature has to be"),
        "algorithm_bad": _("It is signed by a method that proves nothing: {what}"),
        "id": _("It is the badge of this page"),
        "id_bad": _("It is the text of another badge than this page shows"),
        "issued": _("It was awarded on {date}"),
        "issued_bad": _("It says that it was awarded on {date}, which has not come yet"),
        "unexpired": _("It is valid until {date}"),
        "endless": _("It is valid without end"),
        "expired": _("It was valid until {date}"),
        "receipt": _("The imprint is the one that the server’s receipt names"),
        "receipt_bad": _("The server’s receipt names another imprint"),
    }


def _of_key() -> dict[str, str]:
    return {
        "signature": _("The signature fits every letter"),
        "signature_more": _("RS256, with the public key at {key}"),
        "signature_bad": _("The signature does not fit"),
        "signature_bad_more": _("The text was changed after it was signed, or another key signed it."),
        "key_bad": _("The key cannot be used"),
        "owner": _("Key and issuer point at each other"),
        "owner_more": _("{issuer} names the key, and the key names {issuer}."),
        "owner_bad": _("The key does not belong to the issuer of the badge"),
        "unrevoked": _("It is not in the issuer’s list of revoked badges"),
        "revoked": _("It is in the issuer’s list of revoked badges"),
    }


def _of_person() -> dict[str, str]:
    return {
        "person": _("It was awarded to the address that you typed"),
        "person_more": _("The address was hashed here and compared. It was not sent anywhere."),
        "person_bad": _("It was not awarded to the address that you typed"),
        "person_bad_more": _("People have several addresses: ask which one they used."),
    }


def _of_register() -> dict[str, str]:
    return {
        "entry": _("Entry {entry} of the register is about this very text"),
        "entry_more": _("Dated {date}, entered {logged}."),
        "entry_bad": _("Entry {entry} of the register does not fit"),
        "other_entry": _("Entry {entry} of the register: {what}"),
        "published": _("the version was published"),
        "issued_what": _("the badge was awarded"),
        "moved": _("it was moved to another address"),
        "revoked_what": _("it was revoked"),
        "reinstated": _("its revocation was undone"),
        "date_bad": _("The badge bears another date than its entry in the register"),
        "no_entry": _("The register has no entry about this text"),
        "no_register": _("It has not been entered in the register yet"),
        "pending": _("Waits for the next checkpoint."),
        "sealed": _("The register’s checkpoint of {date} seals these entries"),
        "sealed_more": _("{size} entries, signed with the key at {key}"),
        "sealed_bad": _("The signature of the register’s checkpoint does not fit"),
        "sealed_open": _("The signature of the register’s checkpoint could not be checked"),
        "sealed_open_more": _("Your browser does not know Ed25519 yet. The script of the register does."),
    }


def _of_file() -> dict[str, str]:
    return {
        "file_same": _("Your file holds this badge, byte for byte"),
        "file_hosted": _("Your file holds this badge as it stands at its address"),
        "file_other": _("Your file holds another text than this page"),
        "file_other_more": _(
            "What follows is about your file. A badge that has moved to another address has an earlier text too."
        ),
        "file_alone": _("The signed text was read from your file"),
        "file_bad": _("No badge could be read from your file"),
        "file_bad_more": _("Choose the PNG or SVG picture, or the signed text, as it was downloaded."),
        "file_large": _("The file is larger than badges are."),
        "file_two": _("Two badges are stored in it, so nobody can tell which one is meant."),
        "file_credential": _("Your file holds the Open Badges 3.0 edition, which is not checked here"),
        "file_credential_more": _(
            "Bring it to “Verify a badge”, or choose the picture here: it holds both editions."
        ),
    }


def _verdicts() -> dict[str, str]:
    return {
        "all_good": _("Your browser finds everything in order."),
        "all_good_more": _("The signature, the imprints and the register hold, whatever our server says."),
        "some_open": _("What could be checked here holds."),
        "some_open_more": _(
            "Some of it could not be checked, or is only said by the server. See which below."
        ),
        "some_bad": _("Your browser finds that something does not hold."),
        "some_bad_more": _("Do not rely on this badge before you know why. The lines in red say what it is."),
        "working": _("Checking…"),
        "done": _("Checked: {good} in order, {bad} not in order, {open} open."),
    }
