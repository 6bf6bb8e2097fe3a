"""Silent failures: what audits found in plain words, and the plain values of the answer."""

from __future__ import annotations

from typing import Any

from audits.actions.deciding.silent_failures import Overturning, SilentAnswer, StratumFound, TierFound
from audits.domain.decisions.silent import Adjusted, Advice, SilentFailures
from audits.queries.reports import UNATTRIBUTED
from spend.domain.money import to_text
from spend.templatetags.figures import plain_percent, plural


def sentences(found: SilentAnswer) -> list[str]:
    """Say how many successes failed in silence, whether that is settled, and what would turn the order of tiers."""
    if found.rate is None:
        return [_nothing(found)]
    told = [f"{_rate(found.rate)} {_settled(found)}"]
    if found.overturning:
        told.append(_turning(found.overturning))
    return told


def _nothing(found: SilentAnswer) -> str:
    if found.drawn:
        return f"Not enough data: none of {plural(found.drawn, 'drawn task')} was answered."
    return "Not enough data: no success of these months that nobody looked at was drawn for an audit."


def _rate(rate: SilentFailures) -> str:
    seen = f"{rate.failed:,} of {plural(rate.answered, 'audit')} found one"
    ends = f"{plain_percent(rate.low)} to {plain_percent(rate.high)}"
    return f"Of the successes nobody looked at {plain_percent(rate.rate)} ({ends}) failed in silence: {seen}."


def _settled(found: SilentAnswer) -> str:
    limit, rate = plain_percent(found.threshold), found.rate
    if rate is None or not found.advice.settled:
        return f"Whether that is below {limit} is not settled: {more_sentence(found.advice)}."
    if rate.worst > found.threshold > rate.high:
        return f"That is below {limit}, unless those who did not answer would have found more."
    return f"That is {below(rate.rate, found.threshold)} {limit}."


def below(rate: float, threshold: float) -> str:
    return "below" if rate < threshold else "above"


def more_sentence(advice: Advice) -> str:
    """Say how many more audits it takes."""
    if advice.more is None:
        return "it is so close that no number of audits would settle it"
    return f"{plural(advice.more, 'more audit')} {'settles' if advice.more == 1 else 'settle'} it"


def _turning(found: Overturning) -> str:
    begin = f"As observed {found.cheapest} costs less per success than {found.rival}; it would not if more than"
    what = f"{begin} {plain_percent(found.rate)} of its successes that nobody looked at had failed"
    if found.holds is None:
        return f"{what}. Whether they have is not settled: {more_sentence(found.advice)}."
    return f"{what}. By its audits fewer have." if found.holds else f"{what}. By its audits more have."


def told(found: SilentAnswer) -> dict[str, Any]:
    """Return the answer as the API gives it: money as decimal text, shares as numbers."""
    turning = found.overturning
    return {
        "threshold": found.threshold,
        "rate": _rate_of(found.rate),
        "advice": _advice_of(found.advice),
        "draws": {name: getattr(found, name) for name in ("drawn", "answered", "failed", "open", "expired")},
        "selected_reviews": {"reviewed": found.chosen, "failed": found.chosen_failed},
        "tiers": [_tier_of(each) for each in found.tiers],
        "strata": [_stratum_of(each) for each in found.strata],
        "overturning": None
        if turning is None
        else {
            "cheapest": turning.cheapest,
            "rival": turning.rival,
            "rate": turning.rate,
            "advice": _advice_of(turning.advice),
        },
    }


def _rate_of(found: SilentFailures | None) -> dict[str, Any] | None:
    if found is None:
        return None
    names = ("rate", "low", "high", "successes", "answered", "failed", "response", "worst", "borrowed")
    return {name: getattr(found, name) for name in names}


def _advice_of(advice: Advice) -> dict[str, Any]:
    return {"settled": advice.settled, "more": advice.more}


def _tier_of(found: TierFound) -> dict[str, Any]:
    cost, ends = found.cost_per_success, found.cost_ends or (None, None)
    return {
        "tier": found.tier or UNATTRIBUTED,
        "successes": found.successes,
        "final_yield": found.final_yield,
        "true_cost_per_success_usd": _money(cost),
        "true_cost_per_success_low_usd": _money(ends[0]),
        "true_cost_per_success_high_usd": _money(ends[1]),
        "rate": _rate_of(found.rate),
        "adjusted": _adjusted_of(found.adjusted),
        "advice": _advice_of(found.advice),
    }


def _adjusted_of(found: Adjusted | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "successes": found.successes,
        "successes_low": found.successes_ends[0],
        "successes_high": found.successes_ends[1],
        "final_yield": found.final_yield,
        "final_yield_low": found.yield_ends[0],
        "final_yield_high": found.yield_ends[1],
        "true_cost_per_success_usd": _money(found.cost_per_success),
        "true_cost_per_success_low_usd": _money(found.cost_ends[0]),
        "true_cost_per_success_high_usd": _money(found.cost_ends[1]),
    }


def _stratum_of(found: StratumFound) -> dict[str, Any]:
    stratum, ends = found.group.stratum, found.group.stratum.ends
    return {
        "task_type": found.task_type,
        "tier": found.tier,
        "team": found.team,
        "month": f"{found.month:%Y-%m}",
        "successes": stratum.successes,
        "drawn": found.group["drawn"],
        "answered": stratum.answered,
        "failed": stratum.failed,
        "open": found.group["open"],
        "low": ends and ends[0],
        "high": ends and ends[1],
    }


def _money(nanos: int | None) -> str | None:
    return None if nanos is None else to_text(nanos)
