"""Settings for trying out with ``CLINIC_DEBUG=1``, and for a server without it; all from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from project.database import database

BASE = Path(__file__).resolve().parent.parent

DEBUG = os.environ.get("CLINIC_DEBUG") == "1"  # never with real patients: Django then shows and logs what it handles
SECRET_KEY = os.environ.get("CLINIC_SECRET_KEY", "for trying out only" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("set CLINIC_SECRET_KEY to a long random text, or CLINIC_DEBUG=1 for trying out")
ALLOWED_HOSTS = os.environ.get("CLINIC_HOSTS", "localhost 127.0.0.1").split()

INSTALLED_APPS = [
    "clinic",
    "iptengine.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "clinic.middleware.Headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "clinic.access.DeniedByDefault",
    "clinic.middleware.ToldErrors",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]

DATABASES = {"default": database(os.environ.get("CLINIC_DATABASE", "sqlite:///clinic.sqlite3"), BASE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PROTOCOLS = os.environ.get("CLINIC_PROTOCOLS", "").split() or (
    "ipt-adult",
    str(BASE / "protocols/circle.protocol.yaml"),
)
"""What courses here can begin under, and what running ones began under: shipped names or paths of files."""

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "caseload"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = os.environ.get("CLINIC_TIME_ZONE", "Europe/London")
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = BASE / "static_files"
