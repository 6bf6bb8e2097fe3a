"""The insurer's page: the figures of DESIGN 3.10, by the arithmetic of any report, for anybody."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from audits.domain.example import EqualTasks, month_of, move
from audits.sample import insurer
from audits.sample.insurer import COST_AFTER, COST_BEFORE, EXPECTED, INPUT_TOKENS, OUTPUT_TOKENS
from spend.domain.money import to_dollars, to_nanos
from spend.domain.pricing import Price, cost_of
from spend.domain.reference.parse import parse
from spend.domain.tokens import Usage

CLAIMS = 20_000
LOSS = to_nanos(Decimal(250_000))


def before_and_after(**after):
    return (
        month_of(EqualTasks("frontier", CLAIMS, COST_BEFORE)),
        month_of(EqualTasks("commodity", CLAIMS, COST_AFTER, **after)),
    )


def test_a_call_costs_what_its_tokens_cost_at_the_prices_of_the_example() -> None:
    text = (Path(insurer.__file__).parent / "insurer.yaml").read_text(encoding="utf-8")
    prices = {price.name: price for price in parse(text)[0].model_prices}
    for llm, cost in ((insurer.FRONTIER, COST_BEFORE), (insurer.COMMODITY, COST_AFTER)):
        found = prices[llm["model"]]
        price = Price(
            id=1,
            source="contract",
            starts_on=found.starts_on,
            input=to_nanos(found.input),
            output=to_nanos(found.output),
        )
        assert cost_of(Usage(input=INPUT_TOKENS, output=OUTPUT_TOKENS), price) == cost


def test_the_months_have_the_figures_of_the_design() -> None:
    before, after = before_and_after(wrong=1, loss=LOSS)
    assert to_dollars(before.token_bill) == EXPECTED.token_bill_before
    assert to_dollars(after.token_bill) == EXPECTED.token_bill_after
    assert to_dollars(after.true_cost) == EXPECTED.true_cost_after
    assert round(to_dollars(before.true_cost_per_success), 4) == EXPECTED.cost_per_success_before
    assert round(to_dollars(after.true_cost_per_success), 4) == EXPECTED.cost_per_success_after
    assert round(after.multiplier, 2) == float(EXPECTED.multiplier_after)
    moved = move(before, after, loss=LOSS)
    assert (to_dollars(moved.saving), moved.months_eaten) == (EXPECTED.monthly_saving, 62.5)
    assert moved.bearable_one_in == 1_250_000


def test_where_cheap_is_truly_cheaper_nothing_is_held_against_it() -> None:
    before, after = before_and_after()
    moved = move(before, after, loss=LOSS)
    assert (moved.months_eaten, after.multiplier) == (0, 1)
    assert after.true_cost_per_success < before.true_cost_per_success


@given(st.integers(1, 10**6), st.integers(1, 10**9), st.integers(0, 1000), st.integers(0, 10**15))
def test_one_failure_in_as_many_as_it_can_bear_makes_both_cost_the_same(tasks, saved, cheap, loss) -> None:
    before = month_of(EqualTasks("a", tasks, cheap + saved))
    after = month_of(EqualTasks("b", tasks, cheap))
    one_in = move(before, after, loss=loss).bearable_one_in
    assert one_in is None if not loss else abs(one_in * saved - loss) <= saved / 2


def test_no_more_can_go_wrong_than_there_is() -> None:
    with pytest.raises(ValueError, match="no more tasks"):
        month_of(EqualTasks("a", 1, 1, wrong=2))


@pytest.mark.django_db
class TestPage:
    def test_anybody_reads_it(self, client: Client) -> None:
        text = client.get("/insurer").content.decode()
        for figure in ("$4,705.88", "$705.88", "$4,000.00", "$250,000.00", "$0.2353", "$12.5359", "355.17", "62.5"):
            assert figure in text

    def test_a_reader_changes_the_numbers(self, client: Client) -> None:
        text = client.get("/insurer", {"claims": 20_000, "wrong": 0, "loss": 250_000}).content.decode()
        assert "truly cheaper" in text
        assert "62.5" not in text

    def test_it_says_what_a_quiet_month_proves(self, client: Client) -> None:
        dear = client.get("/insurer", {"claims": 20_000, "wrong": 0, "loss": 250_000}).content.decode()
        assert "5,422" in dear  # 20,000 / 3.69 claims, fewer than the 1,250,000 that one loss needs
        assert "more than the move can bear" in dear
        small = client.get("/insurer", {"claims": 20_000, "wrong": 0, "loss": 1}).content.decode()
        assert "would still pay" in small

    @pytest.mark.parametrize(
        ("numbers", "problem"),
        [
            ({"claims": 5, "wrong": 6, "loss": 1}, "No more claims can be paid wrongly"),
            ({"claims": 0, "wrong": 0, "loss": 1}, "greater than or equal to 1"),
            ({"claims": 10**12, "wrong": 0, "loss": 1}, "less than or equal to"),
            ({"claims": "many", "wrong": 0, "loss": 1}, "whole number"),
            ({"loss": "NaN"}, "number"),
        ],
    )
    def test_numbers_that_cannot_be_are_refused_and_named(self, client: Client, numbers, problem) -> None:
        answer = client.get("/insurer", numbers)
        assert answer.status_code == 400
        assert problem in answer.content.decode()

    @pytest.mark.parametrize("numbers", [(1, 1, 1), (10_000_000, 10_000_000, 10**9), (1, 0, 0), (7, 7, "0.01")])
    def test_the_ends_of_what_may_be_asked_have_an_answer(self, client: Client, numbers) -> None:
        answer = client.get("/insurer", dict(zip(("claims", "wrong", "loss"), numbers, strict=True)))
        assert answer.status_code == 200
