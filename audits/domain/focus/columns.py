"""The 57 columns of FOCUS 1.2: what each may hold, and which of them a data set must have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "instant", "json"]
Level = Literal["mandatory", "recommended", "conditional"]

USAGE, PURCHASE, TAX, CREDIT, ADJUSTMENT = "Usage", "Purchase", "Tax", "Credit", "Adjustment"
CORRECTION = "Correction"
AI, GENERATIVE_AI, OTHER_AI = "AI and Machine Learning", "Generative AI", "Other (AI and Machine Learning)"


@dataclass(frozen=True)
class Column:
    """`allowed`: the only values it may have, where they are listed."""

    name: str
    level: Level
    kind: Kind = "text"
    nullable: bool = True
    allowed: tuple[str, ...] = ()


def _mandatory(name: str, kind: Kind = "text", *allowed: str, nullable: bool = False) -> Column:
    return Column(name, "mandatory", kind, nullable, allowed)


def _conditional(name: str, kind: Kind = "text", *allowed: str) -> Column:
    return Column(name, "conditional", kind, True, allowed)


SERVICE_CATEGORIES = (
    AI, "Analytics", "Business Applications", "Compute", "Databases", "Developer Tools", "Identity", "Integration",
    "Internet of Things", "Management and Governance", "Media", "Migration", "Mobile", "Multicloud", "Networking",
    "Other", "Security", "Storage", "Web",
)  # fmt: skip
# Those of artificial intelligence; other categories are not looked into.
AI_SUBCATEGORIES = ("Bots", GENERATIVE_AI, "Machine Learning", "Natural Language Processing", OTHER_AI)

COLUMNS = {
    column.name: column
    for column in (
        _mandatory("BilledCost", "number"),
        _mandatory("BillingAccountId"),
        _mandatory("BillingAccountName", nullable=True),
        _mandatory("BillingCurrency"),
        _mandatory("BillingPeriodEnd", "instant"),
        _mandatory("BillingPeriodStart", "instant"),
        _mandatory("ChargeCategory", "text", USAGE, PURCHASE, TAX, CREDIT, ADJUSTMENT),
        _mandatory("ChargeClass", "text", CORRECTION, nullable=True),
        _mandatory("ChargeDescription", nullable=True),
        _mandatory("ChargePeriodEnd", "instant"),
        _mandatory("ChargePeriodStart", "instant"),
        _mandatory("ContractedCost", "number"),
        _mandatory("EffectiveCost", "number"),
        _mandatory("InvoiceIssuerName"),
        _mandatory("ListCost", "number"),
        _mandatory("PricingQuantity", "number", nullable=True),
        _mandatory("PricingUnit", nullable=True),
        _mandatory("ProviderName"),
        _mandatory("PublisherName"),
        _mandatory("ServiceCategory", "text", *SERVICE_CATEGORIES),
        _mandatory("ServiceName"),
        Column("AvailabilityZone", "recommended"),
        Column("ChargeFrequency", "recommended", nullable=False, allowed=("One-Time", "Recurring", "Usage-Based")),
        Column("InvoiceId", "recommended"),
        Column("ServiceSubcategory", "recommended", nullable=False),
        _conditional("BillingAccountType"),
        _conditional("CapacityReservationId"),
        _conditional("CapacityReservationStatus", "text", "Used", "Unused"),
        _conditional("CommitmentDiscountCategory", "text", "Spend", "Usage"),
        _conditional("CommitmentDiscountId"),
        _conditional("CommitmentDiscountName"),
        _conditional("CommitmentDiscountQuantity", "number"),
        _conditional("CommitmentDiscountStatus", "text", "Used", "Unused"),
        _conditional("CommitmentDiscountType"),
        _conditional("CommitmentDiscountUnit"),
        _conditional("ConsumedQuantity", "number"),
        _conditional("ConsumedUnit"),
        _conditional("ContractedUnitPrice", "number"),
        _conditional("ListUnitPrice", "number"),
        _conditional("PricingCategory", "text", "Standard", "Dynamic", "Committed", "Other"),
        _conditional("PricingCurrency"),
        _conditional("PricingCurrencyContractedUnitPrice", "number"),
        _conditional("PricingCurrencyEffectiveCost", "number"),
        _conditional("PricingCurrencyListUnitPrice", "number"),
        _conditional("RegionId"),
        _conditional("RegionName"),
        _conditional("ResourceId"),
        _conditional("ResourceName"),
        _conditional("ResourceType"),
        _conditional("SkuId"),
        _conditional("SkuMeter"),
        _conditional("SkuPriceDetails", "json"),
        _conditional("SkuPriceId"),
        _conditional("SubAccountId"),
        _conditional("SubAccountName"),
        _conditional("SubAccountType"),
        _conditional("Tags", "json"),
    )
}
MANDATORY = frozenset(name for name, column in COLUMNS.items() if column.level == "mandatory")
# Columns that mean nothing without another.
NEEDS = {
    "ConsumedQuantity": "ConsumedUnit", "ConsumedUnit": "ConsumedQuantity", "SkuPriceId": "SkuId",
    "SkuMeter": "SkuId", "SkuPriceDetails": "SkuPriceId", "SubAccountName": "SubAccountId",
    "SubAccountType": "SubAccountId", "ResourceName": "ResourceId", "ResourceType": "ResourceId",
    "RegionName": "RegionId", "CommitmentDiscountName": "CommitmentDiscountId",
}  # fmt: skip
