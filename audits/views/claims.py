"""Claimed beside measured attempt fail rates: the chart, and the table that says the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from audits.domain.decisions.claims import Held
from audits.exports.deciding.claims import VERDICTS
from audits.queries.claims import Claim
from audits.queries.reports import UNATTRIBUTED
from audits.views.chart import MOST_BARS
from audits.views.colours import NO_TIER, tier_colours
from audits.views.links import Words, link


@dataclass(frozen=True)
class Mark:
    """A tier of the chart, with the list of the tasks in which it tried."""

    claim: Claim
    label: str
    href: str

    @property
    def verdict(self) -> str:
        return VERDICTS[self.claim.held.verdict]


def marks(claims: Sequence[Claim], words: Words) -> list[Mark]:
    own = {name: values for name, values in words.items() if name != "lens"}
    return [Mark(claim, claim.tier or UNATTRIBUTED, tries_href(own, claim.tier or UNATTRIBUTED)) for claim in claims]


def decision_href(words: Words) -> str:
    """Return the page that holds claims against tries by complexity; it knows months, team and task type."""
    return link("decide-claims", {name: words[name] for name in ("from", "to", "team", "task_type") if name in words})


def tries_href(words: Words, tier: str) -> str:
    """Return the list of the tasks in which a tier tried."""
    return link("tasks", {**words, "tier": [tier], "tried": ["all"]})


def chart_data(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """Return what the script draws: the tiers that tried most, in the order of the table."""
    most = sorted(claims, key=lambda claim: -claim.attempts)[:MOST_BARS]
    labelled = [(claim.tier or UNATTRIBUTED, claim) for claim in claims if claim in most]
    return drawn((label, label, claim.held) for label, claim in labelled)


def drawn(rows: Iterable[tuple[str, str, Held]]) -> list[dict[str, Any]]:
    """Return rows as the script takes them, of label, tier and claim held; those of which something was measured."""
    colours = tier_colours()
    return [
        {
            "label": label,
            "colour": colours.get(tier, NO_TIER),
            "claimed": held.claimed,
            "measured": held.measured,
            "low": held.ends[0] if held.ends else None,
            "high": held.ends[1] if held.ends else None,
        }
        for label, tier, held in rows
        if held.measured is not None
    ]
