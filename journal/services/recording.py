"""The journal: append-only, hash-chained, written in the transaction of the act it tells of."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from common.actors import Actor
from journal.models import Action, Chain, Entry


@transaction.atomic(savepoint=False)  # always part of an act: it stands or falls with it
def record(
    *,
    scope: str,
    action: Action,
    by: Actor,
    at: datetime,
    target: tuple[str, object, str] = ("", "", ""),
    data: Mapping[str, Any] | None = None,
) -> Entry:
    """Adds one line to the journal of `scope` and returns it.

    `target` is (kind, id, label). Never put a recipient's name or address in it: lines are for ever.
    """
    head = Chain.objects.select_for_update().filter(scope=scope).first() or _first_link(scope)
    kind, target_id, label = target
    entry = Entry(
        scope=scope, number=head.number + 1, at=at, action=action, actor_id=by.id, actor_label=by.label[:254],
        target_kind=kind, target_id=str(target_id), target_label=label[:254], data=dict(data or {}),
        previous_hash=head.hash,
    )  # fmt: skip
    entry.hash = _hash(entry, head.known_as or scope)
    entry.save(force_insert=True)
    Chain.objects.filter(scope=scope).update(number=entry.number, hash=entry.hash)
    return entry


def _first_link(scope: str) -> Chain:
    Chain.objects.bulk_create([Chain(scope=scope)], ignore_conflicts=True)
    return Chain.objects.select_for_update().get(scope=scope)


def broken_links(scope: str) -> Iterator[str]:
    """What is wrong with the chain of `scope`, a sentence for operators each; nothing where it is whole.

    Lines may be added meanwhile: the head is read before and after, and must lie on what was read in between.
    """
    before = Chain.objects.filter(scope=scope).first() or Chain(scope=scope)
    previous, number, is_met = "0" * 64, 0, before.number == 0
    for entry in Entry.objects.filter(scope=scope).order_by("number").iterator():
        number += 1
        if entry.number != number:
            yield f"{scope}: line {number} is missing"
            number = entry.number
        if entry.previous_hash != previous or entry.hash != _hash(entry, before.known_as or scope):
            yield f"{scope}: line {entry.number} was changed"
        previous = entry.hash
        is_met = is_met or (before.number, before.hash) == (number, previous)
    after = Chain.objects.filter(scope=scope).values_list("number", flat=True).first() or 0
    if not is_met or number > after:
        yield f"{scope}: the last line is missing or is not the one that was written"


def _hash(entry: Entry, scope: str) -> str:
    """SHA-256 of the line's own canonical JSON, which holds the hash of the line before.

    `scope` is the one that the chain began with: an organisation that moved to another installation has another
    number there, and its lines are still those that were written.
    """
    facts = [
        scope, entry.number, entry.at.astimezone(UTC).isoformat(timespec="microseconds"), str(entry.action),
        entry.actor_id, entry.actor_label, entry.target_kind, entry.target_id, entry.target_label, entry.data,
        entry.previous_hash,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
