"""`python -m tests.bench`: the bars of docs/performance.md, as a table and as JSON; exit 1 where one is missed."""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tests.bench.database import scratch_database, version_of_database
from tests.bench.measuring import Bar
from tests.served import ROOT, configure, end_in_order


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: to look, not to publish")
    parser.add_argument("--rounds", type=int, default=0, help="rounds of each bar (7; 3 with --quick)")
    parser.add_argument(
        "--bars",
        type=lambda text: {int(number) for number in text.split(",")},
        default=set(range(1, 13)),
        help="only these, as 7,9,12; 13 (two workers against one) is measured only when it is asked for",
    )
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "bench.json", help="where the figures go")
    options = parser.parse_args()
    rounds = options.rounds or (3 if options.quick else 7)
    end_in_order()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="badges-bench-") as name, scratch_database(Path(name)) as url:
        configure(Path(name), DATABASE_URL=url)
        bars = measure(rounds=rounds, scale=1 if options.quick else 3, chosen=options.bars)
        machine = describe_machine()
    write(options.json, bars, machine, rounds)
    show(bars, machine, rounds, time.monotonic() - began)
    return 0 if all(bar.reached for bar in bars) else 1


def measure(*, rounds: int, scale: int, chosen: set[int]) -> list[Bar]:
    """Those of the bars that were asked for; what several are measured upon is made once."""
    from django.db import connection, connections  # once the product is configured

    from badgeplatform.management.commands.serve import collect_static_files
    from tests.bench.bars import dashboards, queries, signing_and_baking
    from tests.bench.bulk import awarding, staging
    from tests.bench.credentials import proofs_and_first_fetches
    from tests.bench.lists import lists
    from tests.bench.memory import memory
    from tests.bench.serving import serving
    from tests.bench.stage import make_awards, make_badge
    from tests.bench.workers import workers

    badge = make_badge()
    million = 1_000_000 if scale > 1 else 100_000
    is_postgres = connection.vendor == "postgresql"
    # First what is read from the peak of this process, last what is large: the database tidies up for a while.
    bars = staging(badge, rows=20_000 * scale) if 10 in chosen else []
    if chosen & {5, 6, 7, 12}:
        collect_static_files()
    awards = make_awards(badge, 40, batch="public")
    parts: list[tuple[set[int], Callable[[], list[Bar]]]] = [
        ({2, 4}, lambda: signing_and_baking(awards[0], rounds=rounds, times=100 * scale)),
        ({11}, lambda: proofs_and_first_fetches(awards, rounds=rounds, times=100 * scale)),
        ({3}, lambda: queries(badge)),
        ({5, 6}, lambda: serving(awards, rounds=rounds, requests=800 * scale)),
        ({1, 3}, lambda: awarding(badge, rounds=rounds)),
        ({13}, lambda: workers(badge, rounds=min(rounds, 3), people=20_000 if scale > 1 else 5_000)),
        ({8}, lambda: dashboards(awards[0], rounds=rounds, count=million)),
        ({12}, lambda: memory(badge, awards, people=million // 10, requests=400 * scale)),
    ]
    if is_postgres:  # searching needs its index, planting its SQL
        parts.insert(-2, ({7, 9}, lambda: lists(rounds=rounds, many=million)))
    bars += [bar for numbers, part in parts if numbers & chosen for bar in part() if bar.number in chosen]
    connections.close_all()
    return sorted(bars, key=lambda bar: bar.number)


def describe_machine() -> str:
    """What the figures depend on, without naming the machine."""
    import django  # as above
    import granian

    parts = [f"{os.cpu_count()} cores", f"Python {platform.python_version()}", version_of_database()]
    return ", ".join([*parts, f"Django {django.__version__}", f"Granian {granian.__version__}"])


def write(path: Path, bars: list[Bar], machine: str, rounds: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(bar) | {"reached": bar.reached} for bar in bars]
    path.write_text(
        json.dumps({"machine": machine, "rounds": rounds, "bars": rows}, indent=2, ensure_ascii=False) + "\n"
    )


def show(bars: list[Bar], machine: str, rounds: int, seconds: float) -> None:
    print(f"{'bar':>3}  {'what':48}  {'measured':>9}  {'target':>9}  reached")
    for bar in bars:
        target = f"{bar.sign.replace('=', '')} {bar.target:.3g}"
        print(
            f"{bar.number:>3}  {bar.what:48}  {bar.measured:>9.3f}  {target:>9}  {'yes' if bar.reached else 'NO'}"
        )
        print(f"     {bar.details}")
    print(f"\nMedians of {rounds} rounds, in {seconds:.0f} s. {machine}.")


if __name__ == "__main__":
    sys.exit(main())
