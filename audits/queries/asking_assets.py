"""What the words of an address ask of the assets: a month, or months from and to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audits.queries.asking import BadQuery, month_of
from spend.domain.periods import Month, Period

MOST_MONTHS = 24


def parse_assets(words: Mapping[str, Sequence[str]], *, latest: Month) -> Period:
    """Return the months whose successes are meant; `latest` when none is given. Raises BadQuery for every bad word."""
    errors: dict[str, list[str]] = {name: ["is not a parameter"] for name in words if name not in ("from", "to")}
    last = month_of(words, "to", month_of(words, "from", latest, {}), errors)
    first = month_of(words, "from", last, errors)
    if first and last and last < first:
        errors["to"] = ["is before from"]
    elif first and last and (last.year - first.year) * 12 + last.month - first.month >= MOST_MONTHS:
        errors["from"] = [f"is more than {MOST_MONTHS} months before to"]
    if errors or first is None or last is None:
        raise BadQuery(errors)
    return Period(first, last)
