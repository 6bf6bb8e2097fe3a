"""What the numbers that decide say, in one plain sentence each. Never more than they hold."""

from __future__ import annotations

from audits.domain.comparing import Withheld
from audits.domain.decisions.fair import Doubt, Fair, Side
from audits.domain.decisions.switches import Effect
from audits.exports.comparing import reason_of
from spend.domain.money import to_dollars
from spend.templatetags.figures import plain_money, plain_percent

_DOUBTS: dict[Doubt, str] = {
    "overlap": "the two intervals overlap",
    "allocated": "it rests on cost that is allocated, not traced to tasks",
    "incidents": "what incidents may add could overturn it",
}


def fair_sentence(found: Fair | Withheld) -> str:
    """Say which of two costs less per success on the same mix of work, how surely, or why nothing is said."""
    if isinstance(found, Withheld):
        return f"Not compared: {reason_of(found)}"
    return _verdict(found) + _paradox(found) + _bearable(found)


def switch_sentence(found: Effect) -> str:
    """Say what a switch saved in tokens, and what its largest incident ate of that."""
    saved = f"{'Saved' if found.saving >= 0 else 'Spent'} {plain_money(abs(found.saving), 2)} a month"
    more = "" if found.saving >= 0 else " more"
    if not found.largest:
        return f"{saved}{more}; no incident since."
    eaten = "" if found.eaten is None else f": {found.eaten:,.1f} months of saving"
    return f"{saved}{more}, lost {plain_money(found.largest, 2)}{eaten}."


def _verdict(found: Fair) -> str:
    one, other = found.one.name, found.other.name
    begin = f"On the same mix of work {one}"
    if found.verdict == "indistinct":
        return (
            f"{begin} is not distinguishable from {other}: {_cost(found.one)} per success against {_cost(found.other)}."
        )
    low, high = sorted(abs(end) for end in found.ends)
    much = f"{_money(low)} to {_money(high)} {'less' if found.difference < 0 else 'more'} per success than {other}"
    if found.verdict == "uncertain":
        doubts = "; ".join(_DOUBTS[doubt] for doubt in found.doubts)
        return f"{begin} seems to cost {much}, but this is uncertain: {doubts}."
    return f"{begin} costs {much}."


def _paradox(found: Fair) -> str:
    if not found.reversed:
        return ""
    crude = "dearer" if found.difference < 0 else "cheaper"
    alike = "the mix of work makes it so (Simpson's paradox)"
    return f" By its crude figure it looks {crude}: {alike}. Work of {plain_percent(float(found.covered))} is compared."


def _bearable(found: Fair) -> str:
    if found.bearable is None:
        return ""
    return f" No incident was seen; the verdict holds while one costs less than {plain_money(found.bearable)}."


def _cost(side: Side) -> str:
    return f"{_money(round(side.ends[0]))} to {_money(round(side.ends[1]))}"


def _money(nanos: int) -> str:
    return plain_money(nanos, 2 if to_dollars(abs(nanos)) >= 1 else 4)
