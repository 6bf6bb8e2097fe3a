"""The sample organisation: twelve months of simulated facts, the same for the same arguments."""

from __future__ import annotations

from datetime import date

from audits.sample.dates import MONTHS, twelve_months, working_days
from audits.sample.draws import Draw
from audits.sample.incidents import all_incidents
from audits.sample.late import late_versions
from audits.sample.profiles import KINDS
from audits.sample.records import SampleFacts, Year
from audits.sample.rework import Reworkers, audit_month
from audits.sample.strays import lost, lumps, odd_calls
from audits.sample.tasks import Workshop

SEED = 20260301
SWITCH_MONTH = 6
# Tasks of the last month / of the first: the organisation grows a little.
GROWTH = 1.3


def generate(until: date, *, seed: int = SEED, scale: float = 1.0) -> SampleFacts:
    """Return the facts of the twelve months that end with `until`, the last day of a month.

    `scale` makes an organisation with that share of the tasks. What happens depends on the number of the
    month, not on its date: another `until` gives the same year on other days.
    """
    months = twelve_months(until)
    year = Year(until)
    reworkers = Reworkers(year)
    workshops = [Workshop(kind, policy) for kind in KINDS for policy in kind.policies]
    for index, month in enumerate(months):
        for workshop in workshops:
            work(year, workshop, reworkers, month, index, scale=scale, seed=str(seed))
        draw = Draw(f"{seed}:odd:{index}")
        odd_calls(year, month, index, scale=scale, draw=draw)
        lumps(year, month, index, draw)
        audit_month(year, index, scale=scale, seed=str(seed))
    lost(year, months)
    all_incidents(year, months, seed=str(seed))
    late_versions(year, seed=str(seed))
    return year.facts


def work(
    year: Year, workshop: Workshop, reworkers: Reworkers, month: date, index: int, *, scale: float, seed: str
) -> None:
    """Let one workshop do its tasks of one month, and people look at them."""
    draw = Draw(f"{seed}:{workshop.kind.name}:{workshop.policy.name}:{index}")
    days = working_days(month)
    wanted = tasks_of_month(workshop, index, scale)
    for number in range(wanted):
        task = f"{workshop.kind.code}-{month:%y%m}-{workshop.policy.name}-{number + 1:04d}"
        day = days[number * len(days) // wanted]
        handled, calls, outcome = workshop.do(task=task, day=day, month=index, draw=draw)
        year.facts.calls.extend(calls)
        if outcome:
            year.facts.outcomes.append(outcome)
        year.handled.append(handled)
        reworkers.look_at(handled, draw)


def tasks_of_month(workshop: Workshop, index: int, scale: float) -> int:
    """Return how many tasks the workshop does in a month: its yearly number, growing, switched where it switches."""
    policy = workshop.policy
    share = 2 / (1 + GROWTH) * (1 + (GROWTH - 1) * index / (MONTHS - 1)) / MONTHS
    yearly = policy.tasks
    if policy.tasks_after is not None:
        yearly = 2 * (policy.tasks if index < SWITCH_MONTH else policy.tasks_after)
    return max(1, round(yearly * share * scale))
