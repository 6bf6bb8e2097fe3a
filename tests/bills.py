"""Bills in the shapes of PROVIDER_BILLS.md, small enough to add up by hand."""

from __future__ import annotations

import json
from typing import Any

OCTOBER_5, OCTOBER_6, OCTOBER_7 = 1_791_158_400, 1_791_244_800, 1_791_331_200  # midnights of UTC in 2026


def page(*buckets: Any, has_more: bool = False) -> dict[str, Any]:
    return {"object": "page", "data": list(buckets), "has_more": has_more, "next_page": "p2" if has_more else None}


def as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def openai_cost(value: str, item: str | None, quantity: int | None = None, unit: str | None = None) -> str:
    """One result as text: its amount is a JSON number, which Python's floats would not keep."""
    fields = {"object": "organization.costs.result", "line_item": item, "project_id": None, "api_key_id": None,
              "quantity": quantity, "quantity_unit": unit}  # fmt: skip
    return json.dumps(fields)[:-1] + f', "amount": {{"value": {value}, "currency": "usd"}}}}'


def openai_costs(*results: str, start: int = OCTOBER_5, end: int = OCTOBER_6) -> bytes:
    bucket = f'{{"object": "bucket", "start_time": {start}, "end_time": {end}, "results": [{", ".join(results)}]}}'
    return f'{{"object": "page", "data": [{bucket}], "has_more": false, "next_page": null}}'.encode()


def openai_usage(*results: dict[str, Any]) -> bytes:
    named = [{"object": "organization.usage.completions.result", **result} for result in results]
    return as_bytes(page({"object": "bucket", "start_time": OCTOBER_5, "end_time": OCTOBER_6, "results": named}))


def anthropic(*results: dict[str, Any], day: int = 5) -> bytes:
    times = {"starting_at": f"2026-10-{day:02}T00:00:00Z", "ending_at": f"2026-10-{day + 1:02}T00:00:00Z"}
    return as_bytes(page({**times, "results": list(results)}))


FOCUS_HEADER = (
    "BilledCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargeClass,ChargeDescription,"
    "ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,ConsumedUnit,InvoiceId,ProviderName,ResourceName,"
    "ServiceCategory,ServiceName,SkuMeter"
)


def focus(*rows: str) -> bytes:
    return "\n".join([FOCUS_HEADER, *rows]).encode()


def focus_row(
    cost: str,
    *,
    category: str = "Usage",
    klass: str = "",
    meter: str = "Input tokens",
    quantity: str = "",
    unit: str = "Tokens",
    currency: str = "USD",
    service: str = "AI and Machine Learning",
    day: int = 5,
) -> str:
    return (
        f"{cost},{currency},2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,{category},{klass},of the model,"
        f"2026-10-{day:02}T00:00:00Z,2026-10-{day + 1:02}T00:00:00Z,{quantity},{unit},INV-1,Amazon Web Services,"
        f"small-1,{service},Bedrock,{meter}"
    )
