"""Pages that ask who is there to prove it again: an open window is no proof."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.queries import ATTEMPT_WINDOW


def proof_of(request: HttpRequest) -> dict[str, Any]:
    """Return what a ProofForm needs to know."""
    return {"person": request.user, "address": request.META.get("REMOTE_ADDR", ""), "at": timezone.now()}


def answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Show the form again; 429 after too many wrong proofs."""
    if not context["form"].has_error("proof", "too_many"):
        return render(request, template, context)
    response = render(request, template, context, status=429)
    response["Retry-After"] = str(int(ATTEMPT_WINDOW.total_seconds()))
    return response
