"""The oracle against figures derived by hand, so that product = oracle is worth something."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.oracle import ADDITIVE, Facts, entries, report
from tests.organisations import organisations, queries, shuffled_batches
from tests.scenes import SCENES, Scene
from tests.scenes.cast import call, correction, facts, usd
from tests.scenes.insurer import insurer


def by_hand(scene: Scene, found) -> list[Any]:
    """Where a report does not say what was derived by hand: row, column, found, expected."""
    by = scene.asked["by"]
    rows = {tuple(row[name] for name in by): row for row in found["rows"]}
    wrong: list[Any] = []
    if scene.rows is not None:
        wrong = [(key, "row", key in rows, key in scene.rows) for key in rows.keys() ^ scene.rows.keys()]
        for key in rows.keys() & scene.rows.keys():
            wrong += [(key, *each) for each in differences(rows[key], scene.rows[key])]
    wrong += [("total", *each) for each in differences(found["total"], scene.total)]
    wrong += [("coverage", *each) for each in differences(found["coverage"], scene.coverage)]
    return wrong


def differences(row, expected) -> list[tuple[str, Any, Any]]:
    return [(name, row[name], value) for name, value in expected.items() if not same(row[name], value)]


def same(found, expected) -> bool:
    """Equal: to the last digit where it was told, else as near as a float, or money in nanos, can tell."""
    if isinstance(expected, float | Fraction) and found is not None and not isinstance(found, Fraction):
        near = float(expected)
        return found == pytest.approx(near, rel=1e-9, abs=0.5 if abs(near) > 1e6 else 1e-12)
    return found == (pytest.approx(expected, rel=1e-9) if isinstance(expected, float) else expected)


@pytest.mark.parametrize("scene", SCENES, ids=[scene.name for scene in SCENES])
def test_it_agrees_with_the_figures_derived_by_hand(scene: Scene):
    assert by_hand(scene, report(scene.facts, **scene.asked)) == []
    if scene.entries is not None:
        assert entries(scene.facts) == sorted(scene.entries, key=lambda row: [str(field) for field in row])


def test_every_ruling_that_moves_a_figure_has_a_scene():
    assert {scene.ruling for scene in SCENES} >= {f"R{n}" for n in range(1, 19)}
    names = [scene.name for scene in SCENES]
    assert len(names) == len(set(names))


def test_the_worked_example():
    """DESIGN 3.10, to the last figure it states."""
    before, after = report(insurer(), first="2026-09", last="2026-10", by=("month",))["rows"]
    assert before["token_bill"] - after["token_bill"] == usd("4000.00")
    assert (before["tasks"], before["successes"], before["failures"]) == (20_000, 20_000, 0)
    assert before["true_cost_per_success"] == Fraction(usd("4705.88"), 20_000)  # 0.235294
    assert before["multiplier"] == 1
    assert (after["tasks"], after["successes"], after["failures"]) == (20_000, 19_999, 1)
    assert after["true_cost"] == usd("250705.88")
    assert round(float(after["true_cost_per_success"]) / 1e9, 4) == 12.5359
    assert round(float(after["multiplier"]), 2) == 355.17
    assert after["external_failure"] / (before["token_bill"] - after["token_bill"]) == 62.5


LENSES = ("responsible", "route")
FIFTY = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@FIFTY
@given(organisations(), queries())
def test_totals_are_the_sums_of_rows(organisation: Facts, query):
    found = report(organisation, **query)
    for column in ADDITIVE:
        assert (found["total"][column] or 0) == sum(row[column] or 0 for row in found["rows"]), column


@FIFTY
@given(organisations())
def test_the_entries_of_a_source_sum_to_its_amount(organisation: Facts):
    """The total of the ledger does not depend on who did the work, nor on how it is split."""
    unlinked = replace(organisation, calls=[])
    for policy in ("deciding", "pro_rata"):
        assert sums(replace(organisation, policy=policy)) == sums(unlinked)


def sums(organisation: Facts):
    total: dict[tuple[str, str, str], int] = {}
    for entry in entries(organisation):
        key = (entry[0], entry[1], entry[5])
        total[key] = total.get(key, 0) + entry[-1]
    return total


@FIFTY
@given(organisations(), queries())
def test_order_and_resends_change_nothing(organisation: Facts, query):
    again = replace(organisation, calls=[], outcomes=[], corrections=[], incidents=[])
    for kind, batch in shuffled_batches(organisation, seed=7):
        getattr(again, kind).extend(batch)
    assert report(again, **query) == report(organisation, **query)
    assert entries(again) == entries(organisation)


@FIFTY
@given(organisations())
def test_by_route_both_lenses_agree(organisation: Facts):
    """R15, and by team, task type and month."""
    for by in ("route", "team", "task_type", "month"):
        rows = [report(organisation, first="2026-01", last="2026-12", by=(by,), lens=lens)["rows"] for lens in LENSES]
        assert [[row[name] for name in (by, *ADDITIVE)] for row in rows[0]] == [
            [row[name] for name in (by, *ADDITIVE)] for row in rows[1]
        ]


def test_a_name_in_two_teams_is_no_valid_fact():
    twice = facts(call("c1", "10-05", task="t"), call("c2", "10-05", task="t", team="Support"),
                  corrections=(correction("k", "10-06", 1, team=None, task="t"),))  # fmt: skip
    with pytest.raises(ValueError, match="several teams"):
        report(twice)


def test_it_shares_no_code_with_the_product():
    sources = [path.read_text() for path in (Path(__file__).parent / "oracle").glob("*.py")]
    for module in ("spend", "audits", "accounts", "config", "django", "pandas"):
        assert not any(f"import {module}" in text or f"from {module}" in text for text in sources)
