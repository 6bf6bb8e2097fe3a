"""What work is worth: a sentence for each task type, and the plain values of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits.actions.deciding.value import Valued, Values
from audits.domain.comparing import LEAST_SUCCESSES, Withheld
from audits.domain.decisions.value import Against
from audits.exports.comparing import holds_while, reason_of
from audits.exports.deciding.amounts import short_money, short_range
from audits.queries.reports import UNATTRIBUTED
from spend.domain.money import to_text

# By verdict: what is said of by hand, and of the value. Unsettled is worded by where it lies without incidents.
_BY_HAND = {
    "cheaper": "cheaper than by hand",
    "dearer": "dearer than by hand",
    "indistinct": "not told apart from by hand",
}
_BY_VALUE = {
    "cheaper": "worth more than it costs",
    "dearer": "worth less than it costs",
    "indistinct": "not told apart from its value",
}


def sentences(found: Values) -> list[str]:
    """Say of each task type whether it is cheaper than by hand, and worth what it costs."""
    said = [f"{_name(whole)}: {sentence(whole)}" for whole, _ in found.kinds]
    return [*payback_sentences(found), *said] or ["Nothing was finished in these months."]


def payback_sentences(found: Values) -> list[str]:
    """Say when the investment asked about is back; nothing where none is, or nothing is known by hand."""
    back = found.payback
    if back is None:
        return []
    begin = f"An investment of {short_money(back.investment)}"
    gain = f"{short_money(abs(back.gain_a_month))} a month {'less' if back.gain_a_month > 0 else 'more'} than by hand"
    if back.months is None:
        return [f"{begin} is never back: this work costs {gain}."]
    most = "never" if back.most is None else f"{back.most:,.1f}"
    return [f"{begin} is back in {back.months:,.1f} months ({back.fewest:,.1f} to {most}): this work costs {gain}."]


def sentence(found: Valued) -> str:
    if isinstance(found.worth, Withheld):
        return f"nothing is said, as {reason(found)}"
    said = [
        f"{verdict(found, against, words)} ({short_money(against.amount)}){_gain(against, won)}"
        for against, words, won in (
            (found.worth.by_hand, _BY_HAND, "saved"),
            (found.worth.by_value, _BY_VALUE, "margin"),
        )
        if against
    ]
    if not said:
        return "neither minutes by hand nor a value are known of it."
    bearable = [against.bearable for against in (found.worth.by_hand, found.worth.by_value) if against]
    return f"{'; '.join(said)}.{holds_while(min((most for most in bearable if most is not None), default=None))}"


def reason(found: Valued) -> str:
    """Say why nothing is said; empty where something is."""
    if not isinstance(found.worth, Withheld):
        return ""
    if found.worth.reason == "few":
        successes = found.row.line.successes
        return (
            f"{LEAST_SUCCESSES} successes are needed, and there are {successes:,}."
            if successes < LEAST_SUCCESSES
            else ("what its tokens cost is not known.")
        )
    return reason_of(found.worth)


def hand_verdict(found: Valued) -> str:
    against = None if isinstance(found.worth, Withheld) else found.worth.by_hand
    return verdict(found, against, _BY_HAND) if against else ""


def value_verdict(found: Valued) -> str:
    against = None if isinstance(found.worth, Withheld) else found.worth.by_value
    return verdict(found, against, _BY_VALUE) if against else ""


def verdict(found: Valued, against: Against, words: Mapping[str, str]) -> str:
    if against.verdict != "unsettled":
        return words[against.verdict]
    high, seen = found.row.line.true_cost_per_success_high, words["cheaper" if against.gain > 0 else "dearer"]
    bare = words["cheaper" if high is not None and high < against.amount else "dearer"]
    if bare != seen:
        return f"{bare} without incidents, {seen} with those that came"
    return f"{bare} without incidents, which could overturn it"


def _gain(against: Against, what: str) -> str:
    """Say how much, where it is sure which way."""
    if against.verdict not in ("cheaper", "dearer"):
        return ""
    low, high = sorted(abs(end) for end in against.ends)
    word = what if against.verdict == "cheaper" else "lost"
    return f", {short_range(low, high)} {word} per success"


def told(found: Values) -> dict[str, Any]:
    """Return the answer as the API gives it: money as decimal text, shares as numbers."""
    return {
        "payback": found.payback
        and {
            "investment_usd": to_text(found.payback.investment),
            "gain_a_month_usd": to_text(found.payback.gain_a_month),
            "months": found.payback.months,
            "months_low": found.payback.fewest,
            "months_high": found.payback.most,
        },
        "task_types": [
            {
                "task_type": whole.task_type,
                **_told(whole),
                "tiers": [{"tier": each.tier, **_told(each)} for each in tiers],
            }
            for whole, tiers in found.kinds
        ],
    }


def _told(found: Valued) -> dict[str, Any]:
    line = found.row.line
    worth = None if isinstance(found.worth, Withheld) else found.worth
    return {
        "sentence": sentence(found),
        "withheld": found.worth.reason if isinstance(found.worth, Withheld) else None,
        "successes": line.successes,
        "true_cost_per_success_usd": _dollars(line.true_cost_per_success),
        "by_hand": _against(worth.by_hand if worth else None),
        "by_value": _against(worth.by_value if worth else None),
        "return_on_spend": worth.return_on_spend if worth else None,
        "return_low": worth.return_ends[0] if worth and worth.return_ends else None,
        "return_high": worth.return_ends[1] if worth and worth.return_ends else None,
        "gain_usd": _dollars(worth.gain if worth else None),
    }


def _against(against: Against | None) -> dict[str, Any] | None:
    if against is None:
        return None
    return {
        "verdict": against.verdict,
        "amount_usd": to_text(against.amount),
        "gain_usd": to_text(against.gain),
        "gain_low_usd": to_text(against.ends[0]),
        "gain_high_usd": to_text(against.ends[1]),
        "bearable_usd": _dollars(against.bearable),
    }


def _dollars(nanos: int | None) -> str | None:
    return None if nanos is None else to_text(nanos)


def _name(found: Valued) -> str:
    return found.task_type or UNATTRIBUTED
