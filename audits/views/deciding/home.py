"""Where decisions begin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_scope


@require_safe
@needs_scope("read")
def home(request: HttpRequest) -> HttpResponse:
    return redirect("decide-compare")
