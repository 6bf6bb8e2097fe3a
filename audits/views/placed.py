"""Where money of a correction goes, and why, in words: before it is saved and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits.domain.attribution import EntryDraft
from audits.models import Correction
from audits.queries.lists.reading import Row
from audits.views.colours import NO_TIER, tier_colours
from spend.models import Llm, Tier


@dataclass(frozen=True)
class Placed:
    """A part of the cost; no tier is unattributed. `colour` is the variable of the tier's."""

    amount: int
    tier: str | None
    model: str | None
    colour: str


def placed_drafts(drafts: Sequence[EntryDraft]) -> list[Placed]:
    """Return what an entry that is not posted yet would say."""
    tiers = dict(Tier.objects.values_list("id", "name"))
    llms = {llm.pk: str(llm) for llm in Llm.objects.filter(pk__in={draft.llm for draft in drafts if draft.llm})}
    return _together((tiers.get(draft.tier or 0), llms.get(draft.llm or 0), draft.amount) for draft in drafts)


def placed_rows(rows: Sequence[Row]) -> list[Placed]:
    """The same of posted entries, net of what was reversed."""
    return _together((row["tier"], row["model"], int(row["amount_nanos"])) for row in rows)


def _together(parts: Iterable[tuple[str | None, str | None, int]]) -> list[Placed]:
    net: dict[tuple[str | None, str | None], int] = {}
    for tier, model, amount in parts:
        net[tier, model] = net.get((tier, model), 0) + amount
    colours = tier_colours()
    return [
        Placed(amount, tier, model, colours.get(tier or "", NO_TIER)) for (tier, model), amount in net.items() if amount
    ]


def why(rule: str, row: Correction) -> str:
    """Say the rule by which the cost of a correction is placed."""
    if rule == "unattributed":
        return _why_nowhere(row)
    if rule == "explicit":
        return "it made the call you name" if row.call_name else "you name its model"
    if rule == "scope" and row.tier_id is None:
        return "shared by the number of tasks each tier delivered for the team that month"
    return _WHY[rule]


def _why_nowhere(row: Correction) -> str:
    if row.task_name or row.call_name:
        return "the task is not known yet; it moves to a tier when its calls arrive"
    return "the team has no task in that month" if row.team_id else "nothing says where it belongs"


_WHY: Mapping[str, str] = {
    "deciding": "it delivered the task",
    "pro_rata": "shared over the task's calls by their cost",
    "scope": "you name the tier",
}


def first_rule(entries: Sequence[Any]) -> str:
    """Return the rule of some entries of one source, which all have the same."""
    last = entries[-1] if entries else None
    return str(last["rule"] if isinstance(last, dict) else getattr(last, "rule", ""))
