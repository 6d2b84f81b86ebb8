"""A setting that is missing or wrong is told in words, before anything is built on it."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from badgeplatform import environment
from badgeplatform.data_folder import prepare, secret_from_file

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


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], environment.Environment]:
    def say(value: str) -> environment.Environment:
        monkeypatch.setenv("SAID", value)
        return environment.Environment()

    return say


Said = Callable[[str], environment.Environment]


@pytest.mark.parametrize(
    ("value", "read", "words"),
    [
        ("ten", lambda env: env.number("SAID", default=10, least=1), "SAID must be a whole number"),
        ("10s", lambda env: env.number("SAID", default=1.0, least=0), "SAID must be a number"),
        ("-1", lambda env: env.number("SAID", default=1.0, least=0), "SAID must be 0 or more"),
        ("nan", lambda env: env.number("SAID", default=1.0, least=0), "SAID must be 0 or more"),
        ("60,soon", lambda env: env.list("SAID", cast=int, default=[]), "SAID must be whole numbers"),
        ("maybe", lambda env: env.bool("SAID", default=True), "SAID must be true or false"),
        ("{'key': 1}", lambda env: env.json("SAID", default={}), "SAID must be JSON"),
        ("many", lambda env: env.rate("SAID", default="60/m"), "SAID is “many”, which is no rate.*60/m"),
        ("60", lambda env: env.rate("SAID", default="60/m"), "no rate"),
        ("60/fortnight", lambda env: env.rate("SAID", default="60/m"), "no rate"),
    ],
)
def test_a_value_of_another_kind_is_told_by_its_name(
    said: Said, value: str, read: Callable[[environment.Environment], object], words: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        read(said(value))


def test_values_as_they_are_written(said: Said) -> None:
    assert said(" 0.5 ").number("SAID", default=1.0, least=0) == 0.5
    assert said("No").bool("SAID", default=True) is False
    assert said("600/min").rate("SAID", default="1/s") == "600/min"
    assert said("a.example, b.example,").list("SAID", default=[]) == ["a.example", "b.example"]


def test_an_empty_value_is_as_none(said: Said) -> None:
    env = said(" ")
    assert env("SAID", default="x") == "x"
    assert env.bool("SAID", default=True) is True
    assert env.rate("SAID", default="60/m") == "60/m"
    assert env.number("SAID", default=10, least=1) == 10


def test_the_file_of_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Editors end it with a new line, which is no part of it."""
    (tmp_path / "secret").write_text("s3cret\n")
    monkeypatch.setenv("SAID_FILE", str(tmp_path / "secret"))
    assert environment.Environment()("SAID", default="") == "s3cret"
    monkeypatch.setenv("GONE_FILE", str(tmp_path / "gone"))
    with pytest.raises(ImproperlyConfigured, match="GONE_FILE names a file that cannot be read"):
        environment.Environment()("GONE", default="")


@pytest.mark.parametrize(
    ("look", "value", "name"),
    [
        (environment.database, "badges:hunter2@db", "DATABASE_URL"),
        (environment.database, "postgres://badges:hunter2@db:port/x", "DATABASE_URL"),
        (environment.database, "mysql://badges:hunter2@db/x", "DATABASE_URL"),
        (environment.redis, "http://:hunter2@cache:6379", "REDIS_URL"),
        (environment.redis, "redis://:hunter2@cache:port/0", "REDIS_URL"),
        (environment.mail_server, "user:hunter2@mail.example.org", "EMAIL_URL"),
        (environment.mail_server, "smtp://user:hunter2@mail.example.org:port", "EMAIL_URL"),
        (environment.mail_provider, "nobody", "EMAIL_URL"),
        (environment.log_level, "loud", "LOG_LEVEL"),
        (environment.time_zone, "Mars/Base", "TIME_ZONE"),
        (environment.name_servers, ["dns.example.org"], "DNS_SERVERS"),
        (environment.name_servers, ["10.0.0.2:port"], "DNS_SERVERS"),
    ],
)
def test_what_cannot_be_used_is_told_before_it_is_needed(
    look: Callable[[object], object], value: object, name: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=name) as refused:
        look(value)
    assert "hunter2" not in str(refused.value)


def test_a_bucket_needs_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.bucket("pictures", region_name="fr-par")["OPTIONS"]["region_name"] == "fr-par"
    monkeypatch.setitem(sys.modules, "storages", None)
    with pytest.raises(ImproperlyConfigured, match="S3_BUCKET needs django-storages"):
        environment.bucket("pictures")


def test_what_can_be_used() -> None:
    assert environment.database("postgres://u:p@db:5432/x")["NAME"] == "x"
    assert environment.redis("") == ""
    assert environment.redis("rediss://:p@cache:6379/0") == "rediss://:p@cache:6379/0"
    assert environment.mail_server("smtp+ssl://u:p@mail.example.org:465")["EMAIL_USE_SSL"] is True
    assert environment.mail_provider("mailgun") == "anymail.backends.mailgun.EmailBackend"
    assert environment.log_level("info") == "INFO"
    assert environment.time_zone("Europe/Paris") == "Europe/Paris"
    assert environment.name_servers(["10.0.0.2", "10.0.0.2:5353", "[::1]:53"])


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=r"DATA_DIR is .*file”, where nothing can be written"):
        prepare(tmp_path / "file")


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
    assert "Traceback" not in run.stderr
