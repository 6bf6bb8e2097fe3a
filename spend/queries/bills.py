"""Bills that were imported, with what they sum up to."""

from __future__ import annotations

from django.db.models import Count, QuerySet, Sum

from spend.models import Bill

KINDS = dict(Bill.Kind.choices)


def bills(*, in_force: bool = False) -> QuerySet[Bill]:
    """Return bills, the latest days first, each with `lines_number` and `total_nanos` (None: it prices nothing)."""
    found = Bill.objects.defer("raw").select_related("imported_by")
    found = found.annotate(lines_number=Count("lines"), total_nanos=Sum("lines__amount_nanos"))
    return found.filter(superseded_at=None) if in_force else found


def sums_by_model(bill: Bill) -> list[dict[str, object]]:
    """Return what a bill says of each model and kind of token: lines, quantity, nanos, those without a model last."""
    rows = bill.lines.values("provider", "model_text", "llm__name", "llm_id", "token_kind", "charge_category")
    sums = rows.annotate(
        number=Count("pk"),
        tokens=Sum("quantity"),
        nanos=Sum("amount_nanos"),
    )
    return list(sums.order_by("charge_category", "model_text", "token_kind"))
