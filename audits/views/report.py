"""The page of a month: headline, chart, table, each figure a link to what it is made of."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.reports import FullReport, answer_in_full
from audits.exports import comparing
from audits.queries.asking import BadQuery, parse_query
from audits.queries.choices import choices
from audits.queries.notes import notes_of
from audits.queries.sums import Query
from audits.views import chart, claims, coverage, headline, wording
from audits.views.closed_strip import strip
from audits.views.columns import COLUMNS
from audits.views.controls import controls
from audits.views.links import Words, given, link, words_of
from audits.views.table import Sorting, sorting_of, table
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_day

FILES = {"PDF": "report-pdf", "XLSX": "report-xlsx", "CSV": "report-csv"}


@require_safe
@needs_scope("read")
def report(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    asked = given(request)
    reach = reach_of(request)
    found, this_month = choices(reach.team_ids), Month.of(reporting_day(at))
    try:
        sorting = sorting_of(asked, COLUMNS)
        words = {name: values for name, values in asked.items() if name != "sort"}
        query = parse_query(words, teams=reach.team_ids, latest=this_month.previous)
    except BadQuery as problem:
        usual = Query(Period(this_month.previous, this_month.previous))
        context = {"errors": problem.errors, "controls": controls(usual, {}, found, this_month), "as_of": at}
        return render(request, "audits/report.html", context, status=400)
    context = {
        "as_of": at,
        "controls": controls(query, asked, found, this_month),
        "choices": found,
        "closed": strip(query, {name: values for name, values in asked.items() if name != "sort"}, reach),
        "notes": notes_of(query, reader=request.user.pk),
        "notes_href": link("report-notes", asked),
        "may_write": reach.writes_reference,
        **_figures(answer_in_full(query, at=at), asked, sorting),
    }
    response = render(request, "audits/report.html", context)
    response["HX-Push-Url"] = link("report", asked)  # the form sends empty words too: an address to share has none
    return response


def _figures(full: FullReport, asked: Words, sorting: Sorting) -> dict[str, Any]:
    """Return all that the page shows of a report."""
    report, words = full.report, words_of(full.report.query, asked)
    bars = chart.bars(report, full.parts)
    return {
        "report": report,
        "period_name": wording.period_name(report.query.period),
        "is_empty": not report.rows,
        "stated": wording.stated(report, asked),
        "sentence": wording.sentence(report),
        "comparison": wording.comparison(report),
        "caveat": comparing.CAVEAT,
        "files": _files(asked),
        "cautions": wording.cautions(report, words),
        "cards": headline.cards(report, words),
        "worth": headline.worth(report, words),
        "coverage": coverage.strip(report, words),
        "table": table(report, words, asked, sorting),
        "claims": claims.marks(full.claims, words),
        "claims_href": claims.decision_href(words),
        "claims_data": claims.chart_data(full.claims),
        "bars": bars,
        "bar_labels": list(chart.LABELS.values()),
        "chart_data": chart.chart_data(bars),
        "hidden_bars": max(0, sum(1 for row in report.rows if row.line.counted_successes) - len(bars)),
    }


def _files(asked: Words) -> list[tuple[str, str]]:
    """Return the report as files: what they are, and where; how rows are sorted is of the page alone."""
    words = {name: values for name, values in asked.items() if name != "sort"}
    return [(label, link(name, words)) for label, name in FILES.items()]
