"""The page of a month: headline, chart, table, each figure a link to what it is made of."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.reports import answer_with_parts
from audits.queries.asking import BASES, LENSES, BadQuery, parse_query
from audits.queries.choices import Choices, choices
from audits.queries.parts import Parts
from audits.queries.reports import UNATTRIBUTED, TrueCost
from audits.queries.sums import DIMENSIONS, FILTERS, Query
from audits.views import chart, columns, headline, wording
from audits.views.links import Words, given, link, words_of
from spend.domain.periods import Month, Period
from spend.models import Tier
from spend.queries.zone import reporting_day


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("report")


@require_safe
@needs_scope("read")
def report(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    words = given(request)
    teams = reach_of(request).team_ids
    found = choices(teams)
    latest = Month.of(reporting_day(at)).previous
    try:
        query = parse_query(words, teams=teams, latest=latest)
    except BadQuery as problem:
        asked = Query(Period(latest, latest))
        context = {"errors": problem.errors, "controls": controls(asked, {}, found), "as_of": at}
        return render(request, "audits/report.html", context, status=400)
    answered, parts = answer_with_parts(query, at=at)
    context = {"as_of": at, "controls": controls(query, words, found), "choices": found}
    return render(request, "audits/report.html", context | _figures(answered, parts, words))


def _figures(report: TrueCost, parts: list[Parts], asked: Words) -> dict[str, Any]:
    """Return all that the page shows of a report."""
    words = words_of(report.query, asked)
    rows, total = columns.table(report, words)
    bars = chart.bars(report, parts)
    return {
        "report": report,
        "period_name": wording.period_name(report.query.period),
        "is_empty": not report.rows,
        "sentence": wording.sentence(report),
        "notes": wording.notes(report, words),
        "cards": headline.cards(report, words),
        "groups": columns.groups(),
        "rows": rows,
        "total": total,
        "claims": _claims(report) if report.query.by == ("tier",) else [],
        "bars": bars,
        "bar_labels": list(chart.LABELS.values()),
        "chart_data": chart.chart_data(bars),
        "hidden_bars": max(0, sum(1 for row in report.rows if row.line.successes) - len(bars)),
    }


def _claims(report: TrueCost) -> list[dict[str, Any]]:
    """Return the fail rate that each tier claims beside the one measured."""
    claimed = dict(Tier.objects.values_list("name", "claimed_fail_rate"))
    return [
        {
            "tier": row.names["tier"],
            "claimed": claimed.get(row.names["tier"] or ""),
            "measured": row.line.attempt_fail_rate,
            "ends": (row.line.attempt_fail_rate_low, row.line.attempt_fail_rate_high),
            "attempts": row.line.attempts,
        }
        for row in report.rows
        if row.line.attempts
    ]


def controls(query: Query, asked: Words, found: Choices) -> dict[str, Any]:
    """Return the form that asks for a report, filled in as this one was asked for."""
    period = query.period
    rest = {name: values for name, values in asked.items() if name not in ("from", "to")}
    single = period.first == period.last

    def month(other: Month) -> str:
        return link("report", {"from": [str(other)], "to": [str(other)], **rest})

    return {
        "first": str(period.first),
        "last": str(period.last),
        "previous": month(period.first.previous) if single else "",
        "next": month(period.last.next) if single else "",
        "by": [*query.by, ""][:2],
        "dimensions": DIMENSIONS,
        "lens": query.lens,
        "lenses": LENSES,
        "basis": query.basis,
        "bases": BASES,
        "narrowed": bool(rest.keys() - {"by"}),
        "filters": [_filter(name, found.names[name], asked.get(name, ())) for name in FILTERS],
    }


def _filter(name: str, names: list[str], chosen: Any) -> dict[str, Any]:
    return {"name": name, "options": [*names, UNATTRIBUTED], "chosen": list(chosen), "many": len(chosen) > 1}
