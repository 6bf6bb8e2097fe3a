"""What the cost of a success is made of: each part of true cost without what belongs to pending tasks."""

from __future__ import annotations

from audits.domain.lines import Line
from audits.queries import sums
from audits.queries.reports import TrueCost

PARTS = ("token_bill", "fixed_compute", "prevention", "appraisal", "internal_failure", "external_failure")
Parts = dict[str, int]


def parts_of_rows(report: TrueCost) -> list[Parts]:
    """Return the parts of each row; they sum to true_cost - pending_cost. Read it in one moment with the report."""
    pending = dict(sums.pending_entries(report.query))
    return [_parts(row.line, pending.get(tuple(row.ids.values()), {})) for row in report.rows]


def _parts(line: Line, pending: Parts) -> Parts:
    of_entries = {name: getattr(line, name) - pending.get(name, 0) for name in PARTS if name != "token_bill"}
    pending_tokens = line.pending_cost - sum(pending.values())
    return {"token_bill": (line.token_bill or 0) - pending_tokens, **of_entries}
