# ruff: noqa: E501 (one line, one case)
"""The reference file: what it may say, what is wrong with it, and that nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from spend.domain.reference import records
from spend.domain.reference.changed import Changed
from spend.domain.reference.difference import difference, effective, summary
from spend.domain.reference.parse import parse
from spend.domain.reference.records import ALWAYS, Reference, hourly_of
from spend.domain.reference.rules import resolve
from spend.domain.reference.writing import text_of
from tests.spend.references import references

# The example of DESIGN 4.5.1, word for word.
EXAMPLE = """
teams:        [{name: Claims, cost_centre: "4100"}]
labour_rates: [{role: adjuster, hourly: 68.50, from: 2026-01-01},
               {role: analyst, salary: 150000, overhead: 0.30, productive_hours: 1700, from: 2026-01-01}]
tiers:        [{name: frontier, from_blended: 4.00, claimed_fail_rate: 0.05}]
models:       [{provider: openai, name: gpt-5, aliases: [gpt-5-2025-08-07], tier: frontier, weights: closed, hosting: api,
                prices: [{from: 2025-08-07, input: 1.25, cache_read: 0.125, output: 10.00, service_tier: standard, source: contract}]}]
task_types:   [{name: claim, manual_minutes: 30, role: adjuster, value: 12.50, acceptance_days: 14}]
fixed_costs:  [{name: GPU lease, from: 2026-01-01, to: 2027-03-01, amount: 4500000.00, tier: commodity, kind: compute}]
"""
EMPTY = Reference()


def price_of(text: str) -> records.ModelPrice:
    found, problems = parse(f"models: [{{provider: openai, name: gpt-5, prices: [{{from: 2026-01-01, {text}}}]}}]")
    assert problems == []
    return found.model_prices[0]


def problems_in(text: str) -> list[str]:
    found, problems = parse(text)
    assert not problems or found == EMPTY
    return [str(problem) for problem in problems]


def test_it_reads_the_example_of_the_design() -> None:
    found, problems = parse(EXAMPLE)
    assert problems == []
    jan = date(2026, 1, 1)
    analyst = records.LabourRate(
        "analyst", jan, Decimal("114.705882353"), Decimal(150000), Decimal("0.3"), Decimal(1700)
    )
    assert found == Reference(
        teams=(records.Team("Claims", "4100"),),
        labour_rates=(records.LabourRate("adjuster", jan, Decimal("68.5")), analyst),
        tiers=(records.Tier("frontier", Decimal(4), Decimal("0.05")),),
        models=(records.Model("openai", "gpt-5", ("gpt-5-2025-08-07",), "closed", "api"),),
        model_tiers=(records.ModelTier("openai", "gpt-5", ALWAYS, "frontier"),),
        model_prices=(
            records.ModelPrice(
                "openai",
                "gpt-5",
                date(2025, 8, 7),
                input=Decimal("1.25"),
                cache_read=Decimal("0.125"),
                output=Decimal(10),
            ),
        ),
        task_types=(records.TaskType("claim", Decimal(30), "adjuster", Decimal("12.5"), 14),),
        fixed_costs=(records.FixedCost("GPU lease", jan, date(2027, 3, 1), Decimal(4500000), tier="commodity"),),
    )


@pytest.mark.parametrize("text", ["", "# nothing", "teams:", "teams: []", "---\n"])
def test_every_section_is_optional(text: str) -> None:
    assert parse(text) == (EMPTY, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("temas: []", "temas: is not a section; there are teams, labour_rates"),
        ("teams: [{nam: x}]", "teams, item 1, name: is required"),
        ("teams: [{nam: x}]", "teams, item 1, nam: is not a key; there are name, cost_centre"),
        ("teams: [{name: a}, {name: b, colour: red}]", "teams, item 2 (b), colour: is not a key"),
        ("teams: {name: a}", "teams: must be a list"),
        ("teams: [a]", "teams, item 1: must be keys with values"),
        ("teams: [{name: a}, {name: a}]", "teams: a is given twice"),
        ("teams: [{name: a, name: b}]", "the key 'name' is given twice"),
        ('teams: [{name: ""}]', "name: must not be empty"),
        ('teams: [{name: " a"}]', "must not begin or end with spaces"),
        ('teams: [{name: "a\\0b"}]', "control characters"),
        ("teams: [{name: [a]}]", "name: must be one value"),
        ("- teams", "must be sections by name"),
        ("teams: [", "not YAML"),
        ("teams: !!python/object:os.system []", "not YAML"),
        ("labour_rates: [{role: a, from: 2026-01-01}]", "labour_rates, item 1 (a), hourly: is required"),
        ("labour_rates: [{role: a, from: 2026-02-30, hourly: 1}]", "from: must be a date like 2026-01-31, not '2026-02-30'"),
        ("labour_rates: [{role: a, from: 2026-01-01T00:00, hourly: 1}]", "from: must be a date"),
        ("labour_rates: [{role: a, from: 2026-01-01, hourly: .nan}]", "hourly: must be a number, not '.nan'"),
        ("labour_rates: [{role: a, from: 2026-01-01, hourly: -1}]", "hourly: must be from 0 to"),
        ("labour_rates: [{role: a, from: 2026-01-01, hourly: 1:30}]", "hourly: must be a number"),
        ("labour_rates: [{role: a, from: 2026-01-01, hourly: 0.0000000001}]", "at most 9 decimal places"),
        ("labour_rates: [{role: a, from: 2026-01-01, hourly: 1, salary: 2, productive_hours: 3}]", "stands beside a salary"),
        ("labour_rates: [{role: a, from: 2026-01-01, salary: 2}]", "productive_hours: is required"),
        ("labour_rates: [{role: a, from: 2026-01-01, salary: 2, productive_hours: 0}]", "productive_hours: must be from 0.01"),
        ("tiers: [{name: a}]", "from_blended: is required"),
        ("tiers: [{name: a, from_blended: 0, claimed_fail_rate: 1.1}]", "claimed_fail_rate: must be from 0 to 1"),
        ("models: [{provider: openai}]", "models, item 1 (openai), name: is required"),
        ("models: [{provider: o, name: x, aliases: a}]", "aliases: must be a list"),
        ("models: [{provider: o, name: x, aliases: [x]}]", "cannot be an alias of itself"),
        ("models: [{provider: o, name: x, weights: ajar}]", "weights: must be one of open, closed"),
        ("models: [{provider: o, name: x, tier: [{tier: a}]}]", "models, item 1 (o/x), tier, item 1, from: is required"),
        ("models: [{provider: o, name: x, prices: [{from: 2026-01-01, inptu: 1}]}]",
         "models, item 1 (o/x), prices, item 1, inptu: is not a key; there are"),
        ("models: [{provider: o, name: x, prices: [{from: 2026-01-02, to: 2026-01-02, input: 1}]}]", "must end after it starts"),
        ("models: [{provider: o, name: x, prices: [{from: 2026-01-02, input: 1, free: true}]}]", "cannot be free and cost"),
        ("models: [{provider: o, name: x, prices: [{from: 2026-01-02, input: 1, free: yes}]}]", "free: must be one of true, false"),
        ("models: [{provider: o, name: x, prices: [{from: 2026-01-02}, {from: 2026-01-02}]}]", "is given twice"),
        ("task_types: [{name: a, acceptance_days: 1.5}]", "acceptance_days: must have at most 0 decimal places"),
        ("fixed_costs: [{name: a, from: 2026-01-01, to: 2026-01-01, amount: 1}]", "must end after it starts"),
        ("fixed_costs: [{name: a, from: 2026-01-01, to: 2026-02-01, amount: 1, abandoned_on: 2026-02-01}]",
         "must be abandoned on a day of its period"),
        ("fixed_costs: [{name: a, from: 2026-01-01, to: 2026-02-01, amount: 1, tier: t, model: m}]", "not both"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_and_where(text: str, problem: str) -> None:
    assert any(problem in found for found in problems_in(text)), problems_in(text)


@pytest.mark.parametrize(
    ("text", "source", "reference"),
    [
        ("input: 1", "contract", ""),
        ("input: 1, source: contract", "contract", ""),
        ("input: 1, source: catalogue", "catalogue", ""),
        ("input: 1, source: Frame contract 2026-17", "contract", "Frame contract 2026-17"),
    ],
)
def test_a_price_in_the_file_is_a_contract_price(text: str, source: str, reference: str) -> None:
    price = price_of(text)
    assert (price.source, price.reference) == (source, reference)


def test_r6_numbers_are_their_decimal_text() -> None:
    price = price_of("input: 0.1, output: '0.30', cache_read: 1.0e-3")
    assert (price.input, price.output, price.cache_read) == (Decimal("0.1"), Decimal("0.30"), Decimal("0.001"))


def test_r10_an_all_zero_price_may_be_stated_and_is_free_only_if_said_so() -> None:
    assert not price_of("input: 0, output: 0").free
    assert price_of("input: 0, output: 0, free: true").free


def test_names_of_providers_and_service_tiers_are_those_that_calls_are_read_with() -> None:
    found, _ = parse("models: [{provider: Bedrock, name: x, prices: [{from: 2026-01-01, service_tier: default}]}]")
    assert found.models[0].provider == "aws"
    assert found.model_prices[0].service_tier == "standard"


@pytest.mark.parametrize(
    ("salary", "overhead", "hours", "hourly"),
    [
        ("150000", "0.30", "1700", "114.705882353"),  # 114.7058823529...
        ("0.000000001", "0", "2", "0"),  # half a nano-dollar: to the even one
        ("0.000000003", "0", "2", "0.000000002"),
        ("1", "0", "3", "0.333333333"),
    ],
)
def test_a_salary_is_rounded_half_even_once(salary: str, overhead: str, hours: str, hourly: str) -> None:
    assert hourly_of(Decimal(salary), Decimal(overhead), Decimal(hours)) == Decimal(hourly)


@given(references())
def test_what_is_written_is_read_back(reference: Reference) -> None:
    found, problems = parse(text_of(reference))
    assert problems == []
    assert summary(difference(reference, found)).startswith("no changes")
    assert text_of(replace_order(found)) == text_of(replace_order(reference))


def replace_order(reference: Reference) -> Reference:
    """Sort what a file may give in any order."""
    return replace(
        reference,
        models=tuple(sorted(reference.models, key=lambda row: row.key)),
        model_tiers=tuple(sorted(reference.model_tiers, key=lambda row: row.key)),
        model_prices=tuple(sorted(reference.model_prices, key=lambda row: row.key)),
    )


def test_imported_prices_and_derived_tiers_are_not_written() -> None:
    day = date(2026, 1, 1)
    imported = records.ModelPrice("o", "x", day, source="catalogue", input=Decimal(1), reference="genai-prices 1")
    reference = Reference(
        models=(records.Model("o", "x", (), "", "", False),),
        model_tiers=(records.ModelTier("o", "x", ALWAYS, "mid", derived=True),),
        model_prices=(imported,),
    )
    assert text_of(reference) == ""


def test_the_difference_leaves_alone_what_the_file_does_not_mention() -> None:
    current = Reference(teams=(records.Team("A"), records.Team("B", "1")))
    changes = difference(current, Reference(teams=(records.Team("B", "2"), records.Team("C"))))
    assert list(map(str, changes)) == ["~ teams: B: cost_centre 1 -> 2", "+ teams: C"]
    assert summary(changes) == "1 added, 1 changed, 0 unchanged"


def test_a_zero_is_shown_and_nothing_is_not() -> None:
    wanted = Reference(tiers=(records.Tier("low", Decimal(0)), records.Tier("high", Decimal("4.50"))))
    assert list(map(str, difference(EMPTY, wanted))) == [
        "+ tiers: low: from_blended 0",
        "+ tiers: high: from_blended 4.5",
    ]


def test_a_model_keeps_what_the_file_does_not_say_and_gains_aliases() -> None:
    current = Reference(models=(records.Model("o", "x", ("a",), "open", "api", True),))
    assert effective(difference(current, Reference(models=(records.Model("o", "x"),)))) == []
    [change] = difference(current, Reference(models=(records.Model("o", "x", ("b",), weights="closed"),)))
    assert change.after == records.Model("o", "x", ("a", "b"), "closed", "api", True)


KNOWN = Reference(
    teams=(records.Team("Claims"),),
    labour_rates=(records.LabourRate("adjuster", date(2026, 1, 1), Decimal(1)),),
    tiers=(records.Tier("mid", Decimal(1)),),
    models=(records.Model("openai", "gpt-5", ("five",)), records.Model("azure", "gpt-5"), records.Model("", "own/one")),
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("openai/gpt-5", "openai/gpt-5"), ("azure_openai/gpt-5", "azure/gpt-5"), ("own/one", "/own/one"), ("/own/one", "/own/one")],
)  # fmt: skip
def test_a_fixed_cost_names_a_model_in_full_or_without_doubt(text: str, meant: str) -> None:
    cost = records.FixedCost("a", date(2026, 1, 1), date(2026, 2, 1), Decimal(1), model=text)
    wanted, problems = resolve(KNOWN, Reference(fixed_costs=(cost,)))
    assert problems == []
    assert wanted.fixed_costs[0].model == meant


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("fixed_costs: [{name: a, from: 2026-01-01, to: 2026-02-01, amount: 1, model: gpt-5}]",
         "fixed_costs (a), model: 'gpt-5' may be azure/gpt-5 or openai/gpt-5; name the provider too"),
        ("fixed_costs: [{name: a, from: 2026-01-01, to: 2026-02-01, amount: 1, model: gpt-6}]",
         "fixed_costs (a), model: there is no model 'gpt-6'"),
        ("fixed_costs: [{name: a, from: 2026-01-01, to: 2026-02-01, amount: 1, team: X}]",
         "fixed_costs (a), team: there is no team 'X'"),
        ("fixed_costs: [{name: a, from: 2026-01-01, to: 2026-02-01, amount: 1, tier: X}]",
         "fixed_costs (a), tier: there is no tier 'X'"),
        ("models: [{provider: openai, name: gpt-5, tier: X}]", "models (openai/gpt-5), tier: there is no tier 'X'"),
        ("models: [{provider: openai, name: gpt-6, aliases: [five]}]",
         "models (openai/gpt-6), aliases: 'five' already means openai/gpt-5"),
        ("task_types: [{name: claim, role: clerk}]", "task_types (claim), role: there is no labour rate for 'clerk'"),
    ],
)  # fmt: skip
def test_it_refuses_names_of_what_is_nowhere(text: str, problem: str) -> None:
    wanted, problems = parse(text)
    assert problems == []
    assert [str(found) for found in resolve(KNOWN, wanted)[1]] == [problem]


def test_changes_add_up_to_the_earliest_day() -> None:
    first, later = date(2026, 1, 1), date(2026, 2, 1)
    both = Changed(prices={1: later, 2: first}) | Changed(prices={1: first}, rates={"a": later})
    assert both == Changed(prices={1: first, 2: first}, rates={"a": later})
    assert both
    assert not Changed()
