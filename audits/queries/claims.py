"""What each tier claims to fail at, beside what its attempts did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from audits.domain.intervals import Interval, wilson
from audits.queries import sums
from audits.queries.sums import Query
from spend.models import Tier


@dataclass(frozen=True)
class Claim:
    """Shares of the tasks in which the tier tried. `claimed` None: it claims nothing. `tier` None: unattributed."""

    tier: str | None
    claimed: float | None
    attempts: int
    missed: int

    @property
    def measured(self) -> float:
        return self.missed / self.attempts

    @property
    def ends(self) -> Interval | None:
        """The 95 % interval of what was measured."""
        return wilson(self.missed, self.attempts)


def claims(query: Query) -> list[Claim]:
    """Return the tiers that tried anything of what `query` is about, by name, unattributed last.

    Always of the responsible lens: a claim is one of a tier's own attempts, whatever became of the task after them.
    """
    tiers = {tier.pk: tier for tier in Tier.objects.all()}
    tries = sums.tries(replace(query, by=("tier",), lens="responsible"))
    found = [_claim(tiers.get(tier), counts) for (tier,), counts in tries if counts["attempts"]]
    return sorted(found, key=lambda claim: (claim.tier is None, claim.tier or ""))


def _claim(tier: Tier | None, counts: Mapping[str, Any]) -> Claim:
    claimed = None if tier is None or tier.claimed_fail_rate is None else float(tier.claimed_fail_rate)
    missed = counts["failed"] + counts["escalated"]
    return Claim(tier.name if tier else None, claimed, counts["attempts"], missed)
