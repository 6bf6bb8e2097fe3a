"""Labour rates and fixed costs as records of the reference file, beside what spend keeps."""

from __future__ import annotations

from dataclasses import replace

from audits.models import FixedCost, LabourRate
from spend.domain.reference import records
from spend.domain.reference.records import Reference, full_name
from spend.queries import reference as spend_reference


def current() -> Reference:
    """Return all reference data in force."""
    costs = FixedCost.objects.select_related("team", "tier", "llm")
    return replace(
        spend_reference.current(),
        labour_rates=tuple(labour_rate_record(row) for row in LabourRate.objects.all()),
        fixed_costs=tuple(fixed_cost_record(row) for row in costs),
    )


def labour_rate_record(row: LabourRate) -> records.LabourRate:
    return records.LabourRate(row.role, row.starts_on, row.hourly, row.salary, row.overhead, row.productive_hours)


def fixed_cost_record(row: FixedCost) -> records.FixedCost:
    return records.FixedCost(
        row.name,
        row.starts_on,
        row.ends_on,
        row.amount,
        kind=row.kind,
        abandoned_on=row.abandoned_on,
        team=row.team.name if row.team else "",
        tier=row.tier.name if row.tier else "",
        model=full_name(row.llm.provider, row.llm.name) if row.llm else "",
        asset=row.asset,
        hours=row.hours,
        role=row.role,
        hourly=row.hourly,
    )
