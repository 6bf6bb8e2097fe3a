"""Saved policies: what was expected of each, held against what came; saving and removing one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs, needs_scope
from audits.actions.deciding.routing import OWN as TERMS
from audits.actions.deciding.scenarios import Held, Scenarios
from audits.actions.scenarios import save_scenario, worked_out
from audits.domain.decisions.scenarios import Actual, Plan
from audits.exports.deciding.routing import policy_name
from audits.exports.deciding.scenarios import VERDICTS, about, sentence
from audits.forms.scenarios import ScenarioForm
from audits.models import Scenario
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import Asked, parse_decision
from audits.queries.reports import UNATTRIBUTED
from audits.queries.scenarios import may_remove, may_save, scenarios_in
from audits.views.chart import MOST_BARS, dollars
from audits.views.deciding.page import answered
from audits.views.links import Words, given, link
from audits.views.wording import period_name
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_day


@dataclass(frozen=True)
class Line:
    held: Held
    href: str
    may_remove: bool

    @property
    def scenario(self) -> Scenario:
        return self.held.scenario

    @property
    def plan(self) -> Plan:
        return self.held.plan

    @property
    def actual(self) -> Actual | None:
        return self.held.actual

    @property
    def policy(self) -> str:
        return policy_name(self.scenario.policy)

    @property
    def about(self) -> str:
        return about(self.scenario)

    @property
    def task_type(self) -> str:
        return self.scenario.task_type.name if self.scenario.task_type else UNATTRIBUTED

    @property
    def verdict(self) -> str:
        return VERDICTS[self.actual.verdict] if self.actual else "no such work"

    @property
    def made_from(self) -> str:
        return period_name(Period(Month.of(self.scenario.first_month), Month.of(self.scenario.last_month)))


@require_safe
@needs_scope("read")
def scenarios(request: HttpRequest) -> HttpResponse:
    reach = reach_of(request)

    def shown(found: Scenarios, words: Words) -> dict[str, Any]:
        lines = [
            Line(each, _report_href(each.scenario, words), may_remove(reach, each.scenario, request.user.pk))
            for each in found.found
        ]
        return {
            "headlines": [f"{line.scenario.name}: {sentence(line.held)}" for line in lines[:3]],
            "lines": lines,
            "chart_data": {"rows": [_chart_row(line) for line in lines if line.actual][:MOST_BARS]},
        }

    return answered(request, "scenarios", shown)


def _report_href(scenario: Scenario, words: Words) -> str:
    """Return the report of the work in the months asked about, by the routes it took."""
    months: Words = {name: words[name] for name in ("from", "to") if name in words}
    team: Words = {"team": [scenario.team.name]} if scenario.team else {}
    kind = scenario.task_type.name if scenario.task_type else UNATTRIBUTED
    return link("report", {**months, **team, "task_type": [kind], "by": ["route"]})


def _chart_row(line: Line) -> dict[str, Any]:
    plan, actual = line.plan, line.actual
    ends = actual.cost_ends if actual else (0, 0)
    return {
        "label": line.scenario.name,
        "expected": dollars(plan.cost),
        "expectedLow": dollars(plan.cost_ends[0]),
        "expectedHigh": dollars(plan.cost_ends[1]),
        "actual": dollars(actual.cost if actual else None),
        "actualLow": dollars(ends[0]),
        "actualHigh": dollars(ends[1]),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(may_save)
def scenario_new(request: HttpRequest) -> HttpResponse:
    at, words = timezone.now(), given(request)
    policy = tuple(words.get("policy", ()))
    form = ScenarioForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "as_of": at, "policy": policy_name(policy) if policy else ""}
    status = 200
    try:
        asked = _asked(request, words)
        context["period_name"] = period_name(asked.query.period)
        routed = worked_out(asked, policy, at=at)
        context |= {"routed": routed, "outlook": routed.outlook(policy)}
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            save_scenario(
                asked, policy, name=said["name"], note=said["note"], reach=reach_of(request), owner=request.user.pk,
                at=at,
            )  # fmt: skip
            messages.success(request, f"Saved: {said['name']}.")
            return redirect("decide-scenarios")
        status = 400 if form.errors else 200
    except BadQuery as problem:
        context["errors"], status = problem.errors, 400
    back = {name: values for name, values in words.items() if name != "policy"}
    context["back"] = link("decide-routing", back)
    return render(request, "decisions/scenario_form.html", context, status=status)


def _asked(request: HttpRequest, words: Words) -> Asked:
    latest = Month.of(reporting_day(timezone.now())).previous
    plain = {name: values for name, values in words.items() if name != "policy"}
    return parse_decision(plain, teams=reach_of(request).team_ids, latest=latest, own=TERMS)


@require_POST
@needs(may_save)
def scenario_remove(request: HttpRequest, pk: int) -> HttpResponse:
    reach = reach_of(request)
    found = get_object_or_404(scenarios_in(reach.team_ids), pk=pk)
    if not may_remove(reach, found, request.user.pk):
        raise PermissionDenied
    found.delete()
    messages.success(request, f"Removed: {found.name}.")
    return redirect("decide-scenarios")
