"""Rows that wait for the worker, in figures: each room says how its queue stands, probes and metrics tell it on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Queue:
    """`rows` by state, of those states that can grow or that somebody must look at; what is done is not counted."""

    name: str
    rows: Mapping[str, int]
    oldest_due: datetime | None
    """Since when the oldest row could have been worked on."""
