"""`python -m tests.conformance.rotation`: rotation under load.

Threads award all the time, while their organisation's key is replaced and its second key is declared compromised. In
the end every award, of whichever of the three keys, is verified here, and a sample of each key by 1EdTech's validator.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.bench.database import scratch_database
from tests.conformance import judges
from tests.conformance.judges import Judges
from tests.served import SITE, Server, configure, end_in_order

CHUNK = 20


def main() -> int:
    end_in_order()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--awards", type=int, default=10_000)
    parser.add_argument("--judged", type=int, default=150, help="how many of them 1EdTech's validator judges")
    parser.add_argument("--threads", type=int, default=4)
    asked = parser.parse_args()
    judges.install()
    with tempfile.TemporaryDirectory(prefix="badges-rotation-") as name, scratch_database(Path(name)) as url:
        configure(Path(name), DATABASE_URL=url)
        failures = run(asked)
    print("Everything is valid." if not failures else f"{failures} are not valid.")
    return 1 if failures else 0


def run(asked: argparse.Namespace) -> int:
    from django.db import connections  # once the product is configured

    from tests.bench import stage

    badge = stage.make_badge()
    began = time.monotonic()
    made = award_while_keys_change(badge, asked.awards, asked.threads)
    seconds = time.monotonic() - began
    print(f"{made} awards in {seconds:.0f} s by {asked.threads} threads, with {pairs(signed_by(badge))}")
    failures = verified_here(badge) + (made != asked.awards)
    failures += judged(badge, asked.judged)
    connections.close_all()
    return failures


def award_while_keys_change(badge: Any, count: int, threads: int) -> int:
    """The key is replaced after a third of the awards, and its successor declared compromised after two thirds."""
    from common.actors import SYSTEM
    from issuers.services import declare_compromised, rotate_key

    progress = Progress(count)
    with ThreadPoolExecutor(threads) as pool:
        workers = [pool.submit(award_chunks, badge, progress) for _thread in range(threads)]
        progress.wait_for(count // 3)
        rotate_key(key=active_key(badge), by=SYSTEM, at=now())
        progress.wait_for(2 * count // 3)
        declare_compromised(key=active_key(badge), since=now(), note="A drill.", by=SYSTEM, at=now())
        return sum(worker.result() for worker in workers)


class Progress:
    """What is left to be awarded, and who waits for how much."""

    def __init__(self, count: int) -> None:
        self._left, self._count = count, count
        self._changed = threading.Condition()

    def take(self) -> range:
        """The numbers of the next people; empty at the end."""
        with self._changed:
            first = self._count - self._left
            size = min(CHUNK, self._left)
            self._left -= size
            self._changed.notify_all()
            return range(first, first + size)

    def wait_for(self, count: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._count - self._left >= count)


def award_chunks(badge: Any, progress: Progress) -> int:
    from django.db import connection

    from assertions.services import Nomination, award_many
    from common.actors import SYSTEM

    made = 0
    try:
        while numbers := progress.take():
            people = [Nomination(f"person{number}@example.org", "Inès Marchand") for number in numbers]
            outcome = award_many(badge=badge, nominations=people, by=SYSTEM, at=now(), notify=False)
            made += len(outcome.awards)
    finally:
        connection.close()
    return made


def verified_here(badge: Any) -> int:
    """How many awards are not what they should be: by the whole report, and by what reconcile asks of signatures.

    The documents that they point at are the same for all of a key, and read once, as by a visitor who brings many.
    """
    from assertions.models import Award
    from assertions.services.checking.awards import signatures
    from assertions.services.own_documents import own_document
    from assertions.services.verification import doubt
    from openbadges import Expectation, Fetched, verify

    documents: dict[str, Fetched] = {}

    def fetch(url: str) -> Fetched:
        if url not in documents:
            documents[url] = own_document(url.removeprefix(SITE))
        return documents[url]

    expect = Expectation(trusted_origins=frozenset({SITE}), doubts=doubt)
    began, verdicts = time.monotonic(), Counter[str]()
    rows = Award.objects.filter(badge=badge).values_list("signed", "signing_key__number")
    for signed, number in rows.iterator(chunk_size=500):
        report = verify(signed, fetch=fetch, at=now(), expect=expect)
        verdicts[f"key {number} {report.verdict}"] += 1
    seconds = time.monotonic() - began
    broken = sum(1 for _finding in signatures(now()))
    print(f"Here: {pairs(verdicts)} in {seconds:.0f} s; reconcile finds {broken} signatures that do not fit")
    return sum(count for name, count in verdicts.items() if not name.endswith(" valid")) + broken


def judged(badge: Any, count: int) -> int:
    """How many of a sample 1EdTech's validator finds invalid: as many of each key, signed and hosted in turn."""
    from assertions.models import Award

    keys = list(badge.issuer.keys.filter(algorithm="RS256").order_by("number"))
    verdicts: Counter[str] = Counter()
    began = time.monotonic()
    with Server(threads=2) as server, Judges(server.port) as bench:
        for key in keys:
            rows = Award.objects.filter(badge=badge, signing_key=key).select_related("recipient")
            size = max(1, rows.count() // max(1, count // len(keys)))
            for place, row in enumerate(rows.order_by("pk")[::size]):
                document = row.signed if place % 2 else f"{SITE}/assertions/{row.pk}"
                verdict = bench.verdict(document, row.recipient.address)
                good = verdict["valid"] and not verdict["warnings"]
                verdicts[f"key {key.number} {'valid' if good else 'INVALID'}"] += 1
                if not good:
                    print(verdict["errors"], verdict["warnings"])
    print(f"1EdTech's validator: {pairs(verdicts)} in {time.monotonic() - began:.0f} s")
    return sum(count for name, count in verdicts.items() if "INVALID" in name)


def signed_by(badge: Any) -> Counter[str]:
    from assertions.models import Award

    numbers = Award.objects.filter(badge=badge).values_list("signing_key__number", flat=True)
    return Counter(f"key {number}" for number in numbers)


def active_key(badge: Any) -> Any:
    return badge.issuer.keys.get(algorithm="RS256", state="active")


def now() -> Any:
    from django.utils import timezone

    return timezone.now()


def pairs(counts: Counter[str]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))


if __name__ == "__main__":
    sys.exit(main())
