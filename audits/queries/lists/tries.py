"""Tries of a task, for lists of tasks: pairs of the task and a tier, or a model, that made an attempt at it.

The rules are those of docs/method.md, 2: in the responsible lens tries stand with the tier or model that made them, so
a filter by tier or model chooses among the tries of a task; in the route lens they stand with the task.
"""

from __future__ import annotations

from typing import Any

from audits.queries.lists import months
from audits.queries.lists.asking import Listing
from audits.queries.lists.reading import Sums

_OF_TIERS = """(
    SELECT count(*) FROM unnest(string_to_array(s.route, '>')) AS made(tier)
    WHERE {conditions}
)"""
# A model's tries stand under the tier it delivered with, else that of its first call.
_OF_MODELS = """(
    SELECT count(*) FROM (
        SELECT c.llm_id, bool_or(c.purpose = 'attempt') AS tried, CASE WHEN c.llm_id = s.llm_id THEN s.tier_id
            ELSE (array_agg(c.tier_id ORDER BY c.occurred_at, c.external_id))[1] END AS tier_id
        FROM spend_call c WHERE c.task_id = s.task_key AND c.counted GROUP BY c.llm_id
    ) AS made WHERE made.tried AND {conditions}
)"""
_DELIVERED_BY = {
    "tier": "made.tier = COALESCE(s.tier_id, 0)::text",
    "model": "made.llm_id IS NOT DISTINCT FROM s.llm_id",
}
_TIER = {"tier": "NULLIF(made.tier, '0')::bigint", "model": "made.tier_id"}


def how(listing: Listing) -> str:
    """Return which tries are asked for: all, escalated or failed; empty for no tries."""
    return listing.only.get("tried", ("",))[-1]


def count_of(listing: Listing) -> str:
    """Return the SQL that counts the tries of the task `s` that are asked for."""
    level = _level(listing)
    conditions = ["true"]
    if how(listing) == "escalated":
        conditions.append(f"NOT ({_DELIVERED_BY[level]})")
    elif how(listing) == "failed":
        conditions.append(f"{_DELIVERED_BY[level]} AND s.state = 'failure'")
    if _narrows(listing, "tier"):
        conditions.append(f"COALESCE({_TIER[level]}, 0) = ANY(%(tries_of_tier)s)")
    if _narrows(listing, "model"):
        conditions.append("made.llm_id = ANY(%(tries_of_model)s)")
    return (_OF_MODELS if level == "model" else _OF_TIERS).format(conditions=" AND ".join(conditions))


def sums_of_months(listing: Listing) -> Sums | None:
    """Return how many tries there are; of one tier, or of one model, each is a task of its own."""
    level = _level(listing)
    count = months.tries(listing, how=how(listing), level=level)
    if count is None:
        return None
    is_task = listing.lens == "responsible" and len(listing.filters.get(level, ())) == 1
    return {"tasks": count if is_task else None, "success": None, "failure": None, "pending": None, "tries": count}


def params(listing: Listing) -> dict[str, Any]:
    """Return the values that the SQL needs."""
    return {
        f"tries_of_{name}": [value or 0 for value in listing.filters[name]]
        for name in ("tier", "model")
        if _narrows(listing, name)
    }


def without_their_filters(listing: Listing) -> Listing:
    """Leave out the filters that choose among the tries of a task, and not among tasks."""
    if not how(listing) or listing.lens != "responsible":
        return listing
    return Listing(
        **{**vars(listing), "filters": {k: v for k, v in listing.filters.items() if k not in ("tier", "model")}}
    )


def _level(listing: Listing) -> str:
    """Tries are of models where the model is named, as in a report."""
    return "model" if "model" in listing.filters else listing.only.get("tries_of", ("tier",))[-1]


def _narrows(listing: Listing, name: str) -> bool:
    return listing.lens == "responsible" and name in listing.filters
