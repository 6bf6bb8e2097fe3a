"""Notes on the trail who logged in and out, and who tried to. Django tells of every way in, OpenID and codes too."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from accounts.models import User
from accounts.queries import name_tried
from trail.store import note

OBJECT = "session"
UNKNOWN = "somebody unknown"


def listen() -> None:
    user_logged_in.connect(_logged_in)
    user_logged_out.connect(_logged_out)
    user_login_failed.connect(_failed)


def note_wrong_code(person: User) -> None:
    note("login failed", OBJECT, person.get_username(), {"why": "code"})


def _logged_in(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    note("login", OBJECT, user.get_username(), {})


def _logged_out(*, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        note("logout", OBJECT, user.get_username(), {})


def _failed(*, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Name whom it was tried for if there is such a person: what else was typed may be a password."""
    tried = name_tried(str(credentials.get("username", "")))
    found = User.objects.filter(username__iexact=tried).first() or User.objects.filter(email__iexact=tried).first()
    note("login failed", OBJECT, found.get_username() if tried and found else UNKNOWN, {"why": "password"})
