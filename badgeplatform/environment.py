"""What the environment says, looked at before anything is built on it: a mistake is told with what to set instead."""

import ipaddress
import json
import math
import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

_WANTED = {bool: "true or false", int: "a whole number", float: "a number", json.loads: "JSON"}
_YES, _NO = {"true", "yes", "on", "y", "1"}, {"false", "no", "off", "n", "0"}


class Environment(environ.FileAwareEnv):
    """What cannot be read as what it should be is told by its name; the value is not shown, it may be a secret.

    An empty value is as none. Blanks around a value, and the end of a line in a secret's file, do not count.
    """

    def get_value(
        self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, parse_default: bool = False
    ) -> Any:
        try:
            if default is not self.NOTSET and not self.ENVIRON.get(var, "").strip():
                return default
            return super().get_value(var, cast, default, parse_default)
        except OSError as error:
            raise ImproperlyConfigured(
                f"{var}_FILE names a file that cannot be read: {error.strerror}."
            ) from error
        except ValueError as error:
            several = "whole numbers, separated by commas"
            wanted = several if isinstance(cast, list) else _WANTED.get(cast, "text in UTF-8")
            raise ImproperlyConfigured(f"{var} must be {wanted}.") from error

    @classmethod
    def parse_value(cls, value: Any, cast: Any) -> Any:
        value = value.strip() if isinstance(value, str) else value
        if cast is bool:
            if value.lower() not in _YES | _NO:
                raise ValueError(value)
            return value.lower() in _YES
        if cast is float:
            return float(value)
        if cast is list:
            return [one.strip() for one in value.split(",") if one.strip()]
        return super().parse_value(value, cast)

    def number(self, var: str, *, default: float, least: float) -> Any:
        """Of the type of its default."""
        value = self.get_value(var, cast=type(default), default=default)
        if not (math.isfinite(value) and value >= least):
            raise ImproperlyConfigured(f"{var} must be {least} or more.")
        return value

    def rate(self, var: str, *, default: str) -> str:
        value = str(self.get_value(var, cast=str, default=default))
        if not re.fullmatch(r"\d+/[smhd][a-z]*", value):
            raise ImproperlyConfigured(
                f"{var} is “{value}”, which is no rate. Set a number per s, m, h or d, such as {default}."
            )
        return value


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


def database(url: str) -> dict[str, Any]:
    """DATABASE_URL as Django wants it. It holds a password, so it is never in the message."""
    try:
        is_known = urlsplit(url).scheme in ("postgres", "postgresql", "sqlite")
        return dict(environ.Env.db_url_config(url)) if is_known else _no_database()
    except ValueError:  # a port that is none
        return _no_database()


def _no_database() -> dict[str, Any]:
    raise ImproperlyConfigured(
        "DATABASE_URL is not the address of a PostgreSQL or SQLite database. Set one such as "
        "postgres://user:password@host:5432/name."
    ) from None


def redis(url: str) -> str:
    """REDIS_URL, or nothing: may hold a password, too."""
    try:
        is_known = not url or (
            urlsplit(url).scheme in ("redis", "rediss", "unix") and urlsplit(url).port != 0
        )
    except ValueError:
        is_known = False
    if not is_known:
        raise ImproperlyConfigured(
            "REDIS_URL is not the address of a Redis. Set one such as redis://host:6379/0."
        )
    return url


def bucket(name: str, **options: str | None) -> dict[str, Any]:
    """S3_BUCKET and what belongs to it, as Django wants a storage."""
    if not find_spec("storages"):
        raise ImproperlyConfigured(
            "S3_BUCKET needs django-storages[s3]: docs/operating.md says how to install it."
        )
    kept = {"bucket_name": name, "default_acl": "private", "querystring_auth": True}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": kept | options}


def mail_server(url: str) -> dict[str, Any]:
    """EMAIL_URL of a mail server as Django wants it; never shown either."""
    try:
        return dict(environ.Env.email_url_config(url))
    except (ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured(
            "EMAIL_URL is not the address of a mail server. Set one such as "
            "smtp+tls://user:password@mail.example.org:587, or anymail+PROVIDER://."
        ) from None


def mail_provider(name: str) -> str:
    """The backend of django-anymail for the provider that EMAIL_URL names."""
    if not (name.isidentifier() and find_spec(f"anymail.backends.{name}")):
        raise ImproperlyConfigured(
            f"EMAIL_URL names the provider “{name}”, which django-anymail does not know."
        )
    return f"anymail.backends.{name}.EmailBackend"


def log_level(name: str) -> str:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    if name.upper() not in levels:
        raise ImproperlyConfigured(f"LOG_LEVEL is “{name}”. Set one of {', '.join(levels)}.")
    return name.upper()


def time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"TIME_ZONE is “{name}”, which is no time zone. Set one such as Europe/Paris."
        ) from error
    return name


def name_servers(given: list[str]) -> list[str]:
    """DNS_SERVERS, each an address, with a port where it has one."""
    for one in given:
        try:
            parts = urlsplit(f"//{one}")
            ipaddress.ip_address(parts.hostname or "")
            _port = parts.port
        except ValueError as error:
            raise ImproperlyConfigured(
                f"DNS_SERVERS has “{one}”, which is no address such as 10.0.0.2, 10.0.0.2:5353 or [::1]:53."
            ) from error
    return given
