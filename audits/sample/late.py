"""Late facts: outcomes that turned out otherwise and corrections taken back, each as a later version (R13)."""

from __future__ import annotations

from audits.sample.dates import MONTHS
from audits.sample.draws import Draw
from audits.sample.records import Record, Year

TURNED_EVERY = 700
WITHDRAWN = 5


def late_versions(year: Year, *, seed: str) -> None:
    """Log second versions: some successes that failed after all, some corrections logged by mistake."""
    draw = Draw(f"{seed}:late")
    successes = [outcome for outcome in year.facts.outcomes if outcome["outcome"] == "success"]
    turned = draw.some_of(successes, len(successes) // TURNED_EVERY + 1)
    year.facts.outcomes.extend(turned_out(outcome) for outcome in turned)
    fixes = [item for item in year.facts.corrections if item["activity"] == "fix" and "verdict" in item]
    wanted = min(WITHDRAWN, len(fixes) // MONTHS)
    year.facts.corrections.extend({**item, "version": 2, "withdrawn": True} for item in draw.some_of(fixes, wanted))


def turned_out(outcome: Record) -> Record:
    """Return version 2 of an outcome: a failure, without the value of a success."""
    kept = {key: value for key, value in outcome.items() if key != "value_usd"}
    return {**kept, "version": 2, "outcome": "failure"}
