"""Reads settings from the environment; a bad one stops the start with its name and what it may be."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def choice(name: str, options: tuple[str, ...], default: str) -> str:
    value = text(name, default)
    if value not in options:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of: {', '.join(options)}.")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be true or false.")
    return value in TRUE


def whole(name: str, default: int, *, least: int, most: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number from {least} to {most}.")
    return int(value)


def names(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the comma-separated names in a variable."""
    found = [part.strip() for part in text(name).split(",")]
    return [part for part in found if part] or list(default)


def some_of(name: str, options: tuple[str, ...]) -> list[str]:
    """Return names in a variable that are among the options."""
    found = names(name)
    if unknown := [one for one in found if one not in options]:
        raise ImproperlyConfigured(f"{name} names {unknown[0]!r}; it may name: {', '.join(options)}.")
    return found


def zone(name: str, default: str) -> str:
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError) as problem:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a time zone like Europe/Berlin.") from problem
    return value


def origin(name: str, default: str) -> tuple[str, str]:
    """Return scheme and host of a public address like https://truecost.example.com."""
    value = text(name, default)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be an address like https://truecost.example.com.")
    return parts.scheme, parts.hostname


def address(name: str, default: str) -> str:
    """Return a public address as links begin with it, without the slash at its end."""
    origin(name, default)
    parts = urlsplit(text(name, default))
    return f"{parts.scheme}://{parts.netloc}"


LOCAL = ("127.0.0.1", "localhost", "::1")


def issuer(name: str) -> str:
    """Return the address of an OpenID provider; over plain http only on this machine, for what it says is believed."""
    value = text(name).rstrip("/")
    if not value:
        return ""
    parts = urlsplit(value)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be an address like https://login.example.com.")
    return value


def openid(address: str, label: str, client: str, secret: str) -> dict[str, Any]:
    """Return what allauth needs to know of an OpenID provider; nothing where there is none."""
    if not address:
        return {}
    if not client or not secret:
        raise ImproperlyConfigured("OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET beside it.")
    app = {"provider_id": "oidc", "name": label, "client_id": client, "secret": secret}
    return {"openid_connect": {"APPS": [{**app, "settings": {"server_url": address, "oauth_pkce_enabled": True}}]}}


class Mail(NamedTuple):
    """How to reach a mail server."""

    host: str
    port: int
    user: str
    password: str
    starts_tls: bool
    is_tls: bool


NO_MAIL = Mail("localhost", 25, "", "", starts_tls=False, is_tls=False)
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def mail(name: str) -> Mail | None:
    """Return the server at an address like smtp+tls://user:password@host:587; None when the variable is not set."""
    value = text(name)
    if not value:
        return None
    refusal = ImproperlyConfigured(f"{name} must be like smtp+tls://user:password@host:587, smtps:// or smtp://.")
    parts = urlsplit(value)
    if parts.scheme not in MAIL_PORTS or not parts.hostname:
        raise refusal
    try:
        port = parts.port or MAIL_PORTS[parts.scheme]
    except ValueError:
        raise refusal from None
    who = (unquote(parts.username or ""), unquote(parts.password or ""))
    return Mail(parts.hostname, port, *who, starts_tls=parts.scheme == "smtp+tls", is_tls=parts.scheme == "smtps")


def database(name: str) -> dict[str, Any] | None:
    """Return Django's form of a postgresql:// address, or None when the variable is not set."""
    value = text(name)
    if not value:
        return None
    if not value.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{name} must be a PostgreSQL address: postgresql://user:password@host:5432/name.")
    found = dict(environ.Env.db_url_config(value))
    if not found.get("NAME"):
        raise ImproperlyConfigured(f"{name} names no database; it must end in /name.")
    return {"OPTIONS": {}, **found, "ENGINE": "django.db.backends.postgresql"}


def secret_key(var: Path) -> str:
    """Return SECRET_KEY, or the one generated for this checkout on its first start."""
    if given := text("SECRET_KEY"):
        return given
    kept = var / "secret_key"
    if not kept.exists():
        _write_once(kept, secrets.token_urlsafe(64))
    try:
        return kept.read_text().strip()
    except PermissionError as problem:
        raise ImproperlyConfigured(f"{kept} belongs to another user: set SECRET_KEY or VAR_DIR.") from problem


def _write_once(path: Path, content: str) -> None:
    """Write the file complete and private; of two processes that try at once, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
