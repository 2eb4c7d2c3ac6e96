"""One settings file. What differs between machines comes from the environment; docs/deploy.md lists it.

DEVELOPMENT=1 gives every value a harmless default. Without it a missing value stops the start, by its name.
"""

from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import logs

django_stubs_ext.monkeypatch()  # Django's generic classes take their type at run time too

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
DEVELOPMENT = env.bool("DEVELOPMENT", default=False)
if DEVELOPMENT:
    env.read_env(
        BASE_DIR / ".run" / "env"
    )  # where this clone's own servers answer; the environment comes first


def required(name: str, development: str) -> str:
    """Read a value that production must be given; only development falls back."""
    return str(env.str(name, default=development) if DEVELOPMENT else env.str(name))


SECRET_KEY = required("SECRET_KEY", development="development-only-" + "0123456789abcdef" * 4)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = required("ALLOWED_HOSTS", development="127.0.0.1,localhost,[::1],testserver").split(",")

# --- Apps, upper floor first

HOUSE_APPS = ["desk", "aftersales", "logistics", "orders", "members", "inventory"]
INSTALLED_APPS = [
    *HOUSE_APPS,
    "desk.apps.DeskAdminConfig",  # Django's admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "django_fsm",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "rest_framework",
]

# None of these asks the database on its own: an API request reaches its view with no query made.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.PageCSP",
    "config.middleware.PageSession",
    "django.middleware.locale.LocaleMiddleware",
    "config.middleware.PageText",
    "config.middleware.BodySize",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.PageUser",
    "config.middleware.PageMessages",
    "config.middleware.PageStay",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.PageHtmx",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORCE_SCRIPT_NAME = ""  # no header may say where the mall stands: templates keep addresses for everybody
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "foundation.folding.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                ),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database

# The web's five seconds; manage.py and the workers set their own before they read this file.
STATEMENT_TIMEOUT_MS = env.int("STATEMENT_TIMEOUT_MS", default=5000)
SESSION_SETTINGS = {
    "lock_timeout": 3000,
    "statement_timeout": STATEMENT_TIMEOUT_MS,
    "idle_in_transaction_session_timeout": 3 * STATEMENT_TIMEOUT_MS,
    # Our prepared statements take arrays of any length; planning them anew at each call costs more than it finds.
    "plan_cache_mode": "force_generic_plan",
    # Disks have no arm to move any more; the old default reads whole small tables where an index finds the row.
    "random_page_cost": "1.1",
}


def database(url: str) -> dict[str, Any]:
    """Describe a PostgreSQL server by its address, with what every one of our connections promises."""
    return {
        **env.db_url_config(url),
        "CONN_MAX_AGE": None,
        # A health check would cost each request a round trip. A connection that the server has closed makes one
        # request answer "unavailable" and is replaced before the next.
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {
            "connect_timeout": 5,
            "application_name": "pointsmall",
            "options": " ".join(f"-c {name}={value}" for name, value in SESSION_SETTINGS.items()),
        },
    }


DATABASES = {
    "default": database(required("DATABASE_URL", development="postgresql://mall@127.0.0.1:5432/mall"))
}
if env.str("REPLICA_URL", default=""):  # a read-only copy for reports: `manage.py audit --database replica`
    DATABASES["replica"] = database(env.str("REPLICA_URL"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Requests never touch Redis: sessions are rows, the cache is the process's own memory.
SESSION_ENGINE = "foundation.session_rows"
MEMBER_IDLE_MINUTES = env.int("MEMBER_IDLE_MINUTES", default=30)
OPERATOR_IDLE_MINUTES = env.int("OPERATOR_IDLE_MINUTES", default=15)
SESSION_COOKIE_AGE = (
    60 * MEMBER_IDLE_MINUTES
)  # a visitor's; members.views.staying says how long who is signed in stays
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- People

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["members.services.signing_in.MemberBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SMS_CODES_PER_HOUR = env.int("SMS_CODES_PER_HOUR", default=2000)  # to everybody together; then they pause
REFUSED_SIGN_INS_DAYS = env.int("REFUSED_SIGN_INS_DAYS", default=190)
if REFUSED_SIGN_INS_DAYS < 185:
    raise ImproperlyConfigured(
        "REFUSED_SIGN_INS_DAYS is at least 185: the law has such logs kept for six months"
    )
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)  # how many of our own add to X-Forwarded-For

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True

# --- The edge: HTTPS, headers, sizes

HTTPS = env.bool("HTTPS", default=not DEVELOPMENT)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if HTTPS:  # browsers take a __Host- cookie from this very host only
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # whether browsers preload HSTS is for the owner of the domain to decide
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- Static files

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=None if DEVELOPMENT else str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# What members send us: served by views of our own, never as files.
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / (".run/media" if DEVELOPMENT else "media")))
WHITENOISE_USE_FINDERS = DEVELOPMENT
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}

# --- API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "members.api.callers.MemberTokenAuthentication",
        "members.api.callers.ApiKeyAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["foundation.json_bodies.StrictParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "foundation.problems.answer_refusal",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "PointsMall",
    "DESCRIPTION": "Redemption orders of a points mall, from the click to the closed file.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "GiftKind": "inventory.models.Gift.Kind",
        "OrderEventKind": "orders.models.OrderEvent.Kind",
        "OrderStatus": "orders.models.order.Status",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "foundation.problems.describe",
    ],
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Background work: a message only wakes a worker, the job is a row

CELERY_BROKER_URL = required("REDIS_URL", development="redis://127.0.0.1:6379/0")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,  # above the hard limit, so that no running task is handed out twice
    "unacked_restore_interval": 5,  # a killed worker's task comes back soon after that, not minutes later
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # it would hand a poisonous task out for ever
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_TASK_TIME_LIMIT = 60
# Mail and SMS may each hold one of them up while their provider is slow; the third is always free for the rest.
CELERY_WORKER_CONCURRENCY = env.int("WORKER_PROCESSES", default=3)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 10_000
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = TIME_ZONE


def every(seconds: int) -> dict[str, Any]:
    """Wake a task so often; a wake-up that no worker took for a while is dropped.

    Beat's clock says when, the worker's judges it: two machines may disagree by less than a minute.
    """
    return {"schedule": seconds, "options": {"expires": max(seconds, 60)}}


CELERY_BEAT_SCHEDULE = {
    name: {"task": name, **rhythm}
    for name, rhythm in {
        "orders.deliver_events": every(2),
        "members.deliver_mail": every(2),
        "members.deliver_sms": every(2),
        "members.apply_receipts": every(2),
        "logistics.request_waybills": every(2),
        "logistics.cancel_waybills": every(5),
        "logistics.apply_pushes": every(2),
        "logistics.poll_tracking": every(60),
        "desk.audit": every(600),
        "orders.issue_codes": every(2),
        "orders.run_deadlines": every(20),
        "aftersales.run_deadlines": every(60),
        "aftersales.tidy_pictures": every(3600),
        "members.expire_points": every(600),
        "members.deliver_letters": every(5),
        "members.tidy": every(600),
        "members.remind_of_expiry": every(3600),
    }.items()
}

# --- The outside world

EMAIL_TIMEOUT = 10  # seconds; a mail server that never answers would hold a worker up until it is killed
vars().update(env.email_url_config(required("EMAIL_URL", development="consolemail://")))
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", development="PointsMall <mall@example.com>")

MALL_URL = required("MALL_URL", development="http://127.0.0.1:8000")  # what links in mails begin with

# One of two providers sends SMS; in development the simulators speak their protocols.
SMS_PROVIDER = required("SMS_PROVIDER", development="aliyun")
if SMS_PROVIDER not in ("aliyun", "tencent"):
    raise ImproperlyConfigured(f"SMS_PROVIDER is aliyun or tencent, not {SMS_PROVIDER}")
SMS_URL = required(
    "SMS_URL",
    development=f"{env.str('SIMULATORS_URL', default='http://127.0.0.1:8100')}/{SMS_PROVIDER}-sms",
)
SMS_KEY_ID = required("SMS_KEY_ID", development="simulated-key")
SMS_KEY_SECRET = required("SMS_KEY_SECRET", development="simulated-secret")
SMS_SIGN_NAME = required("SMS_SIGN_NAME", development="积分商城")  # what each text begins with
SMS_RECEIPT_KEY = required(
    "SMS_RECEIPT_KEY", development="simulated-receipts"
)  # part of the address of receipts
SMS_TEMPLATES = env.dict("SMS_TEMPLATES", default={})  # event:language=the provider's number, and so on
SMS_APP_ID = SMS_REGION = ""
if SMS_PROVIDER == "tencent":
    SMS_APP_ID = env.str("SMS_APP_ID", default="1400000000") if DEVELOPMENT else env.str("SMS_APP_ID")
    SMS_REGION = env.str("SMS_REGION", default="ap-guangzhou")

# kdniao gives waybills and tells where parcels are; in development the simulator speaks its protocol.
SENDER_PHONE = required("SENDER_PHONE", development="02150000000")  # whom a carrier calls about a parcel
KDNIAO_URL = required("KDNIAO_URL", development=env.str("SIMULATORS_URL", default="http://127.0.0.1:8100"))
KDNIAO_BUSINESS_ID = required("KDNIAO_BUSINESS_ID", development="1000000")
KDNIAO_APP_KEY = required("KDNIAO_APP_KEY", development="simulated-app-key")

# --- Logs

LOGGING = logs.to_standard_error(level=env.str("LOG_LEVEL", default="INFO"), as_json=not DEVELOPMENT)
LOGGING_CONFIG = "logging.config.dictConfig"
