"""How much each model is used, from monthly rows, few however many calls there are; and roles of no known rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from audits.models import Correction, Incident, LabourRate, MonthlyCalls
from spend.domain.pricing import Price
from spend.models import TaskType
from spend.queries.book import book


@dataclass(frozen=True)
class Usage:
    """Counted calls of a model, those without a known price, and what the others cost, in nanos."""

    calls: int = 0
    unpriced: int = 0
    cost: int = 0

    @property
    def bill(self) -> int | None:
        """Return what they cost; None where no call has a known price."""
        return self.cost if self.calls > self.unpriced else None


def usage_by_model() -> dict[int, Usage]:
    sums = (
        MonthlyCalls.objects.order_by().values_list("llm_id").annotate(Sum("calls"), Sum("priced_calls"), Sum("cost"))
    )
    return {llm: Usage(calls, calls - priced, int(cost)) for llm, calls, priced, cost in sums if llm is not None}


def models_without_price(usage: Mapping[int, Usage], today: date) -> list[int]:
    """Return the models whose calls are unpriced because no price is known, the most calls first. Calls that state no
    tokens are unpriced whatever the price.
    """
    reference = book()
    found = [
        llm
        for llm, used in usage.items()
        if used.unpriced and llm not in reference.free and not _is_known(reference.prices_of(llm).at(None, today, 0))
    ]
    return sorted(found, key=lambda llm: -usage[llm].unpriced)


def _is_known(price: Price | None) -> bool:
    return price is not None and price.is_known


def roles_without_rate() -> list[str]:
    """Return the roles that records and task types name, and that no rate is known of."""
    named = {
        *Correction.objects.filter(latest=True).exclude(role="").values_list("role", flat=True).distinct(),
        *Incident.objects.filter(latest=True).exclude(role="").values_list("role", flat=True).distinct(),
        *TaskType.objects.exclude(role="").values_list("role", flat=True),
    }
    return sorted(named.difference(LabourRate.objects.values_list("role", flat=True)))
