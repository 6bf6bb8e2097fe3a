"""The worked example of docs/reconciling.md is true."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from spend.domain.money import to_dollars, to_nanos
from spend.domain.periods import Month
from spend.domain.reconciling.months import Statement, Tolerance, reconcile
from spend.domain.reconciling.records import Billed, Logged

PAGE = (Path(__file__).parents[4] / "docs/reconciling.md").read_text("utf-8").split("## Worked example\n", 1)[1]
DAY = date(2026, 10, 5)
DAYS = frozenset(date(2026, 10, 1) + timedelta(days=count) for count in range(31))


def table(first_column: str) -> list[dict[str, str]]:
    lines = PAGE.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {first_column} |"))
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start:]]
    end = next(at for at, row in enumerate(rows) if len(row) < 2)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:end]]


def test_the_causes_are_those_of_the_table():
    rows = table("model")
    logged = [
        Logged(DAY, row["model"], row["kind"], int(row["logged tokens"]), to_nanos(Decimal(row["computed"])))
        for row in rows
        if row["logged tokens"]
    ]
    billed = [_billed(row) for row in rows]
    statement = Statement("acme", Month(2026, 10), logged, billed, DAYS, tolerance=Tolerance(rounding=0))
    found = reconcile(statement, today=date(2026, 12, 1))
    stated = {row["cause"]: to_nanos(Decimal(row["amount"])) for row in table("cause")}
    assert {cause: amount for cause, amount in found.causes.amounts().items() if amount or cause in stated} == stated
    computed, causes, billed = (
        f"${to_dollars(nanos):.2f}" for nanos in (found.computed, found.causes.total, found.billed)
    )
    assert f"Computed {computed} and causes of {causes} make the invoice of {billed}." in PAGE


def _billed(row: dict[str, str]) -> Billed:
    amount = to_nanos(Decimal(row["billed"]))
    if row["kind"] == "fee":
        return Billed(DAY, "", "", "fee", None, amount)
    return Billed(DAY, row["model"], row["kind"], "usage", int(row["billed tokens"]), amount)
