"""Settings: the rules that watch figures, each with a preview of what it would have done before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs_reference
from audits.actions.alerts import Preview, preview, save_rule, switch_rule
from audits.domain.alert_words import figure_said, shown
from audits.domain.watching import MEASURES, Spell
from audits.forms.alerts import RuleForm
from audits.models import AlertRule
from audits.queries.alerts import rules_in, said_of, told_of
from spend.templatetags.figures import plural

# What a field of the form is for: those of another measure are put away.
SCOPES = {name: [*measure.scopes] for name, measure in MEASURES.items()}
_AXES = {"money": "USD", "ratio": "Times", "percent": "Percent"}


@dataclass(frozen=True)
class Line:
    """A rule in words, with what it read last."""

    rule: AlertRule
    condition: str
    value: str
    told: int
    is_raised: bool


@require_safe
@needs_reference
def rules(request: HttpRequest) -> HttpResponse:
    found = rules_in(reach_of(request))
    return render(request, "audits/alert_rules.html", {"lines": [_line(rule) for rule in found]})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_reference
def rule_new(request: HttpRequest) -> HttpResponse:
    return _written(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_reference
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_object_or_404(rules_in(reach_of(request)), pk=pk))


@require_POST
@needs_reference
def rule_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a rule on or off, as `on` says."""
    found, is_active = get_object_or_404(AlertRule, pk=pk), request.POST.get("on") == "yes"
    switch_rule(rule=found, is_active=is_active, at=timezone.now())
    messages.success(request, f"{found.name} is {'on' if is_active else 'off: it watches nothing'}.")
    return redirect("settings-alerts")


def _written(request: HttpRequest, found: AlertRule | None) -> HttpResponse:
    at = timezone.now()
    form = RuleForm(request.POST if request.method == "POST" else None, rule=found)
    context: dict[str, Any] = {"form": form, "rule": found, "scopes": SCOPES, "as_of": at}
    if request.method == "POST" and form.is_valid():
        made = form.made(at)
        if "save" in request.POST:
            save_rule(rule=made, people=form.cleaned_data["people"], at=at)
            messages.success(request, f"{made.name} is saved, and evaluated within the hour.")
            return redirect("settings-alerts")
        context |= _previewed(made, preview(rule=made, at=at))
    status = 400 if form.errors and "HX-Request" not in request.headers else 200
    return render(request, "audits/alert_rule.html", context, status=status)


def _previewed(made: AlertRule, found: Preview) -> dict[str, Any]:
    unit = MEASURES[made.measure].unit
    now = found.now.reading
    return {
        "preview": found,
        "said": said_of(made),
        "spells": [(spell, shown(spell.value, unit), _days(spell)) for spell in reversed(found.spells)],
        "now": shown(now.value, unit),
        "has_enough": now.is_enough(made.minimum),
        "sample": f"{now.sample:,} {MEASURES[made.measure].sampled}" if MEASURES[made.measure].sampled else "",
        "chart_data": _chart(made, found),
    }


def _days(spell: Spell) -> str:
    return plural((spell.cleared_on - spell.raised_on).days, "day") if spell.cleared_on else ""


def _chart(made: AlertRule, found: Preview) -> dict[str, Any]:
    """Return what the rule read day by day; days of too little data are gaps."""
    values = [
        figure_said(each.reading.value, made.measure) if each.reading.is_enough(made.minimum) else None
        for each in found.days.values()
    ]
    return {
        "axis": f"{MEASURES[made.measure].label}, {_AXES[MEASURES[made.measure].unit]}",
        "days": [day.isoformat() for day in found.days],
        "values": [None if value is None else float(value) for value in values],
        "threshold": float(figure_said(made.threshold, made.measure) or 0),
        "clear": float(figure_said(made.clear_threshold, made.measure) or 0),
    }


def _line(rule: AlertRule) -> Line:
    unit, watch = MEASURES[rule.measure].unit, getattr(rule, "watch", None)
    value = "not yet evaluated"
    if watch is not None:
        value = shown(watch.value, unit) if watch.is_enough else "not enough data"
    return Line(rule, said_of(rule).condition, value, len(told_of(rule)), rule.alerts.filter(cleared_at=None).exists())
