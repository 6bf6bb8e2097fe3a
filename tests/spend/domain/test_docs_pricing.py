"""The worked example of docs/pricing.md is true, and so are the figures it states."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import yaml

from spend.domain.catalogue import load
from spend.domain.money import to_dollars, to_nanos
from spend.domain.names import KnownModels
from spend.domain.pricing import Price, PriceBook, price_at, priced
from spend.domain.tokens import Usage

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/pricing.md").read_text("utf-8")


def table_after(heading, first_column):
    """Return the rows of the first table below `heading` whose first column is `first_column`."""
    lines = PAGE.split(f"## {heading}\n", 1)[1].splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith(f"| {first_column} |"))
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start:] if line or start]
    end = next((index for index, row in enumerate(cells) if len(row) < 2), len(cells))
    header, _, *rows = cells[:end]
    return [dict(zip(header, row, strict=True)) for row in rows]


def price_of(row):
    return Price(
        int(row["id"]), row["source"], date.fromisoformat(row["from"]), row["service_tier"],
        date.fromisoformat(row["to"]) if row["to"] else None, int(row["context_over"]),
        **{bucket: to_nanos(Decimal(row[bucket])) for bucket in ("input", "cache_read", "output")},
    )  # fmt: skip


def test_the_worked_example_is_true():
    prices = [price_of(row) for row in table_after("Worked example", "id")]
    calls = table_after("Worked example", "on")
    assert (len(prices), len(calls)) == (5, 8)
    for call in calls:
        usage = Usage(input=int(call["input"]), cache_read=int(call["cache_read"]), output=int(call["output"]))
        day = date.fromisoformat(call["on"])
        price = price_at(prices, call["service_tier"], day, usage.total_input)
        assert price == PriceBook(prices).at(call["service_tier"], day, usage.total_input)
        assert str(price.id if price else "") == call["price"]
        cost = priced(usage=usage, reported_nanos=None, price=price).cost_nanos
        assert ("unpriced" if cost is None else to_dollars(cost)) == (
            call["cost"] if call["cost"] == "unpriced" else Decimal(call["cost"])
        )


def test_the_counts_of_problems_are_true():
    stated = {row["kind"].strip("`"): int(row["problems in 0.2.3"]) for row in table_after("The catalogue", "kind")}
    assert stated == Counter(problem.kind for problem in load().problems)


def test_the_share_of_names_that_need_a_provider_is_true():
    known = KnownModels(load().models)
    shipped = yaml.safe_load((ROOT / "spend/data/well_known_tiers.yaml").read_text("utf-8"))["tiers"]
    listed = [(provider, name) for provider, tiers in shipped.items() for names in tiers.values() for name in names]
    unknown = [key for key in listed if known.identify(None, key[1]) != key]
    assert f"case for {len(unknown)} of the {len(listed)} models" in PAGE.replace("\n", " ")
