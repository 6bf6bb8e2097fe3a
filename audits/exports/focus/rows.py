"""A charge as a row of FOCUS 1.2. Costs are exact; a unit price is of a million tokens, of a request or of a day."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta, tzinfo
from decimal import Context, Decimal
from functools import lru_cache

from audits.domain.charges import BEYOND_CALLS, FIXED, FIXED_LABOUR, OF_CALLS, QUALITY, REQUESTS, TOKENS, Charge
from audits.domain.focus.columns import (
    ADJUSTMENT,
    AI,
    CORRECTION,
    GENERATIVE_AI,
    OTHER_AI,
    PURCHASE,
    USAGE,
)
from audits.exports.plain import safe
from audits.exports.reconciling import provider_name
from audits.queries.charged import Named
from spend.domain.money import to_dollars
from spend.domain.periods import Month, start_of
from spend.domain.pricing import TOKENS_PER_RATE

OWN = "Own organisation"  # who provides what is no provider's: GPUs, licences, people
COSTS = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")
# What a kind of token is called where it is metered.
_METERS = {
    "input": "Input tokens", "cache_read": "Cached input tokens", "cache_write": "Cache write tokens",
    "output": "Output tokens", REQUESTS: "Requests",
}  # fmt: skip
QUALITY_COLUMNS = {
    "prevention": "x_PreventionCost", "appraisal": "x_AppraisalCost",
    "internal_failure": "x_InternalFailureCost", "external_failure": "x_ExternalFailureCost",
    FIXED_LABOUR: "x_FixedLabourCost",
}  # fmt: skip
COLUMNS = (
    *COSTS,
    "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodStart", "BillingPeriodEnd",
    "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodStart", "ChargePeriodEnd",
    "ConsumedQuantity", "ConsumedUnit", "ContractedUnitPrice", "InvoiceIssuerName", "ListUnitPrice",
    "PricingCategory", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName",
    "ResourceId", "ResourceName", "ResourceType", "ServiceCategory", "ServiceName", "ServiceSubcategory",
    "SkuId", "SkuMeter", "SkuPriceId", "SubAccountId", "SubAccountName", "SubAccountType", "Tags",
    "x_Day", "x_Model", "x_ModelTier", "x_TaskType", "x_TokenKind", "x_PricedBy", "x_UnpricedCalls",
    *QUALITY_COLUMNS.values(),
)  # fmt: skip
_EXACT = Context(prec=60)
_AVERAGE_PLACES = Decimal(1).scaleb(-15)  # times any quantity, less than a nano-dollar off what was paid
_REMEMBERED = 10_000
Row = dict[str, str]
_BLANK = dict.fromkeys(COLUMNS, "")


class Rows:
    """Makes rows of charges, in days and months of the reporting zone, which begin at any hour of UTC."""

    def __init__(self, names: Named, zone: tzinfo) -> None:
        self._names, self._zone = names, zone
        # What many rows say alike is made once.
        self._instant = lru_cache(_REMEMBERED)(self._begins)
        self._said_of = lru_cache(_REMEMBERED)(self._said_of_dimensions)

    def of(self, month: Month, charge: Charge) -> Row:
        """Return a value for every column, "" for null."""
        row = _BLANK | self._said_of(*charge.group[1:]) | self._periods(month, charge)
        row |= _MADE[charge.meter](self, charge)
        if row["ChargeClass"]:
            row |= _as_correction(charge, row)
        return row

    def _said_of_dimensions(
        self, team_id: int | None, task_type_id: int | None, tier_id: int | None, llm_id: int | None
    ) -> Row:
        team, centre = self._names.teams.get(team_id or 0, ("", ""))
        tier, task_type = self._names.tiers.get(tier_id or 0, ""), self._names.task_types.get(task_type_id or 0, "")
        provider, model = self._names.llms.get(llm_id or 0, ("", ""))
        tags = {"team": team, "cost_centre": centre, "tier": tier, "task_type": task_type}
        return {
            "BillingCurrency": "USD",
            **_of_account(provider_name(provider) if llm_id else OWN),
            "ServiceCategory": AI,
            "ServiceSubcategory": GENERATIVE_AI,
            "SubAccountId": str(team_id or ""),
            "SubAccountName": safe(team),
            "SubAccountType": "Team" if team_id else "",
            "Tags": json.dumps({f"truecost/{name}": said for name, said in tags.items() if said}, ensure_ascii=False),
            "x_Model": safe(f"{provider}/{model}" if provider else model),
            "x_ModelTier": safe(tier),
            "x_TaskType": safe(task_type),
        }

    def _periods(self, month: Month, charge: Charge) -> Row:
        """When it is billed and what days it is of; what was billed beyond calls is of a whole month."""
        first, own = charge.group.day, Month.of(charge.group.day)
        is_month = charge.meter == BEYOND_CALLS
        return {
            "BillingPeriodStart": self._instant(month.first_day),
            "BillingPeriodEnd": self._instant(month.end_day),
            "ChargeClass": CORRECTION if own < month else "",
            "ChargePeriodStart": self._instant(first),
            "ChargePeriodEnd": self._instant(own.end_day if is_month else first + timedelta(days=1)),
            "x_Day": "" if is_month else first.isoformat(),
        }

    def _begins(self, day: date) -> str:
        return f"{start_of(day, self._zone):%Y-%m-%dT%H:%M:%SZ}"

    def _of_call(self, charge: Charge) -> Row:
        provider, model = self._names.llms.get(charge.group.llm or 0, ("", ""))
        name = f"{provider}/{model}" if provider else model or "unknown model"
        is_tokens = charge.meter in TOKENS
        quantity = Decimal(charge.quantity)
        priced = _EXACT.divide(quantity, Decimal(TOKENS_PER_RATE)) if is_tokens else quantity
        unit = f"{TOKENS_PER_RATE} Tokens" if is_tokens else "Requests"
        return {
            **_costs(charge, priced),
            "ChargeCategory": USAGE,
            "ChargeDescription": safe(f"{model or name}, {_METERS[charge.meter].lower()}"),
            "ChargeFrequency": "Usage-Based",
            "ConsumedQuantity": _text(quantity),
            "ConsumedUnit": "Tokens" if is_tokens else "Requests",
            "PricingCategory": "Standard",
            "PricingUnit": unit,
            "ResourceId": safe(name),
            "ResourceName": safe(model or name),
            "ResourceType": "Model",
            "ServiceName": safe(f"{provider_name(provider)} models"),
            "SkuId": safe(f"{name}/{charge.meter}"),
            "SkuMeter": _METERS[charge.meter],
            "SkuPriceId": safe(f"{name}/{charge.meter}"),
            "x_TokenKind": charge.meter if is_tokens else "",
            "x_PricedBy": charge.priced_by,
            "x_UnpricedCalls": str(charge.unpriced),
        }

    def _of_fixed_cost(self, charge: Charge) -> Row:
        name = self._names.fixed_costs.get(charge.source, "Fixed cost") if charge.source else "Fixed cost"
        amount = _dollars(charge.amount)
        return {
            **_of_account(OWN),
            **dict.fromkeys(COSTS, amount),
            **dict.fromkeys(("ContractedUnitPrice", "ListUnitPrice"), amount),
            "ChargeCategory": PURCHASE,
            "ChargeDescription": safe(f"{name}, a day of it"),
            "ChargeFrequency": "Recurring",
            "PricingCategory": "Standard",
            "PricingQuantity": "1",
            "PricingUnit": "Days",
            "ServiceName": "Fixed compute" if charge.meter == FIXED[0] else "Fixed prevention",
            "ServiceSubcategory": OTHER_AI,
            "SkuId": f"fixed-cost/{charge.source}",
            "SkuMeter": "Days",
            "SkuPriceId": f"fixed-cost/{charge.source}",
        }

    def _of_quality(self, charge: Charge) -> Row:
        what = charge.meter.replace("_", " ")
        return {
            **_of_account(OWN),
            **dict.fromkeys(COSTS, "0"),
            "ChargeCategory": ADJUSTMENT,
            "ChargeDescription": f"Cost of quality in no bill: {what}",
            "ChargeFrequency": "One-Time",
            "ServiceName": "Cost of quality",
            "ServiceSubcategory": OTHER_AI,
            QUALITY_COLUMNS[charge.meter]: _dollars(charge.amount),
        }

    def _of_bill(self, charge: Charge) -> Row:
        provider, _ = self._names.llms.get(charge.group.llm or 0, ("", ""))
        return {
            **dict.fromkeys(COSTS, _dollars(charge.amount)),
            "ChargeCategory": ADJUSTMENT,
            "ChargeDescription": "Billed beyond logged calls",
            "ChargeFrequency": "One-Time",
            "ServiceName": safe(f"{provider_name(provider)} models"),
        }


_MADE: dict[str, Callable[[Rows, Charge], Row]] = {
    **dict.fromkeys(OF_CALLS, Rows._of_call),
    **dict.fromkeys(FIXED, Rows._of_fixed_cost),
    **dict.fromkeys(QUALITY, Rows._of_quality),
    BEYOND_CALLS: Rows._of_bill,
}


def _of_account(provider: str) -> Row:
    """What we know of who bills: its name. Account numbers are on invoices only."""
    names = ("BillingAccountId", "BillingAccountName", "InvoiceIssuerName", "ProviderName", "PublisherName")
    return dict.fromkeys(names, safe(provider))


def _costs(charge: Charge, quantity: Decimal) -> Row:
    """Unit prices times the quantity are the list and contracted costs, exactly; billed is what the calls cost."""
    billed = to_dollars(charge.amount)
    if not charge.priced_by:  # a difference
        return {**dict.fromkeys(COSTS, _text(billed)), "PricingQuantity": _text(quantity)}
    if charge.rate is None:
        paid = listed = _EXACT.divide(billed, quantity).quantize(_AVERAGE_PLACES, context=_EXACT)
    else:
        paid, listed = (
            to_dollars(charge.rate),
            to_dollars(charge.rate if charge.list_rate is None else charge.list_rate),
        )
    return {
        "BilledCost": _text(billed),
        "EffectiveCost": _text(billed),
        "ListCost": _text(_EXACT.multiply(listed, quantity)),
        "ContractedCost": _text(_EXACT.multiply(paid, quantity)),
        "ListUnitPrice": _text(listed),
        "ContractedUnitPrice": _text(paid),
        "PricingQuantity": _text(quantity),
    }


def _as_correction(charge: Charge, row: Row) -> Row:
    """A difference has no unit price; what it cost is all that it cost."""
    said = dict.fromkeys(("ContractedUnitPrice", "ListUnitPrice", "PricingCategory"), "")
    return {
        **said,
        **dict.fromkeys(COSTS, row["BilledCost"]),
        "ChargeDescription": f"Correction: {row['ChargeDescription']}",
    }


def _dollars(nanos: int) -> str:
    return _text(to_dollars(nanos))


def _text(value: Decimal) -> str:
    """Return a number without exponent, or zeros that say nothing."""
    said = f"{value:f}"
    return (said.rstrip("0").rstrip(".") if "." in said else said) if value else "0"
