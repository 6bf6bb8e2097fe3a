"""`apply` and `export`: reference data as code, through the database and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis.extra.django import TestCase

from accounts.models import Team
from audits.models import FixedCost, LabourRate
from audits.queries.reference import current
from config.reference import CannotApply, apply
from spend.domain.reference.changed import Changed
from spend.domain.reference.parse import parse
from spend.domain.reference.records import ALWAYS, Reference
from spend.domain.reference.writing import text_of
from spend.models import Llm, LlmTier, Price, TaskType, Tier
from tests.cast import NOON
from tests.spend.references import references

pytestmark = pytest.mark.django_db

BASE = """
teams:        [{name: Claims, cost_centre: "4100"}]
labour_rates: [{role: adjuster, hourly: 68.50, from: 2026-01-01},
               {role: analyst, salary: 150000, overhead: 0.30, productive_hours: 1700, from: 2026-01-01}]
tiers:        [{name: frontier, from_blended: 4.00, claimed_fail_rate: 0.05}, {name: mid, from_blended: 0.75}]
models:       [{provider: openai, name: gpt-5, aliases: [gpt-5-2025-08-07], tier: frontier, weights: closed,
                prices: [{from: 2025-08-07, input: 1.25, cache_read: 0.125, output: 10.00}]}]
task_types:   [{name: claim, manual_minutes: 30, role: adjuster, value: 12.50, acceptance_days: 14}]
fixed_costs:  [{name: GPU lease, from: 2026-01-01, to: 2027-03-01, amount: 4500000.00, model: gpt-5, team: Claims}]
"""
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Apply a text; return what the command printed."""

    def run(text: str, *options: str) -> str:
        file, out = tmp_path / "reference.yaml", StringIO()
        file.write_text(text)
        call_command("apply", str(file), *options, stdout=out)
        return out.getvalue()

    return run


def applied(text: str, at: datetime = NOON) -> Changed:
    wanted, problems = parse(text)
    assert problems == []
    return apply(wanted, at=at)


def test_it_writes_every_section(run: Run) -> None:
    printed = run(BASE)
    assert "+ models: openai/gpt-5 contract price standard from 2025-08-07: input 1.25, cache_read 0.125" in printed
    assert "10 added, 0 changed, 0 unchanged" in printed
    assert Team.objects.get().cost_centre == "4100"
    assert [rate.hourly for rate in LabourRate.objects.order_by("role")] == [Decimal("68.5"), Decimal("114.705882353")]
    assert [tier.name for tier in Tier.objects.all()] == ["mid", "frontier"]
    llm = Llm.objects.get()
    assert (llm.aliases, llm.weights, llm.hosting, llm.free) == (["gpt-5-2025-08-07"], "closed", "", False)
    tier = LlmTier.objects.get()
    assert (tier.llm, tier.tier.name, tier.starts_on, tier.derived) == (llm, "frontier", ALWAYS, False)
    price = Price.objects.get()
    assert (price.source, price.input, price.cache_write, price.superseded_at) == (
        "contract",
        Decimal("1.25"),
        None,
        None,
    )
    assert TaskType.objects.get().value == Decimal("12.5")
    cost = FixedCost.objects.get()
    assert (cost.llm, cost.team, cost.tier, cost.kind) == (llm, Team.objects.get(), None, "compute")


def test_a_second_time_it_changes_nothing(run: Run) -> None:
    run(BASE)
    before = list(Price.objects.values())
    assert run(BASE) == "no changes (10 unchanged)\n"
    assert "= teams: Claims" in run(BASE, "--verbosity", "2")
    assert list(Price.objects.values()) == before


def test_a_dry_run_prints_the_same_and_writes_nothing(run: Run) -> None:
    dry = run(BASE, "--dry-run")
    assert not Team.objects.exists()
    assert dry == run(BASE) + "Dry run: nothing written.\n"


def test_what_the_file_leaves_out_stays(run: Run) -> None:
    run(BASE)
    run("teams: [{name: Support}]")
    assert Team.objects.count() == 2
    assert Price.objects.count() == 1


def test_a_changed_price_supersedes_the_old_one(run: Run) -> None:
    run(BASE)
    old = Price.objects.get()
    changed = applied(BASE.replace("output: 10.00", "output: 9.50"))
    old.refresh_from_db()
    assert (old.output, old.superseded_at) == (Decimal(10), NOON)
    new = Price.objects.get(superseded_at=None)
    assert (new.output, new.starts_on) == (Decimal("9.5"), old.starts_on)
    assert changed == Changed(prices={old.llm_id: date(2025, 8, 7)})


def test_a_later_price_stands_beside_the_first(run: Run) -> None:
    run(BASE)
    changed = applied("models: [{provider: openai, name: gpt-5, prices: [{from: 2026-06-01, input: 1, output: 8}]}]")
    assert Price.objects.filter(superseded_at=None).count() == 2
    assert list(changed.prices.values()) == [date(2026, 6, 1)]
    llm = Llm.objects.get()
    assert (llm.aliases, llm.weights) == (["gpt-5-2025-08-07"], "closed")  # what the file does not say stays


def test_a_tier_by_hand_wins_over_a_derived_one(run: Run) -> None:
    run(BASE)
    LlmTier.objects.update(derived=True)
    assert applied(BASE) == Changed()  # the same tier: nothing to compute again
    assert not LlmTier.objects.get().derived
    llm = Llm.objects.get()
    assert applied("models: [{provider: openai, name: gpt-5, tier: mid}]") == Changed(tiers={llm.pk: ALWAYS})
    dated = "models: [{provider: openai, name: gpt-5, tier: [{tier: frontier, from: 2026-03-01}]}]"
    assert applied(dated) == Changed(tiers={llm.pk: date(2026, 3, 1)})
    assert [row.tier.name for row in LlmTier.objects.all()] == ["mid", "frontier"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("hourly: 68.50", "hourly: 70", {"rates": {"adjuster": date(2026, 1, 1)}}),
        ("salary: 150000", "salary: 160000", {"rates": {"analyst": date(2026, 1, 1)}}),
        ("weights: closed", "weights: open", {}),
        ("from_blended: 4.00", "from_blended: 5.00", {}),  # tiers are sticky
        ('"4100"', '"4200"', {}),
    ],
)
def test_it_tells_whom_a_change_concerns(old: str, new: str, what: dict[str, Any]) -> None:
    applied(BASE)
    assert applied(BASE.replace(old, new)) == Changed(**what)


def test_it_tells_which_task_types_fixed_costs_and_free_models_changed() -> None:
    applied(BASE)
    assert applied(BASE.replace("value: 12.50", "value: 13")).task_types == {TaskType.objects.get().pk}
    assert applied(BASE.replace("4500000.00", "4600000")).fixed_costs == {FixedCost.objects.get().identity}
    free = applied("models: [{provider: openai, name: gpt-5, free: true}]")
    assert free == Changed(prices={Llm.objects.get().pk: ALWAYS})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("teams: [{name: Claims, colour: red}]", "teams, item 1 (Claims), colour: is not a key"),
        ("teams: [{name: A}]\nmodels: [{provider: o, name: x, tier: nowhere}]", "there is no tier 'nowhere'"),
    ],
)
def test_a_bad_file_writes_nothing(run: Run, text: str, problem: str) -> None:
    with pytest.raises(CommandError) as raised:
        run(text)
    assert problem in str(raised.value)
    assert not Team.objects.exists()


def test_it_rolls_back_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(changed: Changed, *, at: datetime) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("config.reference.restate", fail)
    with pytest.raises(ZeroDivisionError):
        applied(BASE)
    assert not Team.objects.exists()


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_it_says_that_it_cannot_read_the_file(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "x.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=r"x\.yaml: "):
        call_command("apply", str(file))


def test_export_writes_what_apply_reads(run: Run, tmp_path: Path) -> None:
    run(BASE)
    run(BASE.replace("output: 10.00", "output: 9.50"))  # what is superseded is not exported
    file = tmp_path / "out.yaml"
    call_command("export", str(file))
    assert run(file.read_text()) == "no changes (10 unchanged)\n"
    out = StringIO()
    call_command("export", stdout=out)
    assert out.getvalue() == file.read_text()
    assert "output: 9.50" in out.getvalue()


class TestRoundTrip(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(references())
    def test_what_is_applied_is_exported_and_changes_nothing(self, reference: Reference) -> None:
        try:
            apply(reference, at=datetime(2026, 1, 1, tzinfo=UTC))
        except CannotApply:
            return
        stored = current()
        wanted, problems = parse(text_of(stored))
        assert problems == []
        assert apply(wanted, at=NOON) == Changed()
        assert current() == stored
        assert text_of(current()) == text_of(stored)
