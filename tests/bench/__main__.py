"""`python -m tests.bench`: the bars of docs/performance.md, as a table and as JSON; exit 1 where one is missed."""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tests.bench.database import scratch_database, version_of_database
from tests.bench.measuring import Bar
from tests.served import ROOT, configure, end_in_order


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: to look, not to publish")
    parser.add_argument("--rounds", type=int, default=0, help="rounds of each bar (7; 3 with --quick)")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "bench.json", help="where the figures go")
    options = parser.parse_args()
    rounds = options.rounds or (3 if options.quick else 7)
    end_in_order()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="badges-bench-") as name, scratch_database(Path(name)) as url:
        configure(Path(name), DATABASE_URL=url)
        bars = measure(rounds=rounds, scale=1 if options.quick else 3)
        machine = describe_machine()
    write(options.json, bars, machine, rounds)
    show(bars, machine, rounds, time.monotonic() - began)
    return 0 if all(bar.reached for bar in bars) else 1


def measure(*, rounds: int, scale: int) -> list[Bar]:
    from django.db import connections  # once the product is configured

    from badgeplatform.management.commands.serve import collect_static_files
    from tests.bench.bars import dashboards, queries, signing_and_baking
    from tests.bench.bulk import awarding, staging
    from tests.bench.credentials import proofs_and_first_fetches
    from tests.bench.serving import serving
    from tests.bench.stage import make_awards, make_badge

    collect_static_files()
    badge = make_badge()
    awards = make_awards(badge, 40, batch="public")
    bars = signing_and_baking(awards[0], rounds=rounds, times=100 * scale)
    bars += proofs_and_first_fetches(awards, rounds=rounds, times=100 * scale)
    bars += queries(badge)
    bars += serving(awards, rounds=rounds, requests=800 * scale)
    bars += staging(badge, rows=20_000 * scale)
    bars += awarding(badge, rounds=rounds)
    # Last: the database tidies up after a million rows for a while.
    bars += dashboards(awards[0], rounds=rounds, count=1_000_000 if scale > 1 else 100_000)
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
