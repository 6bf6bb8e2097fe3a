"""What daily rows hold of a model, as logged use by kind of token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from spend.domain.money import split
from spend.domain.reconciling.records import Logged


def logged_of_day(
    *, day: date, model: str, cost: int, tokens: Mapping[str, int], rates: Mapping[str, int | None]
) -> list[Logged]:
    """Return the use of a model on a day by kind: its exact cost, spread over the tokens by what these cost.

    Rows keep what calls cost, not what each kind of their tokens did. `rates` are our prices of the day, in
    nano-dollars per million tokens; kinds without one weigh nothing, and without any all tokens weigh alike.
    """
    used = {kind: count for kind, count in tokens.items() if count}
    if not used:
        return [Logged(day, model, "", 0, cost)] if cost else []
    weights = [count * (rates.get(kind) or 0) for kind, count in used.items()]
    parts = split(cost, weights if any(weights) else list(used.values()))
    return [Logged(day, model, kind, used[kind], part) for kind, part in zip(used, parts, strict=True)]
