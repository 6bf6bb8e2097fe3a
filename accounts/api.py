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
from accounts.domain.keys import key_text
from accounts.domain.reach import Reach
from accounts.queries import reach_of_key, reach_of_user
from trail.context import Doer, known_as

# Basic is understood but not offered: a browser would answer the offer with a password dialog of its own.
CHALLENGE = 'Bearer realm="truecost"'


class KeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: <scheme> <key>`; a class each, so that OpenAPI lists them as choices."""

    scheme: str

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Reach] | None:
        scheme, _, given = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != self.scheme:
            return None
        key = authenticate_key(self.key_in(given.strip()), timezone.now())
        if key is None:
            raise exceptions.AuthenticationFailed("The key is not valid: unknown, expired or revoked.")
        known_as(Doer("key", key.prefix))
        return AnonymousUser(), reach_of_key(key)

    def key_in(self, given: str) -> str:
        return given

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class BearerAuthentication(KeyAuthentication):
    scheme = "bearer"


class ApiKeyAuthentication(KeyAuthentication):
    scheme = "api-key"


class BasicAuthentication(KeyAuthentication):
    """The key's prefix, with or without its `tc_`, is the user and its secret the password."""

    scheme = "basic"

    def key_in(self, given: str) -> str:
        try:
            user, _, secret = base64.b64decode(given, validate=True).decode("ascii").partition(":")
        except (binascii.Error, ValueError):
            return ""
        return key_text(user.removeprefix("tc_"), secret)


class SessionAuthentication(authentication.SessionAuthentication):
    """The cookie of a person who logged in on the pages, with protection against forged requests."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        return found and (found[0], reach_of_user(found[0]))


class DenyByDefault(permissions.BasePermission):
    """The default: a view that does not say which scope it needs is open to nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


def NeedsScope(scope: str, *, reading: str = "") -> type[permissions.BasePermission]:
    """`permission_classes = [NeedsScope("ingest")]`: open to those whose reach has the scope.

    Where the same address is written and read, `reading` is the scope that GET needs.
    """

    class HasScope(permissions.BasePermission):
        def has_permission(self, request: Request, view: Any) -> bool:
            needed = reading if reading and request.method in permissions.SAFE_METHODS else scope
            self.message = f"This needs the scope `{needed}`."
            return isinstance(request.auth, Reach) and request.auth.may(needed)

    return HasScope


class NeedsAllTeams(permissions.BasePermission):
    """Open to those who read the figures of all teams; writing to those who write reference data, who are people."""

    message = "This is about all teams: finance and administrators write it, keys of all teams with `read` may read it."

    def has_permission(self, request: Request, view: Any) -> bool:
        reach = request.auth
        if not isinstance(reach, Reach) or not reach.may("read") or reach.team_ids is not None:
            return False
        return request.method in permissions.SAFE_METHODS or reach.writes_reference


def _describe(way: str, name_in_schema: str, **definition: str) -> None:
    """Say how one way in is written in the OpenAPI description."""

    class Scheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
        target_class = f"accounts.api.{way}Authentication"
        name = name_in_schema

        def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
            return definition


_describe("Bearer", "bearer", type="http", scheme="bearer", description="The key, as `create_key` printed it.")
_describe("Basic", "basic", type="http", scheme="basic", description="User: the key's prefix. Password: its secret.")
_describe("ApiKey", "apiKey", **{"in": "header"}, type="apiKey", name="Authorization", description="`Api-Key <key>`")
_describe("Session", "session", **{"in": "cookie"}, type="apiKey", name="sessionid")
