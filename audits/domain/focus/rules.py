"""The rules of FOCUS 1.2 for a cell and for a row, each a small function that says what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Context, Decimal

from audits.domain.focus.columns import (
    ADJUSTMENT,
    AI,
    AI_SUBCATEGORIES,
    CORRECTION,
    CREDIT,
    PURCHASE,
    TAX,
    USAGE,
    Column,
)

Row = Mapping[str, str]
Found = Iterator[tuple[str, str]]

_EXACT = Context(prec=60)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")  # no sign of plus, no exponent, no thousands
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_CURRENCY = re.compile(r"[A-Z]{3}")
_PLACEHOLDERS = frozenset({"null", "none", "n/a", "not applicable"})
_COSTS = {"ListCost": "ListUnitPrice", "ContractedCost": "ContractedUnitPrice"}
# What a charge that is bought or used always says, and a tax never.
_OF_CHARGES = (
    "PricingQuantity", "PricingUnit", "ListUnitPrice", "ContractedUnitPrice", "SkuId", "SkuPriceId", "PricingCategory",
)  # fmt: skip


def is_given(column: Column, value: str) -> str | None:
    return None if value or column.nullable else "must not be null"


def is_no_placeholder(column: Column, value: str) -> str | None:
    return "must be null, not a word for it" if value.strip().casefold() in _PLACEHOLDERS else None


def is_plain_number(column: Column, value: str) -> str | None:
    if column.kind != "number" or not value or _NUMBER.fullmatch(value):
        return None
    return "must be a plain number, like -1234.5"


def is_instant(column: Column, value: str) -> str | None:
    if column.kind != "instant" or not value:
        return None
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return "must be an instant in UTC, like 2026-10-01T00:00:00Z"
    return None if _INSTANT.fullmatch(value) else "must be an instant in UTC, like 2026-10-01T00:00:00Z"


def is_object(column: Column, value: str) -> str | None:
    if column.kind != "json" or not value:
        return None
    try:
        found = json.loads(value)
    except ValueError:
        return "must be a JSON object"
    if not isinstance(found, dict) or any(isinstance(each, dict | list) for each in found.values()):
        return "must be a JSON object of plain values"
    return None


def is_allowed(column: Column, value: str) -> str | None:
    if not value or not column.allowed or value in column.allowed:
        return None
    return f"must be one of: {', '.join(column.allowed)}"


def is_currency(column: Column, value: str) -> str | None:
    if column.name != "BillingCurrency" or _CURRENCY.fullmatch(value):
        return None
    return "must be a currency code, like USD"


CELL_RULES: list[Callable[[Column, str], str | None]] = [
    is_given, is_no_placeholder, is_plain_number, is_instant, is_object, is_allowed, is_currency,
]  # fmt: skip


def periods_have_length(row: Row) -> Found:
    for name in ("BillingPeriod", "ChargePeriod"):
        if row[f"{name}End"] <= row[f"{name}Start"]:
            yield f"{name}End", "must be after the start: ends are exclusive"


def earlier_periods_are_corrected(row: Row) -> Found:
    is_earlier = row["ChargePeriodStart"] < row["BillingPeriodStart"]
    if is_earlier and row["ChargeClass"] != CORRECTION:
        yield "ChargeClass", "must be Correction for a charge of an earlier billing period"
    if row["ChargeClass"] == CORRECTION and not is_earlier:
        yield "ChargeClass", "must be null for a charge of its own billing period"
    if row["ChargePeriodEnd"] > row["BillingPeriodEnd"]:
        yield "ChargePeriodEnd", "must not be after the billing period"


def charges_are_priced(row: Row) -> Found:
    category = row["ChargeCategory"]
    for name in _OF_CHARGES:
        value = row.get(name)
        if value is None:
            continue
        if category == TAX and value:
            yield name, "must be null for Tax"
        if category in (USAGE, PURCHASE) and not row["ChargeClass"] and not value:
            yield name, f"must not be null for {category}"


def unit_prices_are_not_negative(row: Row) -> Found:
    for name in _COSTS.values():
        if row.get(name, "").startswith("-"):
            yield name, "must not be negative"


def costs_are_price_times_quantity(row: Row) -> Found:
    quantity = row["PricingQuantity"]
    if row["ChargeClass"] or not quantity:
        return
    for cost, price in _COSTS.items():
        if row.get(price) and _EXACT.multiply(Decimal(row[price]), Decimal(quantity)) != Decimal(row[cost]):
            yield cost, f"must be {price} times PricingQuantity"


def costs_without_a_price_are_as_billed(row: Row) -> Found:
    if row["ChargeCategory"] not in (CREDIT, ADJUSTMENT):
        return
    unpriced = [cost for cost, price in _COSTS.items() if not row.get(price)]
    for cost in ("EffectiveCost", *unpriced):
        if Decimal(row[cost]) != Decimal(row["BilledCost"]):
            yield cost, f"must be BilledCost for {row['ChargeCategory']}"


def only_use_is_consumed(row: Row) -> Found:
    is_used = row["ChargeCategory"] == USAGE and row.get("CommitmentDiscountStatus", "") != "Unused"
    for name in ("ConsumedQuantity", "ConsumedUnit"):
        value = row.get(name)
        if value and not is_used:
            yield name, "must be null for what is not Usage"
        if value == "" and is_used and not row["ChargeClass"]:
            yield name, "must not be null for Usage"
    quantity = row.get("ConsumedQuantity")
    if quantity and is_used and not row["ChargeClass"] and Decimal(quantity) <= 0:
        yield "ConsumedQuantity", "must be above 0"


def purchases_are_not_by_use(row: Row) -> Found:
    if row["ChargeCategory"] == PURCHASE and row.get("ChargeFrequency") == "Usage-Based":
        yield "ChargeFrequency", "must not be Usage-Based for Purchase"


def details_go_with_what_they_are_of(row: Row) -> Found:
    pairs = {
        "SkuMeter": "SkuId", "SkuPriceDetails": "SkuPriceId", "SubAccountName": "SubAccountId",
        "SubAccountType": "SubAccountId", "ResourceName": "ResourceId", "ResourceType": "ResourceId",
    }  # fmt: skip
    for name, of in pairs.items():
        if row.get(name) and not row.get(of):
            yield name, f"must be null where {of} is"
    for name, of in (("SubAccountType", "SubAccountId"), ("ResourceType", "ResourceId")):
        if row.get(of) and row.get(name) == "":
            yield name, f"must not be null where {of} is not"


def subcategory_is_of_its_category(row: Row) -> Found:
    said = row.get("ServiceSubcategory")
    if said and (row["ServiceCategory"] == AI) != (said in AI_SUBCATEGORIES):
        yield "ServiceSubcategory", "must be one of ServiceCategory"


ROW_RULES: list[Callable[[Row], Found]] = [
    periods_have_length,
    earlier_periods_are_corrected,
    charges_are_priced,
    unit_prices_are_not_negative,
    costs_are_price_times_quantity,
    costs_without_a_price_are_as_billed,
    only_use_is_consumed,
    purchases_are_not_by_use,
    details_go_with_what_they_are_of,
    subcategory_is_of_its_category,
]
