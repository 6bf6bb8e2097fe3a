"""What the words of an address or a command line ask of the FOCUS export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audits.queries.asking import BILLS, BadQuery, choice_of, month_of
from spend.domain.periods import Month, Period

FOCUS_PARAMETERS = ("month", "from", "to", "bill")


@dataclass(frozen=True)
class FocusQuery:
    period: Period
    bill: str


def parse_focus(words: Mapping[str, Sequence[str]], *, latest: Month) -> FocusQuery:
    """Return the billing periods asked for: a month, or months from and to; `latest` when none is given.

    Raises BadQuery naming every bad parameter.
    """
    errors: dict[str, list[str]] = {name: ["is not a parameter"] for name in words if name not in FOCUS_PARAMETERS}
    month = month_of(words, "month", None, errors)
    if month and (words.get("from") or words.get("to")):
        errors["month"] = ["says it already: leave from and to away"]
    first = month or month_of(words, "from", latest, errors)
    last = month or month_of(words, "to", first or latest, errors)
    if first and last and last < first:
        errors["to"] = ["is before from"]
    bill = choice_of(words, "bill", BILLS, errors)
    if errors or first is None or last is None:
        raise BadQuery(errors)
    return FocusQuery(Period(first, last), bill)
