"""What stands around every request: who is at it, and a note of each file that it answers with."""

from __future__ import annotations

import csv
import io
import ipaddress
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from trail.context import NOBODY, Context, Doer, acting
from trail.store import note

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def followed_request(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], Any]:
    """A middleware: say who is at it with all that is written meanwhile, and note what leaves as a file."""

    def follow(request: HttpRequest) -> HttpResponseBase:
        number = _number_of(request)
        context = Context(who=lambda: _person(request), address=address_of(request), request=number)
        with acting(context):
            response = get_response(request)
            if response.status_code == 200 and response.headers.get("Content-Disposition", "").startswith("attachment"):
                note("export", _view(request), "", _exported(request, response))
        response.headers["X-Request-ID"] = number
        return response

    return follow


def address_of(request: HttpRequest) -> str:
    """Return where a request came from; behind a proxy of ours, what the nearest one says."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.BEHIND_PROXY:
        return direct
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:
        return direct


def _number_of(request: HttpRequest) -> str:
    """Return the request's id: the proxy's where it gives one, so that its log and the trail can be read together."""
    said = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
    return said if _REQUEST_ID.fullmatch(said) else uuid4().hex


def _person(request: HttpRequest) -> Doer:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return NOBODY
    return Doer("person", user.get_username(), user.pk)


def _view(request: HttpRequest) -> str:
    return (request.resolver_match and request.resolver_match.view_name) or request.path


def _exported(request: HttpRequest, response: HttpResponseBase) -> dict[str, Any]:
    """Say what was exported: the address with its query, the file's name and type, and how many rows a CSV has."""
    said: dict[str, Any] = {
        "address": request.get_full_path(),
        "file": response.headers["Content-Disposition"].partition("filename=")[2].strip('"'),
        "type": response.headers.get("Content-Type", ""),
    }
    if isinstance(response, HttpResponse):
        said["bytes"] = len(response.content)
        if said["type"].startswith("text/csv"):
            text = io.StringIO(response.content.decode(errors="replace"), newline="")
            said["rows"] = max(sum(1 for _ in csv.reader(text)) - 1, 0)
    return said
