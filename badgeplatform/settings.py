"""Settings, read from the environment (12-factor) and from `.env` where present.

Every name and its default is documented in docs/operating.md. Without any variable the product runs by
itself: SQLite, files and a worker child process below DATA_DIR, secrets made on first start.
"""

import re
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from badgeplatform import environment
from badgeplatform.data_folder import prepare, secret_from_file
from badgeplatform.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
env = environment.Environment()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = prepare(Path(env("DATA_DIR", default=str(BASE_DIR / "var"))))
_LOCAL = f"http://127.0.0.1:{env('PORT', default='8000')}"
SITE_URL = environment.origin(env("SITE_URL", default="") or _LOCAL)
SITE_NAME = env("SITE_NAME", default="Badges")
SITE_IS_HTTPS = SITE_URL.startswith("https://")
# The embedded default is for one machine; anything that serves https is taken for production.
IS_EMBEDDED = not SITE_IS_HTTPS

# Identity of the site -------------------------------------------------------------------------------
_OWN_HOSTS = [urlsplit(SITE_URL).hostname, "localhost", "127.0.0.1"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or _OWN_HOSTS
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES", env.list("TRUSTED_PROXIES", default=[]))
if not IS_EMBEDDED:
    environment.require({name: env(name, default="") for name in ("SECRET_KEY", "KEY_ENCRYPTION_KEYS")})
SECRET_KEY = env("SECRET_KEY", default="") or secret_from_file(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# The first key encrypts, every key decrypts: add a new one in front to rotate.
KEY_ENCRYPTION_KEYS = environment.sealing_keys(
    env.list("KEY_ENCRYPTION_KEYS", default=[]) or [secret_from_file(DATA_DIR / "key_encryption_key")]
)
ROOT_URLCONF = "badgeplatform.urls"
WSGI_APPLICATION = "badgeplatform.wsgi.application"
APPEND_SLASH = False

# Applications ---------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "anymail",
    "csp",
    "django_cotton",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "badgeplatform",
    "assertions",
    "badges",
    "issuers",
    "accounts",
    "journal",
]
PROTECTIVE_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "badgeplatform.middleware.ContentSecurityPolicy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
MIDDLEWARE = [
    "badgeplatform.middleware.answer_probes",
    "badgeplatform.metrics.measure_requests",
    "badgeplatform.middleware.trust_proxies",
    "badgeplatform.middleware.log_requests",
    "badgeplatform.middleware.answer_strangers",
    *PROTECTIVE_MIDDLEWARE,
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    # From here on a request may be somebody's.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.speak_their_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.say_what_was_not_saved",
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            "libraries": {
                "badge_texts": "common.templatetags.badge_texts",
                "lucide": "common.templatetags.icons",
                "markdown": "common.templatetags.markdown",
            },
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.context.site",
                "issuers.context.organisations",
            ],
        },
    }
]
COTTON_DIR = "components"

# Data -----------------------------------------------------------------------------------------------
DATABASES = {
    "default": environment.database(env("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}"))
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        DATABASES["default"]["ENGINE"] = "common.postgresql"
        # A server that does not answer is away: a probe that hangs tells nobody.
        DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
REDIS_URL = environment.redis(env("REDIS_URL", default=""))
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}}
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Files ----------------------------------------------------------------------------------------------
MEDIA_URL = env("MEDIA_URL", default="/media/")
MEDIA_ROOT = DATA_DIR / "media"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Compressing takes half a minute: worth it on a real site, not before the first look at a demonstration.
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if IS_EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if S3_BUCKET := env("S3_BUCKET", default=""):
    STORAGES["default"] = environment.bucket(
        S3_BUCKET,
        endpoint_url=env("S3_ENDPOINT_URL", default=None),
        region_name=env("S3_REGION", default=None),
        access_key=env("S3_ACCESS_KEY", default=None),
        secret_key=env("S3_SECRET_KEY", default=None),
    )
WHITENOISE_USE_FINDERS = False  # `serve` gathers them, compressed where that pays
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff2", "map")
FILE_UPLOAD_HANDLERS = [f"common.receiving.{name}Upload" for name in ("Whole", "Small", "Spooled")]
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# People ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "manage_home"
LOGOUT_REDIRECT_URL = "home"
ALLAUTH_USER_CODE_FORMAT = {"length": 6, "dashed": True}
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# A mail may be held up for minutes (greylisting); three guesses at 20^6 codes are no danger.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_TIMEOUT = 30 * 60
# Nobody learns whether an address has an account: the page is the same, and the mail goes to the address alone.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "confirm_login_code": "accounts.forms.CodeForm",
    "confirm_email_verification_code": "accounts.forms.AddressCodeForm",
    "confirm_password_reset_code": "accounts.forms.PasswordCodeForm",
    "add_email": "accounts.forms.AddAddressForm",
    "reset_password": "accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reauthenticate": "accounts.forms.ConfirmPasswordForm",
}
MFA_ADAPTER = "accounts.adapter.MfaAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondStepForm",
    "reauthenticate": "accounts.forms.ConfirmCodeForm",
    "activate_totp": "accounts.forms.AddAppForm",
    "authenticate_webauthn": "accounts.forms.SecondPasskeyForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
    "reauthenticate_webauthn": "accounts.forms.ConfirmPasskeyForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.RenamePasskeyForm",
}
# Passkeys belong to a name: browsers refuse them where the site is known by a bare address only.
PASSKEYS_WORK = not re.fullmatch(r"[\d.]+|.*:.*", urlsplit(SITE_URL).hostname or "")
MFA_SUPPORTED_TYPES = ["totp", *(["webauthn"] if PASSKEYS_WORK else []), "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = PASSKEYS_WORK
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SITE_IS_HTTPS
# What the rooms above do when somebody deletes their account: act(user=, by=, at=), in its transaction.
BEFORE_ACCOUNT_DELETION = ["issuers.services.leave_everything"]

# Languages and time ---------------------------------------------------------------------------------
LANGUAGE_CODE = env("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
FORMAT_MODULE_PATH = "common.formats"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.time_zone(env("TIME_ZONE", default="UTC"))
USE_THOUSAND_SEPARATOR = True

# Mail -----------------------------------------------------------------------------------------------
EMAIL_URL = env("EMAIL_URL", default="")
MAILBOX_DIR = DATA_DIR / "mailbox"
if EMAIL_URL.startswith("anymail+"):
    EMAIL_BACKEND = environment.mail_provider(urlsplit(EMAIL_URL).scheme.removeprefix("anymail+"))
    ANYMAIL = env.json("ANYMAIL", default={})
elif EMAIL_URL:
    server = environment.mail_server(EMAIL_URL)
    if server["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        server["EMAIL_BACKEND"] = "journal.services.smtp.Backend"
    vars().update(server)
    EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", default=10, least=1)
else:
    EMAIL_BACKEND = "journal.mailbox.Backend"
# Where the provider reports what became of mails, with this as its name and password ("user:password").
_scheme = urlsplit(EMAIL_URL).scheme
MAIL_PROVIDER = _scheme.removeprefix("anymail+") if _scheme.startswith("anymail+") else ""
ANYMAIL_WEBHOOK_SECRET = env("ANYMAIL_WEBHOOK_SECRET", default="")
# Seconds between the attempts to send a mail; after the last one it is given up.
MAIL_RETRY_DELAYS = env.list("MAIL_RETRY_DELAYS", cast=int, default=[60, 300, 1800, 7200, 21600, 86400])
# Mails a second, in all and to one domain; 0: as fast as the mail server takes them.
MAIL_RATE = env.number("MAIL_RATE", default=0.0, least=0)
MAIL_RATE_PER_DOMAIN = env.number("MAIL_RATE_PER_DOMAIN", default=0.0, least=0)
# How many workers send at the same time when there is much to send.
MAIL_WORKERS = env.number("MAIL_WORKERS", default=1, least=1)
# Who knows the words that organisations write themselves: find(messages) -> {message id: Words}.
MAIL_WORDS = "assertions.services.texts.own_words"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <badges@{urlsplit(SITE_URL).hostname}>")
SECURITY_CONTACT = env("SECURITY_CONTACT", default=f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")

# Work -----------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
# Seconds until a webhook's receiver that does not answer is given up, and between the attempts: three days in all.
WEBHOOK_TIMEOUT = env.number("WEBHOOK_TIMEOUT", default=10.0, least=1)
WEBHOOK_RETRY_DELAYS = env.list(
    "WEBHOOK_RETRY_DELAYS", cast=int, default=[30, 300, 1800, 7200, 18000, 36000, 50400, 64800, 80670]
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# Sweeps end by themselves within half a minute: what takes ten times as long hangs.
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if not REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "broker"),
        "data_folder_out": str(DATA_DIR / "broker"),
        "processed_folder": str(DATA_DIR / "broker-done"),
        "control_folder": str(DATA_DIR / "broker-control"),
        "store_processed": True,
    }

# API ------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["issuers.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["issuers.api.throttling.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": env.rate("API_RATE", default="600/min")},
    "EXCEPTION_HANDLER": "issuers.api.problems.problem_details",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Badges API",
    "DESCRIPTION": "Define badges, award them and follow them. Authenticate with `Authorization: Bearer TOKEN`.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {"BatchState": "assertions.models.Batch.State"},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
}

# Security -------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
PERMISSIONS_POLICY = {
    **{name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")},
    "publickey-credentials-get": "self",
    "publickey-credentials-create": "self",
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = SITE_IS_HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", default=31_536_000 if SITE_IS_HTTPS else 0, least=0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=SITE_IS_HTTPS)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=SITE_IS_HTTPS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SITE_IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "badgeplatform.errors.csrf_failure"
_RATES = {
    "claim": "60/m", "verify": "30/m", "new_link": "10/h", "new_link_visitor": "100/h", "person_match": "20/m",
    "start": "60/h", "invitation": "100/h", "website": "20/h", "unknown_token": "60/m",
}  # fmt: skip
RATE_LIMITS = {name: env.rate(f"RATE_{name.upper()}", default=rate) for name, rate in _RATES.items()}
VERIFICATIONS_AT_ONCE = env.number("VERIFICATIONS_AT_ONCE", default=4, least=1)  # half of a process's threads
# Who reads /metrics from another machine brings it as `Authorization: Bearer ...`.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
# host:port pairs that /verify may fetch although their address is private (an intranet issuer)
OUTBOUND_EXCEPTIONS = env.list("OUTBOUND_EXCEPTIONS", default=[])
TRUSTED_ISSUERS = env("TRUSTED_ISSUERS", default="")  # the operator's list, a file
DNS_SERVERS = environment.name_servers(env.list("DNS_SERVERS", default=[]))
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = logging_settings(
    level=environment.log_level(env("LOG_LEVEL", default="WARNING")), as_json=SITE_IS_HTTPS
)
