"""Loaded labour rates by role and day."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from audits.models import LabourRate


@dataclass(frozen=True)
class Rates:
    """USD per hour of each role, each from a day on."""

    by_role: dict[str, tuple[list[date], list[Decimal]]]

    def on(self, role: str, day: date) -> Decimal | None:
        """Return the rate in force, None when the role has none on that day."""
        starts, hourly = self.by_role.get(role, ([], []))
        index = bisect_right(starts, day)
        return hourly[index - 1] if index else None


def rates() -> Rates:
    by_role: dict[str, tuple[list[date], list[Decimal]]] = defaultdict(lambda: ([], []))
    for role, starts_on, hourly in LabourRate.objects.order_by("starts_on").values_list("role", "starts_on", "hourly"):
        starts, amounts = by_role[role]
        starts.append(starts_on)
        amounts.append(hourly)
    return Rates(dict(by_role))
