"""Reference data made by hypothesis: whatever a file may say, within what names what is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from spend.domain.reference import records
from spend.domain.reference.parse import BUCKETS
from spend.domain.reference.records import ALWAYS, Reference, full_name, hourly_of

# Names that YAML would like to read as something else, beside ordinary ones.
ODD = [
    "null",
    "~",
    "true",
    "no",
    "1e3",
    "007",
    "2026-01-01",
    "a: b",
    "#x",
    "- a",
    "{a}",
    "ü/é",
    "=",
    "<<",
    "'q'",
    "1_0",
]
NAMES = st.sampled_from(ODD) | st.text("abcXYZ 012-_.:/'\"", min_size=1, max_size=12).map(str.strip).filter(bool)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
MONEY = st.decimals(0, 999_999, places=9) | st.decimals(0, 999_999, places=2) | st.integers(0, 10**6).map(Decimal)
PROVIDERS = st.sampled_from(["openai", "anthropic", "own", ""])


def unique(rows: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(rows, max_size=4, unique_by=lambda row: row.key).map(tuple)


@st.composite
def labour_rates(draw: st.DrawFn) -> records.LabourRate:
    role, day = draw(NAMES), draw(DAYS)
    if draw(st.booleans()):
        return records.LabourRate(role, day, draw(MONEY))
    salary, hours = draw(MONEY), draw(st.decimals(100, 2_000, places=2))
    overhead = draw(st.none() | st.decimals(0, 3, places=4))
    return records.LabourRate(role, day, hourly_of(salary, overhead or Decimal(0), hours), salary, overhead, hours)


@st.composite
def prices(draw: st.DrawFn, provider: str, name: str) -> records.ModelPrice:
    start = draw(DAYS)
    free = draw(st.booleans())
    rates = {bucket: draw(st.sampled_from([None, Decimal(0)]) if free else st.none() | MONEY) for bucket in BUCKETS}
    source = draw(st.sampled_from(["contract", "catalogue"]))
    return records.ModelPrice(
        provider, name, start, source,
        service_tier=draw(st.sampled_from(["standard", "batch", "flex"])),
        context_over=draw(st.sampled_from([0, 200_000])),
        ends_on=draw(st.none() | st.integers(1, 999).map(lambda days: start + timedelta(days))),
        free=free,
        reference=draw(st.just("") | NAMES) if source == "contract" else "",
        **rates,
    )  # fmt: skip


@st.composite
def fixed_costs(draw: st.DrawFn, teams: list[str], tiers: list[str], models: list[str]) -> records.FixedCost:
    start, days = draw(DAYS), draw(st.integers(1, 999))
    what = draw(st.sampled_from(["", "tier", "model"]))
    return records.FixedCost(
        draw(NAMES), start, start + timedelta(days), draw(MONEY), asset=draw(st.sampled_from(records.ASSETS)),
        kind=draw(st.sampled_from(["compute", "prevention"])),
        abandoned_on=draw(st.none() | st.integers(0, days - 1).map(lambda after: start + timedelta(after))),
        team=draw(st.sampled_from(["", *teams])),
        tier=draw(st.sampled_from(tiers)) if what == "tier" and tiers else "",
        model=draw(st.sampled_from(models)) if what == "model" and models else "",
    )  # fmt: skip


@st.composite
def references(draw: st.DrawFn) -> Reference:
    teams = draw(unique(st.builds(records.Team, NAMES, st.just("") | NAMES)))
    rates = draw(unique(labour_rates()))
    tiers = draw(unique(st.builds(records.Tier, NAMES, MONEY, st.none() | st.decimals(0, 1, places=5))))
    described = st.builds(
        records.Model, PROVIDERS, NAMES, aliases=st.just(()), weights=st.sampled_from(["", "open", "closed"]),
        hosting=st.sampled_from(["", "api", "self_hosted"]), free=st.booleans(),
    )  # fmt: skip
    models = tuple(
        replace(model, aliases=(f"alias-{number}",) if draw(st.booleans()) else ())
        for number, model in enumerate(draw(unique(described)))
    )
    rows = [draw(unique(prices(model.provider, model.name))) for model in models]
    tiered = st.lists(st.just(ALWAYS) | DAYS, max_size=3, unique=True)
    names = [tier.name for tier in tiers]
    of_models = [
        records.ModelTier(model.provider, model.name, day, draw(st.sampled_from(names)))
        for model in models
        for day in (draw(tiered) if names else [])
    ]
    roles = st.sampled_from(["", *(rate.role for rate in rates)])
    kinds = st.builds(
        records.TaskType, NAMES, st.none() | st.decimals(0, 9_999, places=4), roles, st.none() | MONEY,
        st.none() | st.integers(0, 3_650),
    )  # fmt: skip
    full_names = [full_name(model.provider, model.name) for model in models]
    costs = fixed_costs([team.name for team in teams], names, full_names)
    return Reference(
        teams, rates, tiers, models, tuple(of_models), tuple(row for each in rows for row in each),
        draw(unique(kinds)), draw(unique(costs)),
    )  # fmt: skip
