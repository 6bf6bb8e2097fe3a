"""The answer to who tried too often."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.queries import ATTEMPT_WINDOW, TOO_MANY


def too_many(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Show the page again with the refusal: 429, and when to come back."""
    response = render(request, template, {**context, "refused": TOO_MANY}, status=429)
    response["Retry-After"] = str(int(ATTEMPT_WINDOW.total_seconds()))
    return response
