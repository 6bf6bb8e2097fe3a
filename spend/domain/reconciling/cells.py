"""Logged use and billed lines, set side by side at the finest grain that the bill has.

A bill may name model and kind of token, only models, or only a sum. Where a usage report of the same days counts the
tokens that an amount is silent on, the amount is spread over them by what they are worth at our prices. A line that
names less than the others of its bill is a charge for something else than tokens: a search, a session.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import lcm

from spend.domain.money import divide, split
from spend.domain.reconciling.records import USAGE, Billed, Cell, Logged, Rates

Key = tuple[str, str]  # model, kind
ALL: Key = ("", "")


@dataclass(slots=True)
class _Bill:
    """What was billed under one key."""

    amount: int = 0
    quantity: int | None = 0
    days: set[date | None] = field(default_factory=set)

    def add(self, line: Billed) -> None:
        self.amount += line.amount or 0
        self.quantity = None if self.quantity is None or line.quantity is None else self.quantity + line.quantity
        self.days.add(line.day)


@dataclass(slots=True)
class _Use:
    quantity: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Sides:
    """`cells` with both sides; `not_tokens`, what was billed beside them; `valued`: no amount was billed at all, so
    that the quantities of a usage report stand at our own prices.
    """

    cells: list[Cell]
    not_tokens: int
    valued: bool


def sides_of(logged: Iterable[Logged], billed: Iterable[Billed], rates: Rates, *, may_value: bool = True) -> Sides:
    """Return both sides of what was used; charges beside usage are not looked at.

    `may_value`: whether what is counted without any amount may stand at our own prices.
    """
    uses = _uses(logged)
    lines = [line for line in billed if line.category == USAGE]
    amounts = _bills(line for line in lines if line.amount is not None)
    counts = _bills(line for line in lines if line.amount is None)
    worth = {key: _worth(key, count, uses, rates) for key, count in counts.items()}
    if not amounts:
        valued = _valued(counts, worth) if may_value else {}
        return Sides(_cells(uses, valued, rates), 0, valued=bool(valued))
    found, not_tokens = _told_apart(amounts)
    return Sides(_cells(uses, _spread(found, counts, worth), rates), not_tokens, valued=False)


def _uses(logged: Iterable[Logged]) -> dict[Key, _Use]:
    uses: dict[Key, _Use] = defaultdict(_Use)
    for use in logged:
        found = uses[use.model, use.kind]
        found.quantity += use.quantity
        found.amount += use.amount
    return {key: use for key, use in uses.items() if use.quantity or use.amount}


def _bills(lines: Iterable[Billed]) -> dict[Key, _Bill]:
    bills: dict[Key, _Bill] = defaultdict(_Bill)
    for line in lines:
        bills[line.model, line.kind].add(line)
    return dict(bills)


def _worth(key: Key, bill: _Bill, uses: Mapping[Key, _Use], rates: Rates) -> Fraction:
    """Return what a counted quantity is worth at our prices, 0 where there is none."""
    use = uses.get(key)
    rate = Fraction(use.amount, use.quantity) if use and use.quantity else rates.get(key, Fraction(0))
    return rate * (bill.quantity or 0)


def _valued(counts: Mapping[Key, _Bill], worth: Mapping[Key, Fraction]) -> dict[Key, _Bill]:
    def at_our_price(key: Key, count: _Bill) -> _Bill:
        return _Bill(divide(worth[key].numerator, worth[key].denominator), count.quantity, count.days)

    return {key: at_our_price(key, count) for key, count in counts.items()}


def _told_apart(amounts: Mapping[Key, _Bill]) -> tuple[dict[Key, _Bill], int]:
    """Part what is billed for tokens from lines that name less than others do, whose sum is returned beside it."""
    with_kinds = {model for model, kind in amounts if model and kind}
    with_models = any(model for model, _ in amounts)

    def is_for_tokens(key: Key) -> bool:
        model, kind = key
        return bool(kind) if model in with_kinds else bool(model or kind or not with_models)

    kept = {key: bill for key, bill in amounts.items() if is_for_tokens(key)}
    return kept, sum(bill.amount for key, bill in amounts.items() if key not in kept)


def _spread(
    amounts: Mapping[Key, _Bill], counts: Mapping[Key, _Bill], worth: Mapping[Key, Fraction]
) -> dict[Key, _Bill]:
    """Spread each amount without quantity over what a usage report counts of it; leave it where none does."""
    found = {key: bill for key, bill in amounts.items() if bill.quantity is not None}
    for key, bill in sorted(amounts.items()):
        if bill.quantity is None:
            taken = (amounts.keys() | found.keys()) - {key}  # what is billed by its own name has no part in this amount
            targets = [other for other in sorted(counts) if _covers(key, other) and other not in taken]
            found |= _shares(bill, targets, counts, worth) or {key: bill}
    return found


def _covers(key: Key, other: Key) -> bool:
    return all(mine in ("", theirs) for mine, theirs in zip(key, other, strict=True))


def _shares(
    bill: _Bill, targets: Sequence[Key], counts: Mapping[Key, _Bill], worth: Mapping[Key, Fraction]
) -> dict[Key, _Bill]:
    """Return the parts of an amount by what the targets are worth; nothing where that is not known of any."""
    if not any(worth[key] for key in targets):
        return {}
    scale = lcm(*(worth[key].denominator for key in targets))
    weights = [int(worth[key] * scale) for key in targets]
    sign = -1 if bill.amount < 0 else 1
    parts = split(abs(bill.amount), weights)
    return {key: _Bill(sign * part, counts[key].quantity, bill.days) for key, part in zip(targets, parts, strict=True)}


def _cells(uses: Mapping[Key, _Use], bills: Mapping[Key, _Bill], rates: Rates) -> list[Cell]:
    # Of costs without tokens no kind could be compared.
    coarse = {model for (model, kind), use in uses.items() if not kind or not use.quantity}
    bills = _merged(bills, coarse)
    placed: dict[Key, _Use] = defaultdict(_Use)
    for key, use in uses.items():
        found = placed[_place(key, bills, coarse)]
        found.quantity += use.quantity
        found.amount += use.amount
    return [_cell(key, placed.get(key, _Use()), bills.get(key), rates) for key in sorted({*placed, *bills})]


def _merged(bills: Mapping[Key, _Bill], coarse: set[str]) -> dict[Key, _Bill]:
    """Return the bills with those of `coarse` models as one amount each, whose quantity says nothing."""
    found: dict[Key, _Bill] = {}
    for (model, kind), bill in bills.items():
        if model not in coarse or not model:
            found[model, kind] = bill
            continue
        whole = found.setdefault((model, ""), _Bill(quantity=None))
        whole.amount += bill.amount
        whole.days |= bill.days
    return found


def _place(key: Key, bills: Mapping[Key, _Bill], coarse: set[str]) -> Key:
    """Return what the bill calls this use: the finest of its keys that holds it, itself where none does."""
    model, kind = key
    own = (model, "") if model in coarse else key
    return next((found for found in (own, (model, ""), ("", kind), ALL) if found in bills), own)


def _cell(key: Key, use: _Use, bill: _Bill | None, rates: Rates) -> Cell:
    """An amount beside a quantity of 0 is as good as one without: nothing follows for the price of a token."""
    amount, quantity, days = (bill.amount, bill.quantity, len(bill.days)) if bill else (0, 0, 0)
    states_none = not quantity and amount != 0
    return Cell(
        model=key[0],
        kind=key[1],
        logged_quantity=use.quantity,
        logged_amount=use.amount,
        billed_quantity=None if states_none or (not key[1] and bill) else quantity,
        billed_amount=amount,
        days=days,
        rate=rates.get(key),
    )
