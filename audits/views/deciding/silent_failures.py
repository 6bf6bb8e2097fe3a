"""How many successes failed in silence, and what each tier's figures are without them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_scope
from audits.actions.deciding.silent_failures import SilentAnswer, TierFound
from audits.domain.decisions.silent import Advice
from audits.exports.deciding.silent_failures import below
from audits.queries.reports import UNATTRIBUTED
from audits.views.chart import dollars
from audits.views.colours import NO_TIER, tier_colours
from audits.views.deciding.page import answered
from audits.views.links import Words, link, words_of, words_of_row

STRATA_SHOWN = 60


@require_safe
@needs_scope("read")
def silent_failures(request: HttpRequest) -> HttpResponse:
    return answered(request, "silent-failures", _shown)


def _shown(found: SilentAnswer, asked: Words) -> dict[str, Any]:
    words = words_of(found.asked.query, asked)
    chosen = words | {"activity": ["review"]}
    return {
        "lines": [_line(each, words, found.threshold) for each in found.tiers],
        "strata": [
            (each, each.group.stratum, link("tasks", words_of_row(words, _names(each)))) for each in found.strata
        ][:STRATA_SHOWN],
        "hidden": max(0, len(found.strata) - STRATA_SHOWN),
        "response": found.rate and found.rate.response,
        "chosen_href": link("corrections", chosen),
        "chart_data": _chart_data(found.tiers),
        "threshold_percent": f"{found.threshold * 100:g}",
    }


def _names(each: Any) -> dict[str, str | None]:
    return {"task_type": each.task_type, "tier": each.tier, "team": each.team, "month": f"{each.month:%Y-%m}"}


def _line(found: TierFound, words: Words, threshold: float) -> dict[str, Any]:
    rate, adjusted = found.rate, found.adjusted
    return {
        "tier": found,
        "href": link("report", words_of_row(words, {"tier": found.tier})),
        "answered": rate.answered if rate else 0,
        "failed": rate.failed if rate else 0,
        "rate": rate and rate.rate,
        "final_yield": adjusted and adjusted.final_yield,
        "cost": adjusted and adjusted.cost_per_success,
        "rate_ends": rate and (rate.low, rate.high),
        "adjusted_ends": adjusted and adjusted.cost_ends,
        "yield_ends": adjusted and adjusted.yield_ends,
        "against": below(rate.rate, threshold) if rate and found.advice.settled else _open(found.advice),
    }


def _open(advice: Advice) -> str:
    return "too close to settle" if advice.more is None else f"open: {advice.more:,} more"


def _chart_data(tiers: list[TierFound]) -> dict[str, Any]:
    """Return what the script draws, in dollars: each tier with an adjusted figure, observed and adjusted."""
    colours = tier_colours()
    rows = []
    for each in tiers:
        if each.adjusted is None:
            continue
        low, high = each.adjusted.cost_ends
        rows.append(
            {
                "label": each.tier or UNATTRIBUTED,
                "colour": colours.get(each.tier or "", NO_TIER),
                "observed": dollars(each.cost_per_success),
                "adjusted": dollars(each.adjusted.cost_per_success),
                "low": dollars(low),
                "high": dollars(high),
            }
        )
    return {"rows": rows}
