"""How many successes failed in silence, what that does to each tier's figures, and how many more audits settle it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from audits.actions.catch_up import catch_up
from audits.domain.decisions.silent import (
    Adjusted,
    Advice,
    SilentFailures,
    adjusted,
    advise_on,
    overturning,
    silent_failures,
)
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import Asked
from audits.queries.reports import Row, names_of, one_moment, true_cost
from audits.queries.silent import Group, groups
from spend.queries.zone import reporting_day

OWN = ("threshold",)
# Above one in twenty, a success that nobody looked at is no longer taken for one without a word.
THRESHOLD = 0.05


@dataclass(frozen=True)
class StratumFound:
    """A stratum by names with what its sample says; `open`: draws still to be answered."""

    task_type: str | None
    tier: str | None
    team: str | None
    month: date
    group: Group


@dataclass(frozen=True)
class TierFound:
    """A tier's figures as observed and adjusted; `rate` and `adjusted` None: not enough data."""

    tier: str | None
    successes: int
    final_yield: float | None
    cost_per_success: int | None
    cost_ends: tuple[int, int] | None
    rate: SilentFailures | None
    adjusted: Adjusted | None
    advice: Advice


@dataclass(frozen=True)
class Overturning:
    """The rate with which the cheapest tier, as observed, would cost as much as the next.

    `found`: the rate by its audits, None where none was answered; `advice`: whether they tell which is lower.
    """

    cheapest: str | None
    rival: str | None
    rate: float
    found: SilentFailures | None
    advice: Advice

    @property
    def holds(self) -> bool | None:
        """Whether it is the cheapest without silent failures too; None: not settled."""
        return self.found.rate < self.rate if self.found and self.advice.settled else None


@dataclass(frozen=True)
class SilentAnswer:
    """`chosen` are reviews of tasks that somebody chose, and `chosen_failed` of them failed: they never count above."""

    asked: Asked
    as_of: datetime
    threshold: float
    rate: SilentFailures | None
    advice: Advice
    drawn: int
    answered: int
    failed: int
    open: int
    expired: int
    chosen: int
    chosen_failed: int
    tiers: list[TierFound]
    strata: list[StratumFound]
    overturning: Overturning | None


def answer(asked: Asked, *, at: datetime) -> SilentAnswer:
    """Return what audits say of the successes asked about, as of `at`. Raises BadQuery for a bad `threshold`."""
    today, threshold = reporting_day(at), _threshold(asked.own.get("threshold"))
    catch_up(at=at, today=today)
    query = asked.query
    if query.by != ("tier",):
        raise BadQuery({"by": ["is only by tier here: audits are of what a tier delivered"]})
    with one_moment():
        found = groups(query, today=today)
        rows = true_cost(query, as_of=at).rows
        strata = _named(found)
    tiers = [_tier(row, [each for each in found if each.tier == row.ids["tier"]], threshold) for row in rows]
    everything = [each.stratum for each in found]
    sums = {name: sum(each[name] for each in found) for name in _COUNTS}
    return SilentAnswer(
        asked=asked,
        as_of=at,
        threshold=threshold,
        rate=silent_failures(everything),
        advice=advise_on(everything, threshold=threshold),
        expired=sums["drawn"] - sums["answered"] - sums["open"],
        tiers=tiers,
        strata=strata,
        overturning=_overturning(tiers, found, {row.names["tier"]: row.ids["tier"] for row in rows}),
        **sums,
    )


def _threshold(text: str | None) -> float:
    if text is None:
        return THRESHOLD
    try:
        share = float(text) / 100
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise BadQuery({"threshold": ["must be a percentage between 0 and 100, like 5"]})
    return share


_COUNTS = ("drawn", "answered", "failed", "open", "chosen", "chosen_failed")


def _tier(row: Row, mine: Sequence[Group], threshold: float) -> TierFound:
    line, strata = row.line, [each.stratum for each in mine]
    low, high = line.true_cost_per_success_low, line.true_cost_per_success_high
    ends = None if low is None or high is None else (low, high)
    return TierFound(
        tier=row.names["tier"],
        successes=line.successes,
        final_yield=line.final_yield,
        cost_per_success=line.true_cost_per_success,
        cost_ends=ends,
        rate=silent_failures(strata),
        adjusted=_adjusted(row, mine, ends),
        advice=advise_on(strata, threshold=threshold),
    )


def _adjusted(row: Row, mine: Sequence[Group], ends: tuple[int, int] | None) -> Adjusted | None:
    """Take silent failures off a tier's line. Its interval is per observed success; drawn tasks count as such here."""
    line, strata = row.line, [each.stratum for each in mine]
    reviewed, failures = (sum(each[name] for each in mine) for name in ("reviewed", "failures"))
    observed = reviewed + sum(stratum.successes for stratum in strata)
    if ends is None or not observed:
        return None
    low, high = (round(end * line.successes / observed) for end in ends)
    cost = line.true_cost - line.pending_cost
    return adjusted(strata, reviewed=reviewed, failures=failures, cost=cost, cost_ends=(low, high))


def _overturning(
    tiers: Sequence[TierFound], found: Sequence[Group], ids: dict[str | None, int | None]
) -> Overturning | None:
    """Ask of the tier that costs least per success which rate of it would make the next one cost less."""
    known = sorted((cost, each.tier, each) for each in tiers if (cost := each.cost_per_success) and each.tier)
    if len(known) < 2:
        return None
    (cost, _, cheapest), (rival, _, other) = known[:2]
    mine = [each.stratum for each in found if each.tier == ids[cheapest.tier]]
    unseen = sum(stratum.successes for stratum in mine)
    rate = overturning(unseen=unseen, successes=cheapest.successes, cost=cost * cheapest.successes, rival=rival)
    if rate is None:
        return None
    return Overturning(cheapest.tier, other.tier, rate, cheapest.rate, advise_on(mine, threshold=rate))


def _named(found: Sequence[Group]) -> list[StratumFound]:
    """Return the strata that were drawn from or could be, by name, those with most successes first."""
    by = ("task_type", "tier", "team")
    names = names_of(by, {name: {getattr(each, name) for each in found} for name in by})
    rows = [
        StratumFound(
            task_type=names["task_type"](each.task_type),
            tier=names["tier"](each.tier),
            team=names["team"](each.team),
            month=each.month,
            group=each,
        )
        for each in found
        if each.stratum.successes
    ]
    return sorted(rows, key=lambda row: (-row.group["drawn"], -row.group.stratum.successes, row.month))
