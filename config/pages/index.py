"""Settings: its areas, and what in them wants attention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import queries as accounts
from accounts.models import ApiKey, Team, User
from accounts.queries import reach_of
from accounts.views.guards import needs_reference
from audits.actions.reports import bring_up_to_date
from audits.models import Alert, AlertRule, Budget, FixedCost, LabourRate, Mail, Schedule
from audits.queries.usage import models_without_price, roles_without_rate, usage_by_model
from config.trail.access import reads_trail
from spend.models import Llm, SourceMapping, TaskType, Tier
from spend.queries.zone import reporting_day
from spend.templatetags.figures import plural
from trail.queries.listing import Asked, narrowed


@dataclass(frozen=True)
class Area:
    """A page of the settings: what it holds, and what in it is not as it should be."""

    label: str
    name: str
    holds: str
    wants: str = ""


@require_safe
@needs_reference
def index(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    bring_up_to_date(at=at)
    groups = [("What calls cost", _of_calls(reporting_day(at))), ("What people and work cost", _of_work())]
    groups.append(("What comes in", _of_sources()))
    groups.append(("What is watched", _of_alerts()))
    groups.append(("What goes out", _of_mails()))
    if reach_of(request).administers:
        groups.append(("Who gets in", _of_people()))
    if reads_trail(reach_of(request)):
        groups.append(("What was done", [_of_trail(at)]))
    return render(request, "config/settings.html", {"groups": groups, "as_of": at})


def _of_calls(today: date) -> list[Area]:
    usage = usage_by_model()
    unpriced = models_without_price(usage, today)
    calls = sum(used.unpriced for used in usage.values())
    tierless = Llm.objects.filter(pk__in=usage, tiers=None).count()
    wants = []
    if unpriced:
        wants.append(f"{plural(len(unpriced), 'model')} unpriced")
    if tierless:
        wants.append(f"{plural(tierless, 'model')} in use without a tier")
    known = f"{len(usage):,} in use, {Llm.objects.count():,} known, {plural(calls, 'unpriced call')}"
    return [
        Area("Models and prices", "settings-models", known, " · ".join(wants)),
        Area("Tiers", "settings-tiers", ", ".join(Tier.objects.values_list("name", flat=True)) or "none yet"),
    ]


def _of_work() -> list[Area]:
    missing = roles_without_rate()
    roles = LabourRate.objects.values("role").distinct().count()
    bare = TaskType.objects.filter(manual_minutes=None).count()
    wants = f"{plural(len(missing), 'role')} without a rate: {', '.join(missing)}" if missing else ""
    by_hand = f"{plural(bare, 'task type')} without minutes by hand" if bare else ""
    return [
        Area("Labour rates", "settings-rates", plural(roles, "role"), wants),
        Area("Task types", "settings-task-types", plural(TaskType.objects.count(), "task type"), by_hand),
        Area("Fixed costs", "settings-fixed-costs", plural(FixedCost.objects.count(), "fixed cost")),
    ]


def _of_sources() -> list[Area]:
    stored = SourceMapping.objects.count()
    return [Area("Mappings", "settings-mappings", f"{stored:,} of your own" if stored else "the defaults")]


def _of_mails() -> list[Area]:
    failed = Mail.objects.filter(state=Mail.State.FAILED).count()
    wants = f"{plural(failed, 'mail')} failed" if failed else ""
    return [Area("Schedules", "settings-schedules", plural(Schedule.objects.count(), "schedule"), wants)]


def _of_alerts() -> list[Area]:
    rules = AlertRule.objects.filter(is_active=True)
    raised = Alert.objects.filter(cleared_at=None).count()
    return [
        Area("Alert rules", "settings-alerts", plural(rules.count(), "rule"), f"{raised:,} raised" if raised else ""),
        Area("Budgets", "budgets", plural(Budget.objects.count(), "budget")),
    ]


def _of_trail(at: datetime) -> Area:
    day = reporting_day(at)
    today = narrowed(Asked(since=day, until=day), all_of_it=True).count()
    return Area("Audit trail", "trail", f"{plural(today, 'event')} today")


def _of_people() -> list[Area]:
    lost = sum(1 for person in accounts.people() if person.is_active and accounts.has_no_team(person))
    unused = ApiKey.objects.filter(revoked_at=None, last_used_at=None).count()
    return [
        Area("Teams", "settings-teams", plural(Team.objects.count(), "team")),
        Area(
            "People",
            "settings-people",
            f"{User.objects.filter(is_active=True).count():,} may log in",
            f"{plural(lost, 'person').replace('persons', 'people')} in no team" if lost else "",
        ),
        Area(
            "API keys",
            "settings-keys",
            plural(ApiKey.objects.filter(revoked_at=None).count(), "key"),
            f"{plural(unused, 'key')} never used" if unused else "",
        ),
    ]
