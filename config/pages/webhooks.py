"""Settings: webhooks. The secret of one is shown once, on the page that answers its making."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import PlainForm
from accounts.models import Team, User
from accounts.views.guards import needs_administrator
from audits.actions.webhooks import create_webhook, revoke_webhook
from audits.models import Webhook
from audits.queries.webhooks import all_webhooks


class WebhookForm(PlainForm):
    name = forms.CharField(max_length=200, help_text="The repository or organisation that will send.")
    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, empty_label="All teams: the mapping, or the task, tells which",
        help_text="Whose tasks its pull requests are.",
    )  # fmt: skip


@require_safe
@needs_administrator
def webhooks(request: HttpRequest) -> HttpResponse:
    return render(request, "config/webhooks.html", {"rows": all_webhooks()})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_administrator
@never_cache
def webhook_new(request: HttpRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "config/webhook_new.html", {"form": form})
    by = request.user if isinstance(request.user, User) else None
    made, secret = create_webhook(
        name=form.cleaned_data["name"], team=form.cleaned_data["team"], at=timezone.now(), by=by
    )
    address = f"{settings.PUBLIC_URL}{reverse('api-webhook-github')}?hook={made.prefix}"
    return render(request, "config/webhook_made.html", {"webhook": made, "secret": secret, "address": address})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_administrator
def webhook_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Webhook, pk=pk)
    if request.method == "POST":
        revoke_webhook(webhook=found, at=timezone.now())
        messages.success(request, f"{found.name} is revoked: nothing it sends is taken any more.")
        return redirect("settings-webhooks")
    return render(request, "config/webhook_revoke.html", {"webhook": found})
