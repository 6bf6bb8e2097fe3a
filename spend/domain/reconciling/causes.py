"""Why a bill differs: variances of quantity and price as in cost accounting, exact and in one stated order.

From computed to billed, each step at what the ones before it have settled:

1. `token_kind`: prompt tokens that were logged as one kind and billed as another, at our prices of both;
2. `missing_calls`: tokens billed and never logged, at the billed price; `surplus_calls`: logged, never billed, at ours;
3. `price`: the difference of unit prices on the tokens that both know;
4. `rounding`: the same where it is less than a provider rounds by: one unit for each billed day;
5. what is billed beside tokens: `not_tokens`, `fees`, `credits`, `taxes`, `adjustments`;
6. `unexplained`: an amount whose quantity nobody stated.

Steps are exact fractions; each running total is rounded half even to a nano-dollar, so causes sum to the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import groupby

from spend.domain.money import divide, split
from spend.domain.reconciling.records import PROMPT, Cell


@dataclass(frozen=True, slots=True)
class Causes:
    """Nano-dollars by cause, in the order in which they are told; what is billed over what is computed is above 0."""

    token_kind: int = 0
    missing_calls: int = 0
    surplus_calls: int = 0
    price: int = 0
    rounding: int = 0
    not_tokens: int = 0
    fees: int = 0
    credits: int = 0
    taxes: int = 0
    adjustments: int = 0
    unexplained: int = 0

    def __add__(self, other: Causes) -> Causes:
        return Causes(
            *(mine + more for mine, more in zip(self.amounts().values(), other.amounts().values(), strict=True))
        )

    def amounts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in CAUSES}

    @property
    def total(self) -> int:
        return sum(self.amounts().values())

    @property
    def rest(self) -> int:
        """What somebody must look into: calls of one side only, and what nothing explains; none offsets another."""
        return abs(self.missing_calls) + abs(self.surplus_calls) + abs(self.unexplained)


CAUSES = tuple(field.name for field in fields(Causes))
NO_CAUSES = Causes()


def added(causes: Iterable[Causes]) -> Causes:
    return sum(causes, NO_CAUSES)


def causes_of(cells: Sequence[Cell], *, rounding: int) -> list[tuple[Cell, Causes]]:
    """Return each cell with the causes of its difference. `rounding`: the unit the provider rounds to, in nanos."""
    found: list[tuple[Cell, Causes]] = []
    for _, group in groupby(sorted(cells, key=_place), key=lambda cell: cell.model):
        of_model = list(group)
        moved = _moved(of_model)
        found += [(cell, _causes(cell, moved.get(cell.kind, 0), rounding * cell.days)) for cell in of_model]
    return found


def _place(cell: Cell) -> tuple[str, str]:
    return cell.model, cell.kind


def _moved(cells: Sequence[Cell]) -> dict[str, int]:
    """Return how many prompt tokens each kind gains (or, below 0, loses) at the same total by being billed as another.

    Output never moves: no cache makes an answer into a prompt.
    """
    gaps = {
        cell.kind: cell.billed_quantity - cell.logged_quantity
        for cell in cells
        if cell.kind in PROMPT and cell.billed_quantity is not None
    }
    gaining = {kind: gap for kind, gap in gaps.items() if gap > 0}
    losing = {kind: -gap for kind, gap in gaps.items() if gap < 0}
    count = min(sum(gaining.values()), sum(losing.values()))
    return {**_shares(count, gaining, 1), **_shares(count, losing, -1)} if count else {}


def _shares(count: int, gaps: Mapping[str, int], sign: int) -> dict[str, int]:
    return dict(zip(gaps, (sign * part for part in split(count, list(gaps.values()))), strict=True))


def _causes(cell: Cell, moved: int, slack: int) -> Causes:
    if cell.billed_quantity is None or (cell.logged_amount and not cell.logged_quantity):
        return _of_amounts(cell, slack)
    ours, theirs = cell.logged_rate, cell.billed_rate
    logged, billed = cell.logged_quantity + moved, cell.billed_quantity
    price = (theirs - ours) * min(logged, billed)
    is_rounding = abs(price) <= slack
    return _rounded(
        {
            "token_kind": ours * moved,
            "missing_calls": theirs * max(billed - logged, 0),
            "surplus_calls": -ours * max(logged - billed, 0),
            "rounding" if is_rounding else "price": price,
        }
    )


def _of_amounts(cell: Cell, slack: int) -> Causes:
    """Without quantities calls are missing only where one side has nothing; what is left cannot be told apart."""
    if not cell.days:
        return Causes(surplus_calls=cell.difference)
    if not cell.logged_quantity and not cell.logged_amount:
        return Causes(missing_calls=cell.difference)
    if abs(cell.difference) <= slack:
        return Causes(rounding=cell.difference)
    return Causes(unexplained=cell.difference)


def _rounded(steps: Mapping[str, Fraction]) -> Causes:
    """Round the running total after each step, so that what the steps sum to is rounded once."""
    running, before, found = Fraction(0), 0, {}
    for name in CAUSES:
        running += steps.get(name, 0)
        after = divide(running.numerator, running.denominator)
        found[name] = after - before
        before = after
    return Causes(**found)
