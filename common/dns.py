"""Asking the domain name system for what a site's owner wrote there: TXT records, within a bounded time."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings

MAX_SECONDS = 5.0
MOST_RECORDS = 50


class LookupFailed(Exception):
    """No name server gave an answer in time: nothing is known, not even that nothing is there."""


def txt_records(name: str, *, seconds: float = MAX_SECONDS) -> list[str]:
    """The texts at `name`, each with its parts joined; empty where there are none. Raises LookupFailed."""
    try:
        resolver = _resolver(tuple(settings.DNS_SERVERS))
        answer = resolver.resolve(name, "TXT", lifetime=seconds, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, UnicodeError, OSError) as error:
        raise LookupFailed(name) from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in list(answer)[:MOST_RECORDS]]


@lru_cache(maxsize=4)
def _resolver(servers: Sequence[str]) -> dns.resolver.Resolver:
    """The machine's own name servers, or those of the settings (`10.0.0.2`, `10.0.0.2:5353`, `[::1]:53`)."""
    if not servers:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [_server(one) for one in servers]
    return resolver


def _server(written: str) -> dns.nameserver.Nameserver:
    parts = urlsplit(f"//{written}")
    return dns.nameserver.Do53Nameserver(str(ipaddress.ip_address(parts.hostname or "")), parts.port or 53)
