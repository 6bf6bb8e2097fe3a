"""Who may come in by the JSON door. Whichever way somebody proves who they are, `request.auth` is their Reach."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from accounts.actions import authenticate_key
from accounts.domain.reach import Reach
from accounts.queries import reach_of_key, reach_of_user

# Basic is understood but not offered: a browser would answer the offer with a password dialog of its own.
CHALLENGE = 'Bearer realm="truecost"'


class KeyAuthentication(authentication.BaseAuthentication):
    """`Bearer <key>`, `Api-Key <key>`, or Basic with the key's prefix as user and its secret as password."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Reach] | None:
        scheme, _, given = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() not in ("bearer", "api-key", "basic"):
            return None
        text = _key_of_basic(given) if scheme.lower() == "basic" else given.strip()
        key = authenticate_key(text, timezone.now())
        if key is None:
            raise exceptions.AuthenticationFailed("The key is not valid: unknown, expired or revoked.")
        return AnonymousUser(), reach_of_key(key)

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def _key_of_basic(given: str) -> str:
    """Return the key's text; the user name may be the prefix with or without its `tc_`."""
    try:
        user, _, secret = base64.b64decode(given.strip(), validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        return ""
    return f"tc_{user.removeprefix('tc_')}_{secret}"


class SessionAuthentication(authentication.SessionAuthentication):
    """The cookie of a person who logged in on the pages, with protection against forged requests."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        return found and (found[0], reach_of_user(found[0]))


class DenyByDefault(permissions.BasePermission):
    """The default: a view that does not say which scope it needs is open to nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class NeedsScope(permissions.BasePermission):
    """`permission_classes = [NeedsScope("ingest")]`: open to those whose reach has the scope."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.message = f"This needs the scope `{scope}`."

    def __call__(self) -> NeedsScope:
        """Be its own factory: the framework makes an instance of each permission class it is given."""
        return self

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Reach) and request.auth.may(self.scope)


class KeySchemes(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a key is sent, for the OpenAPI description."""

    target_class = "accounts.api.KeyAuthentication"
    name = ["bearer", "apiKey", "basic"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "http", "scheme": "bearer", "description": "The key, as `create_key` printed it."},
            {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Api-Key <key>`"},
            {"type": "http", "scheme": "basic", "description": "User: the key's prefix. Password: its secret."},
        ]


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
