"""Rework still to come, by hand, against the published example, and by simulation."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from audits.domain import chain_ladder
from audits.domain.chain_ladder import LEAST_MONTHS, Expected, TooLittle, expected

DOLLAR = 10**9

# Of the general insurance data of Taylor and Ashe (1983) that Mack (1993) works with: cumulative, by accident year.
TAYLOR_ASHE = [
    [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
    [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
    [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
    [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
    [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
    [396132, 1333217, 2180715, 2985752, 3691712],
    [440832, 1288463, 2419861, 3483130],
    [359480, 1421128, 2864498],
    [376686, 1363294],
    [344014],
]


def test_by_hand() -> None:
    """Every month doubles, then stays: half of it is known at this age, and the error is nothing."""
    months = [[100, 200, *[200] * length] for length in range(LEAST_MONTHS - 1, -1, -1)]
    found = expected([*months, [70]])
    assert isinstance(found, Expected)
    assert (found.known, found.amount, found.low, found.high) == (70, 70, 70, 70)
    assert found.share_known == 0.5
    assert found.factors[:2] == (2.0, 1.0)
    assert found.months == LEAST_MONTHS


def test_it_agrees_with_the_published_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mack's table 3: the reserve of the last year is 4,626 thousand, its standard error 1,363 thousand (29 %).

    His last step rests on one year, whose error he extrapolates; here it is left out, and with it 1.8 % of growth.
    """
    monkeypatch.setattr(chain_ladder, "STEPS", 9)
    found = expected(TAYLOR_ASHE)
    assert isinstance(found, Expected)
    assert [round(factor, 3) for factor in found.factors] == [3.491, 1.747, 1.457, 1.174, 1.104, 1.086, 1.054, 1.077]
    last_step = 3901463 / 3833515
    assert round(((found.known + found.amount) * last_step - found.known) / 1000) == 4626
    error = (found.high - found.low) / 2 / 1.959963984540054
    assert error / found.amount == pytest.approx(0.29, abs=0.015)


def test_little_history_says_so() -> None:
    months = [[0, 5, 9], *[[100, 150] for _ in range(LEAST_MONTHS - 1)]]
    assert expected([*months, [70]]) == TooLittle(LEAST_MONTHS - 1)
    assert expected([[70]]) == TooLittle(0)


def test_a_month_without_cost_expects_none() -> None:
    months = [[100, 200] for _ in range(LEAST_MONTHS)]
    found = expected([*months, [0]])
    assert isinstance(found, Expected)
    assert (found.amount, found.low, found.high) == (0, 0, 0)


def test_the_interval_covers_what_comes_about_95_percent_of_the_time() -> None:
    rng = random.Random(20261031)
    covered = sum(_is_covered(rng) for _ in range(400))
    assert 350 <= covered <= 396  # few months: a normal interval on estimated variances covers somewhat less


def _is_covered(rng: random.Random) -> bool:
    months = 13
    whole = [_month(rng) for _ in range(months)]
    triangle = [row[: months - index] for index, row in enumerate(whole)]
    found = expected(triangle)
    assert isinstance(found, Expected)
    return found.low <= whole[-1][chain_ladder.STEPS] - found.known <= found.high


def _month(rng: random.Random) -> list[int]:
    """A month's cost as it becomes known: its variance grows with its size, as the method takes it."""
    cost, row = rng.uniform(0.5e6, 1.5e6), []
    for factor in (1.0, 1.5, 1.2, 1.1, 1.05, 1.02, 1.01, *[1.0] * 6):
        cost = cost * factor if factor == 1.0 else max(rng.gauss(cost * factor, 60 * cost**0.5), cost)
        row.append(round(cost))
    return row


def test_the_worked_example_of_the_method_is_true() -> None:
    text = (Path(__file__).parents[3] / "docs" / "method.md").read_text("utf-8")
    page = text.split("## 14.")[1].split("\n## ")[0]
    rows = [
        line.strip("|").split("|")[1:] for line in page.splitlines() if line.startswith("| ") and "month" not in line
    ]
    found = expected([[int(cell) * DOLLAR for cell in row if cell.strip()] for row in rows])
    assert isinstance(found, Expected)
    factors = ", ".join(f"{factor:.4f}" for factor in found.factors)
    assert f"f = {factors}: at this age {found.share_known:.1%}".replace("%", " %") in page
    amounts = [f"{cost / DOLLAR:.2f}" for cost in (found.amount, found.low, found.high)]
    assert "Of October {} is still to come, 95 % interval {} to {}.".format(*amounts) in page
