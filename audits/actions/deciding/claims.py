"""Do tiers fail as often as they claim to, in all and by complexity? (docs/method.md, 24)"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from audits.actions.catch_up import catch_up
from audits.domain.decisions.claims import Held, Measured, hold
from audits.queries import strata
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import Asked
from audits.queries.claims import claimed_rates
from audits.queries.reports import one_moment
from spend.queries.zone import reporting_day

OWN: Sequence[str] = ()
_ORDER = ("low", "medium", "high")  # then what is unknown


@dataclass(frozen=True)
class HeldTier:
    """A tier's claim against all of its tries, and by complexity, the easiest first. `tier` None: unattributed."""

    tier: str | None
    whole: Held
    by_complexity: dict[str, Held]


@dataclass(frozen=True)
class HeldClaims:
    """`tiers`: those that tried anything, by name, unattributed last."""

    asked: Asked
    as_of: datetime
    tiers: list[HeldTier]


def answer(asked: Asked, *, at: datetime) -> HeldClaims:
    """Answer as of `at`. Raises BadQuery for models: it is tiers that claim."""
    if asked.query.by != ("tier",):
        raise BadQuery({"by": ["must be tier here"]})
    catch_up(at=at, today=reporting_day(at))
    with one_moment():
        tried, claimed = strata.tries(asked.query), claimed_rates()
    tiers = []
    for tier in sorted(tried, key=lambda name: (name is None, name or "")):
        rows = {each: Measured(tried[tier][each].missed, tried[tier][each].attempts) for each in _sorted(tried[tier])}
        tiers.append(HeldTier(tier, *hold(claimed.get(tier), rows)))
    return HeldClaims(asked, at, tiers)


def _sorted(complexities: Iterable[str]) -> list[str]:
    return sorted(complexities, key=lambda each: _ORDER.index(each) if each in _ORDER else len(_ORDER))
