"""Each rule of FOCUS 1.2 has a row that breaks it, and only that rule; the rows broken here keep all of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from audits.domain.focus.checking import MOST_PROBLEMS, check, header_problems
from audits.domain.focus.columns import COLUMNS, MANDATORY

Row = dict[str, str]

USE: Row = {
    **dict.fromkeys(("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"), "0.75"),
    **dict.fromkeys(("BillingAccountId", "BillingAccountName", "InvoiceIssuerName"), "acme"),
    **dict.fromkeys(("ProviderName", "PublisherName"), "acme"),
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-10-01T00:00:00Z",
    "BillingPeriodEnd": "2026-11-01T00:00:00Z",
    "ChargePeriodStart": "2026-10-05T00:00:00Z",
    "ChargePeriodEnd": "2026-10-06T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargeClass": "",
    "ChargeDescription": "cheap, input tokens",
    "ChargeFrequency": "Usage-Based",
    "ConsumedQuantity": "250000",
    "ConsumedUnit": "Tokens",
    "ListUnitPrice": "3",
    "ContractedUnitPrice": "3",
    "PricingCategory": "Standard",
    "PricingQuantity": "0.25",
    "PricingUnit": "1000000 Tokens",
    "ResourceId": "acme/cheap",
    "ResourceName": "cheap",
    "ResourceType": "Model",
    "ServiceCategory": "AI and Machine Learning",
    "ServiceName": "acme models",
    "ServiceSubcategory": "Generative AI",
    "SkuId": "acme/cheap/input",
    "SkuMeter": "Input tokens",
    "SkuPriceId": "acme/cheap/input",
    "SubAccountId": "1",
    "SubAccountName": "Claims",
    "SubAccountType": "Team",
    "Tags": '{"truecost/team": "Claims"}',
    "x_TaskType": "claim",
}
NOT_USED = dict.fromkeys(("ConsumedQuantity", "ConsumedUnit"), "")
NOT_PRICED = dict.fromkeys(
    ("ListUnitPrice", "ContractedUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit", "SkuId", "SkuMeter",
     "SkuPriceId"), "",
)  # fmt: skip
PURCHASE = USE | NOT_USED | {"ChargeCategory": "Purchase", "ChargeFrequency": "Recurring"}
CREDIT = USE | NOT_USED | NOT_PRICED | {"ChargeCategory": "Credit"}
TAX = CREDIT | {"ChargeCategory": "Tax"}
CORRECTED = USE | {"BillingPeriodStart": "2026-11-01T00:00:00Z", "BillingPeriodEnd": "2026-12-01T00:00:00Z"}
CORRECTION = CORRECTED | {
    "ChargeClass": "Correction",
    "ListUnitPrice": "",
    "ContractedUnitPrice": "",
    "BilledCost": "-1",
}


def found(*rows: Row) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in check(list(USE), rows).problems]


@pytest.mark.parametrize("row", [USE, PURCHASE, CREDIT, TAX, CORRECTION])
def test_a_row_that_keeps_the_rules_passes(row: Row) -> None:
    assert found(row) == []


@pytest.mark.parametrize(
    ("row", "change", "column"),
    [
        # what a cell holds
        (USE, {"BilledCost": ""}, "BilledCost"),
        (USE, {"ServiceSubcategory": ""}, "ServiceSubcategory"),
        (USE, {"ChargeDescription": "Not Applicable"}, "ChargeDescription"),
        (USE, {"BilledCost": "1e-7"}, "BilledCost"),
        (USE, {"BilledCost": "+1"}, "BilledCost"),
        (USE, {"BilledCost": "1,000.00"}, "BilledCost"),
        (USE, {"BilledCost": "$1"}, "BilledCost"),
        (USE, {"BilledCost": "NaN"}, "BilledCost"),
        (USE, {"ChargePeriodStart": "2026-10-05"}, "ChargePeriodStart"),
        (USE, {"ChargePeriodStart": "2026-10-05T00:00:00+02:00"}, "ChargePeriodStart"),
        (USE, {"ChargePeriodStart": "2026-10-32T00:00:00Z"}, "ChargePeriodStart"),
        (USE, {"Tags": "team=Claims"}, "Tags"),
        (USE, {"Tags": '["Claims"]'}, "Tags"),
        (USE, {"Tags": '{"team": ["Claims"]}'}, "Tags"),
        (USE, {"ChargeCategory": "Labour"}, "ChargeCategory"),
        (USE, {"ChargeClass": "correction"}, "ChargeClass"),
        (USE, {"ServiceCategory": "Language models"}, "ServiceCategory"),
        (USE, {"PricingCategory": "Spot"}, "PricingCategory"),
        (USE, {"BillingCurrency": "dollars"}, "BillingCurrency"),
        # periods
        (USE, {"ChargePeriodEnd": USE["ChargePeriodStart"]}, "ChargePeriodEnd"),
        (USE, {"ChargePeriodEnd": "2026-11-02T00:00:00Z"}, "ChargePeriodEnd"),
        (CORRECTED, {}, "ChargeClass"),
        (USE, {"ChargeClass": "Correction"}, "ChargeClass"),
        # prices
        *((USE, {name: ""}, name) for name in
          ("PricingQuantity", "PricingUnit", "ListUnitPrice", "ContractedUnitPrice", "SkuPriceId", "PricingCategory")),
        (PURCHASE, {"PricingUnit": ""}, "PricingUnit"),
        (TAX, {"PricingUnit": "Days"}, "PricingUnit"),
        (USE, {"ListUnitPrice": "-3", "ListCost": "-0.75"}, "ListUnitPrice"),
        (USE, {"ListCost": "0.750000001"}, "ListCost"),
        (USE, {"ContractedUnitPrice": "2"}, "ContractedCost"),
        (CREDIT, {"ListCost": "1"}, "ListCost"),
        (CREDIT, {"EffectiveCost": "0"}, "EffectiveCost"),
        # use
        (USE, {"ConsumedQuantity": ""}, "ConsumedQuantity"),
        (USE, {"ConsumedUnit": ""}, "ConsumedUnit"),
        (USE, {"ConsumedQuantity": "0"}, "ConsumedQuantity"),
        (PURCHASE, {"ConsumedQuantity": "1"}, "ConsumedQuantity"),
        (PURCHASE, {"ChargeFrequency": "Usage-Based"}, "ChargeFrequency"),
        # what goes together
        (CREDIT, {"SkuMeter": "Input tokens"}, "SkuMeter"),
        (USE, {"SubAccountType": ""}, "SubAccountType"),
        (USE, {"SubAccountId": "", "SubAccountType": ""}, "SubAccountName"),
        (USE, {"ResourceType": ""}, "ResourceType"),
        (USE, {"ResourceId": "", "ResourceType": ""}, "ResourceName"),
        (USE, {"ServiceCategory": "Compute"}, "ServiceSubcategory"),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_is_found_and_the_column_named(row: Row, change: Row, column: str) -> None:
    assert found(USE, row | change) == [(2, column)]


def test_a_billing_period_has_a_length() -> None:
    assert (1, "BillingPeriodEnd") in found(USE | {"BillingPeriodEnd": USE["BillingPeriodStart"]})


def test_a_price_is_of_one_SKU() -> None:
    assert found(USE, USE | {"SkuId": "acme/dear/input"}) == [(2, "SkuPriceId")]


def test_a_row_has_as_many_cells_as_the_header() -> None:
    assert found({**USE, None: ["more"]}) == [(1, "row")]  # type: ignore[dict-item]
    assert found({**USE, "Tags": None}) == [(1, "row")]  # type: ignore[dict-item]


def test_columns_come_in_any_order_and_ones_own_begin_with_x() -> None:
    assert list(header_problems(sorted(USE, reverse=True))) == []
    wrong = [str(each) for each in header_problems([*USE, "Team", "Tags"])]
    assert wrong == ["Tags: is there more than once", "Team: is no column of FOCUS 1.2: one's own begin with x_"]


@pytest.mark.parametrize("name", sorted(MANDATORY))
def test_a_mandatory_column_must_be_there(name: str) -> None:
    assert [str(each) for each in header_problems([each for each in USE if each != name])] == [f"{name}: is missing"]


def test_a_column_needs_the_one_that_it_details() -> None:
    assert [str(each) for each in header_problems([each for each in USE if each != "SubAccountId"])] == [
        "SubAccountName: needs SubAccountId", "SubAccountType: needs SubAccountId",
    ]  # fmt: skip


def test_the_specification_has_57_columns_of_which_21_are_mandatory() -> None:
    assert (len(COLUMNS), len(MANDATORY)) == (57, 21)


def test_what_was_billed_is_added_up_by_billing_period() -> None:
    done = check(list(USE), [USE, USE, CORRECTION])
    assert done.billed == {"2026-10-01T00:00:00Z": Decimal("1.5"), "2026-11-01T00:00:00Z": Decimal(-1)}
    assert (done.rows, done.corrections) == (3, 1)


def test_all_problems_are_counted_and_the_first_are_kept() -> None:
    done = check(list(USE), [USE | {"BilledCost": ""}] * 250)
    assert (done.found, len(done.problems)) == (250, MOST_PROBLEMS)
