"""The worked example: its facts are valid, and their exact sums are the stated figures."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from audits.sample import insurer
from audits.sample.insurer import EXPECTED, facts
from audits.sample.records import SampleFacts
from tests.audits.sample.wire import problems

MILLION = 1_000_000
YAML = yaml.safe_load((Path(insurer.__file__).parent / "insurer.yaml").read_text())


@pytest.fixture(scope="module")
def example() -> SampleFacts:
    return facts()


def bill(example: SampleFacts, month: str) -> Decimal:
    prices = {row["name"]: row["prices"][0] for row in YAML["models"]}
    total = Decimal(0)
    for call in example.calls:
        if str(call["occurred_at"]).startswith(month):
            price = prices[call["model"]]
            total += int(str(call["input_tokens"])) * Decimal(str(price["input"])) / MILLION
            total += int(str(call["output_tokens"])) * Decimal(str(price["output"])) / MILLION
    return total


def test_every_record_is_valid_on_the_wire(example: SampleFacts) -> None:
    for stream in ("calls", "outcomes", "incidents"):
        assert [found for record in getattr(example, stream) if (found := problems(stream, record))] == []


def test_each_month_has_its_claims_each_with_one_call_and_one_outcome(example: SampleFacts) -> None:
    for month in ("2026-01", "2026-02"):
        tasks = {call["task"] for call in example.calls if str(call["occurred_at"]).startswith(month)}
        assert len(tasks) == insurer.CLAIMS
        assert tasks == {item["task"] for item in example.outcomes if str(item["occurred_at"]).startswith(month)}
    assert len({call["id"] for call in example.calls}) == len(example.calls) == 2 * insurer.CLAIMS


def test_both_token_bills_are_exact(example: SampleFacts) -> None:
    assert bill(example, "2026-01") == EXPECTED.token_bill_before == Decimal("4705.88")
    assert bill(example, "2026-02") == EXPECTED.token_bill_after == Decimal("705.88")


def test_the_loss_is_the_only_failure(example: SampleFacts) -> None:
    (incident,) = example.incidents
    links: Any = incident["tasks"]
    assert {item["outcome"] for item in example.outcomes} == {"success"}
    assert [link["task"] for link in links] == ["claim-2026-02-13337"]
    assert incident["loss_usd"] == "250000.00"
    assert incident["invalidates_output"] is True


def test_the_expected_figures_follow() -> None:
    assert EXPECTED.token_bill_before - EXPECTED.token_bill_after == EXPECTED.monthly_saving
    assert EXPECTED.token_bill_after + insurer.LOSS == EXPECTED.true_cost_after
    before = EXPECTED.true_cost_before / EXPECTED.successes_before
    after = EXPECTED.true_cost_after / EXPECTED.successes_after
    assert round(before, 4) == EXPECTED.cost_per_success_before
    assert round(after, 4) == EXPECTED.cost_per_success_after
    assert EXPECTED.true_cost_before / EXPECTED.token_bill_before == EXPECTED.multiplier_before
    assert round(EXPECTED.true_cost_after / EXPECTED.token_bill_after, 2) == EXPECTED.multiplier_after
    assert insurer.LOSS / EXPECTED.monthly_saving == EXPECTED.months_of_saving


@pytest.mark.parametrize(
    "figure", ["$0.2353", "$12.5359", "1.00", "355.17", "62.5", "$4,705.88", "$705.88", "$250,705.88"]
)
def test_the_page_states_the_figures(figure: str) -> None:
    assert figure in (Path(__file__).parents[3] / "docs" / "sample-data.md").read_text()
