"""Signing keys: made with the organisation, sealed at rest, parsed once per process; replaced, retired, given up.

Whoever signs shares the organisation's keys until its transaction ends; whoever changes them holds them alone. So
nothing is signed with a key after it stopped signing, and nobody who awards meanwhile is refused.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from common.actors import Actor
from common.errors import Invalid, Refused
from common.locks import Shared, hold, share
from common.sealing import key_provider
from issuers.models import Issuer, SigningKey
from issuers.services.touching import touch
from journal.models import Action
from journal.services import record
from openbadges import keys

Algorithm = SigningKey.Algorithm
State = SigningKey.State


class _Pair(NamedTuple):
    public_pem: str
    sealed_private: bytes


def make_key(*, issuer: Issuer, algorithm: Algorithm, at: datetime) -> SigningKey:
    """A new active key pair, numbered after the issuer's last one."""
    return _stored(_new_pair(algorithm), issuer=issuer, algorithm=algorithm, at=at)


def signing_key_of(issuer_id: int, algorithm: Algorithm = Algorithm.RS256) -> SigningKey:
    """The key that signs what this issuer issues now: RS256 for Open Badges 2.0, EdDSA for 3.0.

    Part of a transaction; until that ends, the key stays the active one.
    """
    share(_keys_of(issuer_id))
    return kept_key_of(issuer_id, algorithm)


def kept_key_of(issuer_id: int, algorithm: Algorithm = Algorithm.RS256) -> SigningKey:
    """As `signing_key_of`, once an earlier query of the transaction has asked for `keys_kept`."""
    return SigningKey.objects.get(issuer_id=issuer_id, algorithm=algorithm, state=State.ACTIVE)


def keys_kept(issuer_id: int) -> Shared:
    """To be annotated to a query of one row: until the transaction ends, the issuer's active keys stay active."""
    return Shared(_keys_of(issuer_id))


def signing_keys_of(issuer_id: int) -> dict[str, SigningKey]:
    """All that sign now, by algorithm: as `signing_key_of`, for who signs with both."""
    share(_keys_of(issuer_id))
    return {key.algorithm: key for key in SigningKey.objects.filter(issuer_id=issuer_id, state=State.ACTIVE)}


def keep_keys(issuer_id: int) -> None:
    """For who signs in this transaction, but first does something that others wait for (a line in the journal): the
    keys come first everywhere, so that no two wait for each other."""
    share(_keys_of(issuer_id))


def private_key(key: SigningKey) -> Any:
    """The key object to sign with: unsealing and parsing cost as much as a hundred signatures, so once."""
    return _parsed(key.pk, bytes(key.sealed_private))


@lru_cache(maxsize=512)
def _parsed(pk: int, sealed: bytes) -> Any:
    return keys.load_private_key(key_provider().unseal(sealed), is_ours=True)


def rotate_key(*, key: SigningKey, by: Actor, at: datetime) -> SigningKey:
    """A new key takes the place of this active one, which signs no more; what it signed stays valid.

    Waits for what is being signed with it. Raises Refused where it is not the active key any more: somebody else was
    faster, or a form was sent twice.
    """
    pair = _new_pair(Algorithm(key.algorithm))  # takes a while: before anybody has to wait
    return _rotated(key, pair, by, at)


@transaction.atomic
def _rotated(key: SigningKey, pair: _Pair, by: Actor, at: datetime) -> SigningKey:
    row = _alone(key)
    if not row.is_active:
        raise Refused(_("Key %(number)d signs no more already.") % {"number": row.number}, code="not_active")
    _end(row, State.RETIRED, at)
    made = _stored(pair, issuer=row.issuer, algorithm=Algorithm(row.algorithm), at=at)
    _record(made, Action.KEY_ROTATED, by, at, replaces=row.number)
    touch(row.issuer_id)
    return made


def declare_compromised(
    *, key: SigningKey, since: datetime, note: str, by: Actor, at: datetime
) -> SigningKey | None:
    """Somebody else may have signed with this key since then. It signs no more; a new key is made, and given, where it
    was the active one.

    What it signed stays valid where the issuer's records know it; what they never knew is a forgery here. May be
    said again with another date. Raises Invalid for a date before the key was made or in the future, or no note.
    """
    note = " ".join(note.split())
    _check_declaration(key, since, note, at)
    pair = _new_pair(Algorithm(key.algorithm)) if key.is_active else None
    return _given_up(key, pair, since, note, by, at)


@transaction.atomic
def _given_up(
    key: SigningKey, pair: _Pair | None, since: datetime, note: str, by: Actor, at: datetime
) -> SigningKey | None:
    row = _alone(key)
    was_active = row.is_active
    row.compromised_from, row.compromise_note = since, note
    _end(row, State.COMPROMISED, at)
    _record(row, Action.KEY_COMPROMISED, by, at, compromised_from=since.isoformat(), note=note)
    touch(row.issuer_id)
    if not was_active:
        return None
    algorithm = Algorithm(row.algorithm)
    made = _stored(pair or _new_pair(algorithm), issuer=row.issuer, algorithm=algorithm, at=at)
    _record(made, Action.KEY_ROTATED, by, at, replaces=row.number)
    return made


def _check_declaration(key: SigningKey, since: datetime, note: str, at: datetime) -> None:
    problems = {}
    if since > at:
        problems["since"] = _("This date has not come yet.")
    elif since < key.created_at:
        made = formats.date_format(timezone.localtime(key.created_at), "DATETIME_FORMAT")
        problems["since"] = _("The key was made later: on %(date)s.") % {"date": made}
    if not note:
        problems["note"] = _("Say what happened: it is kept in the journal.")
    elif len(note) > SigningKey.LONGEST_NOTE:
        problems["note"] = _("At most %(count)d characters.") % {"count": SigningKey.LONGEST_NOTE}
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)


def _keys_of(issuer_id: int) -> str:
    return f"keys of issuer {issuer_id}"


def _alone(key: SigningKey) -> SigningKey:
    """The row as it is, once nobody signs with the issuer's keys."""
    hold(_keys_of(key.issuer_id))
    return (
        SigningKey.objects.select_for_update(of=("self",), no_key=True)
        .select_related("issuer")
        .get(pk=key.pk)
    )


def _end(row: SigningKey, state: State, at: datetime) -> None:
    """It signs no more: its private half, which nothing needs any longer, is erased."""
    row.state, row.ended_at, row.sealed_private = state, row.ended_at or at, b""
    row.save(update_fields=["state", "ended_at", "sealed_private", "compromised_from", "compromise_note"])


def _new_pair(algorithm: Algorithm) -> _Pair:
    private = keys.generate_rsa_key() if algorithm == Algorithm.RS256 else keys.generate_ed25519_key()
    return _Pair(keys.public_key_pem(private), key_provider().seal(keys.private_key_pem(private)))


def _stored(pair: _Pair, *, issuer: Issuer, algorithm: Algorithm, at: datetime) -> SigningKey:
    last = issuer.keys.order_by("-number").first()
    number = last.number + 1 if last else SigningKey.FIRST
    return SigningKey.objects.create(
        issuer=issuer, number=number, algorithm=algorithm, created_at=at, **pair._asdict()
    )


def _record(key: SigningKey, action: Action, by: Actor, at: datetime, **data: Any) -> None:
    target = ("key", key.number, key.algorithm)
    record(scope=key.issuer.scope, action=action, by=by, at=at, target=target, data=data)
