"""What each tier claims to fail at, beside what its attempts did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from audits.domain.decisions.claims import Held, Measured, hold
from audits.domain.intervals import Interval
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
    def held(self) -> Held:
        """The claim against all tries together."""
        return hold(self.claimed, {"": Measured(self.missed, self.attempts)})[0]

    @property
    def ends(self) -> Interval | None:
        """The 95 % interval of what was measured."""
        return self.held.ends


def claims(query: Query) -> list[Claim]:
    """Return the tiers that tried anything of what `query` is about, by name, unattributed last.

    Always of the responsible lens: a claim is one of a tier's own attempts, whatever became of the task after them.
    """
    tiers = {tier.pk: tier for tier in Tier.objects.all()}
    tries = sums.tries(replace(query, by=("tier",), lens="responsible"))
    found = [_claim(tiers.get(tier), counts) for (tier,), counts in tries if counts["attempts"]]
    return sorted(found, key=lambda claim: (claim.tier is None, claim.tier or ""))


def claimed_rates() -> dict[str | None, float | None]:
    """Return the share of its tries that each tier claims to fail at, by its name; None where it claims nothing."""
    return {tier.name: _rate(tier) for tier in Tier.objects.all()}


def _claim(tier: Tier | None, counts: Mapping[str, Any]) -> Claim:
    missed = counts["failed"] + counts["escalated"]
    return Claim(tier.name if tier else None, _rate(tier) if tier else None, counts["attempts"], missed)


def _rate(tier: Tier) -> float | None:
    return None if tier.claimed_fail_rate is None else float(tier.claimed_fail_rate)
