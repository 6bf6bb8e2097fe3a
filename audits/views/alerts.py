"""Alerts: what is raised now, what was, and saying that somebody looks after it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.domain.reach import Reach
from accounts.models import User
from accounts.queries import reach_of, shown_name
from accounts.views.guards import needs_scope
from audits.actions.alerts import acknowledge as say_seen
from audits.domain.alert_words import shown
from audits.domain.watching import MEASURES
from audits.forms.alerts import AcknowledgeForm
from audits.models import Alert
from audits.queries.alerts import alerts_in, may_acknowledge, rules_in, said_of

CLEARED_SHOWN = 100


@dataclass(frozen=True)
class Told:
    """An alert in words. `condition`: of its rule as it is now; `now`: what it read last; `by`: who acknowledged it."""

    alert: Alert
    condition: str
    value: str
    now: str
    threshold: str
    cleared_value: str
    by: str
    may_acknowledge: bool


@require_safe
@needs_scope("read")
def alerts(request: HttpRequest) -> HttpResponse:
    reach = reach_of(request)
    found = alerts_in(reach)
    rules = rules_in(reach)
    context = {
        "raised": [_told(alert, reach, request) for alert in found.filter(cleared_at=None)],
        "cleared": [_told(alert, reach, request) for alert in found.exclude(cleared_at=None)[:CLEARED_SHOWN]],
        "shown": CLEARED_SHOWN,
        "active": rules.filter(is_active=True).count(),
        "may_write": reach.writes_reference,
        "form": AcknowledgeForm(),
        "as_of": max((rule.watch.evaluated_at for rule in rules if hasattr(rule, "watch")), default=None),
    }
    return render(request, "audits/alerts.html", context)


@require_POST
@needs_scope("read")
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    reach = reach_of(request)
    alert = get_object_or_404(alerts_in(reach), pk=pk)
    if not may_acknowledge(alert.rule, reach) or not isinstance(request.user, User):
        raise PermissionDenied
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Not acknowledged: the note is too long.")
    elif say_seen(alert=alert, note=form.cleaned_data["note"], by=request.user, at=timezone.now()):
        messages.success(request, f"{alert.rule.name} is acknowledged: it sends no more reminders.")
    else:
        messages.info(request, f"Somebody had acknowledged {alert.rule.name} already.")
    return redirect(f"{reverse('alerts')}#alert-{pk}")


def _told(alert: Alert, reach: Reach, request: HttpRequest) -> Told:
    rule, unit = alert.rule, MEASURES[alert.rule.measure].unit
    by, watch = alert.acknowledged_by, getattr(rule, "watch", None)
    return Told(
        alert=alert,
        condition=said_of(rule).condition,
        value=shown(alert.value, unit),
        now=shown(watch.value, unit) if watch and watch.is_enough else "",
        threshold=shown(alert.threshold, unit),
        cleared_value=shown(alert.cleared_value, unit),
        by=shown_name(by.get_username(), is_reader=by == request.user) if by else "",
        may_acknowledge=may_acknowledge(rule, reach),
    )
