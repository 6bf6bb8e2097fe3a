"""What is wrong with a FOCUS 1.2 data set: its columns, then each row, then what rows say together. Pure.

A row is what the file says of each column, "" for null. What only the spec's prose asks (what a SKU is, say) no rule
can tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal

from audits.domain.focus.columns import COLUMNS, MANDATORY, NEEDS
from audits.domain.focus.rules import CELL_RULES, ROW_RULES, Row

CUSTOM = "x_"
MOST_PROBLEMS = 100
_EXACT = Context(prec=60)


@dataclass(frozen=True)
class Problem:
    """`row` counts data rows from 1; 0 is the header."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"row {self.row}, " if self.row else ""
        return f"{where}{self.column}: {self.message}"


@dataclass
class Checked:
    """`billed` is BilledCost by start of the billing period; the first MOST_PROBLEMS problems are kept, all counted."""

    rows: int = 0
    found: int = 0
    problems: list[Problem] = field(default_factory=list)
    billed: dict[str, Decimal] = field(default_factory=dict)
    corrections: int = 0

    def add(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.found += 1
            if len(self.problems) < MOST_PROBLEMS:
                self.problems.append(problem)


def check(header: Sequence[str], rows: Iterable[Row]) -> Checked:
    """Return what is wrong with a data set, reading its rows once."""
    done = Checked()
    done.add(header_problems(header))
    if done.found:
        return done
    parents: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        done.rows = number
        problems = [*row_problems(number, row), *_of_another_sku(number, row, parents)]
        done.add(problems)
        if not problems:
            _add_up(done, row)
    return done


def header_problems(header: Sequence[str]) -> Iterator[Problem]:
    """Columns may come in any order; those of one's own begin with x_."""
    names = set(header)
    for name in sorted(MANDATORY - names):
        yield Problem(0, name, "is missing")
    for name, times in Counter(header).items():
        if times > 1:
            yield Problem(0, name, "is there more than once")
        if name not in COLUMNS and not name.startswith(CUSTOM):
            yield Problem(0, name, "is no column of FOCUS 1.2: one's own begin with x_")
        if NEEDS.get(name, name) not in names:
            yield Problem(0, name, f"needs {NEEDS[name]}")


def row_problems(number: int, row: Row) -> Iterator[Problem]:
    """First what each cell holds; only where that is right, what cells say together.

    `csv.DictReader` marks a row with too many or too few cells by None.
    """
    if None in row or None in row.values():
        yield Problem(number, "row", "has more or fewer cells than the header")
        return
    wrong = [
        Problem(number, name, message)
        for name, value in row.items()
        if (column := COLUMNS.get(name)) is not None
        for rule in CELL_RULES
        if (message := rule(column, value))
    ]
    yield from wrong
    if not wrong:
        for rule_of_row in ROW_RULES:
            for name, message in rule_of_row(row):
                yield Problem(number, name, message)


def _of_another_sku(number: int, row: Row, parents: dict[str, str]) -> Iterator[Problem]:
    price, sku = row.get("SkuPriceId", ""), row.get("SkuId", "")
    if price and parents.setdefault(price, sku) != sku:
        yield Problem(number, "SkuPriceId", "is of two SkuIds")


def _add_up(done: Checked, row: Mapping[str, str]) -> None:
    period = row["BillingPeriodStart"]
    done.billed[period] = _EXACT.add(done.billed.get(period, Decimal(0)), Decimal(row["BilledCost"]))
    done.corrections += bool(row["ChargeClass"])
