"""All settings, by environment; docs/settings.md lists the variables. Nothing set = one machine, embedded database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import environ

from config import env, logs, tracked

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(BASE_DIR / ".env")  # variables already set win; no file is fine
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).absolute()

# The product
REPORTING_TIME_ZONE = env.zone("REPORTING_TIME_ZONE", "UTC")
REPORTING_ENVIRONMENTS = env.names("REPORTING_ENVIRONMENTS", ("production",))  # a call that names none always counts
ATTRIBUTION_POLICY = env.choice("ATTRIBUTION_POLICY", ("deciding", "pro_rata"), "deciding")
ACCEPTANCE_DAYS = env.whole("ACCEPTANCE_DAYS", 14, least=0, most=365)
SHOW_NAMES = env.flag("SHOW_NAMES", default=True)  # false: nobody reads who recorded what, but for one's own
REPRICE_AT_ONCE = env.whole("REPRICE_AT_ONCE", 20_000, least=0, most=1_000_000)  # more calls than that: by a job
# Batches that each web process writes at a time; `up` runs two of them, and more writers than cores are slower.
INGEST_WRITERS = env.whole("INGEST_WRITERS", max(1, (os.cpu_count() or 2) // 2), least=1, most=64)
INGEST_WAIT_SECONDS = env.whole("INGEST_WAIT_SECONDS", 5, least=1, most=60)  # for a place, and for a lock

# The audit trail
TRACKED = tracked.TRACKED
TRAIL_KEPT_DAYS = env.whole("TRAIL_KEPT_DAYS", 0, least=0, most=36_500)  # 0: for ever

# Who may reach it. PUBLIC_URL decides: under https every cookie is Secure and plain http is redirected.
DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret_key(VAR_DIR)
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS")
PUBLIC_URL = env.address("PUBLIC_URL", f"http://127.0.0.1:{env.text('PORT', '8000')}")  # what links in mails begin with
PUBLIC_SCHEME, PUBLIC_HOST = env.origin("PUBLIC_URL", PUBLIC_URL)
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", (PUBLIC_HOST, "localhost", "127.0.0.1", "[::1]"))
HTTPS = PUBLIC_SCHEME == "https"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if HTTPS else []
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # a load balancer asks for it over plain http
SECURE_HSTS_SECONDS = env.whole("HSTS_SECONDS", 31_536_000, least=0, most=63_072_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
if BEHIND_PROXY:  # only where the proxy sets the headers itself, else they can be forged
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Preloading binds a whole registered domain; that is its owner's decision, not this application's.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # Tabler draws check marks and arrows as data: pictures
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

INSTALLED_APPS = [
    "config",
    "allauth",  # before ours, which take its pages out of the settings
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "audits",
    "spend",
    "accounts",
    "trail",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "trail.views.followed_request",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.views.guards.second_factor_required",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.page",
            ],
        },
    },
]

# Data. `default` is the application's role and all that runs uses it; `owner` owns the tables and only migrates.
EMBEDDED = {"ENGINE": "config.postgres", "NAME": "truecost", "OPTIONS": {}}
POOL_SIZE = env.whole("DATABASE_POOL", 0, least=0, most=200)


def with_short_waits(found: dict[str, Any], *, pool: int) -> dict[str, Any]:
    """Return it so that a database that is away is answered with 503 in two seconds, and is there once it is back."""
    options = {"connect_timeout": 2, **found["OPTIONS"]}
    if pool:
        # a pool that tries for long waits ever longer between tries, and so stays away as long again as the database
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 2, "reconnect_timeout": 2}
    kept = {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 0 if pool else 600}
    return {**found, "OPTIONS": options, **kept}


_app = env.database("DATABASE_URL")
_owner = env.database("DATABASE_OWNER_URL") or _app
DATABASES = {
    "default": with_short_waits(_app or {**EMBEDDED, "USER": "truecost_app"}, pool=POOL_SIZE),
    "owner": with_short_waits(_owner or {**EMBEDDED, "USER": "truecost_owner"}, pool=0),
}
DATABASE_ROUTERS = ["config.router.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL")  # none: the database is the broker, see config/celery.py

# People
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = ["accounts.backends.NameOrEmail"]
REQUIRE_MFA = env.some_of("REQUIRE_MFA", ("administrator", "finance", "team_lead", "viewer"))
# allauth signs in over several steps and keeps second factors. What it would count in a cache, which web processes do
# not share, accounts.models.Attempt counts in the database; e-mail addresses are those of people, see docs/access.md.
ACCOUNT_ADAPTER, MFA_ADAPTER = "accounts.adapters.Accounts", "accounts.adapters.SecondFactors"
SOCIALACCOUNT_ADAPTER = "accounts.adapters.OpenId"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_TIMEOUT = 600  # to find the telephone
MFA_TOTP_ISSUER = "Truecost"
OIDC_ISSUER = env.issuer("OIDC_ISSUER")
OIDC_NAME = env.text("OIDC_NAME", "single sign-on")
OIDC_CREATE = env.flag("OIDC_CREATE", default=True)  # false: only people an administrator made get in
OIDC_TRUST_EMAIL = env.flag("OIDC_TRUST_EMAIL", default=False)  # true: the provider vouches for all addresses it sends
SOCIALACCOUNT_PROVIDERS = env.openid(OIDC_ISSUER, OIDC_NAME, env.text("OIDC_CLIENT_ID"), env.text("OIDC_CLIENT_SECRET"))
PASSWORD_RESET_TIMEOUT = 3600 * env.whole("PASSWORD_LINK_HOURS", 24, least=1, most=168)

# Mail. None set up: what would be sent is printed by the worker, and pages say so.
MAIL = env.mail("EMAIL_URL")
MAIL_IS_SENT = MAIL is not None
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL_IS_SENT else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL or env.NO_MAIL
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", f"Truecost <truecost@{PUBLIC_HOST}>")

# JSON
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        f"accounts.api.{way}Authentication" for way in ("Bearer", "ApiKey", "Basic", "Session")
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.DenyByDefault"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Truecost",
    "DESCRIPTION": "Post what AI work cost and what its failures cost; read the true cost per successful task.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": ["config.openapi.with_components"],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Words and times
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"  # stored and computed; people and reports see REPORTING_TIME_ZONE

# Files for browsers: ours, and those of npm packages that config/npm.py names
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.npm.Finder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "gif", "ico", "woff", "woff2", "gz", "br")

LOGGING = logs.logging_settings(
    style=env.choice("LOG_FORMAT", ("console", "json"), "console"),
    level=env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
)
