"""The worked examples of docs/attribution.md and docs/report.md are true."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from audits.domain.attribution import incident_entries, settle
from audits.domain.comparing import compare
from audits.domain.latency import LATENCY_BUCKETS
from audits.domain.report import COLUMNS, CoverageFacts, build
from audits.domain.sources import Incident, Link
from audits.exports.comparing import sentence
from spend.domain.money import to_dollars, to_nanos
from tests.audits.domain.build import (
    CALLS,
    COMMODITY,
    DOLLAR,
    FRONTIER,
    LARGE,
    SMALL,
    TASKS,
    TIER_NAMES,
    UNITS,
    group_by,
    key,
    make_call,
    make_line,
    make_lookups,
    make_task,
    make_work,
    roll_up,
)

DOCS = Path(__file__).parents[3] / "docs"
MODELS = {"small": SMALL, "large": LARGE}
MODEL_NAMES = {llm: name for name, llm in MODELS.items()}


def table_of(page, first_column):
    """Return the rows of the table of the worked example whose first column is `first_column`."""
    lines = (DOCS / page).read_text("utf-8").split("## Worked example\n", 1)[1].splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith(f"| {first_column} |"))
    end = next((index for index, line in enumerate(lines) if index > start and not line.startswith("|")), len(lines))
    header, _, *rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines[start:end]]
    return [dict(zip(header, row, strict=True)) for row in rows]


def letters(*calls_of_third):
    """Return the entries of the incident, with the calls of T-3 that are known."""
    calls = {"T-1": [], "T-2": [], "T-3": list(calls_of_third)}
    for row in table_of("attribution.md", "call"):
        call = make_call(row["call"], f"{row['day']}T12:00", MODELS[row["model"]], status=row["status"])
        assert TIER_NAMES[call.tier] == row["tier"]
        calls[row["task"]].append(call)
    links = [Link(name, make_work(*known, name=name) if known else None) for name, known in calls.items()]
    loss = to_nanos(Decimal("100.00"))
    incident = Incident(date(2026, 11, 9), "confirmed", loss, 0, Decimal(10), Decimal(100), links=links)
    return incident_entries(incident, make_lookups())


def row_of(entry, **more):
    names = {key(name): name for name in ("T-1", "T-2", "T-3")}
    return more | {
        "task": names.get(entry.task, ""),
        "rule": entry.rule,
        "service_date": entry.service_date.isoformat(),
        "tier": TIER_NAMES.get(entry.tier, ""),
        "model": MODEL_NAMES.get(entry.llm, ""),
        "nature": entry.nature,
        "amount": str(to_dollars(entry.amount)),
    }


def test_the_example_of_attribution_is_true():
    before = letters()
    assert [row_of(entry) for entry in before] == table_of("attribution.md", "task")
    assert to_dollars(sum(entry.amount for entry in before)) == Decimal("116.666666667")
    after = letters(make_call("c-1", "2026-11-03T12:00", SMALL))
    to_reverse, to_post = settle([(entry, entry) for entry in before], after)
    changes = [row_of(entry, what="reverse") for entry in to_reverse] + [
        row_of(entry, what="post") for entry in to_post
    ]
    assert changes == table_of("attribution.md", "what")


def insurer_month(llm, cost, failed):
    """Report a month of 20,000 claims, the first of which fails where `failed`."""
    tasks = [
        make_task(make_call(f"claim-{n}", llm=llm, cost=cost), outcome="success", invalidated=failed and n == 0)
        for n in range(20_000)
    ]
    rollup = roll_up(tasks)
    [((), counts)] = group_by(rollup.tasks, TASKS, ())
    loss = 250_000 * 10**9 if failed else 0
    costs = dict.fromkeys(COLUMNS["entries"], 0) | {"external_failure": loss, "incident_cost": loss}
    return build(
        by=(),
        lens="responsible",
        calls=group_by(rollup.calls, CALLS, ()),
        tasks=[((), {**counts, "counted": counts["successes"]})],
        units=group_by(rollup.units, UNITS, (), level="task"),
        total_units=group_by(rollup.units, UNITS, (), level="task")[0][1],
        entries=[((), costs)],
        incidents=[((), {"incidents": int(failed)})],
        total_incidents=int(failed),
        facts=CoverageFacts(),
    )


@pytest.mark.parametrize(
    ("tier", "llm", "cost", "failed"),
    [("frontier", LARGE, 235_294_000, False), ("commodity", SMALL, 35_294_000, True)],
)
def test_the_insurer_of_the_report_is_true(tier, llm, cost, failed):
    report = insurer_month(llm, cost, failed)
    for line in (*report.lines, report.total):
        for row in table_of("report.md", "column"):
            stated, found = Decimal(row[tier]), getattr(line, row["column"])
            if isinstance(found, float):
                assert round(Decimal(found), -stated.as_tuple().exponent) == stated, row
            else:
                assert stated in (found, to_dollars(found)), row


def test_the_insurer_waits_62_months_and_a_half_for_his_money():
    rows = {row["column"]: row for row in table_of("report.md", "column")}
    saving = Decimal(rows["token_bill"]["frontier"]) - Decimal(rows["token_bill"]["commodity"])
    assert (saving, Decimal(250_000) / saving) == (Decimal("4000.00"), Decimal("62.5"))


def test_the_number_of_buckets_is_true():
    assert f"{LATENCY_BUCKETS} buckets" in (DOCS / "report.md").read_text("utf-8")


def test_the_tiers_of_the_cast_are_those_of_the_page():
    assert {TIER_NAMES[COMMODITY], TIER_NAMES[FRONTIER]} == {row["tier"] for row in table_of("attribution.md", "call")}


def test_the_sentence_of_the_method_is_true():
    rows = {row["column"]: row for row in table_of("method.md", "column")}
    columns = [name for name in rows if not name.endswith(" end")]

    def value(name, tier):
        stated = rows[name][tier]
        return int(stated) if name == "incidents" else to_nanos(Decimal(stated))

    lines = {tier: make_line(**{name: value(name, tier) for name in columns}) for tier in ("commodity", "frontier")}
    found = compare(lines, Fraction(500 * DOLLAR))
    assert sentence(found) in (DOCS / "method.md").read_text("utf-8").splitlines()
    for side in (found.cheap, found.dear):
        stated = Decimal(rows["lower end"][side.name]), Decimal(rows["upper end"][side.name])
        assert tuple(round(to_dollars(round(end)), 2) for end in side.ends) == stated
