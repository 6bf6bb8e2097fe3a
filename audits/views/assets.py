"""Fixed costs as assets: all of them, and one with its schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.reports import bring_up_to_date
from audits.domain.assets import Charged, book_values, charged_before, per_day, per_month, schedule
from audits.exports.assets import ASSET_NAMES, as_csv
from audits.queries import assets as queries
from audits.queries.asking import BadQuery
from audits.queries.asking_assets import parse_assets
from audits.queries.assets import Asset
from audits.queries.closes import open_from
from audits.views.chart import dollars
from audits.views.links import Words, given, link
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_day


@dataclass(frozen=True)
class Shown:
    """An asset as a page shows it, at the end of `today`."""

    asset: Asset
    period: Period
    today: date

    @property
    def row(self) -> Any:
        return self.asset.row

    @property
    def kind(self) -> str:
        return ASSET_NAMES[self.row.asset]

    @property
    def of(self) -> str:
        named = (self.row.team, self.row.tier, self.row.llm)
        return ", ".join(str(each) for each in named if each) or "everything"

    @property
    def last_day(self) -> date:
        return self.asset.cost.ends_on - timedelta(days=1)

    @cached_property
    def so_far(self) -> Charged:
        return charged_before(self.asset.cost, self.today + timedelta(days=1))

    @property
    def book_value(self) -> int:
        return self.asset.cost.amount - self.so_far.total

    @property
    def a_day(self) -> int:
        return per_day(self.asset.cost)

    @property
    def a_month(self) -> int:
        return per_month(self.asset.cost)

    @property
    def months_of_schedule(self) -> list[tuple[Any, str, bool]]:
        """Each month with the entries behind it, and whether it is still to come."""
        return [
            (line, self._entries(Period(line.month, line.month)), line.month > Month.of(self.today))
            for line in schedule(self.asset.cost)
        ]

    @property
    def href(self) -> str:
        return link("asset", _words(self.period), identity=str(self.row.identity))

    @property
    def entries_href(self) -> str:
        return self._entries(self.period)

    def _entries(self, period: Period) -> str:
        return link("entries", _words(period), {"source": ["fixed_cost"], "q": [self.row.name]})

    @property
    def fixed_href(self) -> str:
        return link("entries", self._scope_words(), {"source": ["fixed_cost"]})

    @property
    def successes_href(self) -> str:
        return link("tasks", self._scope_words(), {"state": ["success"]})

    @property
    def report_href(self) -> str:
        return link("report", self._scope_words())

    def _scope_words(self) -> Words:
        named = {"team": self.row.team, "tier": self.row.tier, "model": self.row.llm}
        return {**_words(self.period), **{name: [str(each)] for name, each in named.items() if each}}


@require_safe
@needs_scope("read")
def assets(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    try:
        found = _shown(request, at)
    except BadQuery as problem:
        return _refused(request, problem, at)
    period = _period(request, at)
    return render(
        request,
        "audits/assets.html",
        {
            "rows": found,
            "period": period,
            "amount": sum(each.asset.cost.amount for each in found),
            "so_far": _sum([each.so_far for each in found]),
            "book_value": sum(each.book_value for each in found),
            "charged": sum(each.asset.per_success.own for each in found),
            "today": reporting_day(at),
            **_common(request, at),
        },
    )


@require_safe
@needs_scope("read")
def asset(request: HttpRequest, identity: UUID) -> HttpResponse:
    at = timezone.now()
    try:
        found = next(iter(_shown(request, at, identity)), None)
    except BadQuery as problem:
        return _refused(request, problem, at)
    if found is None:
        raise Http404
    return render(
        request,
        "audits/asset.html",
        {
            "each": found,
            "cost": found.asset.cost,
            "per": found.asset.per_success,
            "period": found.period,
            "today": found.today,
            "chart_data": {
                "line": [_point(day, value) for day, value in book_values(found.asset.cost)],
                "today": _point(found.today, found.book_value),
            },
            "csv_href": reverse("asset-csv", kwargs={"identity": identity}),
            **_common(request, at),
        },
    )


@require_safe
@needs_scope("read")
def asset_csv(request: HttpRequest, identity: UUID) -> HttpResponse:
    """The schedule as a file: the figures of the page."""
    at = timezone.now()
    found = next(iter(_found(request, at, _latest(at), identity)), None)
    if found is None:
        raise Http404
    return HttpResponse(
        as_csv(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="truecost-asset-{identity}.csv"'},
    )


def _shown(request: HttpRequest, at: datetime, identity: UUID | None = None) -> list[Shown]:
    period, today = _period(request, at), reporting_day(at)
    bring_up_to_date(at=at)
    return [Shown(each, period, today) for each in _found(request, at, period, identity)]


def _found(request: HttpRequest, at: datetime, period: Period, identity: UUID | None) -> list[Asset]:
    teams = reach_of(request).team_ids
    return queries.assets(period, teams=teams, today=reporting_day(at), as_of=at, identity=identity)


def _period(request: HttpRequest, at: datetime) -> Period:
    return parse_assets(given(request), latest=_latest(at).first)


def _point(day: date, value: int) -> dict[str, Any]:
    return {"day": day.isoformat(), "value": dollars(value)}


def _latest(at: datetime) -> Period:
    month = Month.of(reporting_day(at)).previous
    return Period(month, month)


def _words(period: Period) -> Words:
    return {"from": [str(period.first)], "to": [str(period.last)]}


def _sum(parts: list[Charged]) -> Charged:
    return Charged(sum(each.amortised for each in parts), sum(each.written_off for each in parts))


def _common(request: HttpRequest, at: datetime) -> dict[str, Any]:
    reach = reach_of(request)
    return {
        "as_of": at,
        "may_edit": reach.writes_reference,
        "sees_all": reach.team_ids is None,
        "open_from": open_from(),
    }


def _refused(request: HttpRequest, problem: BadQuery, at: datetime) -> HttpResponse:
    context = {"errors": problem.errors, "period": _latest(at), "as_of": at}
    return render(request, "audits/assets.html", context, status=400)
