"""The guards of pages: who may open a view. Nobody is let in by default; a view without a guard is a fault."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from accounts import second_factor
from accounts.domain.reach import Reach
from accounts.models import User
from accounts.queries import reach_of

View = Callable[..., HttpResponseBase]


def needs(allowed: Callable[[Reach], bool]) -> Callable[[View], View]:
    """Open a page to people who are logged in and whose reach is `allowed`."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not allowed(reach_of(request)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard


def needs_scope(scope: str) -> Callable[[View], View]:
    """Open a page to those whose reach has the scope, as `NeedsScope` does for the API."""
    return needs(lambda reach: reach.may(scope))


needs_reference = needs(lambda reach: reach.writes_reference)
needs_administrator = needs(lambda reach: reach.administers)


# What somebody without the second factor that their role needs may still do: set it up, or leave.
OPEN_WITHOUT = {"second-factor", "recovery-codes", "logout", "healthz"}
PROGRAMS = ("/api/", "/v1/")


def second_factor_required(get_response: View) -> View:
    """A middleware: whose role needs a second factor (REQUIRE_MFA) gets nowhere before it is set up."""

    def guarded(request: HttpRequest) -> HttpResponseBase:
        if not settings.REQUIRE_MFA or not isinstance(request.user, User) or not second_factor.is_missing(request.user):
            return get_response(request)
        if request.path.startswith(PROGRAMS):
            return JsonResponse({"detail": "Your role needs a second factor: set it up on your profile."}, status=403)
        return get_response(request) if _is_open_without(request) else redirect("second-factor")

    return guarded


def _is_open_without(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).url_name in OPEN_WITHOUT
    except Resolver404:
        return False
