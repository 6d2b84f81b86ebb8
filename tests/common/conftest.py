"""The outside world of the plumbing: a network of our own."""

from collections.abc import Iterator

import pytest

from tests.common.network import Internet, put_in_place


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    net = Internet()
    put_in_place(net, monkeypatch)
    yield net
    net.close()
