"""Processor time, medians, and what a bar is."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

TURN = 10


@dataclass(frozen=True)
class Bar:
    """One promise: `measured` is to be at most (`<=`) or at least (`>=`) `target`."""

    number: int
    what: str
    measured: float
    sign: str
    target: float
    details: str = ""

    @property
    def reached(self) -> bool:
        return self.measured <= self.target if self.sign == "<=" else self.measured >= self.target


def compared(
    act: Callable[[], object], yardstick: Callable[[], object], *, rounds: int, times: int
) -> tuple[float, float, float]:
    """(ratio, cost of act, cost of yardstick), medians of rounds; within one they take turns, so that whatever else
    the machine does meets both."""
    pairs = [_round(act, yardstick, times) for _ in range(rounds + 1)][1:]  # the first is to warm up
    return (
        median(mine / theirs for mine, theirs in pairs),
        median(mine for mine, _theirs in pairs),
        median(theirs for _mine, theirs in pairs),
    )


def _round(act: Callable[[], object], yardstick: Callable[[], object], times: int) -> tuple[float, float]:
    turns = [(_cost(act), _cost(yardstick)) for _ in range(max(1, times // TURN))]
    return sum(mine for mine, _ in turns) / len(turns), sum(theirs for _, theirs in turns) / len(turns)


def _cost(act: Callable[[], object]) -> float:
    """Processor seconds of this process for one `act`, over one turn of them."""
    began = time.process_time_ns()
    for _ in range(TURN):
        act()
    return (time.process_time_ns() - began) / TURN / 1e9


def processor_seconds(pid: int) -> float:
    """Of a process and all its threads so far, user and system, to the nanosecond."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def forget_peak() -> None:
    """What this process has held at most counts from now on (Linux, proc(5): clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5\n")


def peak(pid: int) -> float:
    """MB that the process held at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
