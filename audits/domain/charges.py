"""Charges of a billing period: what calls cost by day and kind of token, fixed costs by day, human work and losses.

Rows keep what the calls of a day cost, not what each kind of their tokens did: that is shared out by our prices. Where
these account for the cost, they are its unit prices; else the unit price is the average that was paid.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from spend.domain.money import split
from spend.domain.pricing import TOKENS_PER_RATE, Price

TOKENS = ("input", "cache_read", "cache_write", "output")
REQUESTS = "requests"  # of calls that state no tokens
OF_CALLS = (*TOKENS, REQUESTS)
FIXED_COMPUTE, FIXED_PREVENTION = "fixed_compute", "fixed_prevention"
FIXED = (FIXED_COMPUTE, FIXED_PREVENTION)
FIXED_LABOUR = "fixed_labour"  # hours that count as compute: people are in no bill
QUALITY = ("prevention", "appraisal", "internal_failure", "external_failure", FIXED_LABOUR)
BEYOND_CALLS = "billed_beyond_calls"
METERS = (*OF_CALLS, *FIXED, *QUALITY, BEYOND_CALLS)

CONTRACT, CATALOGUE, AVERAGE, UNPRICED = "contract", "catalogue", "average", "unpriced"


class Group(NamedTuple):
    """What charges of a day are of; None where that is not known."""

    day: date
    team: int | None
    task_type: int | None
    tier: int | None
    llm: int | None


@dataclass(frozen=True)
class Charge:
    """`amount` in nanos. `source`: the fixed cost it is of. `unpriced`: calls whose cost is in no amount.

    `rate` and `list_rate`, nanos per million tokens, where one price accounts for the amount; `priced_by` says which.
    """

    group: Group
    meter: str
    amount: int
    quantity: int = 1
    source: UUID | None = None
    unpriced: int = 0
    rate: int | None = None
    list_rate: int | None = None
    priced_by: str = ""


@dataclass(frozen=True)
class Use:
    """The calls of a group; `cost` in nanos is of those with a price."""

    group: Group
    calls: int
    priced_calls: int
    tokens: Mapping[str, int]
    cost: int


@dataclass(frozen=True)
class Prices:
    """The price in force for a model on a day, and the catalogue's where another one, of a contract, is in force."""

    paid: Price | None = None
    listed: Price | None = None


def charges_of(use: Use, prices: Prices) -> Iterator[Charge]:
    """Yield a charge for each kind of token that was used; together they cost what the calls did, to the nano."""
    unpriced = use.calls - use.priced_calls
    used = {kind: count for kind in TOKENS if (count := use.tokens.get(kind, 0))}
    by = UNPRICED if not use.priced_calls else AVERAGE
    if not used:
        yield Charge(use.group, REQUESTS, use.cost, use.calls, unpriced=unpriced, priced_by=by)
        return
    rates = {kind: _rate(prices.paid, kind) for kind in used}
    if accounts_for(use, rates):
        by = prices.paid.source if prices.paid else by
    weights = [count * (rates[kind] or 0) for kind, count in used.items()]
    parts = split(use.cost, weights if any(weights) else list(used.values()))
    for kind, part in zip(used, parts, strict=True):
        is_priced = by in (CONTRACT, CATALOGUE)
        rate = rates[kind] if is_priced else None
        listed = _rate(prices.listed, kind) if is_priced else None
        yield Charge(use.group, kind, part, used[kind], None, unpriced, rate, rate if listed is None else listed, by)
        unpriced = 0  # on the first row, so that they add up


def accounts_for(use: Use, rates: Mapping[str, int | None]) -> bool:
    """Whether all calls were priced at these rates: their cost is off by no more than the rounding of each call."""
    if use.priced_calls != use.calls:
        return False
    exact = 0
    for kind, rate in rates.items():
        if rate is None:
            return False
        exact += use.tokens[kind] * rate
    return 2 * abs(use.cost * TOKENS_PER_RATE - exact) <= use.calls * TOKENS_PER_RATE


def _rate(price: Price | None, kind: str) -> int | None:
    if price is None:
        return None
    rate: int | None = getattr(price, kind)
    return 0 if rate is None and price.free else rate


def corrections(live: Iterable[Charge], frozen: Iterable[Charge]) -> Iterator[Charge]:
    """Yield what moved since charges were frozen, as differences.

    Calls of a group that cost what they did, for the same tokens, did not move: that today's prices would share their
    cost out otherwise is no correction.
    """
    moved: dict[Group, Counter[tuple[str, UUID | None, str]]] = defaultdict(Counter)
    for sign, charges in ((1, live), (-1, frozen)):
        for each in charges:
            for name in ("amount", "quantity", "unpriced"):
                moved[each.group][each.meter, each.source, name] += sign * getattr(each, name)
    for group, found in moved.items():
        yield from _moved(group, found)


def _moved(group: Group, found: Counter[tuple[str, UUID | None, str]]) -> Iterator[Charge]:
    of_calls = {key: value for key, value in found.items() if key[0] in OF_CALLS}
    is_still = not sum(value for key, value in of_calls.items() if key[2] == "amount") and not any(
        value for key, value in of_calls.items() if key[2] != "amount"
    )
    for meter, source in dict.fromkeys(key[:2] for key in found):
        if is_still and meter in OF_CALLS:
            continue
        amount, quantity, unpriced = (found[meter, source, name] for name in ("amount", "quantity", "unpriced"))
        if amount or quantity or unpriced:
            yield Charge(group, meter, amount, quantity, source, unpriced)
