"""One run: people are handed in, faults happen as the work goes on, everything is judged at its end."""

import io
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from assertions.models import Batch, BatchRow
from assertions.services import batches
from assertions.services.batches import Options
from assertions.tasks import sweep_batches
from badges.models import Badge
from common.actors import SYSTEM
from journal.models import Message
from journal.tasks import deliver_due_messages
from tests.bench.stage import another_badge, make_badge
from tests.chaos.judging import FINAL, problems

if TYPE_CHECKING:
    from tests.chaos.__main__ import Fault, World

Found = TypeVar("Found")
IN_TIME = 120.0
LISTS = 3
TWICE = 10
"""Every so many-th person is awarded a second badge: both may go in one mail."""


class Run:
    def __init__(self, world: "World", *, people: int, hurry: bool) -> None:
        self.world, self.hurry = world, hurry
        self.people = [f"person{number}@example.org" for number in range(people)]
        self.lists: dict[UUID, list[str]] = {}
        self.seconds = 0.0
        self._woken = time.monotonic()
        self._began = time.monotonic()

    def hand_in(self) -> None:
        """Three lists for one badge and a short one for another, confirmed as they are handed in."""
        badge = make_badge()
        size = -(-len(self.people) // LISTS)
        self._hand_in(another_badge(badge), self.people[::TWICE])
        for start in range(0, len(self.people), size):
            self._hand_in(badge, self.people[start : start + size])
        self._wake()

    def _hand_in(self, badge: Badge, people: list[str]) -> None:
        file = io.BytesIO("\n".join(["email,name", *(f"{one},Person" for one in people)]).encode())
        batch = batches.upload(
            badge=badge, name=f"List {len(self.lists)}", file=file, file_name="people.csv",
            options=Options(start_after=timedelta(0)), by=SYSTEM, at=timezone.now(),
        )  # fmt: skip
        self.lists[batch.pk] = people

    def go(self, faults: "Sequence[Fault]") -> None:
        waiting, last = list(faults), time.monotonic()
        while True:
            self.world.crew.tend()
            done = patiently(self.share)
            while waiting and waiting[0].share <= done:
                fault = waiting.pop(0)
                self._say(f"{done:4.0%} {fault.name}")
                fault.do()
                self.world.crew.tend()
                last = time.monotonic()
                time.sleep(self.world.chance.uniform(0, 0.5))
            self.seconds = time.monotonic() - last
            if not waiting and (done >= 1 or self.seconds > IN_TIME):
                self._say(f"{done:4.0%} at its end")
                return
            if self.seconds > 3 * IN_TIME:
                raise RuntimeError(f"stuck at {done:.0%}, with {len(waiting)} faults to come")
            self._help()
            time.sleep(0.2)

    def share(self) -> float:
        """How much of the work is done: rows and mails with their final state, batches that know it."""
        rows = BatchRow.objects.filter(batch__in=self.lists).exclude(state=BatchRow.State.READY).count()
        mails = Message.objects.filter(kind="award", state__in=FINAL).count()
        ended = Batch.objects.filter(pk__in=self.lists, state=Batch.State.DONE).count()
        return (rows + mails + ended) / (2 * self._awards + len(self.lists))

    @property
    def _awards(self) -> int:
        """How many there are to be."""
        return sum(map(len, self.lists.values()))

    def judge(self) -> list[str]:
        """This run's own judgement, then the product's."""
        found = problems(lists=self.lists, received=self.world.post.received)
        if self.seconds > IN_TIME:
            found.append(f"not at its end within {IN_TIME:.0f} s of the last fault")
        said = io.StringIO()
        try:
            call_command("reconcile", "--strict", stdout=said)
        except SystemExit:
            found.append(f"reconcile: {said.getvalue()}")
        self._say(self.figures())
        return found

    def figures(self) -> str:
        states = {state: Message.objects.filter(kind="award", state=state).count() for state in FINAL}
        told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        again = len(self.world.post.received) - len({one.message_id for one in self.world.post.received})
        together = Message.objects.filter(kind="award_digest").count()
        return (
            f"{len(self.people)} people, {self._awards} awards; mails: {told}, {together} of them for two badges;"
            f" {again} repeated with the same Message-ID"
        )

    def _help(self) -> None:
        if self.hurry and time.monotonic() - self._woken > 2:
            patiently(self._end_leases_of_the_dead)
            self._wake()

    def _end_leases_of_the_dead(self) -> None:
        """Only for the short run: whoever holds a lease for more than a few seconds is taken for dead."""
        over = timezone.now() + timedelta(seconds=68)
        Message.objects.filter(state=Message.State.LEASED, lease_until__lt=over).update(
            lease_until=timezone.now()
        )

    def _wake(self) -> None:
        self._woken = time.monotonic()
        for task in (sweep_batches, deliver_due_messages):
            task.apply_async(expires=10)

    def _say(self, words: str) -> None:
        print(f"{time.monotonic() - self._began:6.1f} s  {words}", flush=True)


def patiently(ask: Callable[[], Found], *, seconds: float = 60) -> Found:
    """What the database answers, once it does."""
    end = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
