"""The guards of pages: who may open a view. Nobody is let in by default; a view without a guard is a fault."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.domain.reach import Reach
from accounts.queries import reach_of

View = Callable[..., HttpResponse]


def needs(allowed: Callable[[Reach], bool]) -> Callable[[View], View]:
    """Open a page to people who are logged in and whose reach is `allowed`."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
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
