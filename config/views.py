"""Answers that belong to no app: health, and errors, as JSON to programs and as pages to people."""

from __future__ import annotations

import sys

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.away import database_is_away

PROGRAMS = ("/api/", "/v1/", "/healthz")
RETRY_AFTER_SECONDS = "5"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead who asks for an icon without having read a page, as for JSON and PDF, to the one that pages name."""
    return redirect(static("favicon.ico"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _for_program(request, 400, "bad request") or defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _for_program(request, 403, "not allowed") or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _for_program(request, 404, "not found") or defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if database_is_away(sys.exc_info()[1]):
        return _database_is_away(request)
    return _for_program(request, 500, "internal error") or defaults.server_error(request)


def _database_is_away(request: HttpRequest) -> HttpResponse:
    message = "The database cannot be reached; try again in a moment."
    response = _for_program(request, 503, message) or HttpResponse(message, status=503, content_type="text/plain")
    response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _for_program(request: HttpRequest, status: int, detail: str) -> HttpResponse | None:
    if not request.path.startswith(PROGRAMS):
        return None
    return JsonResponse({"detail": detail}, status=status)
