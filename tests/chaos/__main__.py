"""`python -m tests.chaos`: a list of people is awarded while workers are killed, Redis is emptied, PostgreSQL crashes
and the mail server has its days. Exit 1 where anybody is lost or doubled, or anything is not at its end in time."""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.chaos.post import TROUBLES, Post
from tests.chaos.servers import Postgres, Redis
from tests.chaos.workers import CLOCK, WORKER, Crew, serve
from tests.served import configure, end_in_order

TROUBLE_LASTS, SHORT_TROUBLE = 4.0, 1.5
# So short that what a bad minute put off is tried again within this run; so many that no bad minute uses them up.
DELAYS = ",".join(["2"] * 10 + ["5"] * 20)


@dataclass(order=True)
class Fault:
    """Happens when so much of the work is done."""

    share: float
    name: str = field(compare=False)
    do: Callable[[], object] = field(compare=False)


@dataclass
class World:
    """Everything that was started."""

    folder: Path
    post: Post
    crew: Crew
    chance: random.Random
    postgres: Postgres | None
    redis: Redis | None

    def lose_messages(self) -> None:
        if self.redis:
            self.redis.flush()
        for message in (self.folder / "data" / "broker").glob("*.msg"):
            message.unlink(missing_ok=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sqlite", action="store_true", help="SQLite and the file broker instead of servers")
    parser.add_argument(
        "--hurry", action="store_true", help="end leases of the dead at once, wake workers often"
    )
    options = parser.parse_args()
    end_in_order()
    with started(options) as world:
        from tests.chaos.running import Run  # once the product is configured

        run = Run(world, people=options.people, hurry=options.hurry)
        run.hand_in()
        lasting = SHORT_TROUBLE if options.hurry else TROUBLE_LASTS
        run.go(faults(world, kills=options.kills, lasting=lasting))
        found = run.judge()
    for problem in found[:50]:
        print(f"  {problem}")
    print(f"{len(found)} problems; everything at its end {run.seconds:.0f} s after the last fault.")
    return 1 if found else 0


@contextmanager
def started(options: argparse.Namespace) -> Iterator[World]:
    chance = random.Random(options.seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="badges-chaos-")))
        post = stack.enter_context(Post())
        postgres = None if options.sqlite else stack.enter_context(Postgres(folder))
        redis = None if options.sqlite else stack.enter_context(Redis(folder))
        settings = {"EMAIL_URL": f"smtp://127.0.0.1:{post.port}", "EMAIL_TIMEOUT": "2"}
        settings |= {"MAIL_RETRY_DELAYS": DELAYS, "SITE_URL": "http://127.0.0.1:8000", "LOG_LEVEL": "ERROR"}
        if postgres and redis:
            settings |= {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
        configure(folder / "data", **settings)
        commands = [serve()] if options.sqlite else [WORKER, WORKER, WORKER, CLOCK]
        crew = stack.enter_context(Crew(commands, folder, chance))
        yield World(folder, post, crew, chance, postgres, redis)


def faults(world: World, *, kills: int, lasting: float) -> list[Fault]:
    """In the order of the work; the same seed gives the same."""

    def share() -> float:
        return world.chance.uniform(0.0, 0.95)

    found = [Fault(share(), "a process is killed", world.crew.kill) for _ in range(kills)]
    found.append(Fault(share(), "messages are lost", world.lose_messages))
    if world.postgres:
        found += [Fault(share(), "PostgreSQL crashes", world.postgres.restart) for _ in range(2)]
    for trouble in TROUBLES:
        # Mails go once awards are there.
        begins = world.chance.uniform(0.3, 0.9)
        bad = partial(bad_minute, world, trouble, lasting=lasting)
        found.append(Fault(begins, f"mail server: {trouble}", bad))
    return sorted(found)


def bad_minute(world: World, trouble: str, *, lasting: float) -> None:
    world.post.have(trouble)
    end = time.monotonic() + lasting
    while time.monotonic() < end:
        world.crew.tend()
        time.sleep(0.1)
    world.post.have("")


if __name__ == "__main__":
    sys.exit(main())
