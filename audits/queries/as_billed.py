"""How bills stand in a report that is asked for as billed: in its token bill, or beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audits.queries.reconciling import reconciliations
from audits.queries.sums import Query
from spend.domain.periods import Month
from spend.domain.reconciling.months import Choice
from spend.queries.zone import reporting_day


@dataclass(frozen=True)
class Standing:
    """Billed less computed of a provider's month, and what was decided about it; None: nothing yet."""

    provider: str
    month: Month
    difference: int
    choice: Choice | None

    @property
    def is_in_report(self) -> bool:
        return self.choice in ("allocate", "leave")


def standing(query: Query, *, as_of: datetime) -> list[Standing]:
    """Return the differences of the months of a report, of all teams together; nothing unless it is as billed.

    Bills are of nobody's team: who does not see all of them sees none. As reported they stand as they were frozen.
    """
    if query.bill != "billed" or query.basis == "reported" or query.teams is not None:
        return []
    found = reconciliations(query.period, today=reporting_day(as_of))
    return [
        Standing(each.provider, each.month, each.variance, each.decision.choice if each.decision else None)
        for each in found
        if each.variance is not None and not each.valued
    ]
