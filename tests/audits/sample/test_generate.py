"""The generated year: valid, repeatable, of the promised size, and with every oddity it promises."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from audits.sample.dates import last_full_month_end, twelve_months
from audits.sample.generator import generate
from audits.sample.records import SampleFacts
from tests.audits.sample.wire import problems

STREAMS = ("calls", "outcomes", "corrections", "incidents")


def streams(facts: SampleFacts) -> dict[str, list[dict[str, Any]]]:
    return {name: getattr(facts, name) for name in STREAMS}


def known_tasks(facts: SampleFacts) -> set[object]:
    return {call["task"] for call in facts.calls if "task" in call}


def known_calls(facts: SampleFacts) -> set[object]:
    return {call["id"] for call in facts.calls}


def test_the_same_arguments_give_the_same_facts(until: date) -> None:
    first, second = generate(until, scale=0.02), generate(until, scale=0.02)
    assert json.dumps(streams(first)) == json.dumps(streams(second))
    assert streams(first) != streams(generate(until, scale=0.02, seed=1))


def test_another_end_gives_the_same_year_on_other_days(until: date) -> None:
    def essence(facts: SampleFacts) -> list[object]:
        tokens = [(call["model"], call.get("input_tokens"), call.get("output_tokens")) for call in facts.calls]
        return [tokens, [item["outcome"] for item in facts.outcomes], [item["minutes"] for item in facts.corrections]]

    assert essence(generate(until, scale=0.02)) == essence(generate(date(2024, 2, 29), scale=0.02))


def test_it_is_as_big_as_promised(facts: SampleFacts) -> None:
    assert 60_000 <= len(facts.calls) <= 90_000
    assert 32_000 <= len(known_tasks(facts)) <= 37_000
    assert 3_000 <= len(facts.corrections) <= 6_000
    assert 10 <= len(facts.incidents) <= 20
    assert len({call["team"] for call in facts.calls}) == 5
    assert len({call["task_type"] for call in facts.calls if "task_type" in call}) == 8


def test_a_tiny_one_is_tiny_and_has_every_kind_of_work(until: date) -> None:
    tiny = generate(until, scale=0.001)
    assert len(tiny.calls) < 2_500
    assert len({call["task_type"] for call in tiny.calls if "task_type" in call}) == 8


@pytest.mark.parametrize("stream", STREAMS)
def test_every_record_is_valid_on_the_wire(facts: SampleFacts, stream: str) -> None:
    wrong = [(record, found) for record in streams(facts)[stream] if (found := problems(stream, record))]
    assert wrong == []


@pytest.mark.parametrize(
    ("stream", "key"), [("calls", "id"), ("outcomes", "task"), ("corrections", "id"), ("incidents", "id")]
)
def test_ids_are_unique_within_a_version(facts: SampleFacts, stream: str, key: str) -> None:
    counted = Counter((item["team"], item[key], item.get("version", 1)) for item in streams(facts)[stream])
    assert counted.most_common(1)[0][1] == 1


def test_a_task_belongs_to_one_team(facts: SampleFacts) -> None:
    owners = {(call["task"], call["team"]) for call in facts.calls if "task" in call}
    assert len(owners) == len(known_tasks(facts))


def test_no_date_lies_outside_the_twelve_months(facts: SampleFacts, until: date) -> None:
    first = str(twelve_months(until)[0])
    dates = [str(item[name])[:10] for items in streams(facts).values() for item in items
             for name in ("occurred_at", "worked_on", "occurred_on", "discovered_on") if name in item]  # fmt: skip
    assert first <= min(dates) <= max(dates) <= str(until)
    assert len({day[:7] for day in dates}) == 12


def test_it_refuses_an_end_within_a_month() -> None:
    with pytest.raises(ValueError, match="2026-10-30 is not the last day of a month"):
        generate(date(2026, 10, 30))


@pytest.mark.parametrize(
    ("today", "end"),
    [
        (date(2026, 11, 22), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2026, 10, 31)),
        (date(2026, 11, 30), date(2026, 10, 31)),  # the month is not over before its last day is
        (date(2024, 3, 5), date(2024, 2, 29)),
        (date(2026, 1, 1), date(2025, 12, 31)),
    ],
)
def test_the_last_full_month_ends_before_this_one(today: date, end: date) -> None:
    assert last_full_month_end(today) == end


def test_the_oddities_of_calls_are_there(facts: SampleFacts) -> None:
    calls = facts.calls
    assert {call.get("status", "ok") for call in calls} == {"ok", "error", "timeout", "refused"}
    assert {call.get("purpose", "attempt") for call in calls} == {
        "attempt",
        "triage",
        "judge",
        "guardrail",
        "embedding",
    }
    assert all("input_tokens" not in call for call in calls if call.get("status") == "timeout")
    for oddity in (
        [call for call in calls if "task" not in call],
        [call for call in calls if call.get("environment") == "staging"],
        [call for call in calls if call.get("service_tier") == "batch"],
        [call for call in calls if "cost_usd" in call],
        [call for call in calls if call["model"] == "clause-tagger-7b"],
        [call for call in calls if call.get("final")],
        [call for call in calls if call.get("step") == "escalation"],
    ):
        assert 100 < len(oddity) < 10_000


def test_an_escalation_begins_cheap_and_ends_dear(facts: SampleFacts) -> None:
    steps: dict[object, list[object]] = {}
    for call in facts.calls:
        if call.get("step") and call["metadata"] == {"data": "simulated", "policy": "cascade"}:
            steps.setdefault(call["task"], []).append(call["model"])
    escalated = [models for models in steps.values() if len(set(models)) == 2]
    assert len(escalated) > 100
    assert all(models == sorted(models, key=lambda model: model == "claude-opus-4-5") for models in escalated)


def test_support_switches_after_the_sixth_month(facts: SampleFacts, until: date) -> None:
    half = str(twelve_months(until)[6])
    replies = [call for call in facts.calls if call.get("task_type") == "support_reply" and "purpose" not in call]
    dear_before = [call["model"] == "claude-opus-4-5" for call in replies if str(call["occurred_at"]) < half]
    dear_after = [call["model"] == "claude-opus-4-5" for call in replies if str(call["occurred_at"]) >= half]
    assert sum(dear_before) / len(dear_before) > 0.9
    assert sum(dear_after) / len(dear_after) < 0.2


def test_the_oddities_of_corrections_are_there(facts: SampleFacts) -> None:
    corrections = facts.corrections
    targets = Counter(tuple(name for name in ("task", "call", "tier", "model") if name in item) for item in corrections)
    assert set(targets) == {("task",), ("call",), ("tier",), ("model",), ()}
    assert sum(bool(item.get("withdrawn")) for item in corrections) == 5
    assert {item["activity"] for item in corrections} == {
        "review", "fix", "redo", "apology", "support", "prompting", "upkeep", "repair",
    }  # fmt: skip
    tasks, calls = known_tasks(facts), known_calls(facts)
    lost = [item for item in corrections if "task" in item and item["task"] not in tasks]
    lost += [item for item in corrections if "call" in item and item["call"] not in calls]
    assert {item["id"] for item in lost} == {f"lost-{n}" for n in range(1, 10)}


def test_some_work_is_logged_in_the_month_after(facts: SampleFacts) -> None:
    month_of = {call["task"]: str(call["occurred_at"])[:7] for call in facts.calls if "task" in call}
    tasks = [item for item in facts.corrections if item.get("task") in month_of]
    late = [item for item in tasks if str(item["worked_on"])[:7] > month_of[item["task"]]]
    assert 0.02 < len(late) / len(tasks) < 0.25


def test_some_outcomes_turn_out_otherwise_and_some_never_link(facts: SampleFacts) -> None:
    turned = [item for item in facts.outcomes if item.get("version") == 2]
    first = {item["task"]: item["outcome"] for item in facts.outcomes if "version" not in item}
    assert len(turned) > 10
    assert {(first[item["task"]], item["outcome"]) for item in turned} == {("success", "failure")}
    assert len({item["task"] for item in facts.outcomes} - known_tasks(facts)) == 6


def test_the_incidents_are_those_of_the_page(facts: SampleFacts) -> None:
    by_id = {item["id"]: item for item in facts.incidents}
    overpaid: Any = by_id["incident-overpaid"]
    assert overpaid["loss_usd"] == "42000.00"
    assert [link["weight"] for link in overpaid["tasks"]] == [3, 2, 1]
    assert Counter(item.get("status", "confirmed") for item in facts.incidents) == {
        "confirmed": len(facts.incidents) - 2, "open": 1, "dismissed": 1,
    }  # fmt: skip
    assert by_id["incident-wrong-advice"]["version"] == 2
    assert by_id["incident-leak"]["tier"] == "commodity"
    assert not {"tasks", "calls", "tier", "model"} & set(by_id["incident-mailing"])
    assert all("(simulated)" in str(item["title"]) for item in facts.incidents)


def test_audits_are_drawn_from_successes_nobody_had_looked_at(facts: SampleFacts) -> None:
    audits = [item for item in facts.corrections if str(item["id"]).endswith("-audit")]
    others = {item.get("task") for item in facts.corrections if not str(item["id"]).endswith("-audit")}
    failed = {item["task"] for item in facts.outcomes if item["outcome"] == "failure" and "version" not in item}
    assert 250 < len(audits) < 600
    assert not {item["task"] for item in audits} & (others | failed)
    assert {item["verdict"] for item in audits} == {"accepted", "rejected"}


def test_incidents_are_discovered_after_they_occur(facts: SampleFacts) -> None:
    for item in facts.incidents:
        if "discovered_on" in item:
            gap = date.fromisoformat(str(item["discovered_on"])) - date.fromisoformat(str(item["occurred_on"]))
            assert timedelta(0) <= gap < timedelta(days=60)
