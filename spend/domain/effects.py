"""What a change would move, month by month: shown before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spend.domain.periods import Month


@dataclass
class Moved:
    """What moves in a month: how many, how many of them get or lose a price, and nanos before and after."""

    count: int = 0
    before: int = 0
    after: int = 0
    priced: int = 0
    unpriced: int = 0

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Effect:
    """One kind of figure that moves. `noun` is what is counted; without `is_money` nothing else is known.

    With `one_in` above 1 only one of so many was looked at, and the figures are so many times what it showed.
    """

    title: str
    noun: str
    months: Mapping[Month, Moved]
    is_money: bool = True
    one_in: int = 1
    notes: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> list[tuple[Month, Moved]]:
        return sorted(self.months.items())

    @property
    def total(self) -> Moved:
        rows = self.months.values()
        return Moved(sum(row.count for row in rows), sum(row.before for row in rows), sum(row.after for row in rows))
