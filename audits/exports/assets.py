"""Fixed costs as assets, as values of the API and as CSV: the figures of their pages."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

from audits.domain.assets import OfMonth, charged_before, per_day, per_month, schedule
from audits.queries.assets import Asset
from spend.domain.money import to_nanos, to_text

ASSET_NAMES = {
    "self_hosted": "Self-hosted GPUs",
    "fine_tuning": "Fine-tuning",
    "licence": "Licence",
    "engineering": "Engineers' hours",
    "build": "In-house build",
    "other": "Other",
}
MONTH_COLUMNS = ("month", "opening_usd", "amortised_usd", "written_off_usd", "charged_usd", "closing_usd")


def told(asset: Asset, end: date) -> dict[str, Any]:
    """Return an asset as the API answers it; `end` is the first day that has not gone by."""
    row, cost, so_far, each = asset.row, asset.cost, charged_before(asset.cost, end), asset.per_success
    return {
        "identity": str(row.identity), "name": row.name, "asset": row.asset, "kind": row.kind,
        "team": row.team and row.team.name, "tier": row.tier and row.tier.name, "model": row.llm and str(row.llm),
        "from": row.starts_on, "to": row.ends_on, "abandoned_on": row.abandoned_on,
        "hours": None if row.hours is None else f"{row.hours:f}", "role": row.role or None,
        "hourly_usd": None if row.hourly is None else to_text(to_nanos(row.hourly)),
        "amount_usd": to_text(cost.amount), "per_day_usd": to_text(per_day(cost)),
        "per_month_usd": to_text(per_month(cost)), "amortised_usd": to_text(so_far.amortised),
        "written_off_usd": to_text(so_far.written_off), "book_value_usd": to_text(cost.amount - so_far.total),
        "period": {
            "charged_usd": to_text(each.own), "written_off_usd": to_text(asset.charged.written_off),
            "successes": each.successes, "running_usd": to_text(each.running), "fixed_usd": to_text(each.fixed),
            "charged_per_success_usd": _text(each.own_each), "fixed_per_success_usd": _text(each.fixed_each),
            "running_per_success_usd": _text(each.running_each), "true_cost_per_success_usd": _text(each.whole_each),
        },
        "months": [dict(zip(MONTH_COLUMNS, _cells(line), strict=True)) for line in schedule(cost)],
    }  # fmt: skip


def as_csv(asset: Asset) -> str:
    """Return the schedule of an asset: months to come too."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(MONTH_COLUMNS)
    writer.writerows(_cells(line) for line in schedule(asset.cost))
    return out.getvalue()


def _cells(line: OfMonth) -> list[str]:
    amounts = (line.opening, line.charged.amortised, line.charged.written_off, line.charged.total, line.closing)
    return [str(line.month), *map(to_text, amounts)]


def _text(nanos: int | None) -> str | None:
    return None if nanos is None else to_text(nanos)
