"""A comparison of tiers in one plain sentence, for pages and files alike. Never more than the figures hold."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from audits.domain.comparing import (
    LEAST_SUCCESSES,
    MOST_COVERAGE_APART,
    MOST_PRESUMED,
    MOST_UNPRICED,
    Comparison,
    Ends,
    Reason,
    Withheld,
)
from spend.domain.money import to_dollars
from spend.templatetags.figures import plain_money, plain_percent, plain_ratio

CAVEAT = "Tiers as they were used: harder work may go to the dearer one, and nothing here adjusts for that."
_ALIKE = 1.05  # what rounds to no difference in how tiers look
_TIMES = 2  # from here on said as a multiple, below as a percentage


def sentence(found: Comparison | Withheld) -> str:
    """Say which tier costs less per success, that nobody can tell, or why nothing is said."""
    if isinstance(found, Withheld):
        return f"Tiers are not compared: {_REASONS[found.reason](found)}"
    return _looks(found) + _SAY[found.verdict](found) + holds_while(found.bearable)


def reason_of(found: Withheld) -> str:
    """Say why nothing is said, with the figures behind it, and what would change that."""
    return f"{_REASONS[found.reason](found)} {_REMEDIES[found.reason]}"


def _looks(found: Comparison) -> str:
    cheap = f"{_begin(found.cheap.name)} answers"
    if found.looks is None:
        return f"{cheap} look free by their tokens"
    if _is_alike(found):
        return f"{cheap} look as dear as {_other(found)}"
    return f"{cheap} look {plain_ratio(found.looks)} cheaper"


def _cheaper(found: Comparison) -> str:
    begin = f"; {_after(found)} they" if _is_alike(found) else f", and are cheaper: {_after(found)} they"
    if found.times is None:
        return f"{begin} cost nothing."
    much = plain_ratio(found.times) if found.times >= _TIMES else _part(1 - 1 / found.times)
    return f"{begin} cost {much} less per success than {_other(found)}."


def _dearer(found: Comparison) -> str:
    begin = f"; {_after(found)} they cost"
    if found.times is None:
        return f"{begin} more per success than {_other(found)}, which cost nothing."
    if found.times < _TIMES:
        return f"{begin} {_part(found.times - 1)} more per success than {_other(found)}."
    return f"{begin} {plain_ratio(found.times)} as much per success as {_other(found)}."


def _unsettled(found: Comparison) -> str:
    much = "less" if found.cheap.bare[1] < found.dear.bare[0] else "more"
    return (
        f"; after rework they cost {much} per success than {_other(found)}, but incidents are too few to say that it"
        f" stays so: with what these may add, {_range(found.cheap.ends)} against {_range(found.dear.ends)}."
    )


def _indistinct(found: Comparison) -> str:
    apart = ", incidents apart" if found.cheap.ends != found.cheap.bare else ""
    cheap, dear = _range(found.cheap.bare), _range(found.dear.bare)
    return (
        f"; after rework they are not distinguishable from {_other(found)}: {cheap} per success against {dear}{apart}."
    )


_SAY: dict[str, Callable[[Comparison], str]] = {
    "cheaper": _cheaper,
    "dearer": _dearer,
    "unsettled": _unsettled,
    "indistinct": _indistinct,
}


def holds_while(bearable: int | None) -> str:
    """Say, as a sentence that follows, what an incident may cost for a verdict to hold; nothing of None."""
    if bearable is None:
        return ""
    return f" No incident was seen; the verdict holds while one costs less than {plain_money(bearable)}."


def _few(found: Withheld) -> str:
    named = ", ".join(f"{name} has {int(successes):,}" for name, successes in found.found.items())
    wanted = f"two tiers with at least {LEAST_SUCCESSES} successful tasks each are needed"
    return f"{wanted}; {named}." if named else f"{wanted}, and no tier has any."


def _unpriced(found: Withheld) -> str:
    return f"over {_percent(MOST_UNPRICED)} of the calls have no known price ({_shares(found)})."


def _presumed(found: Withheld) -> str:
    most = _percent(MOST_PRESUMED)
    return f"over {most} of the successes are presumed, as nobody said how they went ({_shares(found)})."


def _coverage(found: Withheld) -> str:
    points = int(MOST_COVERAGE_APART * 100)
    return f"the shares of tasks with an outcome or verdict lie more than {points} points apart ({_shares(found)})."


def _strata(found: Withheld) -> str:
    return f"too little of the work is of a kind that both do (of their tasks {_shares(found)})."


_REASONS: dict[Reason, Callable[[Withheld], str]] = {
    "few": _few,
    "unpriced": _unpriced,
    "presumed": _presumed,
    "coverage": _coverage,
    "strata": _strata,
}

_REMEDIES: dict[Reason, str] = {
    "few": "Take more months together.",
    "unpriced": "Give these models a price.",
    "presumed": "Report how tasks went, or audit some.",
    "coverage": "Report how the tasks of both went, or audit some.",
    "strata": "Take more months together, or try both on the same work.",
}


def _shares(found: Withheld) -> str:
    return ", ".join(f"{name} {plain_percent(float(share))}" for name, share in found.found.items())


def _percent(share: Fraction) -> str:
    return plain_percent(float(share), 0)


def _range(ends: Ends) -> str:
    low, high = (round(end) for end in ends)
    places = 2 if to_dollars(high) >= 1 else 4
    return f"{plain_money(low, places)} to {plain_money(high, places)}"


def _is_alike(found: Comparison) -> bool:
    return found.looks is not None and found.looks < _ALIKE


def _after(found: Comparison) -> str:
    return "after rework and incidents" if found.cheap.incidents or found.dear.incidents else "after rework"


def _part(share: float) -> str:
    return plain_percent(share) if share >= 0.001 else "under 0.1%"


def _other(found: Comparison) -> str:
    return f"{found.dear.name} ones"


def _begin(name: str) -> str:
    return name[:1].upper() + name[1:]
