"""True cost per success by kind of work and policy, crudely: plain Python over the wire records, sharing no code."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import sqrt
from typing import Any

# USD per million tokens: input, cache read, cache write, output.
PRICES = {
    ("anthropic", "claude-opus-4-5"): (5, 0.5, 6.25, 25),
    ("anthropic", "claude-sonnet-4-5"): (3, 0.3, 3.75, 15),
    ("anthropic", "claude-haiku-4-5"): (1, 0.1, 1.25, 5),
    ("openai", "gpt-5"): (1.25, 0.125, 0, 10),
    ("openai", "gpt-4o"): (2.5, 1.25, 0, 10),
    ("openai", "gpt-4.1"): (1.8, 0.45, 0, 7.2),
    ("openai", "gpt-4.1-mini"): (0.4, 0.1, 0, 1.6),
    ("openai", "gpt-5-mini"): (0.25, 0.025, 0, 2),
    ("openai", "gpt-5-nano"): (0.05, 0.005, 0, 0.4),
    ("openai", "gpt-4o-mini"): (0.15, 0.075, 0, 0.6),
    ("openai", "text-embedding-3-small"): (0.02, 0, 0, 0),
    ("google", "gemini-2.5-flash-lite"): (0.1, 0.01, 0, 0.4),
    ("self-hosted", "gemma-2-9b-it"): (0, 0, 0, 0),
    ("in-house", "clause-tagger-7b"): (0, 0, 0, 0),
}
BUCKETS = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")

HOURLY = {"support_agent": 38, "adjuster": 68.5, "counsel": 118, "paralegal": 44, "developer": 114.7, "editor": 46}

BATCH_DISCOUNT = 0.5


@dataclass
class Task:
    kind: str
    policy: str
    cost: float = 0.0
    incident_cost: float = 0.0
    success: bool = True


def cost_of(call: dict[str, Any]) -> float:
    if "cost_usd" in call:
        return float(call["cost_usd"])
    prices = PRICES[call["provider"], call["model"]]
    cost: float = sum(call.get(bucket, 0) * price for bucket, price in zip(BUCKETS, prices, strict=True)) / 1e6
    return cost * (BATCH_DISCOUNT if call.get("service_tier") == "batch" else 1)


def labour(record: dict[str, Any], minutes: str) -> float:
    return float(record.get(minutes, 0)) / 60 * HOURLY[record["role"]] if minutes in record else 0.0


def latest(records: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """Keep the highest version of each record that is not withdrawn."""
    by_key: dict[str, dict[str, Any]] = {}
    for record in sorted(records, key=lambda record: record.get("version", 1)):
        by_key[record[key]] = record
    return [record for record in by_key.values() if not record.get("withdrawn")]


def tasks_of(facts: Any) -> dict[str, Task]:
    """Return the tasks that carry a policy, with cost and result."""
    tasks: dict[str, Task] = {}
    owner: dict[str, str] = {}
    for call in facts.calls:
        if "task" not in call or "policy" not in call.get("metadata", {}):
            continue
        task = tasks.setdefault(call["task"], Task(call["task_type"], call["metadata"]["policy"]))
        task.cost += cost_of(call)
        owner[call["id"]] = call["task"]
    for outcome in latest(facts.outcomes, "task"):
        if outcome["task"] in tasks:
            tasks[outcome["task"]].success = outcome["outcome"] == "success"
    add_corrections(facts, tasks, owner)
    add_incidents(facts, tasks, owner)
    return tasks


def add_corrections(facts: Any, tasks: dict[str, Task], owner: dict[str, str]) -> None:
    for record in latest(facts.corrections, "id"):
        name = record.get("task") or owner.get(record.get("call", ""))
        if name not in tasks:
            continue
        tasks[name].cost += labour(record, "minutes")
        if record.get("verdict") == "rejected":
            tasks[name].success = False


def add_incidents(facts: Any, tasks: dict[str, Task], owner: dict[str, str]) -> None:
    for record in latest(facts.incidents, "id"):
        links = record.get("tasks") or record.get("calls") or []
        if record.get("status", "confirmed") != "confirmed":
            continue
        amount = float(record["loss_usd"]) - float(record.get("recovered_usd", 0)) + labour(record, "response_minutes")
        weights = [float(link.get("weight", 1)) for link in links]
        for link, weight in zip(links, weights, strict=True):
            task = tasks.get(link.get("task") or owner.get(link.get("call", ""), ""))
            if task is None:
                continue
            task.incident_cost += amount * weight / sum(weights)
            if record.get("invalidates_output", True):
                task.success = False


@dataclass(frozen=True)
class Crude:
    """A row: cost without incidents a success, its standard error (ratio estimator), and with incidents."""

    tasks: int
    yield_: float
    ratio: float
    error: float
    with_incidents: float


def rows(tasks: dict[str, Task]) -> dict[tuple[str, str], Crude]:
    groups: dict[tuple[str, str], list[Task]] = defaultdict(list)
    for task in tasks.values():
        groups[task.kind, task.policy.removesuffix("-batch")].append(task)
    return {key: row_of(tasks) for key, tasks in groups.items()}


def row_of(tasks: list[Task]) -> Crude:
    n = len(tasks)
    successes = sum(task.success for task in tasks)
    ratio = sum(task.cost for task in tasks) / successes
    squares = sum((task.cost - ratio * task.success) ** 2 for task in tasks)
    error = sqrt(squares / (n - 1) / n) / (successes / n)
    total = sum(task.cost + task.incident_cost for task in tasks)
    return Crude(n, successes / n, ratio, error, total / successes)


def verdict(one: Crude, other: Crude) -> str:
    """Say whether `one` is cheaper or dearer than `other` a success, by two standard errors; without incidents."""
    difference = one.ratio - other.ratio
    if abs(difference) < 1.96 * sqrt(one.error**2 + other.error**2):
        return "not distinguishable"
    return "cheaper" if difference < 0 else "dearer"
