"""What the environment says, looked at before anything is built on it: a mistake is told with what to set instead."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured


def origin(url: str) -> str:
    """SITE_URL as scheme, host and port: all that an origin is, and what every public id begins with."""
    try:
        parts = urlsplit(url.strip())
        is_origin = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is none, half an IPv6 address
        is_origin = False
    if not is_origin or parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            f"SITE_URL is “{url}”, which is not an origin. Set a scheme and a host, and nothing behind them, such as "
            "https://badges.example.org."
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def require(given: Mapping[str, object]) -> None:
    """What a site that serves https must be told by name; all that is missing is said at once."""
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise ImproperlyConfigured(
            f"{' and '.join(missing)} must be set where SITE_URL begins with https: such a site is a real one. "
            ".env.example shows how to make them; the embedded default makes its own."
        )


def sealing_keys(keys: list[str]) -> list[str]:
    """KEY_ENCRYPTION_KEYS, each of which can be used. The keys themselves are never in the message."""
    for number, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"Key {number} of KEY_ENCRYPTION_KEYS is not 32 random bytes in base64url. Make one with python -c "
                '"from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())".'
            ) from error
    return keys


def networks(name: str, given: list[str]) -> list[str]:
    """Addresses and networks that can be compared with a visitor's."""
    for one in given:
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} has “{one}”, which is neither an address nor a network such as 10.0.0.0/8."
            ) from error
    return given
