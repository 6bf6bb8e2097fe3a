"""Bills of providers become lines in their own currency, to the last digit; nothing is taken in part."""

from __future__ import annotations

import gzip
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend.ingest.bills.reading import read_bill, shape_of
from spend.ingest.bills.records import BadBill, Line, Statement
from tests.bills import (
    OCTOBER_6,
    OCTOBER_7,
    anthropic,
    as_bytes,
    focus,
    focus_row,
    openai_cost,
    openai_costs,
    openai_usage,
    page,
)

FIFTH = date(2026, 10, 5)


def read(content: bytes, **words: str) -> Statement:
    found = read_bill(content, **words)
    assert found.problems == []
    assert found.statement is not None
    return found.statement


def refusals(content: bytes) -> list[tuple[int, str, str]]:
    found = read_bill(content)
    assert found.statement is None
    return [(problem.index, name, said[0]) for problem in found.problems for name, said in problem.errors.items()]


def shown(line: Line) -> tuple[Any, ...]:
    return line.model, line.token_kind, line.quantity, line.amount, line.category


def test_openai_costs_are_dollars_by_line_item():
    statement = read(
        openai_costs(
            openai_cost("0.06", "gpt-6-astra, input_tokens", 48_000, "tokens"),
            openai_cost("0.012000000000000002", "gpt-6-astra, cached_input_tokens", 96, "1000_tokens"),
            openai_cost("1.5", "gpt-6-astra, output_tokens", 150_000, "tokens"),
            openai_cost("0.025", "web search", 1, "characters"),
            openai_cost("-0.10", None),
        )
    )
    assert (statement.kind, statement.provider, statement.first_day, statement.end_day) == (
        "openai_costs", "openai", FIFTH, date(2026, 10, 6),
    )  # fmt: skip
    assert [shown(line) for line in statement.lines] == [
        ("gpt-6-astra", "input", 48_000, Decimal("0.06"), "usage"),
        ("gpt-6-astra", "cache_read", 96_000, Decimal("0.012"), "usage"),
        ("gpt-6-astra", "output", 150_000, Decimal("1.5"), "usage"),
        ("", "", None, Decimal("0.025"), "usage"),
        ("", "", None, Decimal("-0.10"), "credit"),
    ]
    assert statement.amount == Decimal("1.497")


def test_openai_usage_makes_inclusive_input_disjoint():
    statement = read(
        openai_usage(
            {"input_tokens": 1_000, "input_cached_tokens": 600, "input_cache_write_tokens": 100, "output_tokens": 50,
             "model": "gpt-6-astra", "service_tier": "default", "num_model_requests": 3},
            {"input_tokens": 10, "output_tokens": 0, "model": "gpt-6-astra", "batch": True},
            {"input_tokens": 9, "input_uncached_tokens": 4, "input_cached_tokens": 5, "model": "gpt-6-astra"},
        )
    )  # fmt: skip
    assert [(line.token_kind, line.quantity, line.service_tier) for line in statement.lines] == [
        ("input", 300, "standard"), ("cache_read", 600, "standard"), ("cache_write", 100, "standard"),
        ("output", 50, "standard"), ("input", 10, "batch"), ("input", 4, "standard"), ("cache_read", 5, "standard"),
    ]  # fmt: skip
    assert all(line.amount is None for line in statement.lines)
    assert statement.amount is None


def test_anthropic_costs_are_cents():
    statement = read(
        anthropic(
            {"amount": "123.45", "currency": "USD", "cost_type": "tokens", "model": "claude-x", "token_type":
             "uncached_input_tokens", "description": "Input", "service_tier": "standard", "workspace_id": None},
            {"amount": "0.000001", "currency": "USD", "cost_type": "tokens", "model": "claude-x",
             "token_type": "cache_creation.ephemeral_1h_input_tokens"},
            {"amount": "7", "currency": "USD", "cost_type": "web_search", "model": None, "token_type": None},
        )
    )  # fmt: skip
    assert [shown(line) for line in statement.lines] == [
        ("claude-x", "input", None, Decimal("1.2345"), "usage"),
        ("claude-x", "cache_write", None, Decimal("0.00000001"), "usage"),
        ("", "", None, Decimal("0.07"), "usage"),
    ]


def test_anthropic_usage_counts_both_lives_of_the_cache():
    statement = read(
        anthropic(
            {"uncached_input_tokens": 5, "cache_creation": {"ephemeral_1h_input_tokens": 3,
             "ephemeral_5m_input_tokens": 4}, "cache_read_input_tokens": 6, "output_tokens": 0, "model": None}
        )
    )  # fmt: skip
    assert [(line.token_kind, line.quantity) for line in statement.lines] == [
        ("input", 5), ("cache_read", 6), ("cache_write", 7),
    ]  # fmt: skip


def test_focus_rows_of_other_services_are_left_out_and_corrections_are_adjustments():
    statement = read(
        focus(
            focus_row("12.50", quantity="10000000"),
            focus_row("3.25", meter="Output tokens", quantity="2", unit="1M Tokens"),
            focus_row("20", category="Purchase"),
            focus_row("-1.00", category="Credit"),
            focus_row("2.5", klass="Correction", day=6),
            focus_row("999", service="Compute"),
        )
    )
    assert [(line.token_kind, line.quantity, line.amount, line.category) for line in statement.lines] == [
        ("input", 10_000_000, Decimal("12.5"), "usage"), ("output", 2_000_000, Decimal("3.25"), "usage"),
        ("", None, Decimal(20), "fee"), ("", None, Decimal(-1), "credit"), ("", None, Decimal("2.5"), "adjustment"),
    ]  # fmt: skip
    assert (statement.provider, statement.number, statement.amount) == ("aws", "INV-1", Decimal("37.25"))
    assert statement.notes == ("1 rows of other services than AI and Machine Learning were left out.",)


def test_focus_of_ours_is_read_as_what_it_was_made_of():
    header = "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ProviderName,SkuMeter,x_Model"
    statement = read(f"{header}\n1,USD,Usage,2026-10-05T00:00:00Z,OpenAI,Output tokens,openai/astra\n".encode())
    assert [(line.provider, line.model, line.token_kind) for line in statement.lines] == [("openai", "astra", "output")]


def test_plain_csv_has_documented_columns():
    statement = read(
        b"day,amount,provider,model,token_kind,quantity,category,currency\n"
        b"2026-10-05,10.50,OpenAI,gpt-6-astra,input,1000,,eur\n2026-10-31,5,openai,,,,tax,EUR\n"
    )
    assert [shown(line) for line in statement.lines] == [
        ("gpt-6-astra", "input", 1_000, Decimal("10.5"), "usage"), ("", "", None, Decimal(5), "tax"),
    ]  # fmt: skip
    assert (statement.provider, statement.currency, statement.end_day) == ("openai", "EUR", date(2026, 11, 1))
    assert read(b"day,amount\n2026-10-05,1\n", provider="mistral").provider == "mistral"
    assert read(b"day,amount,provider\n2026-10-05,1,Vertex_AI\n").provider == "google"  # as its calls are


def test_pages_come_one_by_one_in_an_array_or_as_lines():
    first = openai_costs(openai_cost("1", None))
    second = openai_costs(openai_cost("2", None), start=OCTOBER_6, end=OCTOBER_7)
    for content in (b"[" + first + b"," + second + b"]", first + b"\n" + second):
        statement = read(content)
        assert (statement.amount, statement.end_day) == (Decimal(3), date(2026, 10, 7))


def test_what_is_wrong_is_named_and_nothing_is_taken():
    assert refusals(openai_costs(openai_cost("1", None), openai_cost('"much"', None))) == [
        (2, "amount.value", "must be a number such as 12.34")
    ]
    assert refusals(anthropic({"amount": 1.5, "currency": "USD"})) == [
        (1, "amount", "must be cents as a text, such as 123.45")
    ]
    assert refusals(openai_usage({"input_tokens": 5, "input_cached_tokens": 9})) == [
        (1, "input_tokens", "is less than the cached tokens it includes")
    ]
    assert refusals(focus(focus_row("x"), focus_row("1", category="Gift"))) == [
        (2, "BilledCost", "must be a number such as 12.34"),
        (3, "ChargeCategory", "must be Usage, Purchase, Tax, Credit or Adjustment"),
    ]


PLAIN = "day,amount,provider,number"


@pytest.mark.parametrize(
    ("row", "field", "said"),
    [
        ("9999-12-31,1,openai,", "day", "must be of the years 2000 to 2099"),
        ("2026-10-05,1,openai,A\0", "number", "must have at most 200 characters, none of them NUL or half of one"),
        ("2026-10-05,1_000,openai,", "amount", "must be a number such as 12.34"),
        ("2026-10-05,,openai,", "amount", "is required, but where a quantity of use is counted without a price"),
        ("2026-10-05,1", "record", "has fewer cells than the header"),
        ("2026-10-05,1,000.00,openai,", "record", "has more cells than the header"),
    ],
)
def test_a_row_that_only_seems_to_say_something_is_refused(row: str, field: str, said: str):
    assert refusals(f"{PLAIN}\n{row}\n".encode()) == [(2, field, said)]


def test_a_result_that_only_seems_to_say_something_is_refused():
    assert refusals(openai_costs(openai_cost("1", None).replace('"quantity_unit": null', '"quantity_unit": []'))) == [
        (1, "quantity_unit", "must be a text")
    ]
    twice = openai_cost("1", None)[:-1] + ', "amount": {"value": 2}}'
    assert refusals(openai_costs(twice)) == [(1, "amount", "is there more than once")]
    assert refusals(openai_usage({"input_tokens": 5}, {"amount": {"value": 1}}))[0][:2] == (2, "amount")
    assert refusals(openai_costs(openai_cost("1", r"\ud800").replace("\\\\", "\\")))[0][:2] == (1, "line_item")


def test_days_are_those_of_utc_whatever_zone_a_time_names():
    for said in ("2026-10-05T22:00:00-05:00", "2026-10-06 03:00:00 UTC", "2026-10-06T03:00Z"):
        statement = read(f"day,amount,provider\n{said},1,openai\n".encode())
        assert (statement.first_day, statement.end_day) == (date(2026, 10, 6), date(2026, 10, 7))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "It is empty."),
        (b"hello", "none of the shapes"),
        (b'{"data": 5}', "each has a list `data`"),
        (as_bytes(page()), "none of the shapes"),
        (as_bytes(page({"start_time": 1, "end_time": 2, "results": [1]})), "None of its buckets has results"),
        (as_bytes(page(has_more=True)), "pages that follow it are missing"),
        (
            as_bytes(page({"starting_at": "soon", "ending_at": "x", "results": [{"amount": "1"}]})),
            "must be a day such as",
        ),
        (as_bytes(page({"group": {"rbac_group_id": 1}, "cost": {"amount": "1"}})), "overlap"),
        (b"day,amount,colour\n2026-10-05,1,red\n", "Unknown columns: colour"),
        (b"day,amount\n", "It has no lines."),
        (b'day,amount\n"2026-10-05,1\n', "cannot be read as CSV"),
        (b"day;amount\n2026-10-05;1,5\n", "not parted by commas"),
        ("day,amount\n2026-10-05,1\n".encode("utf-16"), "not UTF-8"),
        (gzip.compress(b"day,amount\n2026-10-05,1\n"), "unpack it first"),
        (b"day,amount,amount\n2026-10-05,1,2\n", "columns amount are there more than once"),
        (openai_costs(openai_cost("1", None)) * 2, "bucket of 2026-10-05 00:00 is there twice"),
        (openai_costs(openai_cost("1", None), start=253_402_214_400, end=253_402_300_799), "2000 to 2099"),
        (openai_costs(openai_cost("1", None), end=OCTOBER_7 - 3600), "of a day at most"),
    ],
)
def test_what_is_no_bill_is_said(content: bytes, said: str):
    with pytest.raises(BadBill, match=said):
        read_bill(content)


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda said: b"day,amount\n" + said.encode()))
def test_any_bytes_are_a_bill_or_said_to_be_none(content: bytes):
    try:
        found = read_bill(content)
    except BadBill:
        return
    assert (found.statement is None) == bool(found.problems)


@given(st.lists(st.decimals(min_value=-(10**6), max_value=10**6, places=9), min_size=1, max_size=20))
def test_lines_sum_to_the_bill_to_the_last_digit(amounts: list[Decimal]):
    content = "day,amount,provider\n" + "".join(f"2026-10-05,{amount:f},openai\n" for amount in amounts)
    assert read(content.encode()).amount == sum(amounts)
    cents = [{"amount": f"{amount:f}", "currency": "USD", "cost_type": "tokens"} for amount in amounts]
    assert read(anthropic(*cents)).amount == sum(amounts) / 100
    assert shape_of(anthropic(*cents)) == "anthropic_cost"
