"""Switches: what each saved and cost, one of them month by month, and what people say of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries import reach_of, teams_in
from accounts.views.guards import needs, needs_scope
from audits.actions.deciding.switches import Switched, Switches
from audits.actions.switches import save_switch
from audits.domain.decisions.switches import Effect, Month
from audits.exports.deciding.switches import (
    certainty,
    doubts_of,
    headline,
    nothing,
    sentence,
    sentences,
    switch_sentence,
    title,
)
from audits.forms.switches import SwitchForm
from audits.models import Switch
from audits.queries.choices import choices
from audits.queries.reports import UNATTRIBUTED
from audits.queries.switches import may_record, switches_in
from audits.views.chart import MOST_BARS, dollars
from audits.views.deciding.page import answered
from audits.views.links import Words, given, link


@dataclass(frozen=True)
class Line:
    """A switch as pages show it. `words`: the address it was asked for under."""

    switched: Switched
    by: str
    words: Words
    may_write: bool

    @property
    def task_type(self) -> str:
        return self.switched.work.task_type or UNATTRIBUTED

    @property
    def title(self) -> str:
        return title(self.switched)

    @property
    def effect(self) -> Effect | None:
        return self.switched.effect

    @property
    def sentence(self) -> str:
        return sentence(self.switched)

    @property
    def saved(self) -> str:
        return switch_sentence(self.switched.effect) if self.switched.effect else nothing(self.switched)

    @property
    def certainty(self) -> str:
        return certainty(self.switched)

    @property
    def covered(self) -> float:
        return float(self.switched.effect.covered) if self.switched.effect else 0.0

    @property
    def doubts(self) -> list[str]:
        return doubts_of(self.switched)

    @property
    def state(self) -> str:
        """Where it is known from, in a word."""
        record, held = self.switched.record, self.switched.held
        if record is not None:
            return "dismissed" if record.dismissed else "confirmed" if held is not None else "stated"
        return "found" if held else "found, newest month"

    @property
    def href(self) -> str:
        return link("switch", self.words | {"switch": [self.switched.key]})

    @property
    def write_href(self) -> str:
        """Where to say something of it; empty where they may not."""
        if not self.may_write:
            return ""
        if self.switched.record is not None:
            return reverse("switch-edit", args=[self.switched.record.pk])
        words = {"team": self.switched.team, "month": f"{self.switched.month:%Y-%m}", "before": self.switched.before}
        words |= {"after": self.switched.after, "task_type": self.switched.work.task_type or ""}
        return link("switch-new", {name: [value] for name, value in words.items() if value})

    def report_href(self, first: Month, last: Month) -> str:
        """Return the report of this work in these months, by who did it."""
        of_work = {"team": [self.switched.team], "task_type": [self.task_type], "by": [self.by]}
        return link("report", {"from": [f"{first.month:%Y-%m}"], "to": [f"{last.month:%Y-%m}"], **of_work})

    @property
    def before_href(self) -> str:
        compared = self.switched.compared
        return self.report_href(compared.before[0], compared.before[-1]) if compared else ""

    @property
    def after_href(self) -> str:
        compared = self.switched.compared
        return self.report_href(compared.after[0], compared.after[-1]) if compared else ""


@dataclass(frozen=True)
class MonthLine:
    """A month of the work as the table shows it, in nanos; costs are of a task."""

    month: Month
    side: str
    href: str

    @property
    def day(self) -> date:
        return self.month.month

    @property
    def tokens(self) -> int:
        return sum(cost.tokens for cost in self.month.strata.values())

    @property
    def failures(self) -> int:
        return sum(cost.failures for cost in self.month.strata.values())

    @property
    def incidents(self) -> int:
        return sum(self.month.incidents)

    @property
    def tokens_per_task(self) -> int | None:
        return round(self.tokens / self.month.tasks) if self.month.tasks else None

    @property
    def failures_per_task(self) -> int | None:
        return round(self.failures / self.month.tasks) if self.month.tasks else None


@require_safe
@needs_scope("read")
def switches(request: HttpRequest) -> HttpResponse:
    may = may_record(reach_of(request))

    def shown(found: Switches, words: Words) -> dict[str, Any]:
        by = found.asked.query.by[0]
        lines, dismissed = ([Line(each, by, words, may) for each in some] for some in (found.found, found.dismissed))
        return {
            "headlines": _headlines(lines) or sentences(found),
            "lines": lines,
            "dismissed": dismissed,
            "may_write": may,
            "chart_data": {"rows": _chart_rows(lines)},
        }

    return answered(request, "switches", shown)


def _headlines(lines: list[Line]) -> list[str]:
    """Say the first in full; of the others whether they are sure, as their own pages say why."""
    return [
        headline(line.switched) if at else f"{line.title}. {line.sentence}" for at, line in enumerate(_telling(lines))
    ]


def _telling(lines: list[Line]) -> list[Line]:
    """Return the three that move most money."""
    return sorted(lines, key=lambda line: -abs(line.effect.net) if line.effect else 0)[:3]


def _chart_rows(lines: list[Line]) -> list[dict[str, Any]]:
    """Return what the script draws, in dollars: the newest ones."""
    return [
        {
            "label": f"{line.switched.team}, {line.task_type}, {line.switched.month:%Y-%m}",
            "net": dollars(line.effect.net),
            "low": dollars(line.effect.net_ends[0]),
            "high": dollars(line.effect.net_ends[1]),
            "saving": dollars(line.effect.saving),
            "sure": not line.doubts,
        }
        for line in lines
        if line.effect
    ][:MOST_BARS]


@require_safe
@needs_scope("read")
def one_switch(request: HttpRequest) -> HttpResponse:
    may, key = may_record(reach_of(request)), given(request).get("switch", [""])[-1]

    def shown(found: Switches, words: Words) -> dict[str, Any]:
        known = [each for each in (*found.found, *found.dismissed) if each.key == key]
        if not known:
            raise Http404
        line = Line(known[0], found.asked.query.by[0], {k: v for k, v in words.items() if k != "switch"}, may)
        months = _months(line)
        return {
            "line": line,
            "months": months,
            "back": link("decide-switches", line.words),
            "chart_data": {"months": [_bar(each) for each in months], "switched": f"{known[0].month:%Y-%m}"},
        }

    return answered(request, "switches", shown, template="decisions/switch.html")


def _months(line: Line) -> list[MonthLine]:
    compared = line.switched.compared
    sides = {id(each): "before" for each in compared.before} if compared else {}
    sides |= {id(each): "after" for each in compared.after} if compared else {}
    return [MonthLine(each, sides.get(id(each), ""), line.report_href(each, each)) for each in line.switched.months]


def _bar(line: MonthLine) -> dict[str, Any]:
    return {
        "label": f"{line.day:%Y-%m}",
        "tokens": dollars(line.tokens_per_task),
        "failures": dollars(line.failures_per_task),
        "incidents": dollars(line.incidents),
        "side": line.side,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(may_record)
def switch_new(request: HttpRequest) -> HttpResponse:
    return _written(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(may_record)
def switch_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_object_or_404(switches_in(reach_of(request)), pk=pk))


def _written(request: HttpRequest, found: Switch | None) -> HttpResponse:
    reach = reach_of(request)
    data = request.POST if request.method == "POST" else None
    asked = {"initial": {name: values[-1] for name, values in given(request).items()}} if found is None else {}
    form = SwitchForm(data, teams=sorted(teams_in(reach)), switch=found, **asked)
    if data is not None and form.is_valid():
        said = save_switch(form.made())
        messages.success(request, f"Saved: {said}.")
        return redirect(link("decide-switches", {"by": [said.by]}))
    names = choices(reach.team_ids).names
    context = {"form": form, "switch": found, "known": [*names["tier"], *names["model"]]}
    return render(request, "decisions/switch_form.html", context, status=400 if form.errors else 200)
