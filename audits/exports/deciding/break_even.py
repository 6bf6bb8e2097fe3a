"""Break-even: a sentence for each two tiers of a task type, and the plain values of the answer."""

from __future__ import annotations

from math import inf
from typing import Any

from audits.actions.deciding.break_even import BrokenEven, Kind
from audits.actions.deciding.failure import FailureCost
from audits.domain.comparing import Withheld
from audits.domain.decisions.break_even import BreakEven, Reign
from audits.domain.decisions.units import Units
from audits.exports.comparing import holds_while, reason_of
from audits.exports.deciding.amounts import short_money, short_range
from audits.queries.reports import UNATTRIBUTED
from spend.domain.money import to_text


def sentences(found: BrokenEven) -> list[str]:
    """Say for each two tiers of each task type from when on the dearer one pays off, and whether it does today."""
    said = [
        f"{kind.task_type or UNATTRIBUTED}: {sentence(names, pair, failure_of(found, kind))}"
        for kind in found.kinds
        for names, pair in kind.pairs.items()
    ]
    return said or ["No task type has two tiers with 30 tries each: there is nothing to break even."]


def failure_of(found: BrokenEven, kind: Kind) -> FailureCost:
    """Return what a failure costs: as asked about, else as measured of this task type."""
    return kind.failure if found.failure is None else FailureCost(found.failure)


def sentence(names: tuple[str, str], pair: BreakEven | Withheld, failure: FailureCost) -> str:
    if isinstance(pair, Withheld):
        return f"{names[0]} and {names[1]} are not compared: {reason_of(pair)}"
    if pair.verdict == "no_difference":
        return f"{names[0]} and {names[1]} cost the same and passed as often."
    if pair.at is None:
        return f"{pair.cheap} costs less a try than {pair.dear} and passed no less often: {_never(pair)}."
    when = f"where one failure costs more than {_at(pair)}{_today(pair, failure)}"
    return f"{pair.dear} pays off against {pair.cheap} {when}"


def _never(pair: BreakEven) -> str:
    if pair.bounds.shape == "between" and pair.bounds.high < 0:
        return "it costs less whatever a failure costs"
    return f"nothing speaks for {pair.dear}, but how often each passes is not known well enough to rule it out"


def _at(pair: BreakEven) -> str:
    at = short_money(pair.at or 0)
    if not pair.told_apart:
        return f"{at}, but their yields are not told apart: no cost of a failure is sure to settle it"
    return f"{at} ({short_range(round(pair.bounds.low), round(pair.bounds.high))})"


def _today(pair: BreakEven, failure: FailureCost) -> str:
    if failure.each is None:
        return "."
    better, at = pair.better(failure.each), short_money(failure.each)
    if better is None:
        return f"; at {at} both cost the same."
    if not pair.is_sure(failure.each):
        return f"; at {at} {better} may cost less, which is not sure."
    if not _is_sure(pair, failure):
        return f"; at {at} {better} costs less, unless as many or as few incidents come as those seen allow."
    return f"; at {at} {better} costs less.{_unseen(pair, failure)}"


def _is_sure(pair: BreakEven, failure: FailureCost) -> bool | None:
    """Say whether the better tier is sure to be, with as few and as many incidents as those seen allow."""
    return None if failure.each is None else pair.is_sure(failure.each, *(failure.ends or ()))


def _unseen(pair: BreakEven, failure: FailureCost) -> str:
    """Say what an incident may cost, where none is known: it makes failures dearer, and so the cheap tier."""
    most = failure.bearable(pair.bounds.low) if pair.better(failure.each or 0) == pair.cheap else None
    return holds_while(most)


def told(found: BrokenEven) -> dict[str, Any]:
    """Return the answer as the API gives it: money as decimal text, shares as numbers."""
    return {
        "failure_usd": _dollars(found.failure),
        "task_types": [
            {
                "task_type": kind.task_type,
                "measured_failure_usd": _dollars(kind.failure.each),
                "failures": kind.failure.failures,
                "tiers": [_tier(name, units) for name, units in kind.tiers.items()],
                "pairs": [_pair(names, pair, failure_of(found, kind)) for names, pair in kind.pairs.items()],
                "reigns": [_reign(reign) for reign in kind.reigns],
            }
            for kind in found.kinds
        ],
    }


def _tier(name: str, units: Units) -> dict[str, Any]:
    return {
        "tier": name,
        "tries": units.tasks,
        "cost_per_try_usd": _dollars(round(units.cost_per_task or 0)),
        "first_pass_yield": float(units.success_per_task or 0),
    }


def _pair(names: tuple[str, str], pair: BreakEven | Withheld, failure: FailureCost) -> dict[str, Any]:
    said: dict[str, Any] = {"sentence": sentence(names, pair, failure), "one": names[0], "other": names[1]}
    if isinstance(pair, Withheld):
        return {**said, "verdict": "withheld", "withheld": pair.reason, **dict.fromkeys(_PAIR)}
    between = pair.bounds.shape == "between"
    values = (
        pair.cheap, pair.dear, _dollars(pair.at), pair.bounds.shape, _end(pair.bounds.low, between),
        _end(pair.bounds.high, between), pair.told_apart, None if failure.each is None else pair.better(failure.each),
        _is_sure(pair, failure),
    )  # fmt: skip
    return {**said, "verdict": pair.verdict, "withheld": None, **dict(zip(_PAIR, values, strict=True))}


_PAIR = ("cheap", "dear", "break_even_usd", "bounds", "low_usd", "high_usd", "told_apart", "better", "is_sure")


def _end(value: float, between: bool) -> str | None:
    return to_text(round(value)) if between and abs(value) < inf else None


def _reign(reign: Reign) -> dict[str, Any]:
    return {"tier": reign.name, "from_usd": _dollars(reign.start), "to_usd": _dollars(reign.end)}


def _dollars(nanos: int | None) -> str | None:
    return None if nanos is None else to_text(nanos)
