"""The cost of a call: which price is in force, and tokens times its rates, rounded once (DESIGN 3.1, R6, R9, R10).

docs/pricing.md tells the algorithm with a worked example.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from spend.domain.money import divide
from spend.domain.tokens import Usage

STANDARD = "standard"
TOKENS_PER_RATE = 1_000_000  # rates are per million tokens: 225 catalogue prices are no whole nano-dollars per token

# What APIs call the ordinary service tier. `default` is OpenAI's and Bedrock's word for it, `on_demand` Groq's and
# Vertex AI's, `standard_only` a request option of Anthropic. `auto` asks for whatever the project is set to, which is
# the ordinary tier unless somebody changed it; emitters that know the tier that served the call send that instead.
_STANDARD_NAMES = frozenset({"", "standard", "default", "auto", "on_demand", "on-demand", "standard_only"})
_MEMO_LIMIT = 10_000  # entries; the wire chooses the keys, so the memo must not grow without end

Source = Literal["catalogue", "contract"]
CostSource = Literal["reported", "computed", "unpriced"]


class NoPrice(Exception):
    """The usage cannot be priced with this price."""


@dataclass(frozen=True, slots=True)
class Price:
    """One row of a model's price list; rates are nano-dollars per million tokens, None where none is known.

    In force on `starts_on <= day < ends_on`. With `context_over` above 0 it applies to a whole call whose total
    input exceeds that many tokens.
    """

    id: int
    source: Source
    starts_on: date
    service_tier: str = STANDARD
    ends_on: date | None = None
    context_over: int = 0
    input: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None
    output: int | None = None
    free: bool = False

    def in_force_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    def applies_to(self, total_input: int) -> bool:
        return self.context_over == 0 or total_input > self.context_over

    @property
    def is_known(self) -> bool:
        """Whether the row says anything: all zero, or empty, is no price unless the model is known to be free."""
        return self.free or bool(
            self.input or self.cache_read or self.cache_write or self.cache_write_1h or self.output
        )


class Priced(NamedTuple):
    """What a call cost and how that is known. `price_id` is the price of the computed cost, reported or not."""

    cost_nanos: int | None
    computed_nanos: int | None
    source: CostSource
    price_id: int | None


def service_tier_of(text: str | None) -> str:
    """Return our name for a service tier on the wire; nothing said is the standard tier."""
    name = (text or "").strip().lower()
    return STANDARD if name in _STANDARD_NAMES else name


def cost_of(usage: Usage, price: Price) -> int:
    """Return sum(tokens x rate) in nano-dollars, rounded half even once.

    Raises NoPrice when no token field is given, when the price says nothing, or when a used bucket has no rate.
    """
    # Unpacked and spelled out bucket by bucket: this runs for every call there is, and a loop takes twice as long.
    given, cache_read, cache_write, output, _, cache_write_1h = usage
    if given is None and cache_read is None and cache_write is None and output is None:
        raise NoPrice("the call states no tokens")
    if not price.is_known:
        raise NoPrice("an all-zero price is no price unless the model is known to be free")
    total = 0
    if given:
        total += _part("input", given, price.input, price.free)
    if cache_read:
        total += _part("cache_read", cache_read, price.cache_read, price.free)
    if cache_write and cache_write != cache_write_1h:
        total += _part("cache_write", cache_write - (cache_write_1h or 0), price.cache_write, price.free)
    if cache_write_1h:
        total += _part("cache_write_1h", cache_write_1h, price.cache_write_1h, price.free)
    if output:
        total += _part("output", output, price.output, price.free)
    return divide(total, TOKENS_PER_RATE)


def _part(bucket: str, tokens: int, rate: int | None, free: bool) -> int:
    if tokens < 0:
        raise ValueError(f"{bucket} tokens must be >= 0")
    if rate is not None:
        return tokens * rate
    if free:
        return 0
    raise NoPrice(f"no rate for {bucket} tokens")


def priced(*, usage: Usage, reported_nanos: int | None, price: Price | None, free: bool = False) -> Priced:
    """Return the cost of a call: the reported one where it counts, else the computed one, else unpriced (NULL).

    A reported 0 for a call with tokens counts only for a free model (`free`, or a free price): senders without a
    price for the model send 0 too.
    """
    computed = None
    if price is not None:
        try:
            computed = cost_of(usage, price)
        except NoPrice:
            computed = None
    price_id = None if price is None or computed is None else price.id
    is_free = free or (price is not None and price.free)
    if reported_nanos is not None and (reported_nanos != 0 or is_free or usage.total == 0):
        return Priced(reported_nanos, computed, "reported", price_id)
    if computed is not None:
        return Priced(computed, computed, "computed", price_id)
    return Priced(None, None, "unpriced", None)


def price_at(prices: Iterable[Price], service_tier: str | None, day: date, total_input: int) -> Price | None:
    """Return the price of a call, None when no row covers it. There is no fall-back between service tiers."""
    wanted = service_tier_of(service_tier)
    for price in sorted(prices, key=_precedence, reverse=True):
        if price.service_tier == wanted and price.in_force_on(day) and price.applies_to(total_input):
            return price
    return None


def _precedence(price: Price) -> tuple[bool, date, int, int]:
    """The greatest applicable row wins: contract before catalogue, latest start, highest threshold, newest row."""
    return price.source == "contract", price.starts_on, price.context_over, price.id


class PriceBook:
    """The prices of one model, indexed once: `at` answers as `price_at` does, in O(log n) and mostly from a memo."""

    __slots__ = ("_memo", "_segments")

    def __init__(self, prices: Iterable[Price]) -> None:
        by_tier: dict[str, list[Price]] = {}
        for price in sorted(prices, key=_precedence, reverse=True):
            by_tier.setdefault(price.service_tier, []).append(price)
        self._segments = {tier: _segments_of(rows) for tier, rows in by_tier.items()}
        self._memo: dict[tuple[str | None, date], tuple[Price, ...]] = {}

    def at(self, service_tier: str | None, day: date, total_input: int) -> Price | None:
        rows = self._memo.get((service_tier, day))
        if rows is None:
            rows = self._rows_at(service_tier, day)
        for price in rows:
            over = price.context_over
            if over == 0 or total_input > over:
                return price
        return None

    def _rows_at(self, service_tier: str | None, day: date) -> tuple[Price, ...]:
        segments = self._segments.get(service_tier_of(service_tier))
        if segments is None:
            return ()
        starts, rows = segments
        found = rows[bisect_right(starts, day)]
        if len(self._memo) >= _MEMO_LIMIT:
            self._memo.clear()
        self._memo[service_tier, day] = found
        return found


def _segments_of(rows: list[Price]) -> tuple[list[date], list[tuple[Price, ...]]]:
    """Return the days on which the rows in force change, and the rows before the first and from each of them on."""
    days = sorted({row.starts_on for row in rows} | {row.ends_on for row in rows if row.ends_on})
    return days, [(), *(_winners([row for row in rows if row.in_force_on(day)]) for day in days)]


def _winners(rows: list[Price]) -> tuple[Price, ...]:
    """Keep, of rows in order of precedence, those that can win: none behind a row that applies to every call."""
    kept: list[Price] = []
    for row in rows:
        kept.append(row)
        if row.context_over == 0:
            break
    return tuple(kept)
