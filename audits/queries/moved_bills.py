"""What moved of the bills of a month that was closed as billed, in the bridge of that close."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.queries import shown_name
from audits.domain.bridge import BILL_CHANGED, BILL_FOLLOWED, Measures, Movement
from audits.models import Close, ReconciliationDecision
from spend.domain.periods import Month
from spend.models import Bill
from spend.store import raw_cursor


def amounts(month: Month) -> tuple[Measures, Measures, Measures]:
    """Return what was billed beyond logged calls: reported in the month, of it for earlier months, and restated."""
    with raw_cursor() as cursor:
        cursor.execute(_AMOUNTS, {"first": month.first_day})
        [row] = cursor.fetchall()
    reported, earlier, restated = (Measures(token_bill=int(amount)) for amount in row)
    return reported, earlier, restated


_AMOUNTS = """
SELECT (SELECT COALESCE(sum(amount), 0) FROM audits_reportedbills WHERE period = %(first)s),
    (SELECT COALESCE(sum(amount), 0) FROM audits_reportedbills WHERE period = %(first)s AND month < %(first)s),
    (SELECT COALESCE(sum(amount), 0) FROM audits_monthlybills WHERE month = %(first)s)
"""


def movement(close: Close, month: Month, moved: Measures, *, reader: int | None) -> Iterator[Movement]:
    """Name what moved: by bills and decisions that came after the close, else by the calls that bills are held to."""
    if not moved:
        return
    came = list(_came(close, month))
    if not came:
        yield Movement(BILL_FOLLOWED, moved, 1)
        return
    names = User.objects.in_bulk([each["by"] for each in came if each["by"]])
    people = {
        shown_name(names[each["by"]].get_username(), is_reader=each["by"] == reader) for each in came if each["by"]
    }
    moments: list[datetime] = [each["at"] for each in came]
    yield Movement(
        BILL_CHANGED, moved, len(came), min(moments), max(moments), tuple(sorted(people)), str(month),
        ", ".join(sorted({each["provider"] or "unknown" for each in came})),
        "; ".join(each["why"] for each in came if each["why"]),
    )  # fmt: skip


def _came(close: Close, month: Month) -> Iterator[dict[str, Any]]:
    """Yield the bills that came or went after the close, and what was decided since."""
    of_month = Bill.objects.filter(first_day__lt=month.end_day, end_day__gt=month.first_day)
    for bill in of_month.filter(imported_at__gt=close.closed_at).order_by("pk"):
        yield {"at": bill.imported_at, "by": bill.imported_by_id, "provider": bill.provider, "why": ""}
    for bill in of_month.filter(superseded_at__gt=close.closed_at, imported_at__lte=close.closed_at).order_by("pk"):
        yield {"at": bill.superseded_at, "by": None, "provider": bill.provider, "why": ""}
    decided = ReconciliationDecision.objects.filter(month=month.first_day, at__gt=close.closed_at).order_by("pk")
    for decision in decided:
        yield {"at": decision.at, "by": decision.by_id, "provider": decision.provider, "why": decision.reason}
