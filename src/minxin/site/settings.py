"""All settings, read from `MINXIN_*` (docs/reference/settings.md lists each)."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from minxin.core import env
from minxin.core.outward import networks_of

HOME = Path(env.text("MINXIN_HOME") or "var").resolve()
SECRETS = HOME / "secrets"
PACKAGE = Path(__file__).resolve().parent.parent

# Where the parts are -------------------------------------------------------------------------

MINXIN_HOME = HOME
MINXIN_HOST = env.text("MINXIN_HOST", "127.0.0.1")
MINXIN_PORT = env.number("MINXIN_PORT", 8000)
MINXIN_SIMULATOR_PORT = env.number("MINXIN_SIMULATOR_PORT", 8100)
# The simulated 12345 platform of the fictional city.
MINXIN_HOTLINE_PORT = env.number("MINXIN_HOTLINE_PORT", MINXIN_SIMULATOR_PORT + 100)
# Embedded: everything on this machine, with the simulator in the place of WeChat.
MINXIN_EMBEDDED = env.flag("MINXIN_EMBEDDED", default=True)
_simulator = f"http://127.0.0.1:{MINXIN_SIMULATOR_PORT}"
MINXIN_PUBLIC_URL = env.text("MINXIN_PUBLIC_URL", f"http://127.0.0.1:{MINXIN_PORT}").rstrip("/")
MINXIN_WECHAT_API = env.text(
    "MINXIN_WECHAT_API", _simulator if MINXIN_EMBEDDED else "https://api.weixin.qq.com"
).rstrip("/")
MINXIN_WECHAT_OPEN = env.text(
    "MINXIN_WECHAT_OPEN", _simulator if MINXIN_EMBEDDED else "https://open.weixin.qq.com"
).rstrip("/")
# Where an administrator authorises a third-party platform on a computer.
MINXIN_WECHAT_PAGES = env.text(
    "MINXIN_WECHAT_PAGES", _simulator if MINXIN_EMBEDDED else "https://mp.weixin.qq.com"
).rstrip("/")
MINXIN_SIMULATOR_URL = env.text("MINXIN_SIMULATOR_URL", _simulator).rstrip("/")
# Of which natures answered tickets may be shown in public, with consent and a person's release; 举报 never.
MINXIN_PUBLIC_NATURES = env.words("MINXIN_PUBLIC_NATURES", "consult,suggestion")
# WeChat's script for pages (pictures, place); outside the embedded mode only where the city allows it.
MINXIN_JSSDK_URL = env.text(
    "MINXIN_JSSDK_URL", f"{_simulator}/sim/jweixin.js" if MINXIN_EMBEDDED else ""
)
MINXIN_REQUIRE_TOTP = env.flag("MINXIN_REQUIRE_TOTP", default=not MINXIN_EMBEDDED)
# After so many days a password must be changed before anything else opens; 0: never.
# Six months, the least for logs by 网络安全法, are at most 184 days.
MINXIN_REMINDER_DAYS = env.number("MINXIN_REMINDER_DAYS", 184)
# How long contacts of requests that other systems passed on stay once their ticket is over; 0: for ever.
MINXIN_OUTSIDE_CONTACT_DAYS = env.number("MINXIN_OUTSIDE_CONTACT_DAYS", 365)
MINXIN_PASSWORD_DAYS = env.number("MINXIN_PASSWORD_DAYS", 90)
# Per cent of an account's message budgets that only urgent notices may spend.
MINXIN_URGENT_SHARE = env.number("MINXIN_URGENT_SHARE", 5)
# Quoting documents where no entry answers (docs/reference/bench.md, `answers`): off until the city measured
# on questions of its own how often a quote is wrong.
MINXIN_QUOTE_DOCUMENTS = env.flag("MINXIN_QUOTE_DOCUMENTS", default=False)
# So many messages of one citizen in ten seconds are answered; what comes faster is recorded, and she is
# told once. 0: all are.
MINXIN_CITIZEN_PACE = env.number("MINXIN_CITIZEN_PACE", 15)
# So many minutes after an answer a question that leaves out its matter (那需要什么材料) is about that answer;
# 0: never.
MINXIN_FOLLOW_UP_MINUTES = env.number("MINXIN_FOLLOW_UP_MINUTES", 30)
# Figures of tickets (docs/reference/ticket-figures.md): within how many hours a first word is due, what
# each of the five rating levels counts from the best to the worst, below how many rows nothing is ranked.
MINXIN_RESPONSE_HOURS = env.number("MINXIN_RESPONSE_HOURS", 24)
MINXIN_SATISFACTION_WEIGHTS = env.shares("MINXIN_SATISFACTION_WEIGHTS", "1,1,1,0,0", 5)
MINXIN_SMALL_NUMBER = env.number("MINXIN_SMALL_NUMBER", 30)
MINXIN_DEMO_PASSWORD = env.text("MINXIN_DEMO_PASSWORD")
# The city's gateway for text messages (docs/reference/sms-gateway.md); empty: none are sent.
MINXIN_SMS_URL = env.text("MINXIN_SMS_URL")
MINXIN_SMS_KEY = env.text("MINXIN_SMS_KEY")
# Internal networks to which steps of tickets may be told (docs/reference/ticket-webhooks.md), such as
# 10.0.0.0/8; empty: public addresses alone.
MINXIN_WEBHOOK_NETWORKS = networks_of(
    env.words("MINXIN_WEBHOOK_NETWORKS", "127.0.0.0/8,::1/128" if MINXIN_EMBEDDED else "")
)
# Internal networks in which a model of the city's own may be (docs/adr/0025); empty: none can be set up.
MINXIN_MODEL_NETWORKS = networks_of(
    env.words("MINXIN_MODEL_NETWORKS", "127.0.0.0/8,::1/128" if MINXIN_EMBEDDED else "")
)
# Internal networks in which the city's platform may stand (docs/reference/handover.md).
MINXIN_PLATFORM_NETWORKS = networks_of(
    env.words(
        "MINXIN_PLATFORM_NETWORKS",
        "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
        + (",127.0.0.0/8,::1/128" if MINXIN_EMBEDDED else ""),
    )
)
# Sites whose pages may be brought in as documents (docs/reference/settings.md), such as www.yunxi.gov.cn or
# .yunxi.gov.cn with all below it; empty: none. And the internal networks in which they may stand.
MINXIN_DOCUMENT_HOSTS = env.words("MINXIN_DOCUMENT_HOSTS")
MINXIN_DOCUMENT_NETWORKS = networks_of(env.words("MINXIN_DOCUMENT_NETWORKS"))
# The subscription notice by which citizens are asked of a closed ticket; empty: words in the conversation.
MINXIN_SURVEY_TEMPLATE = env.text("MINXIN_SURVEY_TEMPLATE")
# Readiness also waits for this file: `minxin run` makes it when the demo city stands.
MINXIN_READY_FILE = env.text("MINXIN_READY_FILE")

# Secrets: made at the first run, kept under HOME/secrets with mode 0600 -----------------------

SECRET_KEY = env.secret("MINXIN_SECRET_KEY", SECRETS / "secret.key")
MINXIN_FIELD_KEYS = env.words("MINXIN_FIELD_KEYS") or [
    env.secret("MINXIN_FIELD_KEY", SECRETS / "field.key")
]
MINXIN_HASH_KEY = env.secret("MINXIN_HASH_KEY", SECRETS / "hash.key")

# Django --------------------------------------------------------------------------------------

DEBUG = False
ALLOWED_HOSTS = env.words("MINXIN_ALLOWED_HOSTS", "127.0.0.1,localhost,.localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("MINXIN_TRUSTED_ORIGINS")
ROOT_URLCONF = "minxin.site.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "agencies.Staff"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "minxin.site.apps.StaticConfig",
    "django.contrib.humanize",
    "minxin.site.apps.SiteConfig",
    "minxin.agencies",
    "minxin.accounts",
    "minxin.citizens",
    "minxin.conversations",
    "minxin.knowledge",
    "minxin.tickets",
    "minxin.supervision",
    "minxin.reports",
    "minxin.gateway",
    "minxin.portal",
    "minxin.console",
    "minxin.api",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django_tasks",
    "django_tasks_db",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "minxin.core.once.reads_once",
]
if MINXIN_EMBEDDED:
    # Around what sets cookies, within what sets the policy: a refused host gets its policy too.
    MIDDLEWARE.insert(3, "minxin.portal.framing.cookies_in_frames")

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "minxin.console.base.shell",
            ],
        },
    },
]


def _database() -> dict[str, Any]:
    """SQLite under HOME, or what MINXIN_DATABASE_URL names (postgresql://user:password@host/name)."""
    url = env.text("MINXIN_DATABASE_URL")
    if not url:
        return _sqlite_at(HOME / "minxin.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite_at(Path(parts.path))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise env.BadSetting("MINXIN_DATABASE_URL must start with postgresql:// or sqlite://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Pages ask many short queries: to compile one costs more than it can gain.
        "OPTIONS": {"connect_timeout": 3, "options": "-c statement_timeout=15000 -c jit=off"},
    }


def _sqlite_at(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        # Opening one reads the whole schema, some milliseconds; the gateway's followers ask each second.
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "timeout": 10,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                " PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000; PRAGMA mmap_size=134217728;"
                # The same pages are written again and again: seldom is much cheaper.
                " PRAGMA wal_autocheckpoint=8000;"
            ),
        },
    }


DATABASES = {"default": _database()}

# Language and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LOCALE_PATHS = [PACKAGE / "site" / "locale"]
LANGUAGE_COOKIE_NAME = "minxin_language"
TIME_ZONE = env.text("MINXIN_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
USE_I18N = True

# Static files: built by Vite into the packages, collected under HOME ---------------------------

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
# Maps are for whoever debugs: compressing ninja's took longer than all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
MEDIA_ROOT = HOME / "files"
FILE_UPLOAD_HANDLERS = [
    "minxin.site.uploads.BoundedRequest",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Signing in ----------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "minxin.agencies.passwords.KindsOfCharacters"},
    {"NAME": "minxin.agencies.passwords.NotUsedBefore"},
]
CSRF_FAILURE_VIEW = "minxin.site.views.csrf_failure"
LOGIN_URL = "/console/sign-in/"
LOGIN_REDIRECT_URL = "/console/"
LOGOUT_REDIRECT_URL = "/console/sign-in/"
ACCOUNT_ADAPTER = "minxin.console.sign_in.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# In the database, so that wrong codes count for all processes and outlive a restart. Nothing on the
# gateway's path uses it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "minxin_cache",
        "TIMEOUT": 3600,
    }
}
# allauth counts by address, and an office shares one; wrong passwords are axes' to count. Wrong codes
# of the second factor are counted by this limit alone, by person: ten in half an hour.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "10/30m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Minxin"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]
# Signing in takes a name in any case; the count must take it so too.
AXES_USERNAME_CALLABLE = "minxin.agencies.passwords.name_to_count"
# By name alone: an office shares one address, and the name is what is attacked.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "minxin.console.sign_in.locked_out"
SESSION_COOKIE_NAME = "minxin_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = "minxin_csrf"
CSRF_COOKIE_HTTPONLY = False  # htmx sends it as a header
_is_https = MINXIN_PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = _is_https
CSRF_COOKIE_SECURE = _is_https
# Who came by https does not come by http for a year; a proxy in front says which it was.
SECURE_HSTS_SECONDS = 365 * 86400 if _is_https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": [NONE],
    }
}

# Work in the background ------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

FORM_RENDERER = "minxin.site.widgets.QuickRenderer"
FILTERS_EMPTY_CHOICE_LABEL = _("全部")
DJANGO_TABLES2_TEMPLATE = "console/table.html"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("MINXIN_LOG_LEVEL", "INFO")},
    "loggers": {
        # Addresses carry access tokens: however loud the rest, these stay quiet.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
