"""Claimed beside measured attempt fail rates: the chart, and the table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
        """What the interval holds of the claim; nothing where it reaches to both sides of it."""
        ends, claimed = self.claim.ends, self.claim.claimed
        if claimed is None or ends is None:
            return "no claim"
        if ends[0] > claimed:
            return "fails more than claimed"
        return "fails less than claimed" if ends[1] < claimed else "agrees with the claim"


def marks(claims: Sequence[Claim], words: Words) -> list[Mark]:
    own = {name: values for name, values in words.items() if name != "lens"}
    return [Mark(claim, claim.tier or UNATTRIBUTED, _href(own, claim.tier or UNATTRIBUTED)) for claim in claims]


def _href(words: Words, tier: str) -> str:
    return link("tasks", {**words, "tier": [tier], "tried": ["all"]})


def chart_data(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """Return what the script draws: the tiers that tried most, in the order of the table."""
    colours = tier_colours()
    most = sorted(claims, key=lambda claim: -claim.attempts)[:MOST_BARS]
    return [
        {
            "label": claim.tier or UNATTRIBUTED,
            "colour": colours.get(claim.tier or "", NO_TIER),
            "claimed": claim.claimed,
            "measured": claim.measured,
            "low": claim.ends[0] if claim.ends else None,
            "high": claim.ends[1] if claim.ends else None,
        }
        for claim in claims
        if claim in most
    ]
