"""Who is counted, and how often they may act."""

import pytest
import time_machine
from django.conf import LazySettings
from django.test import RequestFactory

from common.ratelimits import allowed, too_many, visitor


def seen(address: str) -> str:
    return visitor(RequestFactory().get("/", REMOTE_ADDR=address))


@pytest.mark.parametrize("address", ["192.0.2.7", ""])
def test_an_address_is_itself(address: str) -> None:
    assert seen(address) == address


def test_a_network_of_ipv6_is_one_visitor() -> None:
    """Whoever has one address of it has 2^64: each would have a rate of its own."""
    assert seen("2001:db8:1:2::7") == seen("2001:db8:1:2:ffff:ffff:ffff:ffff")
    assert seen("2001:db8:1:2::7") != seen("2001:db8:1:3::7")


def test_ipv4_inside_of_ipv6_is_ipv4() -> None:
    """As sockets for both show it: else all visitors of IPv4 were one."""
    assert seen("::ffff:192.0.2.7") == seen("192.0.2.7") != seen("::ffff:192.0.2.8")


def test_used_up(settings: object) -> None:
    settings.RATE_LIMITS = {"x": "2/h"}  # type: ignore[attr-defined]
    assert [allowed("x", "somebody") for _act in range(3)] == [True, True, False]
    assert allowed("x", "somebody else")


@pytest.mark.parametrize(
    ("rate", "moment", "wait", "seconds"),
    [
        ("1/m", "10:10:30", "Wait a minute, then try again.", "30"),
        ("1/h", "10:59:30", "Wait a minute, then try again.", "30"),
        ("1/h", "10:10:30", "It works again in 50 minutes.", "2970"),
    ],
)
def test_the_page_says_how_long_to_wait(
    settings: LazySettings, rate: str, moment: str, wait: str, seconds: str
) -> None:
    settings.RATE_LIMITS = {"x": rate}
    with time_machine.travel(f"2026-03-03T{moment}Z", tick=False):
        page = too_many(RequestFactory().get("/"), "x")
    assert wait in page.content.decode()
    assert page["Retry-After"] == seconds
