"""The sample shows the published figures: the page cites the constants, and the generated facts lie near them."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from statistics import mean

import pytest

from audits.sample import calibration as published
from audits.sample.records import SampleFacts
from tests.audits.sample.crude import Crude, Task, cost_of

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "sample-data.md"
ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| ([\d.]+) \| [^|]+ \| ([^|]+) \| [^|]+ \|$", re.MULTILINE)

Bills = dict[tuple[str, str], list[float]]

CONSTANTS = {name: value for name, value in vars(published).items() if name.isupper()}


def test_the_page_cites_every_constant_with_its_value() -> None:
    cited = {name: float(value) for name, value, _ in ROW.findall(PAGE.read_text())}
    assert cited == CONSTANTS


def test_every_source_has_an_address() -> None:
    page = PAGE.read_text()
    for _, _, source in ROW.findall(page):
        label = re.search(r"\]\[(\w+)\], 20\d\d$", source)
        assert source == "default of this product" or (label and f"[{label[1]}]: https://" in page)


def test_every_constant_is_used() -> None:
    code = "".join(path.read_text() for path in (ROOT / "audits" / "sample").glob("*.py") if path.stem != "calibration")
    unused = [name for name in CONSTANTS if not re.search(rf"\b{name}\b", code)]
    assert [name for name in unused if not name.startswith("CLAIMED_")] == []  # those are in organisation.yaml


# Steered draws keep a rate within a point or two; 3 % of failures go unnoticed, some successes fail after all.
@pytest.mark.parametrize(
    ("kind", "policy", "rate"),
    [
        ("ticket_triage", "commodity", published.HEADLINES_COMMODITY_CORRECT),
        ("ticket_triage", "frontier", published.HEADLINES_FRONTIER_CORRECT),
        ("document_tagging", "commodity", published.OVERRULING_COMMODITY_CORRECT),
        ("document_tagging", "frontier", published.OVERRULING_FRONTIER_CORRECT),
        ("shop_answer", "commodity", published.SCIQ_COMMODITY_CORRECT),
        ("shop_answer", "frontier", published.SCIQ_FRONTIER_CORRECT),
        ("support_reply", "commodity", published.TAU2_RETAIL_COMMODITY_PASSED),
        ("support_reply", "frontier", published.TAU2_RETAIL_FRONTIER_PASSED),
        ("claim_assessment", "commodity", published.TAU2_AIRLINE_COMMODITY_PASSED),
        ("claim_assessment", "mid", published.TAU2_AIRLINE_MID_PASSED),
        ("claim_assessment", "frontier", published.TAU2_AIRLINE_FRONTIER_PASSED),
        ("contract_review", "commodity", published.MCPMARK_COMMODITY_PASSED),
        ("contract_review", "frontier", published.MCPMARK_FRONTIER_PASSED),
        ("pull_request", "mid", published.AIDEV_MID_MERGED),
        ("pull_request", "frontier", published.AIDEV_FRONTIER_MERGED),
        ("bug_fix", "commodity", published.SWEBENCH_COMMODITY_RESOLVED),
        ("bug_fix", "cascade", published.SWEBENCH_CASCADE_RESOLVED),
        ("bug_fix", "frontier", published.SWEBENCH_FRONTIER_RESOLVED),
    ],
)
def test_success_rates_are_the_published_ones(
    table: dict[tuple[str, str], Crude], kind: str, policy: str, rate: float
) -> None:
    assert table[kind, policy].yield_ == pytest.approx(rate, abs=0.03)


@pytest.fixture(scope="module")
def bills(facts: SampleFacts, tasks: dict[str, Task]) -> Bills:
    """Return the cost of each task's attempts, by kind and policy."""
    cost: dict[object, float] = defaultdict(float)
    for call in facts.calls:
        if call.get("task") in tasks and "purpose" not in call and call.get("status", "ok") == "ok":
            cost[call["task"]] += cost_of(call)
    grouped: Bills = defaultdict(list)
    for name, amount in cost.items():
        task = tasks[str(name)]
        grouped[task.kind, task.policy].append(amount)
    return grouped


@pytest.mark.parametrize(
    ("kind", "policy", "cost"),
    [
        ("bug_fix", "commodity", published.SWEBENCH_COMMODITY_COST),
        ("bug_fix", "cascade", published.SWEBENCH_CASCADE_COST),
        ("bug_fix", "frontier", published.SWEBENCH_FRONTIER_COST),
        ("support_reply", "frontier", published.TAU2_RETAIL_FRONTIER_COST),
        ("claim_assessment", "frontier", published.TAU2_AIRLINE_FRONTIER_COST),
    ],
)
def test_a_task_costs_what_was_published(bills: Bills, kind: str, policy: str, cost: float) -> None:
    assert mean(bills[kind, policy]) == pytest.approx(cost, rel=0.1)


@pytest.mark.parametrize(
    ("kind", "model", "calls"),
    [
        ("bug_fix", "frontier", published.SWEBENCH_FRONTIER_CALLS),
        ("bug_fix", "commodity", published.SWEBENCH_COMMODITY_CALLS),
        ("contract_review", "commodity", published.MCPMARK_COMMODITY_TURNS),
        ("contract_review", "frontier", published.MCPMARK_FRONTIER_TURNS),
    ],
)
def test_a_task_makes_as_many_calls(facts: SampleFacts, kind: str, model: str, calls: float) -> None:
    counted: dict[object, int] = defaultdict(int)
    for call in facts.calls:
        label = call.get("metadata", {})
        assert isinstance(label, dict)
        ok = call.get("status", "ok") == "ok" and "purpose" not in call
        if ok and call.get("task_type") == kind and label.get("policy") == model:
            counted[call["task"]] += 1
    assert mean(counted.values()) == pytest.approx(calls, rel=0.1)


@pytest.mark.parametrize(
    ("model", "field", "tokens"),
    [
        ("gpt-5", "input", published.MCPMARK_FRONTIER_INPUT),
        ("gpt-5", "output", published.MCPMARK_FRONTIER_OUTPUT),
        ("gpt-5-mini", "input", published.MCPMARK_COMMODITY_INPUT),
        ("gpt-5-mini", "output", published.MCPMARK_COMMODITY_OUTPUT),
    ],
)
def test_a_contract_takes_as_many_tokens(facts: SampleFacts, model: str, field: str, tokens: int) -> None:
    names = ("input_tokens", "cache_read_tokens") if field == "input" else ("output_tokens",)
    used: dict[object, int] = defaultdict(int)
    for call in facts.calls:
        if call.get("task_type") == "contract_review" and call["model"] == model and call.get("status", "ok") == "ok":
            used[call["task"]] += sum(int(str(call.get(name, 0))) for name in names)
    assert mean(used.values()) == pytest.approx(tokens, rel=0.12)


@pytest.mark.parametrize(
    ("kind", "model", "tokens", "output"),
    [
        ("ticket_triage", "gpt-4o-mini", published.AZURE_SHORT_INPUT, published.AZURE_SHORT_OUTPUT),
        ("shop_answer", "gemma-2-9b-it", published.AZURE_CHAT_INPUT, published.AZURE_CHAT_OUTPUT),
        ("pull_request", "claude-sonnet-4-5", published.MOONCAKE_INPUT, published.MOONCAKE_OUTPUT),
    ],
)
def test_a_call_has_as_many_tokens(facts: SampleFacts, kind: str, model: str, tokens: int, output: int) -> None:
    calls = [call for call in facts.calls if call.get("task_type") == kind and call["model"] == model]
    calls = [call for call in calls if call.get("status", "ok") == "ok" and call.get("environment") != "staging"]
    buckets = ("input_tokens", "cache_read_tokens", "cache_write_tokens")
    whole = [sum(int(str(call.get(bucket, 0))) for bucket in buckets) for call in calls]
    assert mean(whole) == pytest.approx(tokens, rel=0.05)
    assert mean(int(str(call["output_tokens"])) for call in calls) == pytest.approx(output, rel=0.05)
    if "cache_read_tokens" in calls[0]:
        cached = sum(int(str(call["cache_read_tokens"])) for call in calls)
        assert cached / sum(whole) == pytest.approx(published.MOONCAKE_CACHED_SHARE, abs=0.01)


def test_merged_pull_requests_are_reviewed_and_mended_as_published(facts: SampleFacts, tasks: dict[str, Task]) -> None:
    merged = sum(task.success for task in tasks.values() if task.kind == "pull_request")
    mine = [item for item in facts.corrections if str(item["id"]).startswith("pr-")]
    fixes = [int(str(item["minutes"])) for item in mine if item["activity"] == "fix" and "version" not in item]
    reviews = [item for item in mine if item["activity"] == "review" and not str(item["id"]).endswith("-audit")]
    assert len(fixes) / merged == pytest.approx(published.METR_REWORKED_SHARE, abs=0.04)
    assert sum(fixes) / merged == pytest.approx(published.METR_REWORK_MINUTES, rel=0.1)
    assert len(reviews) / merged == pytest.approx(published.AIDEV_REVIEWS_PER_MERGED, rel=0.1)
