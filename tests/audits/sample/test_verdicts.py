"""What the sample shows: cheap is cheaper for some kinds of work and dearer for others, as the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from audits.sample.generator import generate
from audits.sample.profiles import MANUAL_MINUTES
from tests.audits.sample.conftest import UNTIL
from tests.audits.sample.crude import HOURLY, Crude, rows, tasks_of, verdict

Table = dict[tuple[str, str], Crude]

PAGE = Path(__file__).parents[3] / "docs" / "sample-data.md"
STATED = re.findall(
    r"^\| (\w+) \| [\w ]+ \| (\w+) with (\w+) \| (cheaper|dearer|not distinguishable) \|$",
    PAGE.read_text(),
    re.MULTILINE,
)


def test_the_page_states_every_kind_of_verdict() -> None:
    assert {kind for kind, *_ in STATED} == set(MANUAL_MINUTES)
    assert {stated for *_, stated in STATED} == {"cheaper", "dearer", "not distinguishable"}


@pytest.mark.parametrize(("kind", "one", "other", "stated"), STATED)
def test_the_verdict_is_the_stated_one(table: Table, kind: str, one: str, other: str, stated: str) -> None:
    assert verdict(table[kind, one], table[kind, other]) == stated


def test_the_escalation_policy_is_the_cheapest_way_to_fix_bugs(table: Table) -> None:
    costs = {policy: row.ratio for (kind, policy), row in table.items() if kind == "bug_fix"}
    assert min(costs, key=lambda policy: costs[policy]) == "cascade"


def test_the_cheap_model_reviews_contracts_dearer_than_a_person(table: Table) -> None:
    by_hand = MANUAL_MINUTES["contract_review"] / 60 * HOURLY["counsel"]
    assert table["contract_review", "commodity"].ratio > by_hand > table["contract_review", "frontier"].ratio


def test_cheap_and_dear_do_not_hang_on_the_seed() -> None:
    table = rows(tasks_of(generate(UNTIL, seed=7)))
    for kind, one, other, stated in STATED:
        difference = table[kind, one].ratio - table[kind, other].ratio
        if stated != "not distinguishable":
            assert (difference < 0) == (stated == "cheaper"), kind
