"""From any figure down: tier, model, task type, tasks; the address holds the whole place, so that it can be shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.reports import answer
from audits.queries import lists
from audits.queries.asking import BASES, LENSES, BadQuery, parse_query
from audits.queries.choices import Choices, choices
from audits.queries.lists import parse_listing
from audits.queries.reports import UNATTRIBUTED, Row, TrueCost
from audits.queries.sums import FILTERS, Query
from audits.views import columns, wording
from audits.views.colours import NO_TIER, tier_colours
from audits.views.links import Words, at_address, given, link, words_of, words_of_row
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_day

WAY_DOWN = ("tier", "model", "task_type")
TASKS = "tasks"
LEVELS = (*WAY_DOWN, "team", "month", TASKS)
FIGURES = ("tasks", "successes", "token_bill", "true_cost", "true_cost_per_success", "multiplier")
_BY_NAME = {column.name: column for column in columns.COLUMNS}
_SHOWN = [("", [_BY_NAME[name] for name in FIGURES])]
_TASKS_SHOWN = 25


@dataclass(frozen=True)
class Crumb:
    label: str
    name: str
    href: str


@dataclass(frozen=True)
class Step:
    """A row of a level: where it leads, its figures, and its share of the level's true cost."""

    name: str | None
    href: str
    colour: str
    cells: list[columns.Cell]
    share: float | None

    @property
    def bar(self) -> str:
        """How long the bar of its share is."""
        return f"{max(0.0, min(1.0, self.share or 0.0)):.2%}"


@require_safe
@needs_scope("read")
def explore(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    words = given(request)
    teams = reach_of(request).team_ids
    found = choices(teams)
    latest = Month.of(reporting_day(at)).previous
    try:
        place = _place(words)
        query = parse_query(_asked(words, place), teams=teams, latest=latest)
    except BadQuery as problem:
        asked = Query(Period(latest, latest))
        context = {"errors": problem.errors, "controls": _controls(asked, {}, "tier", found), "as_of": at}
        return render(request, "audits/explore.html", context, status=400)
    context = {"as_of": at, "choices": found, "controls": _controls(query, words, place, found)}
    page = render(request, "audits/explore.html", context | _level(answer(query, at=at), words, place))
    return at_address(request, page, "explore", words)


def _place(words: Words) -> str:
    """Return the level that is shown: the one asked for, else the first on the way down that is still open."""
    wanted = list(words.get("by", ()))[-1:]
    if wanted and wanted[0] not in LEVELS:
        raise BadQuery({"by": [f"must be one of: {', '.join(LEVELS)}"]})
    return wanted[0] if wanted else _next_level(words)


def _next_level(words: Words) -> str:
    return next((name for name in WAY_DOWN if len(words.get(name, ())) != 1), TASKS)


def _asked(words: Words, place: str) -> Words:
    rest = {name: values for name, values in words.items() if name != "by"}
    return rest if place == TASKS else {**rest, "by": [place]}


def _level(report: TrueCost, asked: Words, place: str) -> dict[str, Any]:
    query = report.query
    words = words_of(query, asked)
    shown = {
        "period_name": wording.period_name(query.period),
        "place": place,
        "crumbs": _crumbs(words, query),
        "total": columns.cells(_SHOWN, report.total, words, query),
        "incomplete": report.total.incomplete,
        "is_empty": not report.rows,
        "lens": query.lens,
    }
    if place == TASKS:
        return shown | _tasks(words, query)
    return shown | {"steps": _steps(report, words, place), "headings": _SHOWN[0][1]}


def _crumbs(words: Words, query: Query) -> list[Crumb]:
    """Return the way here, in the order in which it was gone; each leads back to there."""
    base = {name: values for name, values in words.items() if name not in FILTERS}
    crumbs = [Crumb("All work", "", link("explore", base))]
    so_far = dict(base)
    for name, values in words.items():
        if name in FILTERS:
            so_far[name] = values
            crumbs.append(Crumb(" or ".join(values), name, link("explore", so_far)))
    return crumbs


def _steps(report: TrueCost, words: Words, place: str) -> list[Step]:
    """Return the rows of a level, what costs most first."""
    colours = tier_colours()
    rows = sorted(report.rows, key=lambda row: -row.line.true_cost) if place != "month" else report.rows
    return [_step(row, report, words, colours) for row in rows]


def _step(row: Row, report: TrueCost, words: Words, colours: dict[str, str]) -> Step:
    own = words_of_row(words, row.names)
    ((dimension, name),) = row.names.items()
    whole = report.total.true_cost
    return Step(
        name=name,
        href=link("explore", own),
        colour=colours.get(name or "", NO_TIER) if dimension == "tier" else _tier_of(words, colours),
        cells=columns.cells(_SHOWN, row.line, own, report.query),
        share=row.line.true_cost / whole if whole else None,
    )


def _tier_of(words: Words, colours: dict[str, str]) -> str:
    """Below a tier everything has its colour."""
    tiers = words.get("tier", ())
    return colours.get(tiers[0], NO_TIER) if len(tiers) == 1 else NO_TIER


def _tasks(words: Words, query: Query) -> dict[str, Any]:
    """Return the newest tasks of a place, and where the others are."""
    own = {name: values for name, values in words.items() if name != "basis"}
    page = lists.tasks(parse_listing(own, kind="tasks", teams=query.teams), limit=_TASKS_SHOWN)
    escalated = "tier" in words and query.lens == "responsible"
    return {
        "tasks": page.rows,
        "all_tasks": link("tasks", own),
        "has_more": page.cursor is not None,
        "escalated": link("tasks", own, {"tried": ["escalated"]}) if escalated else "",
        "lists": [(kind, link(kind, words)) for kind in ("calls", "entries", "corrections")],
    }


def _controls(query: Query, asked: Words, place: str, found: Choices) -> dict[str, Any]:
    """Return the form that changes the place, filled in as it is; the way down is kept."""
    period = query.period
    rest = {name: values for name, values in asked.items() if name not in ("from", "to")}
    single = period.first == period.last

    def month(other: Month) -> str:
        return link("explore", {"from": [str(other)], "to": [str(other)], **rest})

    return {
        "first": str(period.first),
        "last": str(period.last),
        "previous": month(period.first.previous) if single else "",
        "next": month(period.last.next) if single else "",
        "levels": LEVELS,
        "level": place,
        "default_level": _next_level(asked),
        "lens": query.lens,
        "lenses": LENSES,
        "basis": query.basis,
        "bases": BASES,
        "teams": [*found.names["team"], UNATTRIBUTED],
        "team": list(asked.get("team", ())),
        "kept": [(name, value) for name in WAY_DOWN for value in asked.get(name, ())],
    }
