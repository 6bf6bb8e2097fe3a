"""Settings: the keys of integrations. A key is shown once, on the page that answers its making."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts import actions, queries
from accounts.domain.keys import start_of
from accounts.forms import KeyForm
from accounts.models import ApiKey, Scope, User
from accounts.views.guards import needs_administrator

TEAM_OF_CALL = '"team": "Claims", '
CALL = (
    '{{"calls": [{{"id": "first-call", {team}"occurred_at": "2026-10-05T08:00:00Z", "provider": "openai", "model":'
    ' "gpt-5", "task": "claim-17", "input_tokens": 1200, "output_tokens": 300}}]}}'
)


@needs_administrator
def keys(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    rows = [(key, queries.state_of_key(key, at)) for key in queries.all_keys()]
    return render(request, "accounts/keys.html", {"rows": rows})


@needs_administrator
@never_cache
def key_new(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, expires_on = form.cleaned_data, form.cleaned_data["expires_on"]
        by = request.user if isinstance(request.user, User) else None
        try:
            key, text = actions.create_key(
                name=given["name"],
                scopes=given["scopes"],
                team=given["team"],
                at=timezone.now(),
                expires_at=expires_on and start_of(expires_on, ZoneInfo(settings.REPORTING_TIME_ZONE)),
                by=by,
            )
        except actions.BadKey as problem:
            form.add_error("expires_on", f"That cannot be: {problem}.")
        else:
            return render(request, "accounts/key_made.html", {"key": key, "text": text, "curl": _try(key, text)})
    return render(request, "accounts/key_new.html", {"form": form})


@needs_administrator
def key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ApiKey, pk=pk)
    if request.method == "POST":
        actions.revoke_key(key=found, at=timezone.now())
        messages.success(request, f"{found.name} is revoked: it stops working within {actions.CACHE_SECONDS} seconds.")
        return redirect("settings-keys")
    return render(request, "accounts/key_revoke.html", {"key": found, "seconds": actions.CACHE_SECONDS})


def _try(key: ApiKey, text: str) -> str:
    """Return a line for a terminal that tries the key on what it may do."""
    ask = f"curl -H 'Authorization: Bearer {text}' '{settings.PUBLIC_URL}"
    if Scope.READ in key.scopes:
        return f"{ask}/api/v1/reports/true-cost?by=tier'"
    if Scope.INGEST in key.scopes:
        return f"{ask}/api/v1/calls' --json '{CALL.format(team='' if key.team else TEAM_OF_CALL)}'"
    return f"{ask}/api/v1/corrections' --json '{{\"corrections\": []}}'"
