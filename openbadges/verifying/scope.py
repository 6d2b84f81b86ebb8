"""Whether an issuer speaks for an address (Open Badges 2.0, "Hosted Verification", scope)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openbadges.v2 import Address, read_address
from openbadges.verifying.fetching import Source
from openbadges.verifying.report import Check, Outcome


def in_scope(url: str, issuer: Mapping[str, Any]) -> bool:
    """Whether a hosted assertion's id lies where its issuer says that assertions live.

    `startsWith` and `allowedOrigins` each hold where given; with neither, the authority (host and
    port) of the issuer's own id decides.
    """
    place = read_address(url)
    if place is None or _climbs(place):
        return False
    verification = issuer.get("verification")
    policy = verification if isinstance(verification, Mapping) else {}
    prefixes, origins = _texts(policy.get("startsWith")), _texts(policy.get("allowedOrigins"))
    if not prefixes and not origins:
        home = read_address(str(issuer.get("id")))
        return home is not None and home.authority == place.authority
    return (not prefixes or any(_starts_with(url, place, prefix) for prefix in prefixes)) and (
        not origins or place.authority in {origin.lower() for origin in origins}
    )


def listed_as(issuer: str, listed: Mapping[str, str]) -> str | None:
    """The name under which an issuer is on a list of ids; an id that ends in `/*` stands for all below it."""
    place = read_address(issuer)
    if issuer in listed or place is None or _climbs(place):
        return listed.get(issuer)
    return next(
        (name for own, name in listed.items() if own.endswith("/*") and issuer.startswith(own[:-1])), None
    )


def at_home(known: Check, *sources: Source) -> Check:
    """The check that the issuer is known, or a warning where one of these documents came from another site: a page that
    passes visitors on to wherever its address says would let anybody speak for its site. Facts: `id`, `led_to`."""
    led_to = next((source.led_to for source in sources if source.led_to), None)
    if known.outcome != Outcome.PASSED or led_to is None:
        return known
    return Check(
        known.code, Outcome.WARNING, {"reason": "led_elsewhere", "id": known.facts["id"], "led_to": led_to}
    )


def _starts_with(url: str, place: Address, prefix: str) -> bool:
    # `https://a.org` is a prefix of `https://a.org.evil.example/` too: the origin must be the same.
    start = read_address(prefix)
    return start is not None and start.origin == place.origin and url.startswith(prefix)


def _climbs(place: Address) -> bool:
    """Whether the path leaves the place it names (`..`, also percent-encoded)."""
    path = place.path.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/")
    return ".." in path.split("/")


def _texts(value: Any) -> list[str]:
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, str) and entry]
