"""What must not lie about in the clear leaves sealed under a passphrase that is asked for and kept nowhere."""

import json
import secrets
from base64 import b64decode, b64encode, urlsafe_b64encode
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext as _

from assertions.services.moving.refusals import Damaged, NotImported
from common.errors import Invalid
from common.sealing import key_provider
from issuers.models import Issuer
from journal.models import Webhook

LENGTH = 12
COST, BLOCK, LANES = 2**15, 8, 1
"""scrypt (RFC 7914) with 32 MB of memory: a tenth of a second here, and so for whoever guesses."""
DEAREST = 2**17


class WrongPassphrase(NotImported):
    code = "wrong_passphrase"


def check_passphrase(passphrase: str) -> None:
    if len(passphrase) < LENGTH:
        message = _("Choose a passphrase of at least %(count)d characters, such as four or five words.")
        message %= {"count": LENGTH}
        raise Invalid(message, code="passphrase_short", fields={"passphrase": message})


def sealed_secrets(issuer: Issuer, *, passphrase: str) -> bytes:
    """Private signing keys and the secrets of webhooks, to be opened by the passphrase alone. JSON."""
    check_passphrase(passphrase)
    hooks = Webhook.objects.filter(scope=issuer.scope)
    opened = {
        "keys": {str(key.pk): _opened(key.sealed_private) for key in issuer.keys.order_by("number")},
        "webhooks": {
            str(hook.pk): [_opened(hook.sealed_secret), _opened(hook.sealed_previous)] for hook in hooks
        },
    }
    salt = secrets.token_bytes(16)
    lock = Fernet(_key(passphrase, salt, COST))
    sealed = lock.encrypt(json.dumps(opened).encode())
    facts = {"kdf": "scrypt", "n": COST, "r": BLOCK, "p": LANES, "salt": b64encode(salt).decode(),
             "cipher": "fernet", "sealed": sealed.decode()}  # fmt: skip
    return json.dumps(facts).encode()


def opened_secrets(sealed: bytes, *, passphrase: str) -> dict[str, dict[str, Any]]:
    """What `sealed_secrets` sealed: bytes by the keys that rows had. Raises WrongPassphrase or Damaged."""
    try:
        facts = json.loads(sealed)
        cost, salt = int(facts["n"]), b64decode(facts["salt"], validate=True)
        if (
            facts["kdf"] != "scrypt"
            or (facts["r"], facts["p"]) != (BLOCK, LANES)
            or not COST <= cost <= DEAREST
        ):
            raise Damaged
        token = facts["sealed"].encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged from error
    try:
        opened: dict[str, dict[str, Any]] = json.loads(Fernet(_key(passphrase, salt, cost)).decrypt(token))
    except InvalidToken as error:
        message = _("This is not the passphrase that the keys were sealed with.")
        raise WrongPassphrase(message) from error
    return opened


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    derived = Scrypt(salt=salt, length=32, n=cost, r=BLOCK, p=LANES).derive(passphrase.encode())
    return urlsafe_b64encode(derived)


def _opened(sealed: Any) -> str | None:
    return None if not sealed else b64encode(key_provider().unseal(bytes(sealed))).decode()
