"""The product's settings for tests: its own data folder, a named public site, nothing slow on purpose.

TEST_DATABASE says which database: `postgres`, `sqlite`, or `auto` (PostgreSQL where one answers).
"""

import atexit
import os
import secrets
import shutil
import tempfile
import warnings
from base64 import urlsafe_b64encode

from tests.machine import drop_abandoned_databases, find_postgres

_folder = tempfile.mkdtemp(prefix="badges-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
_choice = os.environ.get("TEST_DATABASE", "auto")
_database = None if _choice == "sqlite" else find_postgres()
if _choice == "postgres" and _database is None:
    raise RuntimeError(
        "TEST_DATABASE=postgres, but no PostgreSQL answers (DATABASE_URL, 127.0.0.1:5432, local socket)."
    )

# Set, not defaulted: neither the machine nor a developer's .env may change what is tested.
os.environ |= {
    "ALLOWED_HOSTS": "*",
    "DATABASE_URL": _database or f"sqlite:///{_folder}/db.sqlite3",
    "DATA_DIR": _folder,
    "DEBUG": "false",
    "EMAIL_URL": "",
    "HSTS_SECONDS": "0",
    "KEY_ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "LANGUAGE_CODE": "en",
    "METRICS_TOKEN": "",
    "REDIS_URL": "",
    "S3_BUCKET": "",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "SECURE_SSL_REDIRECT": "false",
    "SITE_NAME": "Badges",
    "SITE_URL": "https://badges.example.org",
    "TIME_ZONE": "UTC",
    "TRUSTED_PROXIES": "",
}
from badgeplatform.settings import *  # noqa: E402, F403 - after the environment is as tests need it
from badgeplatform.settings import CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# The test client and the browser of the journeys speak plain http to this process.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
DATABASES["default"]["CONN_MAX_AGE"] = 0
if _database:
    drop_abandoned_databases(_database)
    DATABASES["default"]["OPTIONS"] = {"options": "-c synchronous_commit=off"}
    # Named after the process: two runs on one machine do not meet.
    DATABASES["default"]["TEST"] = {"NAME": f"test_badges_{os.getpid()}"}
else:
    DATABASES["default"]["TEST"] = {
        "NAME": f"{_folder}/test.sqlite3"
    }  # a file: threads share it as in the product
DNS_SERVERS = ["127.0.0.1:9"]  # where nobody answers: tests that ask have a name server of their own
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}  # noqa: F811
warnings.filterwarnings("ignore", "No directory at", UserWarning)  # nothing is collected in tests
