"""The outside world of the award room."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.assertions.elsewhere import Elsewhere


@pytest.fixture
def elsewhere(settings: Any) -> Iterator[Elsewhere]:
    """Another issuer's site, that may be fetched although it is on this machine."""
    site = Elsewhere()
    settings.OUTBOUND_EXCEPTIONS = [site.origin.removeprefix("http://")]
    yield site
    site.close()


@pytest.fixture
def one_moment() -> Iterator[None]:
    """Rates are counted by the minute or the hour: no new one begins during the test."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor
