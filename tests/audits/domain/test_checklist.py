"""What stands in the way of closing a month, and what is only to be looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from audits.domain.checklist import Facts, Invoice, Silent, blocking, checklist, warnings

FINE = Facts(
    ends_on=date(2026, 11, 1), today=date(2026, 11, 5), calls=1000, tasks=500, judged=400, successes=450, presumed=90,
    pending=5, true_cost=10**12, strata=4,
    invoices=[Invoice("openai", 100, 100, True)],
)  # fmt: skip


def states(facts: Facts) -> dict[str, str]:
    return {item.key: item.state for item in checklist(facts)}


def test_a_month_in_order_has_nothing_to_look_at() -> None:
    assert set(states(FINE).values()) == {"ok"}


@pytest.mark.parametrize(
    ("changed", "key", "state"),
    [
        ({"today": date(2026, 10, 31)}, "over", "blocks"),
        ({"today": date(2026, 11, 1)}, "over", "ok"),
        ({"repricings": 1}, "repricing", "blocks"),
        ({"unpriced_models": [("openai/new", 50)]}, "priced", "look"),
        ({"unpriced_models": [("openai/new", 50), (None, 1)]}, "priced", "blocks"),
        ({"invoices": [Invoice("openai", 100, None, False)]}, "bill", "look"),
        ({"invoices": [Invoice("openai", 100, 90, False)]}, "bill", "look"),
        ({"invoices": [Invoice("openai", 100, 90, True)]}, "bill", "ok"),
        ({"silent": [Silent("otlp", 6, 3)]}, "silent", "look"),
        ({"rejected": 1}, "rejected", "look"),
        ({"pending": 26}, "pending", "look"),
        ({"pending": 25}, "pending", "ok"),
        ({"presumed": 226}, "judged", "look"),
        ({"unaudited": [("claim", "commodity")]}, "audited", "look"),
        ({"open_incidents": 1}, "incidents", "look"),
        ({"roles_without_rate": ["adjuster"]}, "rates", "look"),
        ({"unlinked_corrections": 1}, "linked", "look"),
        ({"unattributed": 10**10}, "attributed", "ok"),
        ({"unattributed": 10**10 + 1}, "attributed", "look"),
    ],
)
def test_each_rule_says_one_thing(changed: dict[str, Any], key: str, state: str) -> None:
    found = states(replace(FINE, **changed))
    assert found.pop(key) == state
    assert set(found.values()) == {"ok"}


def test_every_provider_has_an_item_of_its_own() -> None:
    invoices = [Invoice("openai", 100, 100, True), Invoice("anthropic", 100, None, False)]
    items = checklist(replace(FINE, invoices=invoices))
    assert [item.about for item in items if item.key == "bill"] == ["openai", "anthropic"]
    assert [item.about for item in warnings(items)] == ["anthropic"]
    assert blocking(items) == []


def test_a_month_without_anything_is_in_order() -> None:
    empty = Facts(ends_on=date(2026, 11, 1), today=date(2026, 11, 5))
    assert {item.state for item in checklist(empty)} == {"ok"}
