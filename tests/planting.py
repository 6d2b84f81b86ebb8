"""For tests of checks that look for what is broken: which of them found something."""

from collections.abc import Iterable
from datetime import datetime

from common.checking import Check


def codes(checks: Iterable[Check], *, at: datetime) -> set[str]:
    return {finding.code for check in checks for finding in check.find(at)}
