"""Plans of quality audits: making, changing and stopping them, with how many a week they would draw."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries import reach_of, teams_in
from accounts.views.guards import needs
from audits.actions.sampling import begin_plan, change_plan, preview
from audits.forms.sampling import PlanForm
from audits.models import AuditPlan
from audits.queries.sampling import Group, may_change, may_plan, plans_in, tallies, versions_of
from spend.models import TaskType, Tier
from spend.queries.zone import reporting_day


@require_safe
@needs(may_plan)
def plans(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    found = tallies(teams=reach.team_ids, today=reporting_day(at))
    rows = [(plan, found.get(plan.identity), may_change(reach, plan)) for plan in plans_in(reach)]
    return render(request, "audits/audit_plans.html", {"as_of": at, "rows": rows, "may_queue": reach.may("audit")})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(may_plan)
def plan_new(request: HttpRequest) -> HttpResponse:
    return _edited(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(may_plan)
def plan(request: HttpRequest, identity: UUID) -> HttpResponse:
    reach = reach_of(request)
    found = plans_in(reach).filter(identity=identity).first()
    if found is None or not may_change(reach, found):
        raise Http404
    return _edited(request, found)


def _edited(request: HttpRequest, found: AuditPlan | None) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    data = request.POST if request.method == "POST" else None
    form = PlanForm(data, teams=sorted(teams_in(reach)), for_all=reach.team_ids is None, plan=found)
    if data is not None and form.is_valid() and "preview" not in data:
        return _saved(request, form, found, at)
    asked = form.made() if data is not None and form.is_valid() else found
    context: dict[str, Any] = {
        "as_of": at,
        "form": form,
        "plan": found,
        "versions": versions_of(found.identity) if found else [],
        "strata": _named(preview(asked, at=at)) if asked else None,
    }
    context["number"] = sum(taken for _, taken, _ in context["strata"] or ())
    return render(request, "audits/audit_plan.html", context, status=400 if form.errors else 200)


def _saved(request: HttpRequest, form: PlanForm, found: AuditPlan | None, at: datetime) -> HttpResponse:
    write = change_plan if found else begin_plan
    saved = write(form.made(), at=at, by=request.user.pk)
    messages.success(request, f"The plan is saved: {saved}.")
    return redirect("audit-plans")


def _named(strata: list[tuple[Group, int, int]]) -> list[tuple[dict[str, Any], int, int]]:
    kinds: dict[int | None, str] = dict(TaskType.objects.values_list("id", "name"))
    tiers: dict[int | None, str] = dict(Tier.objects.values_list("id", "name"))
    return [
        ({"task_type": kinds.get(group.task_type), "tier": tiers.get(group.tier), "month": group.month}, taken, size)
        for group, taken, size in strata
    ]
