"""Bills that were imported, with what they sum up to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, QuerySet, Sum
from django.db.models.functions import Cast

from spend.models import Bill

KINDS = dict(Bill.Kind.choices)


def bills() -> QuerySet[Bill]:
    """Return bills, the latest days first, each with `lines_number` and `total_nanos` (None: it prices nothing)."""
    found = Bill.objects.defer("raw").select_related("imported_by").order_by("-first_day", "provider", "-pk")
    return found.annotate(lines_number=Count("lines"), total_nanos=_whole(Sum("lines__amount_nanos")))


def sums_by_model(bill: Bill) -> list[Any]:
    """Return what a bill says of each model and kind of token: number of lines, tokens, nanos."""
    rows = bill.lines.values("provider", "model_text", "llm__name", "llm_id", "token_kind", "charge_category")
    sums = rows.annotate(number=Count("pk"), tokens=_whole(Sum("quantity")), nanos=_whole(Sum("amount_nanos")))
    return list(sums.order_by("charge_category", "model_text", "token_kind"))


def lines_of(bill: Bill) -> QuerySet[Any]:
    """Return its lines as they stand in it, with `tokens` and `nanos` as whole numbers."""
    lines = bill.lines.annotate(tokens=_whole("quantity"), nanos=_whole("amount_nanos"))
    return lines.order_by("day", "pk")


class _Whole(DecimalField):  # type: ignore[type-arg]
    """A whole number of any size: the nano-dollars of a bill of ten billion are beyond a bigint."""

    def from_db_value(self, value: Decimal | None, *_: Any) -> int | None:
        return None if value is None else int(value)


def _whole(expression: Any) -> Cast:
    return Cast(expression, _Whole(max_digits=60, decimal_places=0))
