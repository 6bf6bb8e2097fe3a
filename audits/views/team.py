"""My team: what it logged in a month, by whom, what that cost, and what waits to be judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.queries import reach_of, teams_in
from accounts.views.guards import needs_scope
from audits.actions.reports import bring_up_to_date
from audits.domain.taps import Extrapolation
from audits.queries import lists
from audits.queries.asking import BadQuery
from audits.queries.by_link import extrapolated
from audits.queries.lists import Listing
from audits.queries.team_work import Part, TeamWork, team_work, waiting
from audits.views.budgets import lines_of_month
from audits.views.colours import NO_TIER, tier_colours
from audits.views.links import Words, given, link
from spend.domain.money import to_dollars
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_day

MONTHS_OF_ANSWERS = 12
NOT_SAID, NO_TIER_NAME = "not said", "unattributed"
_NARROWED_BY = ("cause", "activity", "tier")


@dataclass(frozen=True)
class Adjusted:
    """One-tap verdicts as estimated, and as the answers of those asked suggest; None while these are too few."""

    tapped: Part
    asked: int
    answered: int
    found: Extrapolation | None

    @property
    def hours(self) -> tuple[float, float, float] | None:
        """Return the hours to be expected, with the ends of their interval."""
        found, hours = self.found, float(self.tapped.hours)
        return (found.ratio * hours, found.low * hours, found.high * hours) if found else None


@require_safe
@needs_scope("read")
def team(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    words = given(request)
    teams = teams_in(reach)
    name, month = _team(words, teams), _month(words, at)
    if name is None:
        return render(request, "audits/team.html", {"as_of": at})
    bring_up_to_date(at=at)
    work = team_work(teams[name], month, reader=request.user.pk)
    asked: Words = {"team": [name], "month": [str(month)]}
    context = {
        "as_of": at,
        "teams": sorted(teams),
        "team": name,
        "month": month,
        "previous": link("my-team", {**asked, "month": [str(month.previous)]}),
        "next": link("my-team", {**asked, "month": [str(month.next)]}) if month < Month.of(reporting_day(at)) else "",
        "work": work,
        "shares": _shares(work, asked),
        "adjusted": _adjusted(teams[name], month, work),
        "waiting": waiting(teams[name]),
        "may_log": reach.may("audit"),
        "budgets": lines_of_month(request, month, reporting_day(at), team=teams[name]),
        "budgets_href": link("budgets", {"month": [str(month)]}),
        **_chart(work),
        **_logged(request, teams[name], month, words, asked),
    }
    return render(request, "audits/team.html", context)


def _team(words: Words, teams: dict[str, int]) -> str | None:
    """Return the team asked for, else the first; a neighbour's is not there."""
    wanted = words.get("team", [""])[-1]
    if wanted and wanted not in teams:
        raise Http404
    return wanted or next(iter(sorted(teams)), None)


def _month(words: Words, at: datetime) -> Month:
    text = words.get("month", [""])[-1]
    try:
        return Month.parse(text) if text else Month.of(reporting_day(at))
    except ValueError as problem:
        raise Http404 from problem


def _shares(work: TeamWork, asked: Words) -> list[dict[str, Any]]:
    """Return the tables: a caption, a heading, and rows with the address of the records of each."""
    tables = [("activity", "Activity", work.by_activity), ("tier", "Tier", work.by_tier)]
    found = [
        {"caption": f"By {word}", "heading": heading, "rows": [(part, _narrowed(asked, word, part)) for part in parts]}
        for word, heading, parts in tables
    ]
    return [*found, {"caption": "By whom", "heading": "Recorded by", "rows": [(part, "") for part in work.by_person]}]


def _narrowed(asked: Words, word: str, part: Part) -> str:
    name = part.name or (NO_TIER_NAME if word == "tier" else NOT_SAID)
    return f"{link('my-team', asked, {word: [name]})}#logged"


def _adjusted(team: int, month: Month, work: TeamWork) -> Adjusted | None:
    since = Month(month.year - 1, month.month).next.first_day
    found, asked, answered = extrapolated(team, since=since, before=month.end_day)
    return Adjusted(work.tapped, asked, answered, found) if work.tapped.records else None


def _chart(work: TeamWork) -> dict[str, Any]:
    """Return the bars of money by cause, stacked by tier, and the table that says the same."""
    colours = tier_colours()
    tiers = sorted({tier for part in work.by_cause for tier in part.tiers}, key=lambda tier: (tier is None, tier or ""))
    causes = [part for part in work.by_cause if part.amount]
    data = {
        "tiers": [{"label": tier or NO_TIER_NAME, "colour": colours.get(tier or "", NO_TIER)} for tier in tiers],
        "bars": [
            {
                "label": (part.name or NOT_SAID).replace("_", " "),
                "parts": [float(to_dollars(part.tiers.get(tier, 0))) for tier in tiers],
            }
            for part in causes
        ],
    }
    twin = [(part, [part.tiers.get(tier, 0) for tier in tiers]) for part in work.by_cause]
    return {"chart_data": data, "bars": causes, "tiers": data["tiers"], "twin": twin}


def _logged(request: HttpRequest, team: int, month: Month, words: Words, asked: Words) -> dict[str, Any]:
    """Return the records of the month, narrowed to what a figure is made of."""
    only: dict[str, tuple[str, ...]] = {}
    for word in _NARROWED_BY:
        if word in words:
            name = words[word][-1].replace("\x00", "")  # is in no name, and PostgreSQL would object
            only["posted_to" if word == "tier" else word] = ("" if name in (NOT_SAID, NO_TIER_NAME) else name,)
    listing = Listing(
        "corrections",
        period=Period(month, month),
        filters={"team": (team,)},
        only=only,
        teams=reach_of(request).team_ids,
        reader=request.user.pk,
    )
    try:
        page = lists.corrections(listing, cursor=words.get("cursor", [""])[-1])
    except BadQuery as problem:
        raise Http404 from problem
    narrowed = {word: words[word] for word in _NARROWED_BY if word in words}
    return {
        "page": page,
        "narrowed": [(word, values[-1]) for word, values in narrowed.items()],
        "all": f"{link('my-team', asked)}#logged",
        "older": f"{link('my-team', asked, {**narrowed, 'cursor': [page.cursor]})}#logged" if page.cursor else "",
    }
