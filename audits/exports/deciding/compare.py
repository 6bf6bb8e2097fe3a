"""Tiers or models on the same mix of work: one sentence for each two, and the plain values of the answer."""

from __future__ import annotations

from typing import Any

from audits.actions.deciding.compare import Compared
from audits.domain.comparing import Withheld
from audits.domain.decisions.fair import Doubt, Fair, Side
from audits.exports.comparing import holds_while, reason_of
from audits.exports.deciding.amounts import short_money, short_range
from spend.domain.money import to_text
from spend.templatetags.figures import plain_percent

_ORDER = ("cheaper", "dearer", "uncertain", "indistinct")  # what says most comes first
_DOUBTS: dict[Doubt, str] = {
    "overlap": "the two intervals overlap",
    "allocated": "it rests on cost that is allocated, not traced to tasks",
    "incidents": "what incidents may add could overturn it",
}


def sentences(found: Compared) -> list[str]:
    """Say of each what it costs against the one all are held against; or that there is nothing to compare."""
    if found.against is None:
        return ["Nothing is compared: nobody finished a task in these months."]
    if not found.pairs:
        return [f"Nothing is compared: only {found.against} did this work."]
    said = {name: pair for name, pair in found.pairs.items() if isinstance(pair, Fair)}
    withheld = {name: pair for name, pair in found.pairs.items() if isinstance(pair, Withheld)}
    verdicts = [fair_sentence(pair) for pair in sorted(said.values(), key=lambda pair: _ORDER.index(pair.verdict))]
    return [*(verdicts or [_nothing(found)]), *(f"{name}: {reason_of(why)}" for name, why in withheld.items())]


def _nothing(found: Compared) -> str:
    return (
        f"Nothing here can be compared with {found.against}; the reasons are given for each. Try one task type alone."
    )


def told(found: Compared) -> dict[str, Any]:
    """Return the answer as the API gives it: money as decimal text, shares as numbers."""
    return {
        "against": found.against,
        "pairs": [{"name": name, "sentence": fair_sentence(pair), **_pair(pair)} for name, pair in found.pairs.items()],
        "strata": [
            {"task_type": task_type, "complexity": complexity, "tasks": tasks}
            for (task_type, complexity), tasks in found.mix.items()
        ],
    }


def _pair(found: Fair | Withheld) -> dict[str, Any]:
    if isinstance(found, Withheld):
        return {"verdict": "withheld", "withheld": found.reason} | dict.fromkeys(_FAIR)
    values: dict[str, Any] = {
        "doubts": list(found.doubts),
        "one": _side(found.one),
        "other": _side(found.other),
        "difference_usd": to_text(found.difference),
        "difference_low_usd": to_text(found.ends[0]),
        "difference_high_usd": to_text(found.ends[1]),
        "level": found.level,
        "reversed": found.reversed,
        "strata": found.strata,
        "strata_cheaper": found.strata_cheaper,
        "covered": float(found.covered),
        "bearable_usd": None if found.bearable is None else to_text(found.bearable),
    }
    return {"verdict": found.verdict, "withheld": None, **values}


_FAIR = (
    "doubts", "one", "other", "difference_usd", "difference_low_usd", "difference_high_usd", "level", "reversed",
    "strata", "strata_cheaper", "covered", "bearable_usd",
)  # fmt: skip


def _side(side: Side) -> dict[str, Any]:
    return {
        "crude_usd": to_text(side.crude),
        "adjusted_usd": to_text(side.adjusted),
        "low_usd": to_text(round(side.ends[0])),
        "high_usd": to_text(round(side.ends[1])),
        "low_with_incidents_usd": to_text(round(side.bound[0])),
        "high_with_incidents_usd": to_text(round(side.bound[1])),
        "covered": float(side.covered),
    }


def fair_sentence(found: Fair | Withheld) -> str:
    """Say which of two costs less per success on the same mix of work, how surely, or why nothing is said."""
    if isinstance(found, Withheld):
        return f"Not compared: {reason_of(found)}"
    return _verdict(found) + _paradox(found) + holds_while(found.bearable)


def _verdict(found: Fair) -> str:
    one, other = found.one.name, found.other.name
    begin = f"On the same mix of work {one}"
    if found.verdict == "indistinct":
        return (
            f"{begin} is not distinguishable from {other}: {_cost(found.one)} per success against {_cost(found.other)}."
        )
    low, high = sorted(abs(end) for end in found.ends)
    more = "less" if found.difference < 0 else "more"
    much = f"{short_range(low, high)} {more} per success than {other}"
    if found.verdict == "uncertain":
        doubts = "; ".join(_DOUBTS[doubt] for doubt in found.doubts)
        return f"{begin} seems to cost {much}, but this is uncertain: {doubts}."
    return f"{begin} costs {much}."


def _paradox(found: Fair) -> str:
    if not found.reversed:
        return ""
    crude = "dearer" if found.difference < 0 else "cheaper"
    much = f"{short_money(found.one.crude)} against {short_money(found.other.crude)}"
    alike = "the mix of work makes it so (Simpson's paradox)"
    covered = plain_percent(float(found.covered))
    return f" By crude figures it looks {crude} ({much}): {alike}. {covered} of all work is compared."


def _cost(side: Side) -> str:
    return short_range(round(side.ends[0]), round(side.ends[1]))
