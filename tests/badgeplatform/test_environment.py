"""A setting that is missing or wrong is told in words, before anything is built on it."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from badgeplatform import environment
from badgeplatform.data_folder import secret_from_file

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://badges.example.org", "https://badges.example.org"),
        ("https://Badges.Example.org/", "https://badges.example.org"),
        (" http://127.0.0.1:8102 ", "http://127.0.0.1:8102"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_origin(given: str, origin: str) -> None:
    assert environment.origin(given) == origin


@pytest.mark.parametrize(
    "given",
    [
        "badges.example.org", "https://", "https://badges.example.org/path", "ftp://badges.example.org",
        "https://user:secret@badges.example.org", "https://badges.example.org?a=b", "https://h:port", "https://[::1",
    ],
)  # fmt: skip
def test_what_is_no_origin(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"not an origin.*https://badges\.example\.org"):
        environment.origin(given)


def test_all_that_a_real_site_lacks_is_said_at_once() -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY and KEY_ENCRYPTION_KEYS must be set"):
        environment.require({"SECRET_KEY": "", "KEY_ENCRYPTION_KEYS": ""})
    environment.require({"SECRET_KEY": "s", "KEY_ENCRYPTION_KEYS": "k"})


def test_a_key_that_cannot_seal_is_named_and_not_shown() -> None:
    good = Fernet.generate_key().decode()
    assert environment.sealing_keys([good]) == [good]
    with pytest.raises(ImproperlyConfigured, match="Key 2 of KEY_ENCRYPTION_KEYS") as refused:
        environment.sealing_keys([good, "not-a-key"])
    assert "not-a-key" not in str(refused.value)


def test_a_proxy_that_is_no_address() -> None:
    assert environment.networks("TRUSTED_PROXIES", ["10.0.0.0/8", "::1"]) == ["10.0.0.0/8", "::1"]
    with pytest.raises(ImproperlyConfigured, match=r"TRUSTED_PROXIES has “proxy\.example\.org”"):
        environment.networks("TRUSTED_PROXIES", ["proxy.example.org"])


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: secret_from_file(tmp_path / "secret_key"), range(32)))
    assert [len(secret) for secret in secrets] == [44]
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SITE_URL": "https://badges.example.org"}, "SECRET_KEY and KEY_ENCRYPTION_KEYS must be set"),
        ({"SITE_URL": "badges.example.org"}, "which is not an origin"),
        ({"SITE_URL": "", "ALLOWED_HOSTS": ""}, "no issues"),
    ],
)
def test_the_settings_say_it(given: dict[str, str], said: str, tmp_path: Path) -> None:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    run = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={**inherited, "DATA_DIR": str(tmp_path), "DATABASE_URL": "sqlite://:memory:", **given},
    )  # fmt: skip
    assert said in run.stdout + run.stderr
