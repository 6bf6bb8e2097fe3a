"""The worked examples of docs/method.md, 16 to 24, say what the modules find."""

from __future__ import annotations

from pathlib import Path

import pytest

from audits.domain.decisions.break_even import break_even, expected_cost
from audits.domain.decisions.claims import Measured, hold
from audits.domain.decisions.incidents import expected_loss, one_incident
from audits.domain.decisions.routing import outlook
from audits.domain.decisions.silent import adjusted
from audits.domain.decisions.switches import Windows, effect
from audits.domain.decisions.units import units_of
from audits.exports.deciding.switches import switch_sentence
from spend.templatetags.figures import plain_money, plain_percent
from tests.audits.domain.build import DOLLAR
from tests.audits.domain.decisions import test_break_even, test_routing, test_silent, test_switches, test_value
from tests.audits.domain.decisions.build import candidate
from tests.audits.domain.decisions.test_fair import CHEAP, DEAR, compared

PAGE = (Path(__file__).parents[4] / "docs" / "method.md").read_text("utf-8")


def section(number):
    """Return a section as one line."""
    return " ".join(PAGE.split(f"\n## {number}. ")[1].split("\n## ")[0].split())


def money(*nanos, places=2):
    return [plain_money(each, places) for each in nanos]


def units():
    found = units_of([(10, 1), (20, 1), (30, 0)])
    return [f"R = 60 / 2 = {found.cost_per_success}", f"from {found.ends[0]} to {found.ends[1]}"]


def incidents():
    found = expected_loss(tasks=20_000, costs=[500 * DOLLAR] * 2)
    cost = 705_880_000_000 + 250_000 * DOLLAR
    one = one_incident(cost=cost, successes=19_999, largest=250_000 * DOLLAR)
    return money(found.loss, *found.loss_ends) + money(one.seen, one.without, one.one_more, places=4)


def silent_failures():
    strata, ends = [test_silent.CLAIMS, test_silent.LETTERS], (DOLLAR * 95 // 100, DOLLAR * 105 // 100)
    found = adjusted(strata, reviewed=2000, failures=3000, cost=12_000 * DOLLAR, cost_ends=ends)
    shown = f"{found.successes:,.0f} successes", f"yield {plain_percent(found.final_yield)}"
    return [*shown, *money(found.cost_per_success, places=4)]


def fair():
    found = compared(candidate("commodity", CHEAP), candidate("frontier", DEAR))
    one, other = found.one, found.other
    return [
        "Crude: " + " against ".join(money(one.crude, other.crude)),
        " against ".join(money(one.adjusted, other.adjusted)),
    ]


def failures_break_even():
    found = break_even(("commodity", test_break_even.CHEAP), ("frontier", test_break_even.DEAR))
    low, high = money(round(found.bounds.low), round(found.bounds.high))
    [each] = money(expected_cost(test_break_even.CHEAP, found.at))
    return [f"= {money(found.at)[0]}, 95 % from {low} to {high}", f"both cost {each} a task"]


def switched():
    found = effect(Windows([test_switches.BEFORE], [test_switches.AFTER], seasonal=False))
    return [switch_sentence(found)]


def routed():
    alone = outlook(("commodity",), test_routing.OPTIONS, test_routing.TERMS)
    both = outlook(("commodity", "frontier"), test_routing.OPTIONS, test_routing.TERMS)
    each = money(both.cost_per_success, places=4)
    return [*money(alone.cost, alone.cost_per_success), f"{plain_percent(both.success).replace('%', ' %')} at", *each]


def valued():
    found = test_value.of(test_value.CLAIMS)
    low, high = found.return_ends
    margin = money(found.by_value.gain, *found.by_value.ends)
    return [f"margin {margin[0]} ({margin[1]} to {margin[2]})", f"({low:.2f} to {high:.2f})", *money(found.gain)]


def claimed():
    whole, _ = hold(0.53, {"low": Measured(106, 200), "high": Measured(160, 200)})
    low, high = (f"{end * 100:.1f} %" for end in whole.ends)
    return [f"{whole.measured * 100:.1f} % ({low} to {high})"]


@pytest.mark.parametrize(
    ("number", "example"),
    [
        (16, units), (17, incidents), (18, silent_failures), (19, fair), (20, failures_break_even), (21, switched),
        (22, routed), (23, valued), (24, claimed),
    ],
)  # fmt: skip
def test_the_worked_example_is_true(number, example):
    text = section(number).replace("yield 77.5 %", "yield 77.5%")
    missing = [found for found in example() if found not in text]
    assert not missing, text
